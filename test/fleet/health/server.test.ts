/** Health on the server, from check-in to route: packed heartbeats, days, score, crashes, availability, metrics. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { detailsOf, packHeartbeat } from "../../../device/protocol/heartbeat.ts";
import { createSimulatedClock } from "../../../toolchain/fleet/clock.ts";
import {
  addCamera,
  checkIn,
  exchange,
  fault,
  getJson,
  heartbeat,
  operate,
  withFleet,
} from "../support/fleet.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.parse("2026-03-01T06:00:00Z");
const scoresOf = (whole: { cameras: { name: string; score: number | null }[] }) =>
  whole.cameras.map(({ name, score }) => [name, score]).sort();
const packed = (beat: ReturnType<typeof heartbeat>): string =>
  Buffer.from(packHeartbeat(beat), "latin1").toString("base64");

test("a packed heartbeat is stored and shown as the others, with details told before", () =>
  withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const beat = heartbeat({
      bootReason: "powerOn",
      freeFlashBytes: 409_600,
      tempC: 21,
      lens: "clear",
    });
    await exchange(
      fleet,
      camera,
      checkIn([], { heartbeat: packed(beat), details: detailsOf(beat) }),
    );
    await exchange(fleet, camera, checkIn([], { heartbeat: packed(beat), sequence: 2 }));
    const shown = await getJson(fleet, `/api/v1/cameras/${camera.cameraID}`);
    assert.is(shown.problem, null);
    for (const [key, value] of Object.entries(beat)) assert.equal(shown.heartbeat[key], value, key);
    assert.equal(fleet.problems, []);
  }));

for (const [what, text, problem] of [
  ["another version", Buffer.alloc(48, 9).toString("base64"), /version 9; this server knows 1/],
  ["nothing", "", /without bytes/],
  ["too little", Buffer.alloc(20, 1).toString("base64"), /only 20 bytes/],
] as const) {
  test(`a packed heartbeat of ${what} loses no record and says what is wrong`, () =>
    withFleet(async (fleet) => {
      const camera = await addCamera(fleet);
      const reply = await exchange(fleet, camera, checkIn([fault("1-1")], { heartbeat: text }));
      assert.equal(reply.acknowledged, ["1-1"]);
      const shown = await getJson(fleet, `/api/v1/cameras/${camera.cameraID}`);
      assert.match(shown.problem, problem);
    }));
}

test("a month of check-ins becomes score, forecast, availability and crashes", () => {
  const clock = createSimulatedClock(START_MS);
  return withFleet(
    async (fleet) => {
      const camera = await addCamera(fleet, "ridge");
      const other = await addCamera(fleet, "quiet");
      const path = `/api/v1/cameras/${camera.cameraID}/health`;
      const before = await getJson(fleet, path);
      assert.is(before.score, null);
      assert.match(before.forecast.refusal, /not measured/);
      for (let day = 0; day <= 20; day++) {
        clock.set(START_MS + day * DAY_MS);
        const beat = heartbeat({
          ...{ batteryMv: 4060 - day * 9, uptimeS: day * 86_400, triggers: day * 10 },
          ...{ poweredS: day * 86_400, unableS: day > 10 ? 4320 : 0, bootReason: "powerOn" },
          ...{ lens: day === 20 ? "covered" : "clear", checkInIntervalS: 86_400 },
        } as never);
        const crash = fault("1-9", {
          subsystem: "program",
          code: "x of undefined",
          uptimeS: 77,
          before: "observation 1-8",
        });
        const records = day === 19 ? [crash] : [];
        await exchange(
          fleet,
          camera,
          checkIn(records, {
            heartbeat: packed(beat),
            details: detailsOf(beat),
            sequence: day + 1,
          }),
        );
      }
      const found = await getJson(fleet, path);
      assert.equal(found.availability, {
        poweredS: 20 * 86_400,
        ableS: 20 * 86_400 - 4320,
        share: 0.9975,
      });
      assert.is(found.crashes[0].text, "x of undefined");
      assert.is(found.crashes[0].before, "observation 1-8");
      assert.is(found.crashes[0].uptimeS, 77);
      assert.ok(found.forecast.earliest <= found.forecast.empty);
      const daysLeft = (Date.parse(found.forecast.empty) - clock.now()) / DAY_MS;
      assert.ok(daysLeft > 30 && daysLeft < 90, found.forecast.empty);
      assert.is(found.reasons[0].text, "Its lens is covered.");
      assert.is(
        found.score,
        100 -
          found.reasons.reduce((sum: number, { points }: { points: number }) => sum + points, 0),
      );
      assert.is(found.history.length, 21);
      assert.is(found.history[5].triggers, 10);
      const whole = await getJson(fleet, "/api/v1/health/fleet");
      assert.equal(scoresOf(whole), [
        ["quiet", null],
        ["ridge", found.score],
      ]);
      assert.is(whole.availability.share, 0.9975);
      assert.is(whole.availability.target, 0.9999);
      assert.is((await operate(fleet, "DELETE", `/api/v1/cameras/${other.cameraID}`)).status, 204);
      assert.is((await operate(fleet, "GET", "/api/v1/cameras/nobody/health")).status, 404);
    },
    { clock },
  );
});

/** Classic text format, strictly. @returns value by series; throws on the first line that is none */
function parseMetrics(text: string): Map<string, number> {
  const types = new Map<string, string>();
  const found = new Map<string, number>();
  assert.ok(text.endsWith("\n"));
  for (const line of text.slice(0, -1).split("\n")) {
    const head = /^# (HELP|TYPE) ([a-z_:][a-z0-9_:]*) (.+)$/.exec(line);
    if (head?.[1] === "TYPE") types.set(head[2] as string, head[3] as string);
    if (head) continue;
    const sample = /^([a-z_][a-z0-9_]*)\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\n"])*",?)*)\} (\S+)$/.exec(
      line,
    );
    if (!sample) throw new Error(`not a sample: ${line}`);
    const [, name = "", labels = "", value] = sample;
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "");
    assert.ok(types.has(family), `${name} has no type`);
    if (types.get(family) === "counter") assert.match(name, /_total$/);
    assert.match(name, /^thicket_/);
    assert.not.match(labels, /camera|device/i);
    const key = `${name}{${labels}}`;
    assert.not.ok(found.has(key), `twice: ${key}`);
    assert.ok(Number.isFinite(Number(value)), line);
    found.set(key, Number(value));
  }
  return found;
}

test("metrics are valid text, by site and release, for the operator alone", () =>
  withFleet(async (fleet) => {
    const strange = { name: "a", site: 'north "\\ hill' };
    const made = await operate(fleet, "POST", "/api/v1/cameras", strange);
    const camera = (await made.json()) as Awaited<ReturnType<typeof addCamera>>;
    const second = await addCamera(fleet, "b");
    for (const one of [camera, second]) {
      await exchange(
        fleet,
        one,
        checkIn([], { heartbeat: heartbeat({ batteryMv: 3900, queuedMedia: 4 }) }),
      );
    }
    const answer = await operate(fleet, "GET", "/metrics");
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    const found = parseMetrics(await answer.text());
    assert.is(found.get('thicket_cameras{site="north",state="green"}'), 1);
    assert.is(found.get('thicket_backlog_pictures{site="north \\"\\\\ hill"}'), 4);
    assert.is(found.get('thicket_camera_releases{site="north",release="0.1.0"}'), 1);
    assert.is(found.get('thicket_camera_battery_volts_bucket{site="north",le="3.8"}'), 0);
    assert.is(found.get('thicket_camera_battery_volts_bucket{site="north",le="3.9"}'), 1);
    assert.is(found.get('thicket_heartbeats_total{site="north"}'), 1);
    assert.is((await fetch(`${fleet.url}/metrics`)).status, 401);
    const asCamera = { authorization: `Bearer ${camera.credential}` };
    assert.is((await fetch(`${fleet.url}/metrics`, { headers: asCamera })).status, 401);
  }));

test.run();
