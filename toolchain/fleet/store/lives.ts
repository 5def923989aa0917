/**
 * A camera's life after its enrolment: moved to another site, taken out of service, cut off, given a new credential.
 * What it recorded and where it stood is never removed. What the camera itself must do is an order (store/orders.ts).
 */
import type { NotNull } from "kysely";
import { isoOfMs } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { LifeState } from "../db/tables-identity.ts";
import { deriveFor, fingerprintOfKey } from "../enrolment-keys.ts";
import { httpError } from "../http-errors.ts";
import { type Page, readPage } from "../pages.ts";
import { shownPlace } from "../research/privacy.ts";
import { strictly } from "../research/sensitive-places.ts";
import { secretsFrom } from "../research/withheld.ts";
import type { Reach } from "../rights/reach.ts";
import { hashOfSecret } from "../secrets.ts";
import { AS_CREATED } from "./cameras.ts";
import { recordChanges } from "./changes.ts";
import { checklistsOf } from "./checklists.ts";
import { addOrder, dropOrders, recordEvent } from "./orders.ts";
import {
  endDeployment,
  moveCamera,
  type NewPlace,
  openDeployment,
  placedDeployments,
} from "./places.ts";

export interface Transfer extends NewPlace {
  name?: string;
}

const changed = (transaction: Db, cameraID: string) =>
  recordChanges(transaction, [{ kind: "camera", cameraID, itemID: "" }]);

/** All cameras there ever were, in the order they were created. @param cameraID only this one. **Errors:** BAD_CURSOR */
export async function listLives(db: Db, page: Page, cameraID?: string) {
  let query = db
    .selectFrom("cameras")
    .leftJoin("camera_identities", "camera_identities.cameraID", "cameras.cameraID")
    .leftJoin("camera_groups", "camera_groups.cameraID", "cameras.cameraID")
    .select(["cameras.cameraID", "cameras.name", "cameras.createdMs", "cameras.lastSeenMs"])
    .select(["camera_identities.publicKey", "camera_identities.hardware"])
    .select(["camera_identities.role", "camera_identities.state", "camera_groups.groupName"]);
  if (cameraID !== undefined) query = query.where("cameras.cameraID", "=", cameraID);
  const { rows, next } = await readPage(query, AS_CREATED, page);
  const sites = await newestDeployments(
    db,
    rows.map((row) => row.cameraID),
  );
  const cameras = rows.map((row) => ({
    ...{ cameraID: row.cameraID, name: row.name, site: sites.get(row.cameraID) ?? "" },
    ...{ group: row.groupName, role: row.role, hardware: row.hardware },
    fingerprint: row.publicKey === null ? null : fingerprintOfKey(row.publicKey),
    state: row.state ?? ("active" satisfies LifeState),
    created: isoOfMs(row.createdMs),
    lastSeen: row.lastSeenMs === null ? null : isoOfMs(row.lastSeenMs),
  }));
  return { cameras, next };
}

async function newestDeployments(db: Db, cameraIDs: string[]): Promise<Map<string, string>> {
  if (cameraIDs.length === 0) return new Map();
  const query = db
    .selectFrom("deployments")
    .select(["cameraID", "siteID"])
    .where("cameraID", "in", cameraIDs)
    .orderBy("deploymentStart")
    .orderBy((row) => row("deploymentEnd", "is", null));
  const rows = await query.$narrowType<{ cameraID: NotNull }>().execute();
  return new Map(rows.map((row) => [row.cameraID, row.siteID ?? ""]));
}

/** One camera with its deployments, orders and what happened to it. **Errors:** CAMERA_UNKNOWN */
export async function lifeOf(db: Db, cameraID: string, exact: Reach) {
  const {
    cameras: [life],
  } = await listLives(db, { limit: 1, cursor: undefined }, cameraID);
  if (!life) throw httpError("CAMERA_UNKNOWN");
  const placed = await placedDeployments(db)
    .where("cameraID", "=", cameraID)
    .orderBy("deploymentStart")
    .execute();
  const deployments = exact.isAll ? placed : await strictly(db, placed);
  const secrets = await secretsFrom(
    db,
    exact,
    deployments.map(({ deploymentID }) => deploymentID),
  );
  const orders = await db
    .selectFrom("camera_orders")
    .select(["number", "kind", "createdMs", "doneMs"])
    .where("cameraID", "=", cameraID)
    .orderBy("number")
    .execute();
  const events = await db
    .selectFrom("camera_events")
    .select(["event", "detail", "timeMs"])
    .where("cameraID", "=", cameraID)
    .orderBy("sequence")
    .execute();
  const checklists = await checklistsOf(db, cameraID, secrets);
  return {
    ...life,
    deployments: deployments.map((row) => ({
      ...{ deploymentID: row.deploymentID, site: row.siteID ?? "" },
      ...shownPlace(row, row, exact),
      start: isoOfMs(row.deploymentStart * 1000),
      end: row.deploymentEnd === null ? null : isoOfMs(row.deploymentEnd * 1000),
      checklist: checklists.get(row.deploymentID) ?? null,
    })),
    orders: orders.map(({ number, kind, createdMs, doneMs }) => ({
      ...{ number, kind, ordered: isoOfMs(createdMs) },
      done: doneMs === null ? null : isoOfMs(doneMs),
    })),
    events: events.map(({ event, detail, timeMs }) => ({ time: isoOfMs(timeMs), event, detail })),
  };
}

/** **Errors:** CAMERA_UNKNOWN, CAMERA_RETIRED */
export function transfer(db: Db, cameraID: string, wish: Transfer, nowMs: number): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    await requireInService(transaction, cameraID);
    const { name, ...place } = wish;
    await moveCamera(transaction, cameraID, place, nowMs);
    if (name !== undefined) {
      await transaction
        .updateTable("cameras")
        .set({ name })
        .where("cameraID", "=", cameraID)
        .execute();
    }
    const camera = await transaction
      .selectFrom("cameras")
      .select("name")
      .where("cameraID", "=", cameraID)
      .executeTakeFirstOrThrow();
    const text = JSON.stringify({ name: camera.name, site: place.site });
    await addOrder(transaction, cameraID, { kind: "place", text }, nowMs);
    await recordEvent(transaction, cameraID, "transferred", `to ${place.site}`, nowMs);
    await changed(transaction, cameraID);
  });
}

/**
 * Take a camera out of service. It is told to wipe itself at its next contact, and its credential lives until it has
 * said that it did; with `isForced` the credential ends now. **Errors:** CAMERA_UNKNOWN, CAMERA_RETIRED
 */
export function decommission(
  db: Db,
  cameraID: string,
  isForced: boolean,
  nowMs: number,
): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    const state = await stateOfCamera(transaction, cameraID);
    if (state === "wiped" || state === "lost" || (state === "leaving" && !isForced)) {
      throw httpError("CAMERA_RETIRED");
    }
    await endDeployment(transaction, cameraID, nowMs);
    await dropOrders(transaction, cameraID, nowMs);
    // One that is cut off already cannot be told anything.
    const isGone = isForced || state === "revoked";
    if (isGone) await dropCredentials(transaction, cameraID);
    else await addOrder(transaction, cameraID, { kind: "wipe", text: "" }, nowMs);
    await setState(transaction, cameraID, isGone ? "lost" : "leaving", nowMs);
    const detail = isGone ? "without being told" : "to be told at its next contact";
    await recordEvent(transaction, cameraID, "decommissioned", detail, nowMs);
    await changed(transaction, cameraID);
  });
}

/** Cut a camera off at once; its place and records stay. **Errors:** CAMERA_UNKNOWN */
export function revoke(db: Db, cameraID: string, nowMs: number): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    const state = await stateOfCamera(transaction, cameraID);
    await dropCredentials(transaction, cameraID);
    await dropOrders(transaction, cameraID, nowMs);
    const next = state === "leaving" ? "lost" : state === "active" ? "revoked" : state;
    await setState(transaction, cameraID, next, nowMs);
    await recordEvent(transaction, cameraID, "revoked", "its credential ends", nowMs);
    await changed(transaction, cameraID);
  });
}

/**
 * Give a camera a new credential at its next contact. The old one is taken until the camera has used the new.
 * **Errors:** CAMERA_UNKNOWN, CAMERA_RETIRED, CAMERA_WITHOUT_KEYS
 */
export function rotate(db: Db, cameraID: string, nowMs: number): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    await requireInService(transaction, cameraID);
    const identity = await transaction
      .selectFrom("camera_identities")
      .select(["publicKey", "orderKey"])
      .where("cameraID", "=", cameraID)
      .executeTakeFirst();
    const publicKey = identity?.publicKey;
    if (!publicKey) throw httpError("CAMERA_WITHOUT_KEYS");
    await addOrder(
      transaction,
      cameraID,
      (number) => {
        const derived = deriveFor(publicKey, `${cameraID}${number}`);
        const tokenHash = hashOfSecret(derived.credential);
        const text = derived.serverKey;
        return { kind: "rotate", text, orderKey: derived.orderKey, tokenHash };
      },
      nowMs,
    );
    await recordEvent(transaction, cameraID, "rotation", "ordered", nowMs);
  });
}

async function stateOfCamera(transaction: Db, cameraID: string): Promise<LifeState> {
  const row = await transaction
    .selectFrom("cameras")
    .leftJoin("camera_identities", "camera_identities.cameraID", "cameras.cameraID")
    .select(["cameras.cameraID", "camera_identities.state"])
    .where("cameras.cameraID", "=", cameraID)
    .executeTakeFirst();
  if (!row) throw httpError("CAMERA_UNKNOWN");
  return row.state ?? "active";
}

async function requireInService(transaction: Db, cameraID: string): Promise<void> {
  const state = await stateOfCamera(transaction, cameraID);
  const isOut = state !== "active" && state !== "revoked";
  if (isOut || !(await openDeployment(transaction, cameraID))) throw httpError("CAMERA_RETIRED");
}

async function dropCredentials(transaction: Db, cameraID: string): Promise<void> {
  await transaction.deleteFrom("tokens").where("cameraID", "=", cameraID).execute();
}

async function setState(
  transaction: Db,
  cameraID: string,
  state: LifeState,
  nowMs: number,
): Promise<void> {
  const none = { publicKey: null, hardware: null, role: null, orderKey: null };
  await transaction
    .insertInto("camera_identities")
    .values({ cameraID, ...none, state, changedMs: nowMs })
    .onConflict((conflict) => conflict.column("cameraID").doUpdateSet({ state, changedMs: nowMs }))
    .execute();
}
