/**
 * Writes a batch of check-ins in one transaction and says what each camera hears back. Idempotent: a record that is
 * already there is acknowledged again; the same recordID with other content is refused.
 */
import type { NotNull } from "kysely";
import type { CheckInReply, Heartbeat } from "../../../device/protocol/check-in.ts";
import type { Contact } from "../alerts/hits.ts";
import type { Alerts } from "../alerts/service.ts";
import { heard, needsOffer, offerOf, type WantedConfig } from "../config/offer.ts";
import type { Db } from "../db/open.ts";
import type { CamerasTable, ChangesTable } from "../db/tables.ts";
import { type Step, saveDays } from "../health/days.ts";
import type { Rollouts } from "../rollout/service.ts";
import { intervalMsOf } from "../rollout/store.ts";
import { type NewChange, recordChanges } from "../store/changes.ts";
import { configOf, findConfig } from "../store/configs.ts";
import { settleOrders } from "../store/orders.ts";
import { type Filed, fileFaults, fileMedia, fileObservations } from "./file-records.ts";
import { completed } from "./heartbeats.ts";
import type { JudgedCheckIn } from "./validate.ts";

export interface Arrival {
  cameraID: string;
  checkIn: JudgedCheckIn;
}

/** What else acts on a check-in, in its transaction. */
export interface Followers {
  rollouts?: Pick<Rollouts, "contact" | "forget">;
  alerts?: Pick<Alerts, "heard">;
}

type CameraState = WantedConfig &
  Pick<CamerasTable, "heartbeat"> & {
    site: string;
    /** Oldest first. */
    deployments: { deploymentID: string; deploymentStart: number }[];
    isInService: boolean;
    /** The newest one of this batch. */
    heartbeatNow?: Heartbeat;
  };

/**
 * @param nowMs server clock, UTC milliseconds
 * @returns one reply per arrival, in order; valid only after this promise has resolved (the commit)
 */
export function ingest(
  db: Db,
  arrivals: Arrival[],
  nowMs: number,
  followers: Followers = {},
): Promise<CheckInReply[]> {
  return db.transaction().execute((transaction) =>
    fileAll(transaction, arrivals, nowMs, followers).catch((error) => {
      // Before the next transaction can begin.
      followers.rollouts?.forget();
      throw error;
    }),
  );
}

async function fileAll(
  transaction: Db,
  arrivals: Arrival[],
  nowMs: number,
  { rollouts, alerts }: Followers,
): Promise<CheckInReply[]> {
  const cameras = await cameraStates(transaction, arrivals);
  const filed: Filed = { outcomes: new Map(), changes: [], fresh: [], added: new Map() };
  const steps = arrivals.flatMap(({ cameraID, checkIn }) =>
    complete(cameraID, checkIn, cameras.get(cameraID)),
  );
  await saveDays(transaction, steps, nowMs);
  // What a camera saw before it was moved belongs to where it stood then.
  const deploymentOf = (cameraID: string, timeS: number) => {
    const camera = cameras.get(cameraID);
    const then = camera?.deployments.findLast((row) => row.deploymentStart <= timeS);
    const deployment = then ?? camera?.deployments.at(-1);
    if (!deployment) throw new Error(`camera ${cameraID} has no deployment`);
    return deployment.deploymentID;
  };
  await fileObservations(transaction, arrivals, nowMs, filed, deploymentOf);
  await fileMedia(transaction, arrivals, nowMs, filed, deploymentOf);
  await fileFaults(transaction, arrivals, nowMs, filed);
  await saveCheckIns(transaction, arrivals, nowMs);
  for (const { cameraID, checkIn } of arrivals) {
    const camera = cameras.get(cameraID);
    if (camera) cameras.set(cameraID, { ...camera, ...heard(camera, checkIn) });
  }
  await saveStates(transaction, arrivals, nowMs, filed, cameras);
  await recordChanges(transaction, [...cameraChanges(arrivals), ...filed.changes]);
  const heardOrders = arrivals.map(({ cameraID, checkIn: { orderDone } }) => ({
    ...{ cameraID, orderDone },
  }));
  const lifeOrders = await settleOrders(transaction, heardOrders, nowMs);
  await alerts?.heard(transaction, contactsOf(arrivals, filed), nowMs);
  const replies: CheckInReply[] = [];
  for (const arrival of arrivals) {
    const order = lifeOrders.get(arrival.cameraID);
    // A camera that leaves is offered nothing else.
    if (!cameras.get(arrival.cameraID)?.isInService) cameras.delete(arrival.cameraID);
    const reply = await replyTo(transaction, arrival, cameras, filed, nowMs);
    if (order) reply.order = order;
    const camera = cameras.get(arrival.cameraID);
    const orders =
      camera && rollouts && (await contact(transaction, rollouts, arrival, camera, nowMs));
    replies.push({ ...reply, ...orders });
  }
  return replies;
}

/** In order, so that the second of two check-ins of a camera builds on the first. */
function complete(
  cameraID: string,
  checkIn: JudgedCheckIn,
  camera: CameraState | undefined,
): Step[] {
  if (!checkIn.heartbeat || !camera) return [];
  const stored = camera.heartbeat;
  const before =
    camera.heartbeatNow ?? (stored === null ? null : (JSON.parse(stored) as Heartbeat));
  const now = checkIn.lacksDetails ? completed(checkIn.heartbeat, before) : checkIn.heartbeat;
  checkIn.heartbeat = now;
  camera.heartbeatNow = now;
  return [{ cameraID, before, now }];
}

/** What is new of each camera; the newest heartbeat counts. */
function contactsOf(arrivals: Arrival[], { fresh }: Filed): Contact[] {
  const newest = new Map(arrivals.map(({ cameraID, checkIn }) => [cameraID, checkIn]));
  return [...newest].map(([cameraID, { heartbeat }]) => {
    const records = fresh.filter((one) => one.cameraID === cameraID).map(({ record }) => record);
    return {
      cameraID,
      heartbeat: heartbeat ?? undefined,
      observations: records.filter((record) => record.kind === "observation"),
      faultCodes: records.flatMap((record) => (record.kind === "fault" ? [record.code] : [])),
    };
  });
}

async function cameraStates(db: Db, arrivals: Arrival[]): Promise<Map<string, CameraState>> {
  const rows = await db
    .selectFrom("cameras")
    .innerJoin("deployments", (join) => join.onRef("deployments.cameraID", "=", "cameras.cameraID"))
    .select([
      "cameras.cameraID",
      "cameras.wantedConfigVersion",
      "cameras.wantedConfigSum",
      "cameras.refusedConfigVersion",
      "cameras.refusedConfigReason",
      "cameras.heartbeat",
      "deployments.deploymentID",
      "deployments.siteID as site",
      "deployments.deploymentStart",
      "deployments.deploymentEnd",
    ])
    .where(
      "cameras.cameraID",
      "in",
      arrivals.map(({ cameraID }) => cameraID),
    )
    .orderBy("deployments.deploymentStart")
    // A camera that was moved within a second is where it still stands.
    .orderBy((row) => row("deployments.deploymentEnd", "is", null))
    .$narrowType<{ site: NotNull }>()
    .execute();
  const cameras = new Map<string, CameraState>();
  for (const { deploymentID, deploymentStart, deploymentEnd, ...state } of rows) {
    const before = cameras.get(state.cameraID)?.deployments ?? [];
    const deployments = [...before, { deploymentID, deploymentStart }];
    const isInService = deploymentEnd === null;
    cameras.set(state.cameraID, { ...state, deployments, isInService });
  }
  return cameras;
}

async function saveCheckIns(db: Db, arrivals: Arrival[], receivedMs: number): Promise<void> {
  await db
    .insertInto("check_ins")
    .values(
      arrivals.map(({ cameraID, checkIn }) => ({
        cameraID,
        sequence: checkIn.sequence,
        time: checkIn.time,
        receivedMs,
        configVersion: checkIn.configVersion,
        heartbeat: checkIn.heartbeat && JSON.stringify(checkIn.heartbeat),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function saveStates(
  db: Db,
  arrivals: Arrival[],
  nowMs: number,
  { added }: Filed,
  cameras: Map<string, CameraState>,
): Promise<void> {
  // The newest arrival of a camera wins; the counters of all of them are added once.
  const newest = new Map(arrivals.map(({ cameraID, checkIn }) => [cameraID, checkIn]));
  for (const [cameraID, checkIn] of newest) {
    const { observations = 0, media = 0 } = added.get(cameraID) ?? {};
    const { heartbeat } = checkIn;
    await db
      .updateTable("cameras")
      .set((row) => ({
        lastSeenMs: nowMs,
        configVersion: checkIn.configVersion,
        configSum: checkIn.configSum ?? null,
        refusedConfigVersion: cameras.get(cameraID)?.refusedConfigVersion ?? null,
        refusedConfigReason: cameras.get(cameraID)?.refusedConfigReason ?? null,
        problem: checkIn.heartbeatProblem || null,
        heartbeat: heartbeat ? JSON.stringify(heartbeat) : row.ref("heartbeat"),
        observationCount: row("observationCount", "+", observations),
        mediaCount: row("mediaCount", "+", media),
      }))
      .where("cameraID", "=", cameraID)
      .execute();
  }
}

const cameraChanges = (arrivals: Arrival[]): NewChange[] =>
  [...new Set(arrivals.map(({ cameraID }) => cameraID))].map((cameraID) => ({
    kind: "camera" satisfies ChangesTable["kind"],
    cameraID,
    itemID: "",
  }));

/** What the roll-outs have for a camera. */
async function contact(
  db: Db,
  rollouts: Pick<Rollouts, "contact">,
  { cameraID, checkIn }: Arrival,
  { site, heartbeat }: CameraState,
  nowMs: number,
): Promise<Pick<CheckInReply, "release" | "recall" | "trust">> {
  const newest = checkIn.heartbeat ?? (heartbeat === null ? null : JSON.parse(heartbeat));
  const { hardware, trust: trusts } = checkIn;
  const { release, recall, trust } = await rollouts.contact(
    db,
    { cameraID, site, intervalMs: intervalMsOf(newest), hardware, trust: trusts },
    checkIn.releases,
    nowMs,
  );
  return { ...(release && { release }), ...(recall && { recall }), ...(trust && { trust }) };
}

async function replyTo(
  db: Db,
  { cameraID, checkIn }: Arrival,
  cameras: Map<string, CameraState>,
  filed: Filed,
  nowMs: number,
): Promise<CheckInReply> {
  const reply: CheckInReply = {
    v: 1,
    time: Math.floor(nowMs / 1000),
    acknowledged: [],
    refused: [...checkIn.refused],
  };
  for (const judged of [...checkIn.observations, ...checkIn.media, ...checkIn.faults]) {
    const { recordID } = judged.record;
    const reason = filed.outcomes.get(judged);
    if (reason === undefined) throw new Error(`record ${recordID} was not filed`);
    if (reason) reply.refused.push({ recordID, reason });
    else reply.acknowledged.push(recordID);
  }
  const camera = cameras.get(cameraID);
  if (camera && needsOffer(camera, checkIn)) {
    const version = camera.wantedConfigVersion;
    const values = await configOf(db, cameraID, version);
    const base =
      checkIn.configSum === undefined
        ? undefined
        : await findConfig(db, cameraID, checkIn.configVersion);
    reply.config = offerOf(version, values, checkIn, base);
  }
  return reply;
}
