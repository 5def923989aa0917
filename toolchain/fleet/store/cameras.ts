/**
 * Cameras and their deployments: creation with a credential, and the JSON the operator API shows of them.
 */
import { randomInt } from "node:crypto";
import type { NotNull } from "kysely";
import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import { isoOfMs } from "../clock.ts";
import { configStateOf } from "../config/offer.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { type Order, type Page, readPage } from "../pages.ts";
import { shownPlace } from "../research/privacy.ts";
import { strictly } from "../research/sensitive-places.ts";
import { wholeDb } from "../rights/limited-db.ts";
import type { Reach } from "../rights/reach.ts";
import { hashOfSecret, newSecret } from "../secrets.ts";
import { recordChanges } from "./changes.ts";
import { followLayers } from "./config-layers.ts";
import { configOf } from "./configs.ts";
import { beginDeployment } from "./places.ts";
import { cameraPlaces } from "./standing-cameras.ts";

/** Tables with rows of a camera that has sent nothing, the referred ones last. */
const OWN_TABLES = [
  "tokens",
  "config_versions",
  "camera_groups",
  "rollout_members",
  "camera_releases",
  "ddi_actions",
  "health_days",
  "camera_orders",
  "camera_events",
  "camera_identities",
  "deployment_checklists",
  "deployments",
  "cameras",
] as const;

export type CameraStatus = "new" | "green" | "yellow" | "orange" | "red";

export interface NewCamera {
  /** Made up when not given. */
  cameraID?: string;
  name: string;
  site: string;
  latitude?: number | null;
  longitude?: number | null;
}

/** Without letters and digits that look alike on a label. */
const ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const ID_LENGTH = 10;

/** @returns the credential in clear, for the only time */
export async function createCamera(
  db: Db,
  { cameraID = newCameraID(), name, site, latitude, longitude }: NewCamera,
  nowMs: number,
): Promise<{ cameraID: string; credential: string }> {
  const credential = newSecret();
  await db.transaction().execute(async (transaction) => {
    await insertCamera(transaction, { cameraID, name, site, latitude, longitude }, nowMs);
    await transaction
      .insertInto("tokens")
      .values({ hash: hashOfSecret(credential), kind: "camera", cameraID, createdMs: nowMs })
      .execute();
    await followLayers(transaction, cameraID, [], nowMs);
    await recordChanges(transaction, [{ kind: "camera", cameraID, itemID: "" }]);
  });
  return { cameraID, credential };
}

/** A camera and its first deployment; credential and configuration are the caller's. */
export async function insertCamera(
  transaction: Db,
  { cameraID, name, site, latitude, longitude }: NewCamera & { cameraID: string },
  nowMs: number,
): Promise<void> {
  await transaction
    .insertInto("cameras")
    .values({
      cameraID,
      name,
      createdMs: nowMs,
      configVersion: 0,
      wantedConfigVersion: 0,
      wantedConfigSum: 0,
      observationCount: 0,
      mediaCount: 0,
    })
    .execute();
  await beginDeployment(transaction, cameraID, { site, latitude, longitude }, nowMs);
}

/**
 * Take a registration back. Only of a camera that has sent nothing: what a camera saw is never removed with it.
 * **Errors:** CAMERA_UNKNOWN, CAMERA_IN_USE
 */
export async function removeCamera(db: Db, cameraID: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const camera = await transaction
      .selectFrom("cameras")
      .select("lastSeenMs")
      .where("cameraID", "=", cameraID)
      .executeTakeFirst();
    if (!camera) throw httpError("CAMERA_UNKNOWN");
    const media = await transaction
      .selectFrom("media")
      .select("mediaID")
      .where("cameraID", "=", cameraID)
      .executeTakeFirst();
    if (camera.lastSeenMs !== null || media) throw httpError("CAMERA_IN_USE");
    // Once its place is gone, the camera is in nobody's reach.
    const whole = wholeDb(transaction);
    await whole
      .deleteFrom("config_layers")
      .where("scope", "=", "device")
      .where("name", "=", cameraID)
      .execute();
    for (const table of OWN_TABLES) {
      await whole.deleteFrom(table).where("cameraID", "=", cameraID).execute();
    }
    await recordChanges(transaction, [{ kind: "camera", cameraID, itemID: "" }]);
  });
}

/** Contact outside a check-in. */
export async function saveContact(db: Db, cameraID: string, nowMs: number): Promise<void> {
  await db
    .updateTable("cameras")
    .set({ lastSeenMs: nowMs })
    .where("cameraID", "=", cameraID)
    .execute();
  await recordChanges(db, [{ kind: "camera", cameraID, itemID: "" }]);
}

export function newCameraID(): string {
  let id = "cam-";
  for (let index = 0; index < ID_LENGTH; index++) id += ID_ALPHABET[randomInt(ID_ALPHABET.length)];
  return id;
}

export const AS_CREATED: Order = {
  by: [
    ["cameras.createdMs", "number"],
    ["cameras.cameraID", "text"],
  ],
  direction: "asc",
};

const cameraQuery = (db: Db) =>
  cameraPlaces(db)
    .selectAll("cameras")
    .select(["deployments.siteID as site", "deployments.latitude", "deployments.longitude"])
    .select(["deployments.deploymentID", "deployments.projectID"])
    .select([...(["deployments.coordinateUncertainty"] as const)])
    .$narrowType<{ site: NotNull }>();

type CameraRow = Awaited<ReturnType<ReturnType<typeof cameraQuery>["execute"]>>[number];

export interface CameraView {
  nowMs: number;
  /** Where who looks may see sensitive places exactly. */
  exact: Reach;
}

/** In the order they were created. @param cameraIDs only these */
export async function listCameras(db: Db, view: CameraView, cameraIDs?: string[]) {
  let query = cameraQuery(db);
  if (cameraIDs) query = query.where("cameras.cameraID", "in", cameraIDs);
  const { rows } = await readPage(query, AS_CREATED, undefined);
  return (await seenBy(db, rows, view)).map((row) => cameraJson(row, view));
}

/** The same by pages. **Errors:** BAD_CURSOR */
export async function pageOfCameras(db: Db, view: CameraView, page: Page) {
  const { rows, next } = await readPage(cameraQuery(db), AS_CREATED, page);
  return { cameras: (await seenBy(db, rows, view)).map((row) => cameraJson(row, view)), next };
}

/** What is known of a place matters only to those who may not see it. */
const seenBy = async (db: Db, rows: CameraRow[], { exact }: CameraView): Promise<CameraRow[]> =>
  exact.isAll ? rows : strictly(db, rows);

/** One camera with the configuration it should have. **Errors:** CAMERA_UNKNOWN */
export async function cameraDetail(db: Db, cameraID: string, view: CameraView) {
  const found = await cameraQuery(db).where("cameras.cameraID", "=", cameraID).execute();
  const [row] = await seenBy(db, found, view);
  if (!row) throw httpError("CAMERA_UNKNOWN");
  const values = await configOf(db, cameraID, row.wantedConfigVersion);
  return { ...cameraJson(row, view), config: { version: row.wantedConfigVersion, values } };
}

function cameraJson(row: CameraRow, { nowMs, exact }: CameraView) {
  const heartbeat = row.heartbeat === null ? null : (JSON.parse(row.heartbeat) as Heartbeat);
  return {
    cameraID: row.cameraID,
    name: row.name,
    site: row.site,
    ...shownPlace(row, { ...row, siteID: row.site }, exact),
    created: isoOfMs(row.createdMs),
    lastSeen: row.lastSeenMs === null ? null : isoOfMs(row.lastSeenMs),
    status: statusOf(row.lastSeenMs, heartbeat?.checkInIntervalS ?? 3600, nowMs),
    heartbeat,
    problem: row.problem,
    observationCount: row.observationCount,
    mediaCount: row.mediaCount,
    configVersion: row.configVersion,
    wantedConfigVersion: row.wantedConfigVersion,
    ...configStateOf(row),
  };
}

/** How late a camera is against the interval it promised itself: a camera that sleeps a day is not lost at noon. */
export function statusOf(
  lastSeenMs: number | null,
  checkInIntervalS: number,
  nowMs: number,
): CameraStatus {
  if (lastSeenMs === null) return "new";
  const intervals = (nowMs - lastSeenMs) / 1000 / checkInIntervalS;
  if (intervals <= 1.5) return "green";
  if (intervals <= 3) return "yellow";
  return intervals <= 6 ? "orange" : "red";
}
