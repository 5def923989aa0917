/** Migration: releases, roll-outs, the cameras in them with their history, and what each camera runs. */
import type { AnyDatabase, Dialect } from "./migrations.ts";

export async function rollouts(db: AnyDatabase, dialect: Dialect): Promise<void> {
  await createReleases(db);
  await createRollouts(db, dialect);
  await db.schema
    .createTable("camera_releases")
    .addColumn("cameraID", "text", (column) => column.notNull().references("cameras.cameraID"))
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("counter", "bigint", (column) => column.notNull())
    .addColumn("pending", "bigint", (column) => column.notNull())
    .addColumn("failedCounter", "bigint", (column) => column.notNull())
    .addColumn("failedAttempt", "integer", (column) => column.notNull())
    .addColumn("failedReason", "text", (column) => column.notNull())
    .addColumn("reportedMs", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("camera_releases_key", ["cameraID", "kind"])
    .execute();
  await db.schema
    .createTable("ddi_actions")
    .addColumn("cameraID", "text", (column) => column.primaryKey().references("cameras.cameraID"))
    .addColumn("actionID", "bigint", (column) => column.notNull())
    .execute();
}

async function createReleases(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("releases")
    .addColumn("releaseID", "text", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("counter", "bigint", (column) => column.notNull())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("bytes", "integer", (column) => column.notNull())
    .addColumn("sha256", "text", (column) => column.notNull())
    .addColumn("sha1", "text", (column) => column.notNull())
    .addColumn("md5", "text", (column) => column.notNull())
    .addColumn("manifest", "text", (column) => column.notNull())
    .addColumn("baseCounter", "bigint")
    .addColumn("createdMs", "bigint", (column) => column.notNull())
    .addUniqueConstraint("releases_counter_key", ["kind", "counter"])
    .execute();
}

async function createRollouts(db: AnyDatabase, dialect: Dialect): Promise<void> {
  const numbered = (table: string, key: string) =>
    dialect === "sqlite"
      ? db.schema
          .createTable(table)
          .addColumn(key, "integer", (column) => column.primaryKey().autoIncrement())
      : db.schema.createTable(table).addColumn(key, "bigserial", (column) => column.primaryKey());
  await numbered("rollouts", "rolloutID")
    .addColumn("releaseID", "text", (column) => column.notNull().references("releases.releaseID"))
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("plan", "text", (column) => column.notNull())
    .addColumn("selection", "text", (column) => column.notNull())
    .addColumn("forgiven", "text", (column) => column.notNull())
    .addColumn("createdMs", "bigint", (column) => column.notNull())
    .addColumn("changedMs", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("rollout_members")
    .addColumn("rolloutID", "bigint", (column) => column.notNull().references("rollouts.rolloutID"))
    .addColumn("cameraID", "text", (column) => column.notNull().references("cameras.cameraID"))
    .addColumn("ring", "integer", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("attempt", "integer", (column) => column.notNull())
    .addColumn("installedMs", "bigint", (column) => column.notNull())
    .addColumn("changedMs", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("rollout_members_key", ["rolloutID", "cameraID"])
    .execute();
  await numbered("rollout_events", "sequence")
    .addColumn("rolloutID", "bigint", (column) => column.notNull().references("rollouts.rolloutID"))
    // Not a reference: "" is the roll-out itself.
    .addColumn("cameraID", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("timeMs", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("rollout_events_of_camera")
    .on("rollout_events")
    .columns(["rolloutID", "cameraID", "sequence"])
    .execute();
}
