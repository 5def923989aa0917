/** What the camera knows of itself: the packed heartbeat, boot reasons, self-test, crashes, availability. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { addTime, newTimes, timeAt } from "../../device/deployment/times.ts";
import type { Heartbeat } from "../../device/protocol/check-in.ts";
import {
  detailsOf,
  HEARTBEAT_BYTES,
  packHeartbeat,
  unpackHeartbeat,
} from "../../device/protocol/heartbeat.ts";
import { heartbeat } from "../fleet/support/fleet.ts";
import { bootCamera, bootProvisioned, PROVISIONING } from "./camera.ts";
import { FakeVault } from "./fakes.ts";

const FULL: Heartbeat = heartbeat({
  ...{ bootReason: "motion", freeFlashBytes: 500 * 1024, tempC: -21, suppressedTriggers: 3 },
  ...{ inferenceFailures: 2, captureMsP50: 181, captureMsP95: 724, inferenceMsP50: 362 },
  ...{ inferenceMsP95: 362, lens: "blurred", poweredS: 31_536_000, unableS: 77, selfTest: "" },
  ...{ clockDriftS: -1.5, uptimeS: 16_000_000, triggers: 1_000_000 },
});

test("a heartbeat survives its 48 bytes", () => {
  const bytes = packHeartbeat(FULL);
  assert.is(bytes.length, HEARTBEAT_BYTES);
  assert.is(Buffer.from(bytes, "latin1").toString("base64").length, 64);
  const expected = { ...FULL, bootReason: "motion" };
  assert.equal(unpackHeartbeat(bytes, detailsOf(FULL)), expected);
});

for (const [key, given, expected] of [
  ["tempC", null, null],
  ["tempC", 400, 154],
  ["bootReason", "something new", "unknown"],
  ["queuedRecords", 5000, 511],
  ["rssiDbm", 0, 0],
  ["rssiDbm", -180, -127],
  ["batteryMv", 0, 0],
  ["clockDriftS", 1e6, 3276.7],
  ["captureMsP50", undefined, 0],
  ["freeFlashBytes", 1_000_000, 1_000_448],
] as const) {
  test(`${key} ${given} arrives as ${expected}`, () => {
    const sent = { ...FULL, [key]: given } as Heartbeat;
    const found = unpackHeartbeat(packHeartbeat(sent), detailsOf(sent)) as Heartbeat;
    assert.is(found[key], expected);
    const others = (beat: Heartbeat) => ({ ...beat, [key]: 0 });
    assert.equal(others(found), others(FULL));
  });
}

test("another version and a short text are not understood", () => {
  const bytes = packHeartbeat(FULL);
  assert.is(unpackHeartbeat(`\x02${bytes.slice(1)}`, detailsOf(FULL)), undefined);
  assert.is(unpackHeartbeat(bytes.slice(0, 47), detailsOf(FULL)), undefined);
});

test("half and 95 % of times are right within a step, also when old ones have faded", () => {
  const times = newTimes();
  assert.is(timeAt(times, 50), 0);
  for (let i = 0; i < 5000; i++) addTime(times, i % 10 === 9 ? 3000 : 100);
  const isNear = (found: number, wanted: number) => Math.abs(Math.log(found / wanted)) < 0.18;
  assert.ok(isNear(timeAt(times, 50), 100), `${timeAt(times, 50)}`);
  assert.ok(isNear(timeAt(times, 95), 3000), `${timeAt(times, 95)}`);
});

test("what seldom changes is told in the first contact, on a change, and not in between", () => {
  const camera = bootProvisioned();
  const told = () => camera.fleet.checkIns.map(({ details }) => !!details);
  camera.ports.clock.pass(30);
  camera.console.checkIn();
  camera.ports.clock.pass(5);
  assert.equal(told(), [true, false]);
  // The self-test has run, and that is news.
  camera.ports.clock.pass(60);
  camera.console.checkIn();
  camera.ports.clock.pass(5);
  camera.console.checkIn();
  camera.ports.clock.pass(5);
  assert.equal(told(), [true, false, true, false]);
  assert.is(camera.fleet.checkIns[2]?.details?.selfTest, "");
});

test("details that no server has answered are told again", () => {
  const camera = bootProvisioned({
    prepare: (ports) => {
      const { answer } = ports.links;
      ports.links.answer = (request) => {
        const answered = answer(request);
        return ports.clock.uptime() < 60 ? "connection lost" : answered;
      };
    },
  });
  camera.ports.clock.pass(200);
  const details = camera.fleet.checkIns.map(({ details: told }) => !!told);
  assert.ok(details.length > 1);
  assert.ok(details.slice(0, -1).every((isTold) => isTold));
});

test("the self-test names what failed, once, on the first picture of the background", () => {
  const camera = bootCamera({
    prepare: ({ model }) => {
      model.broken = "invoke";
    },
  });
  assert.is(camera.console.status().heartbeat.selfTest, undefined);
  camera.ports.clock.pass(61);
  assert.is(camera.console.status().heartbeat.selfTest, "model: MODEL_INVOKE: broken");
  camera.ports.model.broken = "";
  camera.ports.clock.pass(1300);
  const lines = () => camera.ports.lines.filter((line) => line.startsWith("self-test"));
  assert.is(lines().length, 1);
  camera.console.selfTest();
  camera.ports.clock.pass(5);
  assert.is(lines()[1], "self-test: all is well");
  assert.equal(camera.ports.camera.lent, []);
});

test("why it started: power, an announced end, or a restart that nobody announced", () => {
  const vault = new FakeVault();
  const first = bootCamera({ vault });
  assert.is(first.console.status().heartbeat.bootReason, "powerOn");
  first.production.stop();
  const second = bootCamera({ vault });
  assert.is(second.console.status().heartbeat.bootReason, "software");
  second.ports.clock.pass(20_000);
  const third = bootCamera({ vault });
  assert.is(third.console.status().heartbeat.bootReason, "reset");
  const [crash] = third.console.crashes();
  assert.is(crash?.text, "restarted without an announced end");
  assert.ok(crash!.uptimeS >= 14_400 && crash!.uptimeS <= 20_000);
  const fourth = bootCamera({
    vault,
    prepare: ({ clock }) => {
      clock.time = 12;
    },
  });
  assert.is(fourth.console.status().heartbeat.bootReason, "powerOn");
});

test("a crash is kept with what preceded it, told to the server, and only the last eight stay", () => {
  const camera = bootProvisioned();
  camera.event();
  for (let i = 0; i < 2000; i++) camera.unexpected(new Error(`surprise ${i + 1}`));
  const crashes = camera.console.crashes();
  assert.is(crashes.length, 8);
  assert.is(crashes.at(-1)?.text, "surprise 1024");
  assert.match(crashes.at(-1)!.before, /surprise 1023/);
  camera.console.checkIn();
  camera.ports.clock.pass(5);
  const faults = [...camera.fleet.records.values()].filter((record) => record.kind === "fault");
  assert.is(faults.length, 11);
  assert.match(faults[0]!.before!, /observation 1-1 animal/);
  assert.is(faults[0]?.uptimeS, Math.round(camera.ports.clock.uptime()) - 5);
  assert.is(camera.console.crashes().length, 8);
});

test("time without a working camera, a clear lens or a vault counts as unable, over reboots", () => {
  const vault = new FakeVault();
  const camera = bootCamera({ vault });
  const share = (now = camera) => {
    const { poweredS = 0, unableS = 0 } = now.console.status().heartbeat;
    return [poweredS, unableS];
  };
  camera.ports.clock.pass(1000);
  assert.equal(share(), [1000, 0]);
  camera.ports.camera.broken = "throw";
  camera.event();
  camera.ports.clock.pass(600);
  camera.ports.camera.broken = "";
  camera.ports.clock.pass(4000);
  const [poweredS = 0, unableS = 0] = share();
  assert.is(poweredS, 5605);
  // Until the next picture of the background.
  assert.ok(unableS >= 600 && unableS < 1300, `${unableS}`);
  camera.ports.vision.lensProblem = "LENS_COVERED";
  camera.ports.clock.pass(4000);
  const [, covered = 0] = share();
  assert.ok(covered - unableS > 1500, `${covered}`);
  camera.production.stop();
  const writes = vault.writes;
  const again = bootCamera({ vault });
  assert.equal(share(again), [9605, covered]);
  again.ports.clock.pass(86_400);
  // Six a day; the rest is the count of boots and the self-test.
  assert.ok(vault.writes - writes <= 12, `${vault.writes - writes}`);
});

test("the heartbeat of a provisioned camera reports lens, times and failures", () => {
  const camera = bootProvisioned();
  camera.event();
  camera.ports.clock.pass(120);
  const beat = camera.console.status().heartbeat;
  assert.is(beat.lens, "clear");
  assert.is(beat.inferenceMsP50, 45);
  assert.ok(beat.captureMsP50! > 20 && beat.captureMsP95! < 45);
  assert.is(camera.console.status().name, PROVISIONING.name);
});

test.run();
