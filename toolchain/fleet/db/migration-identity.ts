/** Migration: claims that cameras are enrolled with, who each camera is and whether it is in service, orders to it. */
import type { AnyDatabase, Dialect } from "./migrations.ts";

export async function identity(db: AnyDatabase, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable("claims")
    .addColumn("claimID", "text", (column) => column.primaryKey())
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("site", "text", (column) => column.notNull())
    .addColumn("groupName", "text")
    .addColumn("role", "text")
    .addColumn("name", "text")
    .addColumn("latitude", "double precision")
    .addColumn("longitude", "double precision")
    .addColumn("createdMs", "bigint", (column) => column.notNull())
    .addColumn("expiresMs", "bigint", (column) => column.notNull())
    .addColumn("revokedMs", "bigint")
    .addColumn("usedMs", "bigint")
    // Not a reference: a registration may be taken back.
    .addColumn("cameraID", "text")
    .addColumn("publicKey", "text")
    .addColumn("serverKey", "text")
    .addColumn("tokenHash", "text")
    .execute();
  await db.schema
    .createTable("camera_identities")
    .addColumn("cameraID", "text", (column) => column.primaryKey().references("cameras.cameraID"))
    .addColumn("publicKey", "text", (column) => column.unique())
    .addColumn("hardware", "text")
    .addColumn("role", "text")
    .addColumn("orderKey", "text")
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("changedMs", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("camera_orders")
    .addColumn("cameraID", "text", (column) => column.notNull().references("cameras.cameraID"))
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("orderKey", "text")
    .addColumn("tokenHash", "text")
    .addColumn("createdMs", "bigint", (column) => column.notNull())
    .addColumn("doneMs", "bigint")
    .addPrimaryKeyConstraint("camera_orders_key", ["cameraID", "number"])
    .execute();
  const events = db.schema.createTable("camera_events");
  const numbered =
    dialect === "sqlite"
      ? events.addColumn("sequence", "integer", (column) => column.primaryKey().autoIncrement())
      : events.addColumn("sequence", "bigserial", (column) => column.primaryKey());
  await numbered
    .addColumn("cameraID", "text", (column) => column.notNull().references("cameras.cameraID"))
    .addColumn("event", "text", (column) => column.notNull())
    .addColumn("detail", "text", (column) => column.notNull())
    .addColumn("timeMs", "bigint", (column) => column.notNull())
    .execute();
}
