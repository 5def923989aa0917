/**
 * Brings a database up to date: each migration and its row in `schema_versions` in one transaction, so a cut leaves the
 * schema before or after it. (Kysely's own migrator runs SQLite's without a transaction.)
 */
import type { Kysely } from "kysely";
import { integrityError } from "../../errors.ts";
import { type AnyDatabase, type Dialect, MIGRATIONS } from "./migrations.ts";

interface VersionsDatabase {
  schema_versions: { version: number; name: string; appliedMs: number };
}

/**
 * @param last apply up to this version only (tests make older databases with it)
 * @returns versions applied now, in order
 * **Errors:** DATABASE_NEWER when the database was written by a later release
 */
export async function migrate(
  db: AnyDatabase,
  dialect: Dialect,
  nowMs: number,
  last = MIGRATIONS.length,
): Promise<number[]> {
  const versions = db as unknown as Kysely<VersionsDatabase>;
  // In a transaction of its own, so that of two servers that start together one waits.
  await versions.transaction().execute((transaction) =>
    transaction.schema
      .createTable("schema_versions")
      .ifNotExists()
      .addColumn("version", "integer", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("appliedMs", "bigint", (column) => column.notNull())
      .execute(),
  );
  const done = await versions
    .selectFrom("schema_versions")
    .select(["version", "name"])
    .orderBy("version")
    .execute();
  const stranger = done.find(({ version, name }) => MIGRATIONS[version - 1]?.name !== name);
  if (stranger) {
    throw integrityError(
      "DATABASE_NEWER",
      `the database is at version ${stranger.version} (${stranger.name}), which this release does not know`,
      "start the release that wrote it, or restore a backup made before",
    );
  }
  const applied: number[] = [];
  for (let version = done.length + 1; version <= last; version++) {
    const migration = MIGRATIONS[version - 1];
    if (!migration) break;
    const isApplied = await versions.transaction().execute(async (transaction) => {
      const known = await transaction
        .selectFrom("schema_versions")
        .select("version")
        .where("version", "=", version)
        .executeTakeFirst();
      // Another server was faster.
      if (known) return false;
      await migration.up(transaction as unknown as AnyDatabase, dialect);
      await transaction
        .insertInto("schema_versions")
        .values({ version, name: migration.name, appliedMs: nowMs })
        .execute();
      return true;
    });
    if (isApplied) applied.push(version);
  }
  return applied;
}
