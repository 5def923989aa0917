/** The event stream: what happens is seen, in order, and nothing is missed by a client that was away. */
import { rmSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { readEvents } from "./support/events.ts";
import {
  addCamera,
  checkIn,
  exchange,
  getJson,
  media,
  observation,
  openFleet,
  operate,
  temporaryFolder,
  withFleet,
} from "./support/fleet.ts";

test("shows a new camera, its observation and its picture as the lists would", async () => {
  await withFleet(async (fleet) => {
    const stream = await readEvents(fleet.url, fleet.operator);
    assert.match(stream.headers.get("content-type") ?? "", /^text\/event-stream/);
    assert.match(stream.headers.get("content-security-policy") ?? "", /default-src/);
    const camera = await addCamera(fleet);
    const created = await stream.next();
    assert.equal([created.event, created.data.cameraID], ["camera", camera.cameraID]);
    assert.is(created.data.status, "new");
    await exchange(fleet, camera, checkIn([observation("1-1"), media("1-2", "m1-1")]));
    const events = [await stream.next(), await stream.next(), await stream.next()];
    assert.equal(
      events.map(({ event }) => event),
      ["camera", "observation", "media"],
    );
    const { observations } = await getJson(fleet, "/api/v1/observations");
    const { cameras } = await getJson(fleet, "/api/v1/cameras");
    assert.equal(events[1]?.data, observations[0]);
    assert.equal(events[0]?.data, cameras[0]);
    const { cameraID, eventID, ...shown } = events[2]?.data ?? {};
    assert.equal([cameraID, eventID], [camera.cameraID, "e1-1"]);
    assert.equal(shown, observations[0].media[0]);
    const ids = events.map(({ id }) => Number(id));
    assert.ok(ids[0]! < ids[1]! && ids[1]! < ids[2]!, ids.join());
    stream.close();
  });
});

test("a retry that stores nothing new shows no observation a second time", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const stream = await readEvents(fleet.url, fleet.operator);
    const body = checkIn([observation("1-1")]);
    await exchange(fleet, camera, body);
    await exchange(fleet, camera, body);
    await exchange(fleet, camera, checkIn([observation("1-2")], { sequence: 2 }));
    const isObservation = ({ event }: { event: string }) => event === "observation";
    const seen = [await stream.next(isObservation), await stream.next(isObservation)];
    assert.equal(
      seen.map(({ data }) => data.observationID.split(":")[1]),
      ["1-1", "1-2"],
    );
    stream.close();
  });
});

test("goes on after Last-Event-ID, also on a server that was started again meanwhile", async () => {
  const dataDir = temporaryFolder();
  const first = await openFleet({ dataDir });
  const camera = await addCamera(first);
  const stream = await readEvents(first.url, first.operator);
  await exchange(first, camera, checkIn([observation("1-1")]));
  const isObservation = ({ event }: { event: string }) => event === "observation";
  const seen = await stream.next(isObservation);
  stream.close();
  const missed = Array.from({ length: 5 }, (_, index) => observation(`2-${index}`));
  await exchange(first, camera, checkIn(missed, { sequence: 2 }));
  await first.server.close();
  const second = await openFleet({ dataDir, token: first.token });
  await exchange(second, camera, checkIn([observation("3-1")], { sequence: 3 }));
  const resumed = await readEvents(second.url, {
    ...second.operator,
    "last-event-id": seen.id,
  });
  const ids: string[] = [];
  while (ids.length < 6) ids.push((await resumed.next(isObservation)).data.observationID);
  assert.equal(
    ids.map((id) => id.split(":")[1]),
    ["2-0", "2-1", "2-2", "2-3", "2-4", "3-1"],
  );
  resumed.close();
  await second.server.close();
  rmSync(dataDir, { recursive: true });
});

test("tells a client whose place is unknown to read the lists again", async () => {
  await withFleet(async (fleet) => {
    await addCamera(fleet);
    const anything = () => true;
    for (const place of ["999999", "-5", "x", "1.5"]) {
      const stream = await readEvents(fleet.url, { ...fleet.operator, "last-event-id": place });
      assert.is((await stream.next(anything)).event, "reset", place);
      stream.close();
    }
    const stream = await readEvents(fleet.url, { ...fleet.operator, "last-event-id": "0" });
    assert.is((await stream.next(anything)).event, "ready", "nothing before 1 can be missed");
    assert.is((await stream.next()).event, "camera");
    stream.close();
  });
});

test("a camera that falls silent changes its state in the stream", async () => {
  const clock = createSimulatedClock(Date.parse("2026-06-01T00:00:00Z"));
  await withFleet(
    async (fleet) => {
      const camera = await addCamera(fleet);
      await exchange(fleet, camera, checkIn([]));
      const stream = await readEvents(fleet.url, fleet.operator);
      await stream.next(() => true);
      await operate(fleet, "PUT", "/api/v1/clock", { now: "2026-06-01T02:00:00Z" });
      const { data } = await stream.next();
      assert.equal([data.cameraID, data.status], [camera.cameraID, "yellow"]);
      stream.close();
    },
    { clock },
  );
});

test("closing the server ends the streams", async () => {
  const dataDir = temporaryFolder();
  const fleet = await openFleet({ dataDir });
  const stream = await readEvents(fleet.url, fleet.operator);
  await stream.next(() => true);
  await fleet.server.close();
  let ended = "";
  await stream.next().catch((error: Error) => {
    ended = error.message;
  });
  assert.ok(ended, "the reader hears of the end");
  rmSync(dataDir, { recursive: true });
});

test.run();
