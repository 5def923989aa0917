/**
 * The roll-outs of a server. They live in memory for the decisions and in the database for ever: every change is written in
 * the transaction that answers for it, so a killed server goes on where the last answered request left it. Everything
 * that changes a roll-out runs inside a transaction, one at a time; when one fails, memory is read anew.
 */
import type { ReleaseReport } from "../../../device/protocol/release-offers.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { saveContact } from "../store/cameras.ts";
import { type Instructions, instruct, memberOf } from "./contact.ts";
import { createRollout, type NewRollout } from "./create.ts";
import { nextTrustList } from "./documents.ts";
import { saveReports, storedReports } from "./reports.ts";
import {
  fleetCameras,
  type LiveRollout,
  loadRollouts,
  newestEvent,
  type SeenCamera,
  saveRollout,
} from "./store.ts";

export const ROLLOUT_ACTIONS = ["pause", "resume", "cancel", "rollback"] as const;
export type RolloutAction = (typeof ROLLOUT_ACTIONS)[number];

export interface Rollouts {
  /**
   * A camera has made contact. Runs in the caller's transaction.
   * @param reports what it runs; undefined when it cannot take releases
   */
  contact(
    transaction: Db,
    camera: SeenCamera,
    reports: readonly ReleaseReport[] | undefined,
    nowMs: number,
  ): Promise<Instructions>;
  /**
   * A device that does not say each time what it runs has made contact: what it said last counts.
   * @param news what it says now
   */
  visit(cameraID: string, news: ReleaseReport | undefined, nowMs: number): Promise<Instructions>;
  /** Memory may be ahead of the database: read it again. Call it when a transaction failed. */
  forget(): void;
  /** **Errors:** RELEASE_UNKNOWN, BAD_PLAN, ROLLOUT_ACTIVE @returns rolloutID */
  create(request: NewRollout, nowMs: number): Promise<number>;
  /** **Errors:** ROLLOUT_UNKNOWN, ROLLOUT_OVER */
  act(rolloutID: number, action: RolloutAction, nowMs: number): Promise<void>;
  /** **Errors:** ROLLOUT_UNKNOWN, CAMERA_UNKNOWN, ROLLOUT_OVER */
  force(rolloutID: number, cameraID: string, nowMs: number): Promise<void>;
  lookForSilence(nowMs: number): Promise<void>;
  /** Whether roll-outs of the release are there and none of them wants this camera to fetch it. */
  isWithdrawn(releaseID: string, cameraID: string): Promise<boolean>;
  /** As it stands in memory; undefined for one that is superseded. */
  live(rolloutID: number): Promise<LiveRollout | undefined>;
}

/**
 * @param onStored something was committed
 * @param isShared other servers decide on the same database: memory counts only while nobody else has written
 */
export function createRollouts(db: Db, onStored: () => void, isShared = false): Rollouts {
  let loaded: LiveRollout[] | undefined;
  /** Newest event when memory last agreed with the database. */
  let agreed = 0;

  const forget = () => {
    loaded = undefined;
  };

  async function all(reader: Db): Promise<LiveRollout[]> {
    if (isShared) {
      const newest = await newestEvent(reader);
      if (newest !== agreed) forget();
      agreed = newest;
    }
    loaded ??= await loadRollouts(reader);
    return loaded;
  }

  /** At the end of a transaction that may have written. */
  async function agree(transaction: Db): Promise<void> {
    if (isShared) agreed = await newestEvent(transaction);
  }

  async function change<T>(body: (transaction: Db) => Promise<T>): Promise<T> {
    try {
      // Forgotten before the next transaction can begin, and again when it was the commit that failed.
      const result = await db.transaction().execute((transaction) =>
        body(transaction)
          .then(async (value) => {
            await agree(transaction);
            return value;
          })
          .catch((error) => {
            forget();
            throw error;
          }),
      );
      onStored();
      return result;
    } catch (error) {
      forget();
      throw error;
    }
  }

  async function find(reader: Db, rolloutID: number): Promise<LiveRollout> {
    const live = (await all(reader)).find((one) => one.rolloutID === rolloutID);
    if (live) return live;
    const row = await reader
      .selectFrom("rollouts")
      .select("status")
      .where("rolloutID", "=", rolloutID)
      .executeTakeFirst();
    if (row) throw httpError("ROLLOUT_OVER", `roll-out ${rolloutID} is ${row.status}`);
    throw httpError("ROLLOUT_UNKNOWN", `there is no roll-out ${rolloutID}`);
  }

  const contact: Rollouts["contact"] = async (transaction, camera, reports, nowMs) => {
    if (reports) await saveReports(transaction, camera.cameraID, reports, nowMs);
    let instructions: Instructions = {};
    for (const live of await all(transaction)) {
      const member = await memberOf(transaction, live, camera, nowMs);
      if (!member) continue;
      const isFree = !instructions.release && !instructions.recall;
      const heard = await instruct(transaction, live, member, { camera, reports, isFree }, nowMs);
      if (isFree) instructions = heard;
      await saveRollout(transaction, live, nowMs);
    }
    await agree(transaction);
    const trust = await nextTrustList(transaction, camera.trust);
    return trust === undefined ? instructions : { ...instructions, trust };
  };

  return {
    forget,
    contact,
    visit: (cameraID, news, nowMs) =>
      change(async (transaction) => {
        const [camera] = await fleetCameras(transaction, cameraID);
        if (!camera) throw httpError("CAMERA_UNKNOWN");
        await saveContact(transaction, cameraID, nowMs);
        const known = await storedReports(transaction, cameraID);
        const others = known.filter(({ kind }) => kind !== news?.kind);
        return contact(transaction, camera, news ? [...others, news] : others, nowMs);
      }),
    create: (request, nowMs) =>
      change(async (transaction) => {
        const live = await createRollout(transaction, await all(transaction), request, nowMs);
        loaded = (loaded ?? []).filter(({ rollout }) => rollout.status !== "superseded");
        loaded.push(live);
        return live.rolloutID;
      }),
    act: (rolloutID, action, nowMs) =>
      change(async (transaction) => {
        const live = await find(transaction, rolloutID);
        const { rollout } = live;
        const isDone = {
          pause: () => rollout.pause(),
          resume: () => rollout.resume(),
          cancel: () => rollout.cancel(),
          rollback: () => rollout.rollBack("rolled back by an operator"),
        }[action]();
        if (!isDone) {
          const text = `roll-out ${rolloutID} is ${rollout.status}: ${action} does nothing to it`;
          throw httpError("ROLLOUT_OVER", text);
        }
        await saveRollout(transaction, live, nowMs);
      }),
    force: (rolloutID, cameraID, nowMs) =>
      change(async (transaction) => {
        const live = await find(transaction, rolloutID);
        const [camera] = await fleetCameras(transaction, cameraID);
        const member = camera && (await memberOf(transaction, live, camera, nowMs));
        if (!member) throw httpError("CAMERA_UNKNOWN", `${cameraID} is not in this roll-out`);
        if (!live.rollout.force(cameraID)) {
          const text = `nothing to force: the camera is ${member.state}, the roll-out ${live.rollout.status}`;
          throw httpError("ROLLOUT_OVER", text);
        }
        await saveRollout(transaction, live, nowMs);
      }),
    lookForSilence: (nowMs) =>
      change(async (transaction) => {
        // Who was heard by another server is in the database only.
        if (isShared) forget();
        for (const live of await all(transaction)) {
          live.rollout.lookForSilence(nowMs);
          await saveRollout(transaction, live, nowMs);
        }
      }),
    isWithdrawn: async (releaseID, cameraID) => {
      const live = await db.transaction().execute((transaction) => all(transaction));
      const ours = live.filter(({ release }) => release.releaseID === releaseID);
      return ours.length > 0 && !ours.some(({ rollout }) => rollout.isWanted(cameraID));
    },
    live: async (rolloutID) =>
      (await db.transaction().execute((transaction) => all(transaction))).find(
        (one) => one.rolloutID === rolloutID,
      ),
  };
}
