/**
 * kill -9 of PostgreSQL, all its processes, at random moments while cameras report. The server stays, answers 503 meanwhile, and goes on
 * by itself; what it acknowledged is there afterwards, once, in rows, counters and sums. THICKET_CRASH_ROUNDS says how often.
 */
import { rmSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CheckInReply } from "../../device/protocol/check-in.ts";
import { openPostgres } from "../../toolchain/fleet/db/postgres.ts";
import { ownPostgres } from "../support/postgres.ts";
import { skip } from "../support/skip.ts";
import { NO_POSTGRES } from "./support/databases.ts";
import {
  addCamera,
  checkIn,
  media,
  observation,
  openFleet,
  postCheckIn,
  type TestCamera,
  type TestFleet,
  temporaryFolder,
} from "./support/fleet.ts";

const ROUNDS = Number(process.env.THICKET_CRASH_ROUNDS ?? 2);
const WORKERS = 6;
const RECOVERY_MS_MAX = 60_000;

interface Camera extends TestCamera {
  made: number;
  sequence: number;
  acknowledged: Set<string>;
  /** Requests that failed: a kill that nobody noticed proves nothing. */
  failures: number;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Three events at a time, the same ones until they are acknowledged, as a camera does. */
async function report(fleet: TestFleet, camera: Camera, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const records = [1, 2, 3].flatMap((more) => {
      const n = camera.made + more;
      return [
        observation(`1-${n}`, { eventStart: 1_700_000_000 + n, eventEnd: 1_700_000_001 + n }),
        media(`2-${n}`, `m${n}`),
      ];
    });
    for (;;) {
      const body = checkIn(records, { sequence: camera.sequence });
      const response = await postCheckIn(fleet.url, camera, body);
      const text = await response.text();
      if (response.status === 200) {
        const reply = JSON.parse(text) as CheckInReply;
        assert.equal([reply.refused.length, reply.acknowledged.length], [0, records.length], text);
        for (const id of reply.acknowledged) camera.acknowledged.add(id);
        break;
      }
      assert.is(response.status, 503, text);
      camera.failures++;
      await wait(20);
    }
    camera.made += 3;
    camera.sequence++;
  }
}

test(`${ROUNDS} times kill -9 of PostgreSQL under load lose nothing that was acknowledged and double nothing`, async () => {
  const postgres = await ownPostgres(["shared_buffers=32MB"]);
  if (!postgres) return skip(NO_POSTGRES);
  const databaseUrl = `${postgres.url}postgres`;
  const dataDir = temporaryFolder();
  const fleet = await openFleet({ dataDir, databaseUrl });
  const cameras: Camera[] = [];
  for (let at = 0; at < WORKERS; at++) {
    const fresh = { made: 0, sequence: 1, acknowledged: new Set<string>(), failures: 0 };
    cameras.push({ ...(await addCamera(fleet, `camera ${at}`)), ...fresh });
  }
  let isOver = false;
  const workers = Promise.all(cameras.map((camera) => report(fleet, camera, () => isOver)));
  const total = (what: (camera: Camera) => number) =>
    cameras.reduce((sum, camera) => sum + what(camera), 0);
  for (let round = 0; round < ROUNDS; round++) {
    await wait(50 + Math.random() * 500);
    const before = total(({ acknowledged }) => acknowledged.size);
    await postgres.kill();
    await postgres.start();
    const endMs = Date.now() + RECOVERY_MS_MAX;
    while (total(({ acknowledged }) => acknowledged.size) === before && Date.now() < endMs) {
      await Promise.race([wait(20), workers]);
    }
    assert.ok(total(({ acknowledged }) => acknowledged.size) > before, `round ${round} goes on`);
  }
  isOver = true;
  await workers;
  assert.ok(total(({ failures }) => failures) >= ROUNDS, "the kills were noticed");
  const { db, close } = await openPostgres(databaseUrl, 0, () => {});
  for (const { cameraID, acknowledged, made } of cameras) {
    const rows = await db
      .selectFrom("observations")
      .select("recordID")
      .where("cameraID", "=", cameraID)
      .execute();
    const there = new Set(rows.map(({ recordID }) => recordID));
    const lost = [...acknowledged].filter((id) => id.startsWith("1-") && !there.has(id));
    assert.equal(lost, [], "acknowledged and lost");
    assert.equal([rows.length, there.size], [made, made], "once");
    const { observationCount, mediaCount } = await db
      .selectFrom("cameras")
      .select(["observationCount", "mediaCount"])
      .where("cameraID", "=", cameraID)
      .executeTakeFirstOrThrow();
    assert.equal([observationCount, mediaCount], [made, made], "counted once");
  }
  const sums = await db.selectFrom("observation_sums").select("records").execute();
  const summed = sums.reduce((sum, { records }) => sum + records, 0);
  assert.is(
    summed,
    total(({ made }) => made),
  );
  await close();
  await fleet.server.close();
  console.log(
    `\n# ${2 * summed} records over ${ROUNDS} kills of PostgreSQL, ${total(({ failures }) => failures)} requests refused meanwhile`,
  );
  rmSync(dataDir, { recursive: true });
});

test.run();
