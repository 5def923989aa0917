/** What people and time do to an alert: acknowledge, resolve, mute, escalate. Every step is kept with who and when. */
import type { Db } from "../db/open.ts";
import type { AlertRow, AlertState } from "../db/tables-alerts.ts";
import { httpError } from "../http-errors.ts";
import { put, timeToTell } from "./outbox.ts";
import { noteStep, placesOf, ruleOf, settingsOf } from "./rows.ts";

export const ALERT_ACTIONS = ["acknowledge", "resolve", "mute"] as const;
export type AlertAction = (typeof ALERT_ACTIONS)[number];

export interface Act {
  projectID: string;
  alertID: number;
  action: AlertAction;
  who: string;
  note?: string;
  /** Of mute. */
  minutes?: number;
}

const MUTE_MINUTES = 60;
const MINUTE_MS = 60_000;
const AFTER: Record<AlertAction, AlertState> = {
  ...{ acknowledge: "acknowledged", resolve: "resolved", mute: "muted" },
};
/** What may be done in which state. */
const MAY: Record<AlertState, readonly AlertAction[]> = {
  raised: ALERT_ACTIONS,
  escalated: ALERT_ACTIONS,
  acknowledged: ALERT_ACTIONS,
  muted: ALERT_ACTIONS,
  ...{ resolved: [], allowed: [] },
};

/** **Errors:** ALERT_UNKNOWN, ALERT_OVER */
export function act(
  db: Db,
  { projectID, alertID, action, who, note = "", minutes = MUTE_MINUTES }: Act,
  nowMs: number,
): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    const alert = await findAlert(transaction, projectID, alertID);
    if (alert.state === AFTER[action] && action !== "mute") return;
    if (!MAY[alert.state].includes(action)) {
      throw httpError("ALERT_OVER", `alert ${alertID} is ${alert.state}`);
    }
    await transaction
      .updateTable("alerts")
      .set({
        ...{ state: AFTER[action], changedMs: nowMs, escalateMs: null },
        mutedUntilMs: action === "mute" ? nowMs + minutes * MINUTE_MS : null,
        ...(action === "acknowledge" && { acknowledgedBy: who }),
      })
      .where("alertID", "=", alertID)
      .execute();
    // Somebody has it: what calls for somebody need not go out any more.
    await transaction
      .updateTable("deliveries")
      .set({ state: "cancelled" })
      .where("alertID", "=", alertID)
      .where("kind", "=", "escalation")
      .where("state", "=", "waiting")
      .execute();
    const until = action === "mute" ? `for ${minutes} min` : "";
    const said = [until, note].filter(Boolean).join(": ");
    await noteStep(transaction, alertID, { step: AFTER[action], who, note: said, nowMs });
  });
}

/** **Errors:** ALERT_UNKNOWN */
export async function findAlert(db: Db, projectID: string, alertID: number): Promise<AlertRow> {
  const alert = await db
    .selectFrom("alerts")
    .selectAll()
    .where("alertID", "=", alertID)
    .where("projectID", "=", projectID)
    .executeTakeFirst();
  if (!alert) throw httpError("ALERT_UNKNOWN", `there is no alert ${alertID}`);
  return alert;
}

/** Whom nobody answered: on to the next channels. @returns how many were escalated */
export async function escalateDue(db: Db, nowMs: number): Promise<number> {
  const due = (reader: Db) =>
    reader
      .selectFrom("alerts")
      .selectAll()
      .where("escalateMs", "<=", nowMs)
      .where("state", "in", ["raised", "escalated"])
      .orderBy("escalateMs")
      .limit(50)
      .execute();
  // Looked at first without a transaction: there is seldom one.
  if ((await due(db)).length === 0) return 0;
  return db.transaction().execute(async (transaction) => {
    const alerts = await due(transaction);
    for (const alert of alerts) await escalate(transaction, alert, nowMs);
    return alerts.length;
  });
}

async function escalate(db: Db, alert: AlertRow, nowMs: number): Promise<void> {
  const row = await db
    .selectFrom("alert_rules")
    .selectAll()
    .where("ruleID", "=", alert.ruleID)
    .executeTakeFirst();
  const rule = row && ruleOf(row);
  const step = rule?.escalation?.[alert.escalationStep];
  const next = rule?.escalation?.[alert.escalationStep + 1];
  await db
    .updateTable("alerts")
    .set({
      ...(step && { state: "escalated" as const, changedMs: nowMs }),
      escalationStep: alert.escalationStep + 1,
      escalateMs: next ? alert.raisedMs + next.afterMinutes * MINUTE_MS : null,
    })
    .where("alertID", "=", alert.alertID)
    .execute();
  // The rule has changed since: nobody is named any more.
  if (!rule || !step) return;
  const place = (await placesOf(db, [alert.cameraID])).get(alert.cameraID);
  const { projectID, ruleID, severity } = rule;
  const told = await put(db, {
    ...{ projectID, ruleID, severity, kind: "escalation", nowMs, title: alert.subject },
    key: `escalation-${alert.alertID}-${alert.escalationStep}`,
    note: `Nobody has acknowledged it within ${step.afterMinutes} minutes.`,
    channelIDs: step.channels,
    ...(place && { alert: { ...alert, state: "escalated" as const }, place }),
    ...timeToTell(rule, await settingsOf(db, projectID), nowMs),
  });
  const note = told.length > 0 ? `to ${told.join(", ")}` : "to no channel: the rule names none";
  await noteStep(db, alert.alertID, { step: "escalated", note, nowMs });
}
