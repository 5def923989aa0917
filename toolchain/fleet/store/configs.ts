/**
 * The configuration each camera should have: numbered, whole, kept for ever. Version 0 is the table of defaults in
 * device/protocol and has no row. The layers it comes from are config-layers.ts.
 */
import type { NotNull } from "kysely";
import {
  type ConfigValues,
  configProblem,
  configSum,
  defaultConfig,
} from "../../../device/protocol/config.ts";
import { type Changes, changesBetween, type Layer, type Place, resolve } from "../config/layers.ts";
import type { WantedConfig } from "../config/offer.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { recordChanges } from "./changes.ts";
import { standingCameras } from "./standing-cameras.ts";

/** Rows of one insert: SQLite takes 32766 values. */
const ROWS_MAX = 1000;

export interface VersionedConfig {
  version: number;
  values: ConfigValues;
}

/** A camera whose configuration a change of layers touches. */
export interface TouchedCamera {
  cameraID: string;
  version: number;
  changes: Changes;
}

export type PlacedCamera = Place &
  WantedConfig & { name: string; configVersion: number; configSum: number | null };

/** Every key, also those that were added to the table after the version was written. */
export async function configOf(db: Db, cameraID: string, version: number): Promise<ConfigValues> {
  const values = await findConfig(db, cameraID, version);
  if (!values) throw new Error(`camera ${cameraID} has no configuration version ${version}`);
  return values;
}

/** undefined when the camera was never given such a version. */
export async function findConfig(
  db: Db,
  cameraID: string,
  version: number,
): Promise<ConfigValues | undefined> {
  if (version === 0) return defaultConfig();
  const row = await db
    .selectFrom("config_versions")
    .select("values")
    .where("cameraID", "=", cameraID)
    .where("version", "=", version)
    .executeTakeFirst();
  return row && { ...defaultConfig(), ...(JSON.parse(row.values) as Partial<ConfigValues>) };
}

/** Where cameras stand, for layersOf. @param only these; absent: all */
export async function placedCameras(
  db: Db,
  only: { cameraID?: string; site?: string; group?: string } = {},
): Promise<PlacedCamera[]> {
  let query = standingCameras(db)
    .leftJoin("camera_groups", "camera_groups.cameraID", "cameras.cameraID")
    .select([
      "cameras.cameraID",
      "cameras.name",
      "cameras.wantedConfigVersion",
      "cameras.wantedConfigSum",
      "cameras.configVersion",
      "cameras.configSum",
      "cameras.refusedConfigVersion",
      "cameras.refusedConfigReason",
      "deployments.siteID as site",
      "camera_groups.groupName as group",
    ])
    .orderBy("cameras.createdMs")
    .orderBy("cameras.cameraID");
  if (only.cameraID !== undefined) query = query.where("cameras.cameraID", "=", only.cameraID);
  if (only.site !== undefined) query = query.where("deployments.siteID", "=", only.site);
  if (only.group !== undefined) query = query.where("camera_groups.groupName", "=", only.group);
  return query.$narrowType<{ site: NotNull }>().execute();
}

/** **Errors:** CAMERA_UNKNOWN */
export async function placedCamera(db: Db, cameraID: string): Promise<PlacedCamera> {
  const [camera] = await placedCameras(db, { cameraID });
  if (!camera) throw httpError("CAMERA_UNKNOWN");
  return camera;
}

/**
 * New versions for the cameras whose layers say something else than before. Nothing is written.
 * **Errors:** BAD_CONFIG names the camera whose keys would contradict each other
 */
export function touchedCameras(
  cameras: { camera: PlacedCamera; before: Layer[]; after: Layer[] }[],
): (TouchedCamera & { values: ConfigValues })[] {
  return cameras.flatMap(({ camera, before, after }) => {
    const values = resolve(after);
    const changes = changesBetween(resolve(before), values);
    if (Object.keys(changes).length === 0) return [];
    const problem = configProblem(values as unknown as Record<string, unknown>);
    if (problem) throw httpError("BAD_CONFIG", `camera ${camera.name}: ${problem}`);
    const { cameraID, wantedConfigVersion } = camera;
    return [{ cameraID, version: wantedConfigVersion + 1, changes, values }];
  });
}

/** Give cameras new versions, in the transaction of whatever made them necessary. */
export async function writeVersions(
  transaction: Db,
  versions: { cameraID: string; version: number; values: ConfigValues }[],
  nowMs: number,
): Promise<void> {
  for (let from = 0; from < versions.length; from += ROWS_MAX) {
    const rows = versions.slice(from, from + ROWS_MAX);
    await transaction
      .insertInto("config_versions")
      .values(
        rows.map(({ cameraID, version, values }) => ({
          ...{ cameraID, version, createdMs: nowMs },
          values: JSON.stringify(values),
        })),
      )
      .execute();
    for (const { cameraID, version, values } of rows) {
      await transaction
        .updateTable("cameras")
        .set({ wantedConfigVersion: version, wantedConfigSum: configSum(values) })
        .where("cameraID", "=", cameraID)
        .execute();
    }
    await recordChanges(
      transaction,
      rows.map(({ cameraID }) => ({ kind: "camera", cameraID, itemID: "" })),
    );
  }
}

/** Offer the wanted values again, as a new version: after the camera went back, or refused them. */
export async function retryConfig(
  db: Db,
  cameraID: string,
  nowMs: number,
): Promise<VersionedConfig> {
  return db.transaction().execute(async (transaction) => {
    const camera = await placedCamera(transaction, cameraID);
    const values = await configOf(transaction, cameraID, camera.wantedConfigVersion);
    const version = camera.wantedConfigVersion + 1;
    await writeVersions(transaction, [{ cameraID, version, values }], nowMs);
    return { version, values };
  });
}
