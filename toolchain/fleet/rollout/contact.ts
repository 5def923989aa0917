/** One camera and one roll-out: whether it takes part, and what it is told when it makes contact. */
import type { CheckInReply } from "../../../device/protocol/check-in.ts";
import type { ReleaseReport } from "../../../device/protocol/release-offers.ts";
import type { Db } from "../db/open.ts";
import { completeOffer } from "./documents.ts";
import { reportAbout } from "./reports.ts";
import type { Member } from "./states.ts";
import {
  fleetCameras,
  isSelected,
  type LiveRollout,
  type SeenCamera,
  saveMembers,
} from "./store.ts";

export type Instructions = Pick<CheckInReply, "release" | "recall" | "trust"> & {
  rolloutID?: number;
};

/** A camera that speaks to a roll-out; `isFree`: no other has told it anything. */
interface Contact {
  camera: SeenCamera;
  reports: readonly ReleaseReport[] | undefined;
  isFree: boolean;
}

/** The camera in the roll-out; it joins when it belongs there and is new. */
export async function memberOf(
  db: Db,
  { rolloutID, rollout, selection }: LiveRollout,
  camera: SeenCamera,
  nowMs: number,
): Promise<Member | undefined> {
  const known = rollout.members.get(camera.cameraID);
  if (known) {
    known.intervalMs = camera.intervalMs;
    if (known.site !== camera.site) rollout.relocate(known, camera.site);
    return known;
  }
  const [whole] = selection.groups ? await fleetCameras(db, camera.cameraID) : [];
  if (!isSelected(selection, { group: null, ...whole, ...camera })) return undefined;
  const member = rollout.join(camera);
  await saveMembers(db, rolloutID, [member], nowMs);
  return member;
}

export async function instruct(
  db: Db,
  live: LiveRollout,
  member: Member,
  { camera, reports, isFree }: Contact,
  nowMs: number,
): Promise<Instructions> {
  const { rolloutID, rollout, release } = live;
  const { hardware } = camera;
  member.lastSeenMs = nowMs;
  const about = reports && reportAbout(release, reports, hardware);
  if (!about) {
    if (camera.trust === 0) rollout.remark(member, "has no list of trusted keys");
    return {};
  }
  const mayOffer = isFree && about.canTake;
  const order = rollout.checkIn(member.cameraID, about.report, nowMs, mayOffer);
  if (order === "rollBack") {
    return { rolloutID, recall: { kind: release.kind, counter: release.counter } };
  }
  if (order !== "install") return {};
  const to = {
    ...{ hardware, attempt: member.attempt, plan: rollout.plan, createdMs: live.createdMs },
    report: reports?.find(({ kind }) => kind === release.kind),
  };
  return { rolloutID, release: await completeOffer(db, release, to) };
}
