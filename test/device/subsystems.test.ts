/** Isolation of parts: order, pauses, giving up, and needs. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSubsystems, type Subsystem } from "../../device/subsystems.ts";
import { FakeClock } from "./fakes.ts";

function setup(names: string[], changes: { [name: string]: Partial<Subsystem> } = {}) {
  const clock = new FakeClock();
  const calls: string[] = [];
  const faults: [string, string, number][] = [];
  const parts = names.map((name, index) => ({
    name,
    needs: names.slice(0, index),
    isMissing: false,
    start: () => void calls.push(`start ${name}`),
    stop: () => void calls.push(`stop ${name}`),
    ...changes[name],
  }));
  const subsystems = createSubsystems(clock, parts, (...fault) => faults.push(fault));
  return { clock, calls, faults, subsystems };
}

test("starts in order and stops in reverse", () => {
  const { subsystems, calls } = setup(["a", "b", "c"]);
  subsystems.startAll();
  subsystems.stopAll();
  assert.equal(calls, ["start a", "start b", "start c", "stop c", "stop b", "stop a"]);
  assert.is(subsystems.isWhole(), false);
});

test("nothing runs after the stop", () => {
  const { subsystems, clock } = setup(["a"]);
  subsystems.startAll();
  subsystems.stopAll();
  clock.pass(1e6);
  assert.is(subsystems.run("a", assert.unreachable), false);
});

test("a part that needs one that does not run waits without a failure", () => {
  const { subsystems, calls } = setup(["a", "b"], { a: { isMissing: true } });
  subsystems.startAll();
  assert.equal(calls, []);
  assert.equal(subsystems.health(), [
    { name: "a", state: "missing", failures: 0 },
    { name: "b", state: "waiting", failures: 0 },
  ]);
});

test("work that throws stops the part for 5 s, then 10, 20, 40, 80", () => {
  const { subsystems, clock, faults } = setup(["a"]);
  subsystems.startAll();
  const pauses: number[] = [];
  for (let i = 0; i < 5; i++) {
    const failedAt = clock.uptimeS;
    const fails = () => {
      throw new Error("broken");
    };
    assert.is(subsystems.run("a", fails), false);
    while (!subsystems.run("a", () => {})) clock.pass(1);
    pauses.push(clock.uptimeS - failedAt);
  }
  assert.equal(pauses, [5, 10, 20, 40, 80]);
  assert.equal(faults[4], ["a", "broken", 5]);
});

test("the sixth failure in a row gives it up for hours", () => {
  const { subsystems, clock } = setup(["a"], {
    a: {
      start: () => {
        throw { code: -301, at: "model.tflite" };
      },
    },
  });
  for (let i = 0; i < 10; i++) {
    subsystems.startAll();
    clock.pass(600);
  }
  assert.equal(subsystems.health(), [{ name: "a", state: "stopped", failures: 6 }]);
});

test("a long good run makes the next failure a first one", () => {
  const { subsystems, clock } = setup(["a"]);
  subsystems.startAll();
  for (let i = 0; i < 20; i++) {
    subsystems.fail("a", "CAMERA_TIMEOUT");
    clock.pass(5);
    assert.ok(subsystems.run("a", () => {}));
    clock.pass(601);
  }
  assert.is(subsystems.health()[0]?.state, "running");
});

test("a stop that throws changes nothing", () => {
  const { subsystems } = setup(["a"], {
    a: {
      stop: () => {
        throw new Error("again");
      },
    },
  });
  subsystems.startAll();
  subsystems.fail("a", "x");
  assert.is(subsystems.health()[0]?.failures, 1);
});

test.run();
