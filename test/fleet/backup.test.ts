/** Nothing is lost on the way: a backup of a running server restores to the same answers; a damaged one is refused; PostgreSQL gets every row. */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { newPostgres } from "../support/postgres.ts";
import { skip } from "../support/skip.ts";
import { assertRefused, toolchainHere } from "../support/toolchain.ts";
import { NO_POSTGRES } from "./support/databases.ts";
import {
  addCamera,
  checkIn,
  exchange,
  fault,
  getJson,
  media,
  observation,
  openFleet,
  type TestFleet,
  temporaryFolder,
} from "./support/fleet.ts";

async function filledFleet(root: string): Promise<TestFleet> {
  const fleet = await openFleet({ dataDir: join(root, "data") });
  const camera = await addCamera(fleet);
  const records = [
    observation("1-1"),
    media("1-2", "m1-1"),
    fault("1-3", { count: 4_294_967_295 }),
  ];
  await exchange(fleet, camera, checkIn(records));
  mkdirSync(join(root, "data/objects", camera.cameraID), { recursive: true });
  writeFileSync(join(root, "data/objects", camera.cameraID, "m1-1.jpg"), "picture");
  return fleet;
}

test("a backup of a running server restores to the same answers, and a damaged one is refused", async () => {
  const root = temporaryFolder();
  const db = (...args: string[]) => toolchainHere(["db", ...args], root);
  const fleet = await filledFleet(root);
  const before = await getJson(fleet, "/api/v1/observations");
  const made = await db("backup", "backup", "--data", "data");
  assert.match(made.stdout, /3 files/, made.stderr);
  // The server writes on.
  await addCamera(fleet, "later");
  await fleet.server.close();
  assertRefused(await db("backup", "backup", "--data", "data"), 3, /is not empty/);
  assertRefused(await db("restore", "backup", "--data", "data"), 3, /is not empty/);
  assert.is((await db("restore", "backup", "--data", "back")).status, 0);
  const restored = await openFleet({ dataDir: join(root, "back"), token: fleet.token });
  assert.equal(await getJson(restored, "/api/v1/observations"), before);
  assert.is((await getJson(restored, "/api/v1/summary")).cameras, 1);
  await restored.server.close();
  const { cameraID } = before.observations[0];
  appendFileSync(join(root, "backup/objects", cameraID, "m1-1.jpg"), "!");
  assertRefused(await db("restore", "backup", "--data", "new"), 7, /m1-1\.jpg is changed/);
  rmSync(join(root, "backup/objects"), { recursive: true });
  assertRefused(await db("restore", "backup", "--data", "new"), 7, /m1-1\.jpg is missing/);
  rmSync(join(root, "backup/manifest.json"));
  assertRefused(await db("restore", "backup", "--data", "new"), 3, /no backup that is complete/);
  assertRefused(await db("backup", "b2", "--data", "nowhere"), 3, /holds no database/);
  rmSync(root, { recursive: true });
});

test("PostgreSQL gets every row of every table, and goes on numbering after them", async () => {
  const postgres = await newPostgres();
  if (!postgres) return skip(NO_POSTGRES);
  const root = temporaryFolder();
  const fleet = await filledFleet(root);
  const before = await getJson(fleet, "/api/v1/cameras");
  const copy = () =>
    toolchainHere(["db", "copy", "--data", "data", "--database-url", postgres.url, "--json"], root);
  assertRefused(await copy(), 3, /another fleet server is using/);
  await fleet.server.close();
  const copied = await copy();
  assert.is(copied.status, 0, copied.stderr);
  const { tables } = JSON.parse(copied.stdout) as { tables: { table: string; rows: number }[] };
  const rows = Object.fromEntries(tables.map((row) => [row.table, row.rows]));
  assert.equal([rows.observations, rows.media, rows.faults, rows.projects], [1, 1, 1, 1]);
  assertRefused(await copy(), 3, /holds rows already/);
  const dataDir = join(root, "data");
  const moved = await openFleet({ dataDir, databaseUrl: postgres.url, token: fleet.token });
  const after = await getJson(moved, "/api/v1/cameras");
  assert.equal(
    after.cameras.map((row: { name: string; observationCount: number }) => row.observationCount),
    before.cameras.map((row: { observationCount: number }) => row.observationCount),
  );
  await addCamera(moved, "new");
  assert.is((await getJson(moved, "/api/v1/summary")).cameras, 2);
  await moved.server.close();
  await postgres.drop();
  rmSync(root, { recursive: true });
});

test.run();
