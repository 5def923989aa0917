/**
 * Takes a camera into the fleet by its claim. The same claim and key again within an hour is answered alike and changes
 * nothing, so an answer may be lost; a key that is known brings its camera, and its history, back.
 */
import type { EnrolmentReply, EnrolmentRequest } from "../../../device/protocol/enrolment.ts";
import type { Db } from "../db/open.ts";
import { deriveFor, isSignedByItsKey } from "../enrolment-keys.ts";
import { type HttpErrorCode, httpError } from "../http-errors.ts";
import { newestTrustList } from "../rollout/documents.ts";
import { hashOfSecret } from "../secrets.ts";
import { insertCamera, newCameraID } from "./cameras.ts";
import { recordChanges } from "./changes.ts";
import { type ClaimRow, findClaim, stateOf } from "./claims.ts";
import { followLayers, joinGroup } from "./config-layers.ts";
import { recordEvent } from "./orders.ts";
import { moveCamera, openDeployment } from "./places.ts";

const REPEAT_MS = 3_600_000;

/** **Errors:** CLAIM_REFUSED, CLAIM_USED, CLAIM_EXPIRED, CLAIM_REVOKED, SIGNATURE_REFUSED */
export function enrol(db: Db, request: EnrolmentRequest, nowMs: number): Promise<EnrolmentReply> {
  return db.transaction().execute(async (transaction) => {
    const claim = await findClaim(transaction, request.claim);
    if (!claim) throw httpError("CLAIM_REFUSED");
    if (!isSignedByItsKey(request)) throw httpError("SIGNATURE_REFUSED");
    const state = stateOf(claim, nowMs);
    if (state === "used") return repeated(transaction, claim, request, nowMs);
    if (state !== "open") throw httpError(`CLAIM_${state.toUpperCase()}` as HttpErrorCode);
    return takeIn(transaction, claim, request, nowMs);
  });
}

async function repeated(
  transaction: Db,
  claim: ClaimRow,
  request: EnrolmentRequest,
  nowMs: number,
): Promise<EnrolmentReply> {
  const isSame = claim.publicKey === request.publicKey;
  if (!isSame || nowMs - (claim.usedMs ?? 0) >= REPEAT_MS) throw httpError("CLAIM_USED");
  const token = await transaction
    .selectFrom("tokens")
    .select("cameraID")
    .where("hash", "=", claim.tokenHash ?? "")
    .executeTakeFirst();
  // Replaced or revoked since: the old answer would open nothing.
  if (!token?.cameraID) throw httpError("CLAIM_USED");
  return answer(transaction, token.cameraID, claim.serverKey ?? "", nowMs);
}

async function takeIn(
  transaction: Db,
  claim: ClaimRow,
  request: EnrolmentRequest,
  nowMs: number,
): Promise<EnrolmentReply> {
  const { publicKey, hardware } = request;
  const known = await transaction
    .selectFrom("camera_identities")
    .select("cameraID")
    .where("publicKey", "=", publicKey)
    .executeTakeFirst();
  const cameraID = known?.cameraID ?? newCameraID();
  const place = {
    site: claim.site,
    group: claim.groupName,
    latitude: request.latitude ?? claim.latitude,
    longitude: request.longitude ?? claim.longitude,
  };
  const name = request.name ?? claim.name;
  if (known) await comeBack(transaction, cameraID, name, place, nowMs);
  else await arrive(transaction, cameraID, name ?? `camera ${cameraID.slice(-4)}`, place, nowMs);
  const { serverKey, credential, orderKey } = deriveFor(publicKey, request.claim);
  const tokenHash = hashOfSecret(credential);
  await transaction.deleteFrom("tokens").where("cameraID", "=", cameraID).execute();
  await transaction
    .insertInto("tokens")
    .values({ hash: tokenHash, kind: "camera", cameraID, createdMs: nowMs })
    .execute();
  // What was ordered under the old keys can be proved no more.
  await transaction
    .updateTable("camera_orders")
    .set({ doneMs: nowMs })
    .where("cameraID", "=", cameraID)
    .where("doneMs", "is", null)
    .execute();
  await transaction.deleteFrom("camera_identities").where("cameraID", "=", cameraID).execute();
  await transaction
    .insertInto("camera_identities")
    .values({
      ...{ cameraID, publicKey, hardware, role: claim.role, orderKey, state: "active" },
      changedMs: nowMs,
    })
    .execute();
  await transaction
    .updateTable("claims")
    .set({ usedMs: nowMs, cameraID, publicKey, serverKey, tokenHash })
    .where("claimID", "=", claim.claimID)
    .execute();
  const detail = `${known ? "again " : ""}with ${claim.claimID} at ${claim.site}`;
  await recordEvent(transaction, cameraID, "enrolled", detail, nowMs);
  await recordChanges(transaction, [{ kind: "camera", cameraID, itemID: "" }]);
  return answer(transaction, cameraID, serverKey, nowMs);
}

type Place = Parameters<typeof moveCamera>[2];

async function arrive(
  transaction: Db,
  cameraID: string,
  name: string,
  { group, ...place }: Place,
  nowMs: number,
): Promise<void> {
  await insertCamera(transaction, { cameraID, name, ...place }, nowMs);
  if (group) await joinGroup(transaction, cameraID, group);
  await followLayers(transaction, cameraID, [], nowMs);
}

async function comeBack(
  transaction: Db,
  cameraID: string,
  name: string | null,
  place: Place,
  nowMs: number,
): Promise<void> {
  if (name !== null) {
    await transaction
      .updateTable("cameras")
      .set({ name })
      .where("cameraID", "=", cameraID)
      .execute();
  }
  const open = await openDeployment(transaction, cameraID);
  const isThere =
    open?.siteID === place.site &&
    (place.latitude == null || open.latitude === place.latitude) &&
    (place.longitude == null || open.longitude === place.longitude);
  if (!isThere || place.group) await moveCamera(transaction, cameraID, place, nowMs);
}

async function answer(
  transaction: Db,
  cameraID: string,
  serverKey: string,
  nowMs: number,
): Promise<EnrolmentReply> {
  const { name } = await transaction
    .selectFrom("cameras")
    .select("name")
    .where("cameraID", "=", cameraID)
    .executeTakeFirstOrThrow();
  const site = (await openDeployment(transaction, cameraID))?.locationName ?? "";
  const trust = await newestTrustList(transaction);
  const time = Math.floor(nowMs / 1000);
  return { v: 1, cameraID, serverKey, name, site, time, ...(trust && { trust }) };
}
