/** Configuration in layers: what is set where, what a change would do, what was, and what cameras really have. */
import Type from "typebox";
import { CONFIG_ROWS } from "../../../device/protocol/config.ts";
import { CONFIG_KINDS } from "../../../device/protocol/config-groups.ts";
import { IdSchema } from "../checkin/schemas.ts";
import { SCOPES } from "../config/layers.ts";
import { PROFILES } from "../config/profiles.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { PageQuery, pageOf, WHOLE } from "../pages.ts";
import { cameraConfig, configDrift } from "../store/config-drift.ts";
import { exportLayers, importLayers } from "../store/config-files.ts";
import {
  changeLayers,
  type LayerEdit,
  layerHistory,
  oneLayer,
  rollbackLayer,
  setGroup,
} from "../store/config-layers.ts";
import { retryConfig } from "../store/configs.ts";
import { type App, may, type OperatorServices } from "./app.ts";

const IMPORT_BYTES_MAX = 1024 * 1024;

const Name = Type.String({ minLength: 1, maxLength: 64, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });
const LayerParams = Type.Object({ scope: Type.Enum([...SCOPES]), name: Name });
const CameraParams = Type.Object({ cameraID: IdSchema });
const DryRun = Type.Optional(Type.Boolean());
const Values = Type.Record(Type.String(), Type.Unknown());
const Version = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });

export function configRoutes(app: App, services: OperatorServices): void {
  fixedRoutes(app);
  layerRoutes(app, services);
  fileRoutes(app, services);
  cameraConfigRoutes(app, services);
}

function fixedRoutes(app: App): void {
  /** -> {keys: [{key, unit, min, max, fallback, group, isSecurity}]} */
  app.get("/api/v1/config/schema", may("read"), async () => ({
    keys: CONFIG_ROWS.map((row) => ({ ...row, ...CONFIG_KINDS[row.key] })),
  }));

  /** -> {profiles: [{name, summary, values}]} */
  app.get("/api/v1/config/profiles", may("read"), async () => ({
    profiles: Object.entries(PROFILES).map(([name, profile]) => ({ name, ...profile })),
  }));
}

function layerRoutes(app: App, { clock, streams }: OperatorServices): void {
  const change = async (db: Db, edit: LayerEdit, note: string, dryRun = false) => {
    const changed = await changeLayers(db, [edit], { note, nowMs: clock.now(), dryRun });
    streams.wake();
    return changed;
  };
  const layer = "/api/v1/config/layers/:scope/:name";

  /** -> {scope, name, version, values}; version 0 where nothing was set. */
  app.get(layer, { ...may("read"), schema: { params: LayerParams } }, ({ db, params }) =>
    oneLayer(db, params.scope, params.name),
  );

  /** -> {versions: [{version, created, note, values, changes}], next}, oldest first. **Errors:** BAD_CURSOR */
  app.get(
    `${layer}/history`,
    { ...may("read"), schema: { params: LayerParams, querystring: PageQuery } },
    ({ db, params, query }) => layerHistory(db, params.scope, params.name, pageOf(query, WHOLE)),
  );

  /**
   * {values: {key: value or null}, dryRun?} -> {dryRun, layers, cameras}: what changed, or would. null takes a key out.
   * **Errors:** BAD_CONFIG, CAMERA_UNKNOWN
   */
  app.patch(
    layer,
    {
      ...may("operate"),
      schema: {
        params: LayerParams,
        body: Type.Object({ values: Values, dryRun: DryRun }),
      },
    },
    ({ db, params, body }) => change(db, { ...params, values: body.values }, "set", body.dryRun),
  );

  /** {profile, dryRun?} -> as PATCH. **Errors:** PROFILE_UNKNOWN, BAD_CONFIG */
  app.post(
    `${layer}/profile`,
    {
      ...may("operate"),
      schema: {
        params: LayerParams,
        body: Type.Object({ profile: Type.String({ maxLength: 40 }), dryRun: DryRun }),
      },
    },
    async ({ db, params, body }) => {
      if (!Object.hasOwn(PROFILES, body.profile)) throw httpError("PROFILE_UNKNOWN");
      const values = { ...PROFILES[body.profile]?.values };
      return change(db, { ...params, values }, `profile ${body.profile}`, body.dryRun);
    },
  );

  /** {version, dryRun?} -> as PATCH; 0 is the empty layer. **Errors:** CONFIG_VERSION_UNKNOWN, BAD_CONFIG */
  app.post(
    `${layer}/rollback`,
    {
      ...may("operate"),
      schema: {
        params: LayerParams,
        body: Type.Object({ version: Version, dryRun: DryRun }),
      },
    },
    async ({ db, params, body }) => {
      const wanted = { ...params, version: body.version };
      const options = { nowMs: clock.now(), dryRun: body.dryRun === true };
      const changed = await rollbackLayer(db, wanted, options);
      streams.wake();
      return changed;
    },
  );
}

function fileRoutes(app: App, { clock, streams }: OperatorServices): void {
  /** -> {format, layers: [{scope, name, values}]} */
  app.get("/api/v1/config/export", may("read"), ({ db }) => exportLayers(db));

  /** {document, dryRun?}: a document of /export; layers it names become what it says. -> as PATCH. **Errors:** BAD_CONFIG */
  app.post(
    "/api/v1/config/import",
    {
      ...may("operate"),
      bodyLimit: IMPORT_BYTES_MAX,
      schema: { body: Type.Object({ document: Type.Unknown(), dryRun: DryRun }) },
    },
    async ({ db, body }) => {
      const options = { nowMs: clock.now(), dryRun: body.dryRun === true };
      const changed = await importLayers(db, body.document, options);
      streams.wake();
      return changed;
    },
  );

  /** -> {cameras: [...]} of which what they have is not what they should have */
  app.get("/api/v1/config/drift", may("read"), async ({ db }) => ({
    cameras: await configDrift(db),
  }));
}

function cameraConfigRoutes(app: App, { clock, streams }: OperatorServices): void {
  const params = { schema: { params: CameraParams } };

  /** -> {cameraID, name, site, group, state, problem, wanted, confirmed, drift, keys}. **Errors:** CAMERA_UNKNOWN */
  app.get("/api/v1/cameras/:cameraID/config", { ...may("read"), ...params }, (request) =>
    cameraConfig(request.db, request.params.cameraID),
  );

  /** -> {version, values}: the wanted values again, under a new version. **Errors:** CAMERA_UNKNOWN */
  app.post(
    "/api/v1/cameras/:cameraID/config/retry",
    { ...may("operate"), ...params },
    async (request) => {
      const config = await retryConfig(request.db, request.params.cameraID, clock.now());
      streams.wake();
      return config;
    },
  );

  /** {group: name or null} -> as GET config. **Errors:** CAMERA_UNKNOWN, BAD_CONFIG */
  app.put(
    "/api/v1/cameras/:cameraID/group",
    {
      ...may("operate"),
      schema: {
        params: CameraParams,
        body: Type.Object({ group: Type.Union([Name, Type.Null()]) }),
      },
    },
    async ({ db, params: { cameraID }, body }) => {
      await setGroup(db, cameraID, body.group, clock.now());
      streams.wake();
      return cameraConfig(db, cameraID);
    },
  );
}
