/** Check-ins of a whole camera on fakes with a fleet in memory. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { pauseS, scatter } from "../../device/network/schedule.ts";
import type { ObservationRecord } from "../../device/protocol/records.ts";
import { bootCamera, bootProvisioned, PROVISIONING, type TestCamera } from "./camera.ts";
import { HUMAN, START_S } from "./fakes.ts";
import { FleetFake } from "./fleet-fake.ts";

const kinds = ({ fleet }: TestCamera) => [...fleet.records.values()].map(({ kind }) => kind);

/** Ask for a contact and let it pass. */
function contact(camera: TestCamera): void {
  camera.console.checkIn();
  camera.ports.clock.pass(30);
}

test("checks in right after provisioning, with a heartbeat and the radio off afterwards", () => {
  const camera = bootProvisioned();
  const [first] = camera.fleet.checkIns;
  assert.is(first?.heartbeat.state, "operational");
  assert.is(first?.heartbeat.checkInIntervalS, 3600);
  assert.equal(first?.records, []);
  assert.is(camera.ports.links.isUp, false);
  assert.is(
    camera.ports.links.requests[0]?.headers["Content-Length"],
    `${camera.ports.links.requests[0]?.body.length}`,
  );
});

test("an unprovisioned camera captures, counts, and asks nobody", () => {
  const camera = bootCamera();
  camera.event();
  camera.ports.clock.pass(10_000);
  assert.equal(camera.ports.links.requests, []);
  assert.is(camera.console.status().heartbeat.queuedRecords, 2);
});

test("sends what it saw with the next check-in and forgets what was acknowledged", () => {
  const camera = bootProvisioned();
  camera.event();
  assert.is(camera.console.status().heartbeat.queuedRecords, 2);
  camera.ports.clock.pass(4000);
  assert.equal(kinds(camera), ["observation", "media"]);
  assert.is(camera.console.status().heartbeat.queuedRecords, 0);
  assert.is(camera.console.status().heartbeat.queuedMedia, 0);
  assert.equal([...camera.fleet.stored.keys()], ["1-2"]);
});

test("a full outbox goes out in several check-ins of at most 20 records and 4 KB, each once", () => {
  const camera = bootProvisioned();
  for (let i = 0; i < 30; i++) camera.event();
  const before = camera.fleet.checkIns.length;
  contact(camera);
  const sent = camera.fleet.checkIns.slice(before);
  assert.ok(sent.length > 2);
  for (const { records } of sent) assert.ok(records.length <= 20);
  for (const { body } of camera.ports.links.requests) assert.ok(body.length < 6000);
  assert.is(sent.flatMap(({ records }) => records).length, 60);
  assert.is(camera.fleet.records.size, 60);
  const sequences = camera.fleet.checkIns.map(({ sequence }) => sequence);
  assert.equal(
    sequences,
    [...new Set(sequences)].sort((a, b) => a - b),
  );
});

test("keeps what the server did not acknowledge, and sends it again after a reboot", () => {
  const fleet = new FleetFake(() => START_S);
  const camera = bootProvisioned({ fleet });
  camera.event();
  camera.ports.links.answer = () => "connection reset";
  contact(camera);
  assert.is(camera.console.status().heartbeat.queuedRecords, 2);
  const rebooted = bootCamera({ fleet, vault: camera.ports.vault });
  rebooted.ports.clock.pass(30);
  assert.equal([...fleet.records.keys()].sort(), ["1-1", "1-2"]);
  rebooted.event();
  contact(rebooted);
  assert.equal([...fleet.records.keys()].sort(), ["1-1", "1-2", "2-1", "2-2"]);
});

test("records the server refuses are dropped and counted, not sent for ever", () => {
  const camera = bootProvisioned();
  camera.event();
  camera.fleet.refuse = ["1-1"];
  contact(camera);
  assert.is(camera.console.status().heartbeat.queuedRecords, 0);
  assert.is(camera.console.status().heartbeat.droppedRecords, 1);
  assert.is(bootCamera({ vault: camera.ports.vault }).console.status().heartbeat.droppedRecords, 1);
});

test("a person is reported at once, unless the configuration says otherwise", () => {
  const camera = bootProvisioned({
    prepare: ({ model }) => {
      model.outputs = [HUMAN];
    },
  });
  camera.event();
  camera.ports.clock.pass(5);
  assert.is((camera.fleet.records.get("1-1") as ObservationRecord).observationType, "human");
  camera.fleet.config = { version: 9, values: { alertHuman: 0 } };
  contact(camera);
  camera.event();
  camera.ports.clock.pass(60);
  assert.is(camera.fleet.records.has("1-3"), false);
});

test("something urgent during a contact is reported right after it", () => {
  const camera = bootProvisioned({
    prepare: ({ model }) => {
      model.outputs = [HUMAN];
    },
  });
  // 100 pieces of 50 ms each: the contact takes longer than a cycle.
  camera.ports.camera.jpegText = "J".repeat(400_000);
  camera.event();
  camera.ports.clock.pass(1);
  assert.ok(camera.ports.links.isUp);
  camera.ports.camera.jpegText = "J";
  camera.event();
  camera.ports.clock.pass(10);
  assert.ok(camera.fleet.records.has("1-3"));
});

test("applies a configuration, reports it next time, and keeps it over a reboot", () => {
  const camera = bootProvisioned();
  camera.fleet.config = { version: 5, values: { burstCount: 2, checkInIntervalS: 600 } };
  contact(camera);
  assert.is(camera.console.config().values.burstCount, 2);
  contact(camera);
  assert.is(camera.fleet.checkIns.slice(-1)[0]?.configVersion, 5);
  const rebooted = bootCamera({ vault: camera.ports.vault });
  assert.is(rebooted.console.config().version, 5);
  assert.is(rebooted.console.config().values.checkInIntervalS, 600);
});

test("a configuration that is not valid changes nothing and is reported", () => {
  const camera = bootProvisioned();
  camera.fleet.config = { version: 6, values: { burstCount: 99 } };
  contact(camera);
  assert.is(camera.console.config().version, 0);
  camera.fleet.config = undefined;
  contact(camera);
  const fault = [...camera.fleet.records.values()].find(({ kind }) => kind === "fault");
  assert.ok(fault?.kind === "fault" && fault.code.startsWith("burstCount must be"));
});

test("a configuration once refused is complained about once, however often the server hands it out", () => {
  const camera = bootProvisioned();
  camera.fleet.config = { version: 6, values: { burstCount: 99 } };
  contact(camera);
  const before = camera.fleet.checkIns.length;
  contact(camera);
  assert.is(camera.fleet.checkIns.length, before + 1);
  const faults = [...camera.fleet.records.values()].filter(({ kind }) => kind === "fault");
  assert.is(faults.length, 1);
  camera.fleet.config = { version: 7, values: { burstCount: 2 } };
  contact(camera);
  assert.is(camera.console.config().values.burstCount, 2);
});

test("sets its clock when it is off by more than two seconds, and says by how much", () => {
  const camera = bootProvisioned();
  camera.fleet.time = () => camera.ports.clock.now() + 100;
  contact(camera);
  assert.is(Math.round(camera.ports.clock.now()), START_S + 135);
  assert.is(camera.console.status().heartbeat.clockDriftS > 99, true);
  assert.ok(camera.console.status().heartbeat.uptimeS < 60);
});

test("without a clock waits with its records until it has the time, then dates them right", () => {
  const fleet = new FleetFake(() => START_S);
  const first = bootProvisioned({ fleet });
  const camera = bootCamera({
    fleet,
    vault: first.ports.vault,
    prepare: ({ clock, links }) => {
      clock.time = 3;
      links.joinProblem = "no network";
    },
  });
  camera.event();
  camera.ports.links.joinProblem = "";
  const before = fleet.checkIns.length;
  fleet.time = () => START_S + 7200 + camera.ports.clock.uptimeS;
  camera.ports.clock.pass(120);
  assert.equal(fleet.checkIns[before]?.records, []);
  const record = fleet.records.get("2-1") as ObservationRecord;
  assert.ok(Math.abs(record.eventStart - (START_S + 7200)) < 10, `${record.eventStart}`);
  assert.ok(record.eventEnd >= record.eventStart);
});

for (const [name, answer] of [
  ["an error", () => ({ status: 503 })],
  ["something else", () => ({ status: 200, body: "<html>" })],
  [
    "another protocol",
    () => ({ status: 200, body: '{"v":2,"time":1,"acknowledged":[],"refused":[]}' }),
  ],
  ["nothing at all", () => "no answer in time"],
] as const) {
  test(`a server that answers ${name} is asked ever more rarely, and no record is lost`, () => {
    const camera = bootProvisioned();
    camera.event();
    camera.ports.links.answer = answer;
    const times: number[] = [];
    const { request } = camera.ports.links;
    camera.ports.links.request = (wanted, done) => {
      times.push(camera.ports.clock.uptimeS);
      request(wanted, done);
    };
    camera.console.checkIn();
    camera.ports.clock.pass(4 * 3600);
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    assert.ok(gaps[0]! < 40, `${gaps}`);
    assert.ok(gaps[3]! > 150, `${gaps}`);
    assert.ok(Math.max(...gaps) < 1000, `${gaps}`);
    camera.ports.links.answer = camera.fleet.answer;
    camera.ports.clock.pass(1000);
    assert.is(camera.fleet.records.size, 2);
  });
}

test("a failure inside an answer's work frees the contact, and the next one succeeds", () => {
  const camera = bootProvisioned();
  camera.event();
  camera.fleet.config = { version: 5, values: { burstCount: 2 } };
  camera.ports.vault.write = () => {
    throw new Error("flash");
  };
  contact(camera);
  assert.ok(camera.ports.lines.some((line) => line.startsWith("checkin failed: flash")));
  camera.ports.vault.write = (name, text) => void camera.ports.vault.cells.set(name, text);
  camera.ports.clock.pass(4000);
  assert.is(camera.console.config().version, 5);
});

test("cameras do not all call at the same moment, and each always at its own", () => {
  const pauses = Array.from({ length: 50 }, (_, index) => pauseS(3600, 0, `cam-${index}0`));
  assert.ok(new Set(pauses.map(Math.round)).size > 30);
  for (const pause of pauses) assert.ok(pause >= 3240 && pause <= 3960, `${pause}`);
  assert.is(scatter("cam-1"), scatter("cam-1"));
});

test("forget ends the reporting and keeps what waits", () => {
  const camera = bootProvisioned();
  camera.event();
  camera.console.forget();
  const before = camera.fleet.checkIns.length;
  camera.ports.clock.pass(10_000);
  assert.is(camera.fleet.checkIns.length, before);
  assert.is(camera.console.status().provisioned, false);
  camera.console.provision({ ...PROVISIONING, time: START_S + 20_000 });
  camera.ports.clock.pass(30);
  assert.is(camera.fleet.records.size, 2);
});

test.run();
