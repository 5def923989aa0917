/** Migration: users, what each may do where, and tokens that belong to them. */
import { withColumns } from "./migration-columns.ts";
import type { AnyDatabase } from "./migrations.ts";

export async function people(db: AnyDatabase): Promise<void> {
  const users = db.schema
    .createTable("users")
    .addColumn("userID", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull().unique());
  await withColumns(users, {
    ...{ passwordHash: "text", createdMs: "bigint!", disabledMs: "bigint" },
  }).execute();
  await db.schema
    .createTable("roles")
    .addColumn("userID", "text", (column) => column.notNull().references("users.userID"))
    // organisation, project or site, and its ID.
    .addColumn("scope", "text", (column) => column.notNull())
    .addColumn("scopeID", "text", (column) => column.notNull())
    .addColumn("role", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("roles_key", ["userID", "scope", "scopeID"])
    .execute();
  // One column at a time: SQLite takes no more in one statement.
  await db.schema
    .alterTable("tokens")
    .addColumn("userID", "text", (column) => column.references("users.userID"))
    .execute();
  for (const name of ["tokenID", "name", "scopes"]) {
    await db.schema.alterTable("tokens").addColumn(name, "text").execute();
  }
  await db.schema.alterTable("tokens").addColumn("lastUsedMs", "bigint").execute();
  await db.schema.createIndex("tokens_of_user").on("tokens").column("userID").execute();
}
