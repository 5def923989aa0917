/** One test on a database of its own, of every kind that the server runs on. */
import { rmSync } from "node:fs";
import { test } from "uvu";
import { type Db, openDatabase } from "../../../toolchain/fleet/db/open.ts";
import { temporaryFolder } from "./fleet.ts";

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
}
