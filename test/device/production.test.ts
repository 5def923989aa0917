/** The camera's day on fakes: what sets it off, what it learns, and that no failure keeps it from sleeping. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ObservationRecord } from "../../device/protocol/records.ts";
import { bootCamera, bootProvisioned } from "./camera.ts";
import { BLANK } from "./fakes.ts";

const MOVED = {
  changedPermille: 120,
  box: [64, 48, 320, 240] as [number, number, number, number],
  suppressedPermille: 0,
};
const STILL = { changedPermille: 2, box: undefined, suppressedPermille: 0 };

test("one trigger makes one observation, one picture, and sleeps", () => {
  const camera = bootCamera();
  camera.event();
  const event = camera.console.last() as ObservationRecord;
  assert.is(event.recordID, "1-1");
  assert.equal(event.mediaIDs, ["1-2"]);
  assert.is(camera.ports.vault.count("records"), 2);
  assert.ok(camera.ports.lines.includes("observation 1-1 animal 90% elephant"));
  assert.is(camera.ports.sleeps, 1);
  assert.equal(camera.ports.camera.lent, []);
});

test("triggers during a cycle are counted and make no second event", () => {
  const camera = bootCamera();
  camera.ports.move();
  camera.ports.move();
  camera.ports.clock.pass(0.2);
  camera.ports.move();
  camera.ports.clock.pass(5);
  assert.is(camera.console.status().heartbeat.triggers, 3);
  assert.is(camera.ports.vault.count("records"), 2);
  camera.event();
  assert.is((camera.console.last() as ObservationRecord).eventID, "1-3");
});

for (const broken of ["start", "throw", "problem", "silent"] as const) {
  test(`a camera that fails (${broken}) is counted, rested and tried again, and the day goes on`, () => {
    const camera = bootCamera({
      prepare: (ports) => {
        ports.camera.broken = broken;
      },
    });
    camera.ports.move();
    camera.ports.clock.pass(30);
    assert.is(camera.ports.sleeps, 1);
    const { heartbeat } = camera.console.status();
    assert.is(heartbeat.state, "degraded");
    assert.is(heartbeat.captureFailures, 3);
    assert.ok(heartbeat.subsystems.find(({ name }) => name === "camera")!.failures > 0);

    camera.ports.camera.broken = "";
    camera.ports.clock.pass(700);
    camera.event();
    assert.is(camera.console.status().heartbeat.state, "operational");
    assert.is((camera.console.last() as ObservationRecord).observationType, "animal");
  });
}

test("a frame that comes after its time is given back", () => {
  const camera = bootCamera();
  const { capture } = camera.ports.camera;
  const { after: later } = camera.ports.clock;
  camera.ports.camera.capture = (done) => void later(6000, () => capture(done));
  camera.ports.move();
  camera.ports.clock.pass(60);
  assert.equal(camera.ports.camera.lent, []);
  assert.is(camera.ports.sleeps, 1);
});

test("a vault that fails does not stop the capturing", () => {
  const camera = bootCamera();
  camera.ports.vault.broken = true;
  camera.event();
  assert.is(camera.ports.camera.taken, 3);
  assert.is(camera.ports.sleeps, 1);
  assert.ok(camera.ports.lines.some((line) => line.startsWith("not kept: animal")));
  camera.ports.vault.broken = false;
  camera.ports.clock.pass(60);
  camera.event();
  assert.ok(camera.console.last());
});

test("failures are written down as records, first all, then ever fewer", () => {
  const camera = bootCamera({
    prepare: (ports) => {
      ports.vision.motions = [MOVED];
      ports.model.broken = "invoke";
    },
  });
  for (let day = 0; day < 40; day++) {
    camera.ports.clock.pass(21700);
    camera.event();
  }
  const faults = camera.ports.vault.items
    .map(({ data }) => data)
    .filter((data) => data.includes('"kind":"fault"'))
    .map((data) => JSON.parse(data));
  assert.equal(
    faults.map(({ count }) => count),
    [1, 2, 4, 8, 16, 32],
  );
  assert.is(faults[0].subsystem, "model");
  assert.is(faults[0].code, "MODEL_INVOKE: broken");
});

test("a part that keeps failing is given up, and tried again hours later", () => {
  const camera = bootCamera({
    prepare: (ports) => {
      ports.model.broken = "start";
    },
  });
  const modelState = () =>
    camera.console.status().heartbeat.subsystems.find(({ name }) => name === "model");
  camera.ports.clock.pass(3600);
  assert.equal(modelState(), { name: "model", state: "stopped", failures: 6 });
  camera.ports.model.broken = "";
  camera.ports.clock.pass(6 * 3600);
  assert.is(modelState()?.state, "running");
});

test("learns the background when it has been quiet, not from an event with an animal", () => {
  const camera = bootCamera();
  camera.event();
  assert.equal(camera.ports.vision.learnt, []);
  camera.ports.clock.pass(50);
  assert.equal(camera.ports.vision.learnt, []);
  camera.ports.clock.pass(10);
  assert.is(camera.ports.vision.learnt.length, 1);
  camera.ports.clock.pass(600);
  assert.is(camera.ports.vision.learnt.length, 2);
  assert.equal(camera.ports.camera.lent, []);
});

test("a lens that stays covered is reported as a fault, a single covered picture is not", () => {
  const camera = bootCamera();
  const faults = () =>
    camera.ports.vault.items
      .filter(({ queue }) => queue === "records")
      .map(({ data }) => JSON.parse(data))
      .filter(({ kind }) => kind === "fault");
  camera.ports.vision.lensProblem = "LENS_COVERED";
  camera.ports.clock.pass(60 + 600);
  camera.ports.vision.lensProblem = "";
  camera.ports.clock.pass(600);
  camera.ports.vision.lensProblem = "LENS_BLURRED";
  camera.ports.clock.pass(1200);
  assert.equal(faults(), []);
  camera.ports.clock.pass(600);
  assert.equal(
    faults().map(({ subsystem, code, count }) => [subsystem, code, count]),
    [["camera", "LENS_BLURRED", 1]],
  );
});

test("events that only a change of light caused are counted", () => {
  const camera = bootCamera({
    prepare: ({ vision }) => {
      vision.motions = [{ ...STILL, suppressedPermille: 90 }];
    },
  });
  camera.event();
  const { heartbeat } = camera.console.status();
  assert.equal([heartbeat.triggers, heartbeat.suppressedTriggers], [1, 1]);
  camera.ports.vision.motions = [STILL];
  camera.event();
  assert.is(camera.console.status().heartbeat.suppressedTriggers, 1);
});

test("an event puts the learning off", () => {
  const camera = bootCamera();
  for (let i = 0; i < 10; i++) {
    camera.event();
    camera.ports.clock.pass(40);
  }
  assert.equal(camera.ports.vision.learnt, []);
});

test("learns from an event only when every picture of it was a blank", () => {
  const blank = bootCamera({
    prepare: ({ vision }) => {
      vision.motions = [STILL];
    },
  });
  blank.event();
  assert.is(blank.ports.vision.learnt.length, 1);
  const divided = bootCamera({
    prepare: ({ vision, model }) => {
      vision.motions = [STILL, MOVED, STILL];
      model.outputs = [[0.05, 0.02, 0.03, 0.8, 0.06, 0.04]];
    },
  });
  divided.event();
  assert.is((divided.console.last() as ObservationRecord).observationType, "blank");
  assert.equal(divided.ports.vision.learnt, []);
});

test("time-lapse pictures come at their interval, one each, and are kept also when blank", () => {
  const camera = bootProvisioned({
    prepare: ({ model }) => {
      model.outputs = [BLANK];
    },
  });
  camera.fleet.config = { version: 2, values: { timeLapseS: 900 } };
  camera.console.checkIn();
  camera.ports.clock.pass(65);
  const before = camera.ports.camera.taken;
  camera.ports.clock.pass(1800);
  // Two pictures of the time-lapse, and those from which the background was learnt.
  const media = camera.ports.vault.items.filter(({ data }) => data.includes("timeLapse"));
  assert.is(media.length, 2);
  assert.ok(camera.ports.camera.taken >= before + 2);
  assert.is(camera.console.status().heartbeat.triggers, 0);
});

test("an outbox that fills up is emptied before the planned check-in", () => {
  const camera = bootProvisioned();
  camera.fleet.config = { version: 2, values: { outboxRecordsMax: 10 } };
  camera.console.checkIn();
  camera.ports.clock.pass(5);
  const before = camera.fleet.checkIns.length;
  for (let i = 0; i < 5; i++) camera.event();
  camera.ports.clock.pass(5);
  assert.ok(camera.fleet.checkIns.length > before);
  assert.is(camera.console.status().heartbeat.droppedRecords, 0);
});

test("stops cleanly: camera closed, nothing planned, triggers ignored", () => {
  const camera = bootProvisioned();
  camera.production.stop();
  assert.is(camera.production.state(), "shutdown");
  assert.is(camera.ports.camera.isOpen, false);
  camera.event();
  camera.ports.clock.pass(10_000);
  assert.is(camera.ports.camera.taken, 0);
  assert.is(camera.ports.clock.nextS, Infinity);
});

test("what nobody caught is counted as a failure of the program", () => {
  const camera = bootCamera();
  camera.unexpected({ message: "surprise" });
  assert.ok(camera.ports.lines.includes("unexpected: surprise"));
  const items = camera.ports.vault.items.map(({ data }) => JSON.parse(data));
  assert.equal(
    items.map(({ kind, subsystem, text, code }) => [kind ?? "crash", subsystem, text ?? code]),
    [
      ["crash", undefined, "surprise"],
      ["fault", "program", "surprise"],
    ],
  );
});

test.run();
