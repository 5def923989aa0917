/** The server on PostgreSQL: its own tests run there once more; several servers share a database; refusals are one clear line. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isAppError } from "../../toolchain/errors.ts";
import { openPostgres } from "../../toolchain/fleet/db/postgres.ts";
import { createServer } from "../../toolchain/fleet/server.ts";
import { newPostgres, postgresServer } from "../support/postgres.ts";
import { ROOT, skip } from "../support/skip.ts";
import { NO_POSTGRES } from "./support/databases.ts";
import { readEvents } from "./support/events.ts";
import {
  addCamera,
  checkIn,
  exchange,
  getJson,
  observation,
  openFleet,
  operate,
  temporaryFolder,
} from "./support/fleet.ts";

/** Those that ask most of the database. */
const SUITES = ["check-in", "rollout/server", "tenants", "pages"];

for (const suite of SUITES) {
  test(`passes ${suite}.test.ts on PostgreSQL`, async () => {
    const url = await postgresServer();
    if (!url) return skip(NO_POSTGRES);
    const child = spawn(
      process.execPath,
      ["--import", "tsx", join(ROOT, `test/fleet/${suite}.test.ts`)],
      {
        env: { ...process.env, THICKET_TEST_POSTGRES: url, THICKET_TEST_DATABASE: "postgres" },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.is(code, 0, said);
    assert.match(said, /Passed: +[1-9]/);
  });
}

test("two servers on one database number changes in order, see each other's, and decide once", async () => {
  const postgres = await newPostgres();
  if (!postgres) return skip(NO_POSTGRES);
  const dataDir = temporaryFolder();
  // Started together: only one makes the tables.
  const first = await openFleet({ dataDir, databaseUrl: postgres.url });
  const { token } = first;
  const second = await openFleet({ dataDir, databaseUrl: postgres.url, token });
  try {
    const stream = await readEvents(second.url, second.operator);
    const camera = await addCamera(first);
    assert.is((await stream.next()).data.cameraID, camera.cameraID, "written by the other server");
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        exchange(n % 2 ? first : second, camera, checkIn([observation(`1-${n}`)], { sequence: n })),
      ),
    );
    assert.is((await getJson(first, "/api/v1/summary")).observations, 20);
    const seen = new Set<string>();
    let before = 0;
    while (seen.size < 20) {
      const { id, event, data } = await stream.next();
      assert.ok(Number(id) >= before);
      before = Number(id);
      if (event === "observation") seen.add(data.observationID);
    }
    stream.close();
    // Every change of a layer is a version of its own, whoever takes it.
    await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        const path = "/api/v1/config/layers/global/all";
        const body = { values: { checkInIntervalS: 600 + n } };
        const response = await operate(n % 2 ? first : second, "PATCH", path, body);
        assert.is(response.status, 200, await response.text());
      }),
    );
    const { versions } = await getJson(first, "/api/v1/config/layers/global/all/history");
    assert.equal(
      versions.map((row: { version: number }) => row.version),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    assert.equal([...first.problems, ...second.problems], []);
  } finally {
    await first.server.close();
    await second.server.close();
    await postgres.drop();
    rmSync(dataDir, { recursive: true });
  }
});

test("servers that start together make the tables once", async () => {
  const postgres = await newPostgres();
  if (!postgres) return skip(NO_POSTGRES);
  const opened = await Promise.all(
    Array.from({ length: 3 }, () => openPostgres(postgres.url, 0, () => {})),
  );
  const applied = opened.flatMap((database) => database.applied);
  assert.equal(new Set(applied).size, applied.length, applied.join(" "));
  for (const { close } of opened) await close();
  await postgres.drop();
});

test("a database that goes away is a 503 and a sick server, one that comes back is none", async () => {
  const postgres = await newPostgres();
  if (!postgres) return skip(NO_POSTGRES);
  const dataDir = temporaryFolder();
  const fleet = await openFleet({ dataDir, databaseUrl: postgres.url });
  const statusOf = async (path: string) => {
    const response = await operate(fleet, "GET", path);
    await response.text();
    return response.status;
  };
  assert.equal([await statusOf("/health"), await statusOf("/api/v1/summary")], [200, 200]);
  await postgres.drop();
  assert.is(await statusOf("/api/v1/summary"), 503);
  assert.is(await statusOf("/health"), 503);
  await fleet.server.close();
  rmSync(dataDir, { recursive: true });
});

test("refuses an address, a server or a database that it cannot use, without showing the password", async () => {
  const server = (await postgresServer()) ?? "";
  const rows: [url: string, code: string, exitCode: number][] = [
    ["mysql://a:secret@localhost/b", "BAD_DATABASE_URL", 3],
    ["postgres://a:secret@127.0.0.1:1/b", "DATABASE_UNREACHABLE", 8],
    ...(server
      ? ([[`${server}nowhere`, "DATABASE_REFUSED", 8]] as [string, string, number][])
      : []),
  ];
  for (const [databaseUrl, code, exitCode] of rows) {
    const dataDir = temporaryFolder();
    const error = await createServer({ dataDir, databaseUrl }).catch((reason) => reason);
    assert.ok(isAppError(error), String(error));
    assert.equal([error.code, error.exitCode], [code, exitCode]);
    assert.not.ok(error.message.includes("secret") || error.message.includes("\n"));
    rmSync(dataDir, { recursive: true });
  }
});

test.run();
