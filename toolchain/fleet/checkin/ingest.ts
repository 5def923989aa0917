/**
 * Writes a batch of check-ins in one transaction and says what each camera hears back. Idempotent: a record that is
 * already there is acknowledged again; the same recordID with other content is refused.
 */
import type { NotNull } from "kysely";
import type { CheckInReply } from "../../../device/protocol/check-in.ts";
import type { Contact } from "../alerts/hits.ts";
import type { Alerts } from "../alerts/service.ts";
import { heard, needsOffer, offerOf, type WantedConfig } from "../config/offer.ts";
import type { Db } from "../db/open.ts";
import type { CamerasTable, ChangesTable } from "../db/tables.ts";
import type { Rollouts } from "../rollout/service.ts";
import { intervalMsOf } from "../rollout/store.ts";
import { type NewChange, recordChanges } from "../store/changes.ts";
import { configOf, findConfig } from "../store/configs.ts";
import { type Filed, fileFaults, fileMedia, fileObservations } from "./file-records.ts";
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
  Pick<CamerasTable, "heartbeat"> & { deploymentID: string; site: string };

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
  const deploymentOf = (cameraID: string) => {
    const camera = cameras.get(cameraID);
    if (!camera) throw new Error(`camera ${cameraID} has no deployment`);
    return camera.deploymentID;
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
  await alerts?.heard(transaction, contactsOf(arrivals, filed), nowMs);
  const replies: CheckInReply[] = [];
  for (const arrival of arrivals) {
    const reply = await replyTo(transaction, arrival, cameras, filed, nowMs);
    const camera = cameras.get(arrival.cameraID);
    const orders =
      camera && rollouts && (await contact(transaction, rollouts, arrival, camera, nowMs));
    replies.push({ ...reply, ...orders });
  }
  return replies;
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
    .innerJoin("deployments", (join) =>
      join
        .onRef("deployments.cameraID", "=", "cameras.cameraID")
        .on("deployments.deploymentEnd", "is", null),
    )
    .select([
      "cameras.cameraID",
      "cameras.wantedConfigVersion",
      "cameras.wantedConfigSum",
      "cameras.refusedConfigVersion",
      "cameras.refusedConfigReason",
      "cameras.heartbeat",
      "deployments.deploymentID",
      "deployments.siteID as site",
    ])
    .where(
      "cameras.cameraID",
      "in",
      arrivals.map(({ cameraID }) => cameraID),
    )
    .$narrowType<{ site: NotNull }>()
    .execute();
  return new Map(rows.map((row) => [row.cameraID, row]));
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
): Promise<Pick<CheckInReply, "release" | "recall">> {
  const newest = checkIn.heartbeat ?? (heartbeat === null ? null : JSON.parse(heartbeat));
  const { release, recall } = await rollouts.contact(
    db,
    { cameraID, site, intervalMs: intervalMsOf(newest) },
    checkIn.releases,
    nowMs,
  );
  return { ...(release && { release }), ...(recall && { recall }) };
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
