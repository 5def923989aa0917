/** Migration: layers of configuration with their versions, groups of cameras, and what each camera said of its own. */
import type { AnyDatabase } from "./migrations.ts";

/** The table of defaults on the day of this migration: what differs from it was set for that camera. */
const DEFAULTS: Record<string, number> = {
  burstCount: 3,
  burstVotes: 2,
  burstGapMs: 500,
  motionMinPermille: 4,
  confidenceMinPct: 30,
  blankMaxPct: 50,
  speciesMinPct: 70,
  checkInIntervalS: 3600,
  timeLapseS: 0,
  alertHuman: 1,
  outboxRecordsMax: 200,
  outboxMediaMax: 20,
  jpegQuality: 70,
};

export async function configLayers(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("config_layers")
    .addColumn("scope", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("values", "text", (column) => column.notNull())
    .addColumn("note", "text", (column) => column.notNull())
    .addColumn("createdMs", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("config_layers_key", ["scope", "name", "version"])
    .execute();
  await db.schema
    .createTable("camera_groups")
    .addColumn("cameraID", "text", (column) => column.primaryKey().references("cameras.cameraID"))
    .addColumn("groupName", "text", (column) => column.notNull())
    .execute();
  // One column at a time: SQLite takes no more in one statement.
  for (const name of ["configSum", "wantedConfigSum", "refusedConfigVersion"]) {
    await db.schema.alterTable("cameras").addColumn(name, "integer").execute();
  }
  await db.schema.alterTable("cameras").addColumn("refusedConfigReason", "text").execute();
  await deviceLayers(db);
}

/** What was set camera by camera so far becomes the layer of that device. */
async function deviceLayers(db: AnyDatabase): Promise<void> {
  const rows = await db
    .selectFrom("config_versions")
    .innerJoin("cameras", (join) =>
      join
        .onRef("cameras.cameraID", "=", "config_versions.cameraID")
        .onRef("cameras.wantedConfigVersion", "=", "config_versions.version"),
    )
    .select(["config_versions.cameraID", "config_versions.values", "config_versions.createdMs"])
    .execute();
  for (const { cameraID, values, createdMs } of rows) {
    const changed = Object.entries(JSON.parse(values)).filter(
      ([key, value]) => DEFAULTS[key] !== value,
    );
    await db
      .insertInto("config_layers")
      .values({
        ...{ scope: "device", name: cameraID, version: 1, note: "set before layers", createdMs },
        values: JSON.stringify(Object.fromEntries(changed)),
      })
      .execute();
  }
}
