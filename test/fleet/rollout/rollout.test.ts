/** One roll-out by itself: order of rings, a site's budget, windows, silence, stop, resume, force, roll back. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { evidence, stopsAt } from "../../../toolchain/fleet/rollout/judge.ts";
import {
  DEFAULT_PLAN,
  fitToFleet,
  isInWindow,
  placeOf,
  planProblem,
  type RolloutPlan,
  ringOf,
} from "../../../toolchain/fleet/rollout/plan.ts";
import { Rollout } from "../../../toolchain/fleet/rollout/rollout.ts";
import type { Report } from "../../../toolchain/fleet/rollout/states.ts";

const HOUR_MS = 3600_000;
const OTHER: Report = { release: "other" };
const CONFIRMED: Report = { release: "confirmed" };
const FAILED: Report = { release: "failed", attempt: 0, reason: "no capture" };
const ONE_RING: RolloutPlan = { ...DEFAULT_PLAN, rings: [100], soakMs: HOUR_MS };

/** A roll-out over cameras c0, c1 ...; each at its own site unless told. */
function rolloutOf(
  count: number,
  changes: Partial<RolloutPlan> = {},
  siteOf = (i: number) => `s${i}`,
) {
  const rollout = new Rollout({ ...ONE_RING, ...changes });
  for (let i = 0; i < count; i++)
    rollout.join({ cameraID: `c${i}`, site: siteOf(i), intervalMs: HOUR_MS });
  return rollout;
}

const stateOf = (rollout: Rollout, cameraID: string) => rollout.members.get(cameraID)?.state;

test("a camera is offered the release until it has it, and proves it after the soak", () => {
  const rollout = rolloutOf(1);
  assert.is(rollout.checkIn("c0", OTHER, 0), "install");
  assert.is(rollout.checkIn("c0", OTHER, 1000), "install", "an answer may be lost");
  assert.is(rollout.checkIn("c0", { release: "pending" }, 1500), "install");
  assert.is(rollout.checkIn("c0", CONFIRMED, 2000), undefined);
  assert.is(stateOf(rollout, "c0"), "installed");
  rollout.checkIn("c0", CONFIRMED, 1999 + HOUR_MS);
  assert.is(stateOf(rollout, "c0"), "installed");
  rollout.checkIn("c0", CONFIRMED, 2000 + HOUR_MS);
  assert.is(stateOf(rollout, "c0"), "proved");
  assert.is(rollout.status, "finished");
  rollout.join({ cameraID: "late", site: "s", intervalMs: HOUR_MS });
  assert.is(rollout.checkIn("late", OTHER, 3 * HOUR_MS), "install", "a new camera gets it too");
  assert.is(rollout.status, "running");
});

test("a site has one camera updating, and one that failed keeps the others of its site waiting", () => {
  const rollout = rolloutOf(3, {}, () => "ridge");
  assert.is(rollout.checkIn("c0", OTHER, 0), "install");
  assert.is(rollout.checkIn("c1", OTHER, 0), undefined);
  rollout.checkIn("c0", FAILED, 1);
  assert.is(rollout.checkIn("c1", OTHER, 2), undefined);
  assert.ok(rollout.force("c1"));
  assert.is(rollout.checkIn("c1", OTHER, 3), "install");
  const moved = rollout.members.get("c2");
  if (moved) rollout.relocate(moved, "valley");
  assert.is(rollout.checkIn("c2", OTHER, 4), "install", "at another site it need not wait");
});

test("a ring opens when enough of the one before has proved the release", () => {
  const rollout = rolloutOf(200, { rings: [25, 100], soakMs: 0, firstBatch: 1000 });
  const first = [...rollout.members.values()].filter(({ ring }) => ring === 0);
  const second = [...rollout.members.values()].find(({ ring }) => ring === 1)!.cameraID;
  assert.ok(first.length > 25 && first.length < 75, `${first.length} of 200 in the first quarter`);
  const half = Math.ceil(first.length / 2);
  for (const [i, { cameraID }] of first.entries()) {
    const before = rollout.checkIn(second, OTHER, i);
    assert.is(before, i < half ? undefined : "install", `after ${i} of ${first.length}`);
    if (i < half) {
      assert.is(rollout.checkIn(cameraID, OTHER, i), "install");
      rollout.checkIn(cameraID, CONFIRMED, i);
    }
  }
});

test("each ring begins with a small batch that grows with what the ring has proved", () => {
  const rollout = rolloutOf(50, { firstBatch: 3, growth: 2, soakMs: 0 });
  const offered = () =>
    [...rollout.members.keys()].filter((id) => rollout.checkIn(id, OTHER, 0) === "install");
  assert.is(offered().length, 3);
  rollout.checkIn("c0", CONFIRMED, 0);
  rollout.checkIn("c1", CONFIRMED, 0);
  assert.is(offered().length, 4, "c2 and three more, since two have proved it");
});

test("it stops at the number of failures the sequential test says, and a person can go on", () => {
  const rollout = rolloutOf(40, { firstBatch: 10 });
  let failures = 0;
  while (rollout.status === "running") {
    assert.is(rollout.checkIn(`c${failures}`, OTHER, 0), "install");
    rollout.checkIn(`c${failures}`, FAILED, 0);
    failures++;
  }
  const needed = Math.ceil(Math.log(1 / 0.005) / Math.log(0.1 / 0.02));
  assert.is(failures, needed);
  assert.match(rollout.reason, `${needed} of ${needed} cameras of ring 1 failed`);
  assert.is(rollout.checkIn("c20", OTHER, 0), undefined);
  assert.ok(rollout.resume());
  assert.is(
    rollout.checkIn("c20", OTHER, 0),
    "install",
    "what a person has seen is not held against it",
  );
  for (let i = 20; i < 20 + needed; i++) {
    assert.is(rollout.checkIn(`c${i}`, OTHER, 0), "install", `failure ${i - 20} of ${needed}`);
    rollout.checkIn(`c${i}`, FAILED, 0);
  }
  assert.match(rollout.status, "stopped", "but new failures are");
});

test("evidence of a ring is never above what it will be once all have been heard", () => {
  const early = evidence(ONE_RING, { unharmed: 9, failed: 1 });
  assert.ok(early <= evidence(ONE_RING, { unharmed: 8, failed: 2 }));
  assert.ok(stopsAt(DEFAULT_PLAN) > stopsAt(ONE_RING), "three rings share the probability");
});

test("a camera that misses its intervals is silent, and is back when it speaks", () => {
  const rollout = rolloutOf(1);
  rollout.checkIn("c0", OTHER, 0);
  rollout.lookForSilence(3 * HOUR_MS);
  assert.is(stateOf(rollout, "c0"), "offered");
  rollout.lookForSilence(3 * HOUR_MS + 1);
  assert.is(stateOf(rollout, "c0"), "silent");
  assert.is(rollout.checkIn("c0", OTHER, 4 * HOUR_MS), "install");
  assert.is(stateOf(rollout, "c0"), "offered");
});

test("a late roll-back of a camera that had proved the release counts", () => {
  const rollout = rolloutOf(2, { soakMs: 0 });
  rollout.checkIn("c0", OTHER, 0);
  rollout.checkIn("c0", CONFIRMED, 1);
  assert.is(stateOf(rollout, "c0"), "proved");
  rollout.checkIn("c0", FAILED, 2);
  assert.is(stateOf(rollout, "c0"), "failed");
});

test("a forced camera is offered it again, and its old failure is not taken for a new one", () => {
  const rollout = rolloutOf(1);
  rollout.checkIn("c0", OTHER, 0);
  rollout.checkIn("c0", FAILED, 1);
  assert.is(rollout.checkIn("c0", FAILED, 2), undefined);
  assert.ok(rollout.force("c0"));
  assert.is(rollout.checkIn("c0", FAILED, 3), "install");
  rollout.checkIn("c0", { ...FAILED, attempt: 1 }, 4);
  assert.is(stateOf(rollout, "c0"), "failed");
  assert.not.ok(rollout.force("nobody"));
});

test("a camera with a newer release is passed over and keeps nobody waiting", () => {
  const rollout = rolloutOf(1);
  rollout.checkIn("c0", { release: "newer", counter: 9 }, 0);
  assert.is(stateOf(rollout, "c0"), "skipped");
  assert.is(rollout.status, "finished");
});

test("paused and cancelled offer nothing, but still learn", () => {
  const rollout = rolloutOf(2);
  rollout.checkIn("c0", OTHER, 0);
  assert.ok(rollout.pause());
  assert.is(rollout.checkIn("c0", OTHER, 1), undefined);
  assert.ok(rollout.resume());
  assert.is(rollout.checkIn("c0", OTHER, 2), "install");
  assert.ok(rollout.cancel());
  assert.is(rollout.checkIn("c0", CONFIRMED, 3), undefined);
  assert.is(stateOf(rollout, "c0"), "installed");
  assert.not.ok(rollout.resume());
  assert.not.ok(rollout.force("c1"));
});

test("rolled back: whoever runs it is told to leave it, whoever never had it is left alone", () => {
  const rollout = rolloutOf(3, { soakMs: 0 });
  rollout.checkIn("c0", OTHER, 0);
  rollout.checkIn("c0", CONFIRMED, 1);
  rollout.checkIn("c1", OTHER, 1);
  assert.ok(rollout.rollBack("by hand"));
  assert.is(rollout.checkIn("c0", CONFIRMED, 2), "rollBack");
  assert.is(rollout.checkIn("c1", { release: "pending" }, 2), "rollBack");
  assert.is(rollout.checkIn("c0", OTHER, 3), undefined);
  assert.is(rollout.checkIn("c2", OTHER, 3), undefined);
  assert.equal(
    ["c0", "c1", "c2"].map((id) => stateOf(rollout, id)),
    ["rolledBack", "rollingBack", "waiting"],
  );
});

test("updates begin only in a maintenance window", () => {
  const night = { ...ONE_RING, windows: [[22, 4]] as const };
  const at = (hour: number) => isInWindow(night, hour * HOUR_MS);
  assert.equal([21.9, 22, 0, 3.9, 4].map(at), [false, true, true, true, false]);
  const rollout = rolloutOf(1, { windows: [[22, 4]] });
  assert.is(rollout.checkIn("c0", OTHER, 23 * HOUR_MS), "install");
  assert.is(rollout.checkIn("c0", OTHER, 30 * HOUR_MS), undefined, "not begun in time: next night");
  assert.is(rollout.checkIn("c0", OTHER, 46 * HOUR_MS), "install");
});

test("a camera's place is its own, and places are even", () => {
  assert.is(placeOf("cam-1"), placeOf("cam-1"));
  const sizes = [0, 0, 0];
  for (let i = 0; i < 10_000; i++) sizes[ringOf(DEFAULT_PLAN, placeOf(`cam-${i}`))]!++;
  assert.ok(Math.abs(sizes[0]! - 500) < 100 && Math.abs(sizes[1]! - 2000) < 200, String(sizes));
});

test("a plan that cannot work is refused with its reason", () => {
  assert.is(planProblem(DEFAULT_PLAN), undefined);
  const rows: [Partial<RolloutPlan>, RegExp][] = [
    [{ rings: [] }, /rings/],
    [{ rings: [25, 5, 100] }, /rings/],
    [{ rings: [5, 25] }, /rings/],
    [{ falseStop: 0 }, /falseStop/],
    [{ harmfulFailure: 0.02 }, /harmfulFailure/],
    [{ maxUnavailable: 0 }, /maxUnavailable/],
    [{ firstBatch: Number.NaN }, /firstBatch/],
    [{ soakMs: -1 }, /soakMs/],
    [{ windows: [[0, 25]] }, /windows/],
  ];
  for (const [changes, reason] of rows)
    assert.match(planProblem({ ...DEFAULT_PLAN, ...changes }) ?? "", reason);
});

test("a dozen cameras fill the rings in their order, whatever their ids", () => {
  for (let fleet = 0; fleet < 50; fleet++) {
    const ids = Array.from({ length: 12 }, (_, i) => `fleet-${fleet}-${i}`);
    const { rings } = fitToFleet(DEFAULT_PLAN, ids);
    const upTo = rings.map(
      (_, ring) =>
        ids.filter((id) => ringOf({ ...DEFAULT_PLAN, rings }, placeOf(id)) <= ring).length,
    );
    assert.ok((upTo[0] ?? 0) >= 1 && (upTo[1] ?? 0) >= 3 && upTo[2] === 12, `${fleet}: ${upTo}`);
    assert.is(rings.at(-1), 100);
  }
  assert.equal(fitToFleet(DEFAULT_PLAN, []), DEFAULT_PLAN);
});

test.run();
