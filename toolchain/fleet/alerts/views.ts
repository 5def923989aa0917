/** Alerts as the operator API shows them, newest first, page by page; and one with its history and its messages. */
import { randomUUID } from "node:crypto";
import { isoOfMs } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { AlertState, Severity } from "../db/tables-alerts.ts";
import { httpError } from "../http-errors.ts";
import { type Order, type Page, readPage } from "../pages.ts";
import { findAlert } from "./life.ts";
import { titleOf } from "./messages.ts";
import { put } from "./outbox.ts";
import { findRule } from "./store.ts";

export interface AlertFilter {
  projectID: string;
  states?: AlertState[];
  severity?: Severity;
  cameraID?: string;
  ruleID?: string;
}

const alertQuery = (db: Db) =>
  db
    .selectFrom("alerts")
    .leftJoin("cameras", "cameras.cameraID", "alerts.cameraID")
    .selectAll("alerts")
    .select("cameras.name as cameraName");

type Row = Awaited<ReturnType<ReturnType<typeof alertQuery>["execute"]>>[number];

const ALERTS: Order = { by: [["alerts.alertID", "number"]], direction: "desc" };
const DELIVERIES: Order = {
  by: [
    ["deliveries.createdMs", "number"],
    ["deliveries.deliveryID", "text"],
  ],
  direction: "desc",
};

/** **Errors:** BAD_CURSOR */
export async function listAlerts(db: Db, filter: AlertFilter, page: Page) {
  const { projectID, states, severity, cameraID, ruleID } = filter;
  let query = alertQuery(db).where("alerts.projectID", "=", projectID);
  if (states) query = query.where("alerts.state", "in", states);
  if (severity) query = query.where("alerts.severity", "=", severity);
  if (cameraID) query = query.where("alerts.cameraID", "=", cameraID);
  if (ruleID) query = query.where("alerts.ruleID", "=", ruleID);
  const { rows, next } = await readPage(query, ALERTS, page);
  return { alerts: await alertsJson(db, rows), next };
}

/** For the stream of changes; in no particular order. */
export async function alertsByID(db: Db, alertIDs: number[]) {
  if (alertIDs.length === 0) return [];
  return alertsJson(db, await alertQuery(db).where("alerts.alertID", "in", alertIDs).execute());
}

/** With steps and messages. **Errors:** ALERT_UNKNOWN */
export async function alertDetail(db: Db, projectID: string, alertID: number) {
  await findAlert(db, projectID, alertID);
  const [alert] = await alertsByID(db, [alertID]);
  const events = await db
    .selectFrom("alert_events")
    .select(["timeMs", "step", "who", "note"])
    .where("alertID", "=", alertID)
    .orderBy("sequence")
    .execute();
  const observations = await db
    .selectFrom("alert_observations")
    .select("observationID")
    .where("alertID", "=", alertID)
    .orderBy("observationID")
    .limit(200)
    .execute();
  return {
    ...(alert as NonNullable<typeof alert>),
    events: events.map(({ timeMs, ...event }) => ({ time: isoOfMs(timeMs), ...event })),
    deliveries: (await listDeliveries(db, projectID, { alertID }, NEWEST)).deliveries,
    observationIDs: observations.map(({ observationID }) => observationID),
  };
}

async function alertsJson(db: Db, rows: Row[]) {
  if (rows.length === 0) return [];
  const dead = await db
    .selectFrom("deliveries")
    .select("alertID")
    .where("state", "=", "dead")
    .where(
      "alertID",
      "in",
      rows.map(({ alertID }) => alertID),
    )
    .execute();
  const undelivered = new Set(dead.map(({ alertID }) => alertID));
  return rows.map((row) => ({
    ...{ alertID: row.alertID, projectID: row.projectID, ruleID: row.ruleID, rule: row.ruleName },
    ...{ severity: row.severity, state: row.state, subject: row.subject },
    title: titleOf(row, row.cameraName ?? row.cameraID),
    ...{ cameraID: row.cameraID, cameraName: row.cameraName, site: row.siteID },
    ...{ observationID: row.observationID, probability: row.probability, count: row.count },
    ...{ firstSeen: isoOfMs(row.firstMs), lastSeen: isoOfMs(row.lastMs) },
    ...{ raised: isoOfMs(row.raisedMs), changed: isoOfMs(row.changedMs) },
    acknowledgedBy: row.acknowledgedBy,
    mutedUntil: row.mutedUntilMs === null ? null : isoOfMs(row.mutedUntilMs),
    escalates: row.escalateMs === null ? null : isoOfMs(row.escalateMs),
    isWithheld: row.isWithheld === 1,
    isUndelivered: undelivered.has(row.alertID),
  }));
}

interface DeliveryFilter {
  alertID?: number;
  channelID?: string;
  state?: string;
  deliveryIDs?: string[];
}

/** Of one alert, so many are shown. */
const NEWEST: Page = { limit: 200, cursor: undefined };

/** Messages, newest first. **Errors:** BAD_CURSOR */
export async function listDeliveries(
  db: Db,
  projectID: string,
  filter: DeliveryFilter,
  page: Page,
) {
  let query = db
    .selectFrom("deliveries")
    .leftJoin("alert_channels", "alert_channels.channelID", "deliveries.channelID")
    .selectAll("deliveries")
    .select("alert_channels.name as channel")
    .where("deliveries.projectID", "=", projectID);
  const { alertID, channelID, state, deliveryIDs } = filter;
  if (alertID !== undefined) query = query.where("deliveries.alertID", "=", alertID);
  if (channelID) query = query.where("deliveries.channelID", "=", channelID);
  if (state) query = query.where("deliveries.state", "=", state as "dead");
  if (deliveryIDs) query = query.where("deliveries.deliveryID", "in", deliveryIDs);
  const { rows, next } = await readPage(query, DELIVERIES, page);
  const deliveries = rows.map((row) => ({
    ...{ deliveryID: row.deliveryID, alertID: row.alertID, ruleID: row.ruleID, kind: row.kind },
    ...{ channelID: row.channelID, channel: row.channel, severity: row.severity },
    ...{ state: row.state, attempts: row.attempts, error: row.error, digestID: row.digestID },
    ...{ created: isoOfMs(row.createdMs), next: isoOfMs(row.nextMs) },
    sent: row.sentMs === null ? null : isoOfMs(row.sentMs),
  }));
  return { deliveries, next };
}

/** A dead letter goes out once more, under its old key. **Errors:** DELIVERY_UNKNOWN */
export async function retryDelivery(
  db: Db,
  projectID: string,
  deliveryID: string,
  nowMs: number,
): Promise<void> {
  const row = await db
    .updateTable("deliveries")
    // The day after which it is given up begins anew.
    .set({ state: "waiting", nextMs: nowMs, createdMs: nowMs })
    .where("deliveryID", "=", deliveryID)
    .where("projectID", "=", projectID)
    .where("state", "=", "dead")
    .returning("deliveryID")
    .executeTakeFirst();
  if (!row)
    throw httpError("DELIVERY_UNKNOWN", `no given-up message ${deliveryID} in this project`);
}

/** A message through every channel that a rule may use, at once, also while the rule is off. @returns deliveryIDs */
export async function testRule(
  db: Db,
  projectID: string,
  ruleID: string,
  who: string,
  nowMs: number,
): Promise<string[]> {
  const { name, severity, channels = [], escalation = [] } = await findRule(db, projectID, ruleID);
  const channelIDs = [...new Set([channels, ...escalation.map((step) => step.channels)].flat())];
  const key = `test-${randomUUID()}`;
  await db.transaction().execute((transaction) =>
    put(transaction, {
      ...{ projectID, ruleID, severity, kind: "test", key, channelIDs, nowMs, dueMs: nowMs },
      title: `Test of "${name}"`,
      note: `Sent by ${who} to try the channels of this rule. Nothing has happened.`,
      isDigest: false,
    }),
  );
  return channelIDs.map((channelID) => `${key}.${channelID}`);
}
