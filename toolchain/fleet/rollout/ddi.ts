/**
 * hawkBit's Direct Device Integration over our roll-outs: who may ask, which action a device was shown, what it answered.
 * Source: hawkBit DDI API v1. An action is one attempt of one camera in one roll-out.
 */
import type { ReleaseReport } from "../../../device/protocol/release-offers.ts";
import type { Db } from "../db/open.ts";
import type { ReleaseRow } from "../db/tables.ts";
import { httpError } from "../http-errors.ts";
import { hashOfSecret, newSecret } from "../secrets.ts";
import { createCamera } from "../store/cameras.ts";
import type { Instructions } from "./contact.ts";

const ATTEMPTS = 1000;
export const DDI_KIND = "firmware";
const GATEWAY_SITE = "unassigned";

export interface Feedback {
  execution: string;
  finished: string;
  details: string[];
}

export const actionOf = ({ rolloutID, release }: Instructions): number | undefined =>
  rolloutID === undefined || release?.kind !== DDI_KIND
    ? undefined
    : rolloutID * ATTEMPTS + Math.min(release.attempt, ATTEMPTS - 1);

/** The one gateway token, in clear for the only time; the one before counts no more. */
export async function newGatewayToken(db: Db, nowMs: number): Promise<string> {
  const token = newSecret();
  await db.transaction().execute(async (transaction) => {
    await transaction.deleteFrom("tokens").where("kind", "=", "gateway").execute();
    await transaction
      .insertInto("tokens")
      .values({ hash: hashOfSecret(token), kind: "gateway", createdMs: nowMs })
      .execute();
  });
  return token;
}

/** A device may speak for itself, a gateway for any; one it names first is registered. */
export async function isAllowed(
  db: Db,
  authorization: string,
  controllerID: string,
  nowMs: number,
): Promise<boolean> {
  const [, scheme = "", token = ""] =
    authorization.match(/^(TargetToken|GatewayToken) +(\S{20,128})$/i) ?? [];
  const row = await db
    .selectFrom("tokens")
    .select(["kind", "cameraID"])
    .where("hash", "=", hashOfSecret(token))
    .executeTakeFirst();
  if (scheme.toLowerCase() === "targettoken") {
    return row?.kind === "camera" && row.cameraID === controllerID;
  }
  if (row?.kind !== "gateway") return false;
  const camera = await db
    .selectFrom("cameras")
    .select("cameraID")
    .where("cameraID", "=", controllerID)
    .executeTakeFirst();
  if (!camera) {
    const name = controllerID.slice(0, 40);
    await createCamera(db, { cameraID: controllerID, name, site: GATEWAY_SITE }, nowMs);
  }
  return true;
}

/** The action the device was shown and has not closed. */
export async function openAction(db: Db, cameraID: string): Promise<number | undefined> {
  const row = await db
    .selectFrom("ddi_actions")
    .select("actionID")
    .where("cameraID", "=", cameraID)
    .executeTakeFirst();
  return row?.actionID;
}

export async function showAction(db: Db, cameraID: string, actionID: number): Promise<void> {
  await db
    .insertInto("ddi_actions")
    .values({ cameraID, actionID })
    .onConflict((conflict) => conflict.column("cameraID").doUpdateSet({ actionID }))
    .execute();
}

/** **Errors:** ACTION_OVER when it is not open */
export async function closeAction(db: Db, cameraID: string, actionID: number): Promise<void> {
  await requireOpen(db, cameraID, actionID);
  await db.deleteFrom("ddi_actions").where("cameraID", "=", cameraID).execute();
}

export async function requireOpen(db: Db, cameraID: string, actionID: number): Promise<void> {
  if ((await openAction(db, cameraID)) !== actionID) throw httpError("ACTION_OVER");
}

/** **Errors:** ACTION_OVER */
export async function releaseOfAction(db: Db, actionID: number): Promise<ReleaseRow> {
  const row = await db
    .selectFrom("rollouts")
    .innerJoin("releases", "releases.releaseID", "rollouts.releaseID")
    .selectAll("releases")
    .where("rolloutID", "=", Math.floor(actionID / ATTEMPTS))
    .executeTakeFirst();
  if (!row) throw httpError("ACTION_OVER");
  return row;
}

/** What a device's feedback means; undefined while it is still at it. */
export function reportOf(
  { counter }: ReleaseRow,
  actionID: number,
  before: ReleaseReport | undefined,
  { execution, finished, details }: Feedback,
): ReleaseReport | undefined {
  // As in hawkBit: closed without a result counts as done.
  if (execution === "closed" && finished !== "failure") return { kind: DDI_KIND, counter };
  if (execution !== "closed" && execution !== "canceled") return undefined;
  const reason =
    details
      .join("; ")
      .replace(/[\u0000-\u001f\u007f]+/g, " ")
      .slice(0, 80) || execution;
  return {
    kind: DDI_KIND,
    counter: before?.counter ?? 0,
    failed: { counter, attempt: actionID % ATTEMPTS, reason },
  };
}
