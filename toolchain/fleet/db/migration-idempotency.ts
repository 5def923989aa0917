/** Migration: answers to requests with an Idempotency-Key, sealed, for a day. */
import type { AnyDatabase } from "./migrations.ts";

export async function idempotency(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("idempotent_answers")
    // SHA-256 of who asked and the key.
    .addColumn("keyHash", "text", (column) => column.primaryKey())
    .addColumn("requestHash", "text", (column) => column.notNull())
    .addColumn("status", "integer", (column) => column.notNull())
    .addColumn("sealed", "text", (column) => column.notNull())
    .addColumn("createdMs", "bigint", (column) => column.notNull())
    .execute();
}
