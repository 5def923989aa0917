/** The beginning of a roll-out: what it must not collide with, which cameras belong to it, what is written down of it. */
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { fitToFleet, planProblem, type RolloutPlan } from "./plan.ts";
import { releaseOf } from "./releases.ts";
import {
  fleetCameras,
  isSelected,
  type LiveRollout,
  liveOf,
  type Selection,
  saveMembers,
  saveRollout,
} from "./store.ts";

export interface NewRollout {
  releaseID: string;
  plan: RolloutPlan;
  selection: Selection;
}

/** **Errors:** BAD_PLAN, RELEASE_UNKNOWN, ROLLOUT_ACTIVE */
export async function createRollout(
  db: Db,
  others: readonly LiveRollout[],
  { releaseID, plan: wish, selection }: NewRollout,
  nowMs: number,
): Promise<LiveRollout> {
  const problem = planProblem(wish);
  if (problem) throw httpError("BAD_PLAN", problem);
  const release = await releaseOf(db, releaseID);
  for (const other of others) {
    if (other.release.kind !== release.kind) continue;
    if (["running", "paused", "stopped"].includes(other.rollout.status)) {
      throw httpError(
        "ROLLOUT_ACTIVE",
        `roll-out ${other.rolloutID} of ${other.release.releaseID} is ${other.rollout.status}; cancel it or roll it back first`,
      );
    }
    other.rollout.status = "superseded";
    other.rollout.reason = `by ${releaseID}`;
    await saveRollout(db, other, nowMs);
  }
  const cameras = (await fleetCameras(db)).filter((camera) => isSelected(selection, camera));
  const plan = fitToFleet(
    wish,
    cameras.map(({ cameraID }) => cameraID),
  );
  const row = await db
    .insertInto("rollouts")
    .values({
      ...{ releaseID, status: "running" as const, reason: "" },
      plan: JSON.stringify(plan),
      selection: JSON.stringify(selection),
      forgiven: JSON.stringify(plan.rings.map(() => ({ unharmed: 0, failed: 0 }))),
      ...{ createdMs: nowMs, changedMs: nowMs },
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const live = liveOf(row, release);
  for (const camera of cameras) live.rollout.join(camera);
  await saveMembers(db, live.rolloutID, [...live.rollout.members.values()], nowMs);
  // The first event and the first change of the stream.
  live.written = "";
  await saveRollout(db, live, nowMs);
  return live;
}
