/** Three servers on one PostgreSQL: an alert is told once, whoever took the check-in; a record sent to all of them at once is stored once. */
import { rmSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { newPostgres } from "../support/postgres.ts";
import { skip } from "../support/skip.ts";
import {
  addChannel,
  addNoGoCamera,
  addRule,
  NIGHT_MS,
  nightRule,
  seen,
  webhookReceiver,
} from "./alerts/support.ts";
import { NO_POSTGRES } from "./support/databases.ts";
import {
  addCamera,
  checkIn,
  exchange,
  getJson,
  observation,
  openFleet,
  temporaryFolder,
} from "./support/fleet.ts";

const ALERTS = 9;

test("three servers on one database tell each alert once and store each record once", async () => {
  const postgres = await newPostgres();
  if (!postgres) return skip(NO_POSTGRES);
  const dataDir = temporaryFolder();
  const clock = createSimulatedClock(NIGHT_MS);
  const options = { dataDir, databaseUrl: postgres.url, clock, allowPrivateWebhooks: true };
  const first = { ...(await openFleet(options)), clock };
  const others = [1, 2].map(() => openFleet({ ...options, token: first.token }));
  const fleets = [first, ...(await Promise.all(others)).map((fleet) => ({ ...fleet, clock }))];
  const receiver = await webhookReceiver();
  try {
    const url = `http://127.0.0.1:${receiver.port}/`;
    const channels = [await addChannel(first, "webhook", { url })];
    await addRule(first, nightRule({ channels, dedupMinutes: 0, capPerHour: 1000 }));
    const camera = await addNoGoCamera(first);
    for (let at = 0; at < ALERTS; at++) {
      // A clock that runs ahead would make what another is sending look forgotten.
      clock.set(clock.now() + 1000);
      await seen(fleets[at % 3]!, camera, `1-${at}`);
      // All three look for what is due, and find the same.
      for (const { server } of fleets) server.alerts.wake();
    }
    const endMs = Date.now() + 20_000;
    while (receiver.got.length < ALERTS && Date.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // One that is sent twice comes right after.
    for (const { server } of fleets) server.alerts.wake();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ids = receiver.got.map(
      ({ body }) => (JSON.parse(body) as { deliveryID: string }).deliveryID,
    );
    assert.equal([ids.length, new Set(ids).size], [ALERTS, ALERTS]);
    const same = await addCamera(first, "same");
    const replies = await Promise.all(
      fleets.map((fleet) => exchange(fleet, same, checkIn([observation("1-1")]))),
    );
    assert.equal(
      replies.map(({ acknowledged }) => acknowledged),
      [["1-1"], ["1-1"], ["1-1"]],
    );
    const { observationCount } = await getJson(first, `/api/v1/cameras/${same.cameraID}`);
    assert.equal(
      [observationCount, (await getJson(first, "/api/v1/summary")).observations],
      [1, ALERTS + 1],
    );
    assert.equal(
      fleets.flatMap(({ problems }) => problems),
      [],
    );
  } finally {
    for (const { server } of fleets) await server.close();
    await receiver.close();
    await postgres.drop();
    rmSync(dataDir, { recursive: true });
  }
});

test.run();
