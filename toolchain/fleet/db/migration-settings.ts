/** Migration: what an administrator says of the server (its name, zone, map tiles), and the time zone of each site. */
import type { AnyDatabase } from "./migrations.ts";

export async function settings(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("settings")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("settings", "text", (column) => column.notNull())
    .addColumn("changedMs", "bigint", (column) => column.notNull())
    .execute();
  // IANA name; null: the server's.
  await db.schema.alterTable("sites").addColumn("timeZone", "text").execute();
  await db.schema.createIndex("alerts_by_time").on("alerts").column("raisedMs").execute();
}
