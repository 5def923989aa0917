/** Migration: what signed releases bring along: their board, deltas to them, freshness notes, lists of trusted keys. */
import type { AnyDatabase } from "./migrations.ts";

export async function releaseFiles(db: AnyDatabase): Promise<void> {
  await db.schema
    .alterTable("releases")
    .addColumn("hardware", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  await db.schema
    .createTable("release_deltas")
    .addColumn("releaseID", "text", (column) => column.notNull().references("releases.releaseID"))
    .addColumn("baseCounter", "bigint", (column) => column.notNull())
    .addColumn("bytes", "integer", (column) => column.notNull())
    .addColumn("sha256", "text", (column) => column.notNull())
    .addColumn("manifest", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("release_deltas_key", ["releaseID", "baseCounter"])
    .execute();
  await db.schema
    .createTable("release_notes")
    .addColumn("hardware", "text", (column) => column.primaryKey())
    .addColumn("note", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("trust_lists")
    .addColumn("version", "integer", (column) => column.primaryKey())
    .addColumn("list", "text", (column) => column.notNull())
    .execute();
}
