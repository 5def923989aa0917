/** One test on a database of its own, of every kind that the server runs on. */
import { rmSync } from "node:fs";
import { test } from "uvu";
import { type Db, openDatabase } from "../../../toolchain/fleet/db/open.ts";
import { openPostgres } from "../../../toolchain/fleet/db/postgres.ts";
import { newPostgres } from "../../support/postgres.ts";
import { skip } from "../../support/skip.ts";
import { temporaryFolder } from "./fleet.ts";

export const NO_POSTGRES = "no PostgreSQL here (package postgresql, or THICKET_TEST_POSTGRES)";

export function withDatabases(name: string, body: (db: Db) => Promise<void>): void {
  test(`${name} (SQLite)`, async () => {
    const dataDir = temporaryFolder();
    const { db, close } = await openDatabase(dataDir, 0);
    try {
      await body(db);
    } finally {
      await close();
      rmSync(dataDir, { recursive: true });
    }
  });
  test(`${name} (PostgreSQL)`, async () => {
    const postgres = await newPostgres();
    if (!postgres) return skip(NO_POSTGRES);
    const { db, close } = await openPostgres(postgres.url, 0, () => {});
    try {
      await body(db);
    } finally {
      await close();
      await postgres.drop();
    }
  });
}
