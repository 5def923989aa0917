/**
 * The configuration each camera should have: numbered, whole, kept for ever. Version 0 is the table of defaults in
 * device/protocol and has no row.
 */
import {
  type ConfigValues,
  configProblem,
  defaultConfig,
} from "../../../device/protocol/config.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { recordChanges } from "./changes.ts";

export interface VersionedConfig {
  version: number;
  values: ConfigValues;
}

/** Every key, also those that were added to the table after the version was written. */
export async function configOf(db: Db, cameraID: string, version: number): Promise<ConfigValues> {
  if (version === 0) return defaultConfig();
  const row = await db
    .selectFrom("config_versions")
    .select("values")
    .where("cameraID", "=", cameraID)
    .where("version", "=", version)
    .executeTakeFirstOrThrow();
  return { ...defaultConfig(), ...(JSON.parse(row.values) as Partial<ConfigValues>) };
}

/** **Errors:** CAMERA_UNKNOWN, BAD_CONFIG. A change that changes nothing makes no new version. */
export async function changeConfig(
  db: Db,
  cameraID: string,
  changes: Record<string, unknown>,
  nowMs: number,
): Promise<VersionedConfig> {
  const problem = configProblem(changes);
  if (problem) throw httpError("BAD_CONFIG", problem);
  return db.transaction().execute(async (transaction) => {
    const camera = await transaction
      .selectFrom("cameras")
      .select("wantedConfigVersion")
      .where("cameraID", "=", cameraID)
      .executeTakeFirst();
    if (!camera) throw httpError("CAMERA_UNKNOWN");
    const before = await configOf(transaction, cameraID, camera.wantedConfigVersion);
    const values: ConfigValues = { ...before, ...(changes as Partial<ConfigValues>) };
    if (JSON.stringify(values) === JSON.stringify(before)) {
      return { version: camera.wantedConfigVersion, values };
    }
    if (values.burstVotes > values.burstCount) {
      throw httpError("BAD_CONFIG", "burstVotes must not be above burstCount");
    }
    const version = camera.wantedConfigVersion + 1;
    await transaction
      .insertInto("config_versions")
      .values({ cameraID, version, values: JSON.stringify(values), createdMs: nowMs })
      .execute();
    await transaction
      .updateTable("cameras")
      .set({ wantedConfigVersion: version })
      .where("cameraID", "=", cameraID)
      .execute();
    await recordChanges(transaction, [{ kind: "camera", cameraID, itemID: "" }]);
    return { version, values };
  });
}
