/**
 * Puts messages into the outbox, in the transaction of what they tell of: now, or into a digest when it is quiet or the rule
 * says so. A P1 never waits. The key of a delivery follows from what it is about, so none is put in twice.
 */
import type { Db } from "../db/open.ts";
import type { AlertRow, DeliveriesTable, Severity } from "../db/tables-alerts.ts";
import { isInHours, nextTime } from "./local-time.ts";
import { type AlertFacts, factsOf, linkOf, type Message } from "./messages.ts";
import { type CameraPlace, type ChannelRow, channelsOf, settingsOf, strictPlaces } from "./rows.ts";
import type { AlertSettings, Rule } from "./rule.ts";

export interface Outgoing {
  projectID: string;
  ruleID: string;
  severity: Severity;
  kind: DeliveriesTable["kind"];
  /** Follows from what it is about; the channel is added. */
  key: string;
  note: string;
  channelIDs: readonly string[];
  /** With its camera's place; absent: `title` says it all. */
  alert?: AlertRow;
  place?: CameraPlace;
  title: string;
  dueMs: number;
  isDigest: boolean;
  nowMs: number;
}

/** When a message of a rule may go, and whether it becomes a line of a digest. */
export function timeToTell(
  rule: Pick<Rule, "severity" | "quiet" | "digestAt" | "timeZone">,
  settings: AlertSettings,
  nowMs: number,
): { dueMs: number; isDigest: boolean } {
  if (rule.severity === "P1") return { dueMs: nowMs, isDigest: false };
  if (rule.digestAt) {
    return { dueMs: nextTime(nowMs, rule.digestAt, rule.timeZone), isDigest: true };
  }
  const quiet = rule.quiet ?? settings.quiet;
  const timeZone = quiet?.timeZone ?? rule.timeZone;
  if (quiet && isInHours({ hours: [[quiet.from, quiet.to]], timeZone }, nowMs)) {
    return { dueMs: nextTime(nowMs, quiet.to, timeZone), isDigest: true };
  }
  return { dueMs: nowMs, isDigest: false };
}

/** @returns names of the channels that will be told */
export async function put(db: Db, outgoing: Outgoing): Promise<string[]> {
  const { projectID, channelIDs, alert, place, kind, key, severity, ruleID, nowMs } = outgoing;
  if (channelIDs.length === 0) return [];
  const channels = (await channelsOf(db, projectID)).filter(
    ({ channelID, isEnabled }) => isEnabled && channelIDs.includes(channelID),
  );
  if (channels.length === 0) return [];
  const { dashboard } = await settingsOf(db, projectID);
  // A taxon seen there, or a neighbour, may make the place more of a secret than its site says.
  const isTold = channels.some(({ mayLocate }) => mayLocate === 0);
  const [known = place] = place && isTold ? await strictPlaces(db, [place]) : [];
  const rows = channels.map((channel) => {
    const deliveryID = `${key}.${channel.channelID}`;
    const alerts = alert && known ? [factsOf(alert, known, channel.mayLocate === 1)] : [];
    const message: Message = {
      ...{ v: 1 as const, deliveryID, kind, severity },
      title: titleFor(kind, alerts[0]?.title ?? outgoing.title),
      note: outgoing.note,
      alerts,
      link: linkOf(dashboard, alert?.alertID),
    };
    return {
      ...{ deliveryID, projectID, channelID: channel.channelID, ruleID, kind, severity },
      ...{ alertID: alert?.alertID ?? null, message: JSON.stringify(message) },
      ...{ state: "waiting" as const, isDigest: outgoing.isDigest ? 1 : 0, attempts: 0 },
      ...{ nextMs: outgoing.dueMs, createdMs: nowMs },
    };
  });
  await db
    .insertInto("deliveries")
    .values(rows)
    .onConflict((conflict) => conflict.column("deliveryID").doNothing())
    .execute();
  return channels.map(({ name }) => name);
}

const titleFor = (kind: Message["kind"], title: string): string =>
  kind === "escalation" ? `Not acknowledged: ${title}` : title;

/** Lines of digests that are due become one message per channel, in one transaction. */
export async function makeDigests(db: Db, nowMs: number): Promise<void> {
  const due = await db
    .selectFrom("deliveries")
    .selectAll()
    .where("state", "=", "waiting")
    .where("isDigest", "=", 1)
    .where("nextMs", "<=", nowMs)
    .orderBy("createdMs")
    .orderBy("deliveryID")
    .execute();
  for (const channelID of new Set(due.map((row) => row.channelID))) {
    const rows = due.filter((row) => row.channelID === channelID);
    for (let from = 0; from < rows.length; from += DIGEST_LINES) {
      await makeDigest(db, rows.slice(from, from + DIGEST_LINES), nowMs);
    }
  }
}

/** More lines are another digest. */
const DIGEST_LINES = 100;

async function makeDigest(
  db: Db,
  rows: (DeliveriesTable & { deliveryID: string })[],
  nowMs: number,
) {
  const [first] = rows;
  if (!first) return;
  const messages = rows.map((row) => JSON.parse(row.message) as Message);
  const ids = [...new Set(messages.flatMap(({ alerts }) => alerts.map(({ alertID }) => alertID)))];
  const states = await statesOf(db, ids);
  // An alert is one line, however often it was told of, with what has become of it.
  const lines = new Map<number, AlertFacts>();
  for (const alert of messages.flatMap(({ alerts }) => alerts)) {
    lines.set(alert.alertID, { ...alert, ...states.get(alert.alertID) });
  }
  const others = messages.filter(({ alerts }) => alerts.length === 0).map(({ title }) => title);
  const severity = rows.map((row) => row.severity).sort()[0] ?? first.severity;
  // The first line's own key: the digest is the same however often it is tried.
  const deliveryID = `digest.${first.deliveryID}`;
  const message: Message = {
    ...{ v: 1, deliveryID, kind: "digest", severity },
    title:
      lines.size === 1
        ? "1 alert since the last digest"
        : `${lines.size} alerts since the last digest`,
    note: others.join("\n"),
    ...{ alerts: [...lines.values()], link: messages[0]?.link?.replace(/\?.*$/, "") ?? null },
  };
  await db
    .insertInto("deliveries")
    .values({
      ...{
        deliveryID,
        projectID: first.projectID,
        channelID: first.channelID,
        ruleID: first.ruleID,
      },
      ...{ alertID: null, kind: "digest", severity, message: JSON.stringify(message) },
      ...{ state: "waiting", isDigest: 0, attempts: 0, nextMs: nowMs, createdMs: nowMs },
    })
    .execute();
  await db
    .updateTable("deliveries")
    .set({ state: "digested", digestID: deliveryID })
    .where(
      "deliveryID",
      "in",
      rows.map((row) => row.deliveryID),
    )
    .execute();
}

async function statesOf(db: Db, alertIDs: number[]): Promise<Map<number, Partial<AlertFacts>>> {
  if (alertIDs.length === 0) return new Map();
  const rows = await db
    .selectFrom("alerts")
    .select(["alertID", "state", "count", "lastMs"])
    .where("alertID", "in", alertIDs)
    .execute();
  return new Map(
    rows.map(({ alertID, state, count, lastMs }) => [
      alertID,
      { state, count, lastSeen: new Date(lastMs).toISOString() },
    ]),
  );
}

export type { ChannelRow };
