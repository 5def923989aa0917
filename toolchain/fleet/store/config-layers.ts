/**
 * The layers behind the cameras' configurations: changed together with every camera they reach, in one transaction, or
 * only tried. Each change is a new version of its layer; none is ever lost.
 */
import { configProblem, defaultConfig } from "../../../device/protocol/config.ts";
import { isoOfMs } from "../clock.ts";
import {
  type Changes,
  changesBetween,
  edited,
  GLOBAL_NAME,
  type Layer,
  type LayerValues,
  layerKey,
  layersOf,
  type Scope,
} from "../config/layers.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { type Order, type Page, pageIn } from "../pages.ts";
import { outOfReach, reachOf } from "../rights/limited-db.ts";
import {
  configOf,
  placedCamera,
  placedCameras,
  type TouchedCamera,
  touchedCameras,
  type VersionedConfig,
  writeVersions,
} from "./configs.ts";
import { coversGroup, mayJoin } from "./projects.ts";

export interface LayerEdit {
  scope: Scope;
  name: string;
  /** null takes a key out of the layer. */
  values: Record<string, unknown>;
  /** The values are all there is; other keys leave the layer. */
  isWhole?: boolean;
}

export interface LayerChange {
  dryRun: boolean;
  layers: (Layer & { changes: Changes })[];
  cameras: TouchedCamera[];
}

export interface ChangeOptions {
  note: string;
  nowMs: number;
  dryRun?: boolean;
}

/** Every layer at its newest version. @param cameraID of the layers of devices, only this one's */
export async function currentLayers(db: Db, cameraID?: string): Promise<Map<string, Layer>> {
  let query = db
    .selectFrom("config_layers as layer")
    .select(["layer.scope", "layer.name", "layer.version", "layer.values"])
    .where("layer.version", "=", (newest) =>
      newest
        .selectFrom("config_layers as other")
        .select((column) => column.fn.max("other.version").as("newest"))
        .whereRef("other.scope", "=", "layer.scope")
        .whereRef("other.name", "=", "layer.name"),
    )
    .orderBy("layer.scope")
    .orderBy("layer.name");
  if (cameraID !== undefined) {
    query = query.where((row) =>
      row.or([row("layer.scope", "!=", "device"), row("layer.name", "=", cameraID)]),
    );
  }
  return new Map(
    (await query.execute()).map(({ scope, name, version, values }) => [
      layerKey(scope, name),
      { scope, name, version, values: JSON.parse(values) as LayerValues },
    ]),
  );
}

/** Version 0 without keys when nothing was ever set. **Errors:** NOT_FOUND for a global layer of another name */
export async function oneLayer(db: Db, scope: Scope, name: string): Promise<Layer> {
  checkName(scope, name);
  const layers = await currentLayers(db, name);
  return layers.get(layerKey(scope, name)) ?? { scope, name, version: 0, values: {} };
}

const OLDEST_FIRST: Order = { by: [["version", "number"]], direction: "asc" };

/** **Errors:** NOT_FOUND, BAD_CURSOR */
export async function layerHistory(db: Db, scope: Scope, name: string, page: Page) {
  const { rows, next } = pageIn(await versionsOf(db, scope, name), OLDEST_FIRST, page);
  return { versions: rows, next };
}

async function versionsOf(db: Db, scope: Scope, name: string) {
  checkName(scope, name);
  const rows = await db
    .selectFrom("config_layers")
    .select(["version", "values", "note", "createdMs"])
    .where("scope", "=", scope)
    .where("name", "=", name)
    .orderBy("version")
    .execute();
  let before: LayerValues = {};
  return rows.map(({ version, values, note, createdMs }) => {
    const after = JSON.parse(values) as LayerValues;
    const changes = changesBetween(before, after);
    before = after;
    return { version, created: isoOfMs(createdMs), note, values: after, changes };
  });
}

/** **Errors:** BAD_CONFIG, CAMERA_UNKNOWN for the layer of a device that is none */
export function changeLayers(
  db: Db,
  edits: LayerEdit[],
  options: ChangeOptions,
): Promise<LayerChange> {
  return db.transaction().execute(async (transaction) => {
    for (const { scope, name } of edits) await requireLayer(transaction, scope, name);
    const only = edits.length === 1 ? camerasOf(edits[0] as LayerEdit) : {};
    const before = await currentLayers(transaction, only.cameraID);
    const after = new Map(before);
    const layers: LayerChange["layers"] = [];
    for (const edit of edits) {
      const layer = await editLayer(transaction, after, edit);
      if (!layer) continue;
      after.set(layerKey(layer.scope, layer.name), layer);
      layers.push(layer);
    }
    const reached = await placedCameras(transaction, only);
    const touched = touchedCameras(
      reached.map((camera) => ({
        ...{ camera, before: layersOf(camera, before), after: layersOf(camera, after) },
      })),
    );
    if (!options.dryRun) {
      await writeLayers(transaction, layers, options);
      await writeVersions(transaction, touched, options.nowMs);
    }
    const cameras = touched.map(({ cameraID, version, changes }) => ({
      ...{ cameraID, version, changes },
    }));
    return { dryRun: options.dryRun === true, layers, cameras };
  });
}

/** A layer may be changed by those who reach every camera it reaches. **Errors:** FORBIDDEN */
async function requireLayer(db: Db, scope: Scope, name: string): Promise<void> {
  if (reachOf(db).isAll || scope === "device") return;
  const isReached = {
    global: async () => false,
    site: async () =>
      db.selectFrom("sites").select("siteID").where("siteID", "=", name).executeTakeFirst(),
    group: async () => coversGroup(db, name),
  }[scope];
  if (!(await isReached())) throw outOfReach(`all cameras of the layer ${scope} ${name}`);
}

/** undefined when the edit changes nothing. */
async function editLayer(db: Db, layers: Map<string, Layer>, edit: LayerEdit) {
  const { scope, name, values, isWhole } = edit;
  checkName(scope, name);
  if (scope === "device") await placedCamera(db, name);
  const set = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
  const problem = configProblem(set) || configProblem(defaultsFor(values));
  if (problem) throw httpError("BAD_CONFIG", problem);
  const old = layers.get(layerKey(scope, name));
  const next = edited(isWhole ? {} : (old?.values ?? {}), values as Record<string, number | null>);
  const changes = changesBetween(old?.values ?? {}, next);
  if (Object.keys(changes).length === 0) return undefined;
  return { scope, name, version: (old?.version ?? 0) + 1, values: next, changes };
}

/** The keys that leave a layer must exist, too: a typing error is no change. */
const defaultsFor = (values: Record<string, unknown>): Record<string, unknown> => {
  const gone = Object.keys(values).filter((key) => values[key] === null);
  const known = defaultConfig() as unknown as Record<string, number>;
  return Object.fromEntries(
    gone.map((key) => [key, Object.hasOwn(known, key) ? known[key] : null]),
  );
};

function camerasOf({ scope, name }: LayerEdit): Parameters<typeof placedCameras>[1] & object {
  if (scope === "device") return { cameraID: name };
  if (scope === "site") return { site: name };
  return scope === "group" ? { group: name } : {};
}

function checkName(scope: Scope, name: string): void {
  if (scope === "global" && name !== GLOBAL_NAME) {
    throw httpError("NOT_FOUND", `the global layer is called ${GLOBAL_NAME}`);
  }
}

async function writeLayers(
  transaction: Db,
  layers: Layer[],
  { note, nowMs }: ChangeOptions,
): Promise<void> {
  for (const { scope, name, version, values } of layers) {
    await transaction
      .insertInto("config_layers")
      .values({
        ...{ scope, name, version, note, createdMs: nowMs },
        values: JSON.stringify(values),
      })
      .execute();
  }
}

/** A layer as it was, as a new version of it. **Errors:** CONFIG_VERSION_UNKNOWN */
export async function rollbackLayer(
  db: Db,
  { scope, name, version }: { scope: Scope; name: string; version: number },
  options: Omit<ChangeOptions, "note">,
): Promise<LayerChange> {
  const history = await versionsOf(db, scope, name);
  const wanted = history.find((row) => row.version === version);
  if (!wanted && version !== 0) throw httpError("CONFIG_VERSION_UNKNOWN");
  const note = `rollback to ${version}`;
  const values = { ...(wanted?.values ?? {}) };
  return changeLayers(db, [{ scope, name, values, isWhole: true }], { ...options, note });
}

/**
 * Set keys of one camera. A change that changes nothing makes no new version.
 * **Errors:** CAMERA_UNKNOWN, BAD_CONFIG
 */
export async function changeConfig(
  db: Db,
  cameraID: string,
  values: Record<string, unknown>,
  nowMs: number,
): Promise<VersionedConfig> {
  const problem = configProblem(values);
  if (problem) throw httpError("BAD_CONFIG", problem);
  await changeLayers(db, [{ scope: "device", name: cameraID, values }], { note: "set", nowMs });
  const { wantedConfigVersion: version } = await placedCamera(db, cameraID);
  return { version, values: await configOf(db, cameraID, version) };
}

/**
 * Put a camera into a group, or into none: its configuration follows.
 * **Errors:** CAMERA_UNKNOWN, BAD_CONFIG
 */
export function setGroup(
  db: Db,
  cameraID: string,
  group: string | null,
  nowMs: number,
): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    const before = layersOf(
      await placedCamera(transaction, cameraID),
      await currentLayers(transaction, cameraID),
    );
    await joinGroup(transaction, cameraID, group);
    await followLayers(transaction, cameraID, before, nowMs);
  });
}

/** In the transaction that makes the configuration follow. **Errors:** FORBIDDEN */
export async function joinGroup(
  transaction: Db,
  cameraID: string,
  group: string | null,
): Promise<void> {
  await transaction.deleteFrom("camera_groups").where("cameraID", "=", cameraID).execute();
  if (group === null) return;
  if (!(await mayJoin(transaction, group))) throw outOfReach(`group ${group}`);
  await transaction.insertInto("camera_groups").values({ cameraID, groupName: group }).execute();
}

/** A camera that has come to a place takes over what the layers there say. @param before layers it had so far */
export async function followLayers(
  transaction: Db,
  cameraID: string,
  before: Layer[],
  nowMs: number,
): Promise<void> {
  const camera = await placedCamera(transaction, cameraID);
  const after = layersOf(camera, await currentLayers(transaction, cameraID));
  await writeVersions(transaction, touchedCameras([{ camera, before, after }]), nowMs);
}
