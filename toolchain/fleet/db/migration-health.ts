/** Migration: what each camera's heartbeats said, day by day, and what preceded a crash. */
import type { AnyDatabase } from "./migrations.ts";

/** Whole numbers of a day; all begin at 0. */
const COUNTS = [
  ...["contacts", "boots", "resets", "triggers", "captures", "captureFailures"],
  ...["poweredS", "unableS", "batteryCount", "rssiCount", "lensUnclear"],
];

export async function healthDays(db: AnyDatabase): Promise<void> {
  let table = db.schema
    .createTable("health_days")
    .addColumn("cameraID", "text", (column) => column.notNull().references("cameras.cameraID"))
    // Since 1970, in UTC by the server's clock.
    .addColumn("day", "integer", (column) => column.notNull());
  for (const name of COUNTS) table = table.addColumn(name, "integer", (column) => column.notNull());
  await table
    .addColumn("batteryMvSum", "double precision", (column) => column.notNull())
    .addColumn("rssiDbmSum", "double precision", (column) => column.notNull())
    .addColumn("tempCMin", "double precision")
    .addColumn("tempCMax", "double precision")
    .addPrimaryKeyConstraint("health_days_key", ["cameraID", "day"])
    .execute();
  await db.schema.alterTable("faults").addColumn("uptimeS", "bigint").execute();
  await db.schema.alterTable("faults").addColumn("before", "text").execute();
}
