/** The database's own promises: migrations forward from every version, all or nothing; safe settings; clear refusals. */
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Kysely, SqliteDialect } from "kysely";
import Libsql from "libsql";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isAppError } from "../../toolchain/errors.ts";
import { migrate } from "../../toolchain/fleet/db/migrate.ts";
import { type AnyDatabase, MIGRATIONS } from "../../toolchain/fleet/db/migrations.ts";
import { DATABASE_FILE, openDatabase } from "../../toolchain/fleet/db/open.ts";
import { TOKEN_FILE } from "../../toolchain/fleet/secrets.ts";
import { createServer } from "../../toolchain/fleet/server.ts";
import {
  addCamera,
  checkIn,
  exchange,
  getJson,
  observation,
  openFleet,
  type TestFleet,
  temporaryFolder,
} from "./support/fleet.ts";

/** A plain connection to the database of a folder, without the server's wrapper. */
function rawDatabase(dataDir: string): { raw: Libsql.Database; db: AnyDatabase } {
  const raw = new Libsql(join(dataDir, DATABASE_FILE));
  const dialect = new SqliteDialect({ database: raw as never });
  return { raw, db: new Kysely<Record<string, never>>({ dialect }) as AnyDatabase };
}

const schemaOf = (raw: Libsql.Database): unknown =>
  raw.prepare("select name, sql from sqlite_master where sql is not null order by name").all();

async function failure(run: () => Promise<unknown>) {
  try {
    await run();
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

const close = async (fleet: TestFleet): Promise<void> => {
  await fleet.server.close();
};

const CAMTRAP_DP = 1 + MIGRATIONS.findIndex(({ name }) => name === "camtrap-dp");
const OLD_ROWS = `
  insert into deployments values ('d1', 'cam-old', 'north', 1.5, 2.5, 0, null);
  insert into observations values ('cam-old', '1-1', 'hash', 'd1', 'e1', 10, 11, 'animal', 'fox', 1, 0.5,
    'model', 0, 0, 0, 0, '["m1"]', 12);
  insert into media (cameraID, mediaID, recordID, recordHash, eventID, timestamp, fileBytes, width, height, receivedMs)
    values ('cam-old', 'm1', '1-2', 'hash', 'e1', 10, 5, 64, 48, 12);
`;
const CAMTRAP_DP_ROWS = `
  insert into sites (siteID, projectID, name, sensitivity, createdMs) values ('north', 'default', 'north', 0, 0);
  insert into deployments (deploymentID, projectID, siteID, cameraID, locationName, deploymentStart)
    values ('d1', 'default', 'north', 'cam-old', 'north', 0);
  insert into observations (observationID, deploymentID, cameraID, recordID, recordHash, mediaIDs, eventID, eventStart,
    eventEnd, observationLevel, observationType, receivedMs)
    values ('cam-old:1-1', 'd1', 'cam-old', '1-1', 'hash', '["m1"]', 'e1', 10, 11, 'event', 'animal', 12);
  insert into media (mediaID, deploymentID, cameraID, sourceID, recordID, timestamp, fileBytes, width, height, receivedMs)
    values ('cam-old:m1', 'd1', 'cam-old', 'm1', '1-2', 10, 5, 64, 48, 12);
`;

for (let version = 1; version < MIGRATIONS.length; version++) {
  test(`a database of version ${version} keeps its rows and serves on the newest`, async () => {
    const dataDir = temporaryFolder();
    const { raw, db } = rawDatabase(dataDir);
    await migrate(db, "sqlite", 0, version);
    raw.exec(`
      insert into cameras (cameraID, name, createdMs, lastSeenMs, heartbeat, problem, configVersion,
        wantedConfigVersion, observationCount, mediaCount) values ('cam-old', 'old', 5, null, null, null, 0, 0, 1, 1);
      ${version < CAMTRAP_DP ? OLD_ROWS : CAMTRAP_DP_ROWS}
    `);
    raw.close();
    const fleet = await openFleet({ dataDir });
    const { observations } = await getJson(fleet, "/api/v1/observations");
    assert.is(observations[0].observationID, "cam-old:1-1");
    assert.equal([observations[0].site, observations[0].media[0].width], ["north", 64]);
    const camera = await addCamera(fleet);
    await exchange(fleet, camera, checkIn([observation("1-1")]));
    assert.is((await getJson(fleet, "/api/v1/summary")).observations, 2);
    await close(fleet);
    rmSync(dataDir, { recursive: true });
  });
}

test("migrating step by step ends in the same schema as migrating at once", async () => {
  const [stepwise, atOnce] = [temporaryFolder(), temporaryFolder()];
  const first = rawDatabase(stepwise);
  for (let version = 1; version <= MIGRATIONS.length; version++) {
    assert.equal(await migrate(first.db, "sqlite", 0, version), [version]);
  }
  assert.equal(await migrate(first.db, "sqlite", 0), [], "nothing is applied twice");
  const second = rawDatabase(atOnce);
  await migrate(second.db, "sqlite", 0);
  assert.equal(schemaOf(first.raw), schemaOf(second.raw));
  for (const folder of [stepwise, atOnce]) rmSync(folder, { recursive: true });
});

test("a migration that fails leaves the version before it, whole", async () => {
  const dataDir = temporaryFolder();
  const { raw, db } = rawDatabase(dataDir);
  await migrate(db, "sqlite", 0, 1);
  const before = schemaOf(raw);
  MIGRATIONS.push({
    name: "breaks-half-way",
    up: async (broken) => {
      await broken.schema.createTable("half").addColumn("a", "integer").execute();
      throw new Error("cut");
    },
  });
  try {
    await migrate(db, "sqlite", 0);
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, "cut");
  } finally {
    MIGRATIONS.pop();
  }
  const versions = raw.prepare("select version from schema_versions").all();
  const good = MIGRATIONS.map((_, index) => ({ version: index + 1 }));
  assert.equal(versions, good, "the good ones before it are kept");
  assert.not.ok(JSON.stringify(schemaOf(raw)).includes('"half"'));
  assert.ok(JSON.stringify(before).length > 0);
  rmSync(dataDir, { recursive: true });
});

test("refuses a database of a later release, naming it", async () => {
  const dataDir = temporaryFolder();
  const { raw, db } = rawDatabase(dataDir);
  await migrate(db, "sqlite", 0);
  raw.exec("insert into schema_versions values (99, 'individuals', 0)");
  raw.close();
  const error = await failure(() => createServer({ dataDir }));
  assert.equal([error.code, error.exitCode], ["DATABASE_NEWER", 7]);
  assert.match(error.message, /version 99 \(individuals\)/);
  rmSync(dataDir, { recursive: true });
});

test("says what is damaged, and leaves the file alone", async () => {
  const dataDir = temporaryFolder();
  const file = join(dataDir, DATABASE_FILE);
  writeFileSync(file, "this is not a database, it is a shopping list. ".repeat(200));
  const before = readFileSync(file);
  const error = await failure(() => createServer({ dataDir }));
  assert.equal([error.code, error.exitCode], ["DATABASE_DAMAGED", 7]);
  assert.match(error.message, /thicket\.sqlite is damaged/);
  assert.ok(error.hint?.includes("backup"));
  assert.ok(readFileSync(file).equals(before));
  rmSync(dataDir, { recursive: true });
});

test("notices a database that lost pages, before it serves from it", async () => {
  const dataDir = temporaryFolder();
  const fleet = await openFleet({ dataDir });
  const camera = await addCamera(fleet);
  const records = Array.from({ length: 20 }, (_, index) => observation(`1-${index}`));
  await exchange(fleet, camera, checkIn(records));
  await close(fleet);
  const copy = temporaryFolder();
  copyFileSync(join(dataDir, DATABASE_FILE), join(copy, DATABASE_FILE));
  await close(await openFleet({ dataDir: copy }));
  for (const share of [0.3, 0.6, 0.95]) {
    const cut = temporaryFolder();
    const file = join(cut, DATABASE_FILE);
    copyFileSync(join(dataDir, DATABASE_FILE), file);
    truncateSync(file, Math.floor((readFileSync(file).length * share) / 4096) * 4096);
    const error = await failure(() => createServer({ dataDir: cut }));
    assert.is(error.code, "DATABASE_DAMAGED", String(share));
    rmSync(cut, { recursive: true });
  }
  for (const folder of [dataDir, copy]) rmSync(folder, { recursive: true });
});

test("refuses a token file that holds no hash, and says the way out", async () => {
  const dataDir = temporaryFolder();
  for (const text of ["", "{}", '{"hash":"abc"}', "null"]) {
    writeFileSync(join(dataDir, TOKEN_FILE), text);
    const error = await failure(() => createServer({ dataDir }));
    assert.equal([error.code, error.exitCode], ["TOKEN_FILE_DAMAGED", 7], text);
  }
  rmSync(dataDir, { recursive: true });
});

async function login({ url, token }: TestFleet): Promise<string> {
  const response = await fetch(`${url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

test("makes the operator token once, keeps only its hash, and a new one ends all that the old one opened", async () => {
  const dataDir = temporaryFolder();
  const first = await openFleet({ dataDir });
  await close(first);
  const second = await openFleet({ dataDir, token: first.token });
  assert.is(second.server.operatorToken, undefined);
  assert.is(
    (await fetch(`${second.url}/api/v1/summary`, { headers: second.operator })).status,
    200,
  );
  const session = await login(second);
  await close(second);
  assert.not.ok(readFileSync(join(dataDir, TOKEN_FILE), "utf8").includes(first.token));
  rmSync(join(dataDir, TOKEN_FILE));
  const third = await openFleet({ dataDir });
  assert.is.not(third.token, first.token);
  for (const headers of [second.operator, { cookie: session }] as Record<string, string>[]) {
    assert.is((await fetch(`${third.url}/api/v1/summary`, { headers })).status, 401);
  }
  await close(third);
  rmSync(dataDir, { recursive: true });
});

test("lets only one server use a data folder", async () => {
  const dataDir = temporaryFolder();
  const fleet = await openFleet({ dataDir });
  const error = await failure(() => createServer({ dataDir }));
  assert.equal([error.code, error.exitCode], ["DATA_IN_USE", 3]);
  await close(fleet);
  await close(await openFleet({ dataDir }));
  rmSync(dataDir, { recursive: true });
});

test("refuses a folder it cannot use", async () => {
  const dataDir = temporaryFolder();
  const file = join(dataDir, "file");
  writeFileSync(file, "x");
  const error = await failure(() => createServer({ dataDir: join(file, "data") }));
  assert.equal([error.code, error.exitCode], ["DATA_UNWRITABLE", 3]);
  mkdirSync(join(dataDir, "taken", DATABASE_FILE), { recursive: true });
  const other = await failure(() => createServer({ dataDir: join(dataDir, "taken") }));
  assert.equal([other.code, other.exitCode], ["DATA_UNWRITABLE", 3]);
  rmSync(dataDir, { recursive: true });
});

test("commits to the disk before it answers, and checks references", async () => {
  const dataDir = temporaryFolder();
  const { db, close: closeDatabase } = await openDatabase(dataDir, 0);
  const pragma = async (name: string) => {
    const { rows } = await db.executeQuery<Record<string, unknown>>({
      sql: `pragma ${name}`,
      parameters: [],
      query: { kind: "RawNode", sqlFragments: [`pragma ${name}`], parameters: [] } as never,
      queryId: { queryId: name },
    });
    return Object.values(rows[0] ?? {})[0];
  };
  assert.is(await pragma("journal_mode"), "wal");
  assert.is(await pragma("synchronous"), 2);
  assert.is(await pragma("foreign_keys"), 1);
  await closeDatabase();
  rmSync(dataDir, { recursive: true });
});

test("a statement that failed works again the next time", async () => {
  const dataDir = temporaryFolder();
  const { db, close: closeDatabase } = await openDatabase(dataDir, 0);
  const add = (hash: string) =>
    db.insertInto("tokens").values({ hash, kind: "session", createdMs: 0 }).execute();
  await add("a");
  for (let round = 0; round < 3; round++) {
    const error = await add("a").catch((reason: Error) => reason);
    assert.match(String(error), /UNIQUE/);
  }
  await add("b");
  const wrong = await add(true as never).catch((reason: Error) => reason);
  assert.match(String(wrong), /cannot store boolean/);
  assert.is((await db.selectFrom("tokens").select("hash").execute()).length, 2);
  await closeDatabase();
  rmSync(dataDir, { recursive: true });
});

test.run();
