/**
 * Raises alerts in the transaction that files the check-ins: what was seen is stored with its alert or not at all, and a
 * check-in that is sent again brings nothing new, so it raises nothing. A sighting joins the alert of its rule, camera and
 * subject when there is a recent one, else it is a new alert.
 */
import type { Db } from "../db/open.ts";
import type { AlertRow } from "../db/tables-alerts.ts";
import { type Contact, type Hit, sightingHits } from "./hits.ts";
import { allowanceFor } from "./match.ts";
import { put, timeToTell } from "./outbox.ts";
import { type CameraPlace, noteStep, placesOf, type StoredRule, settingsOf } from "./rows.ts";
import { type AlertSettings, CAP_PER_HOUR, DEDUP_MINUTES, TROUBLE_DEDUP_MINUTES } from "./rule.ts";
import { troubleVerdict } from "./troubles.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** States in which an alert still takes sightings in. */
const JOINABLE = ["raised", "escalated", "acknowledged", "muted"] as const;

/** @param onProblem a rule that cannot be judged must not keep check-ins out */
export async function raiseFor(
  db: Db,
  rules: readonly StoredRule[],
  contacts: readonly Contact[],
  nowMs: number,
  onProblem: (message: string) => void,
): Promise<void> {
  if (rules.length === 0) return;
  const places = await placesOf(db, [...new Set(contacts.map(({ cameraID }) => cameraID))]);
  const settings = new Map<string, AlertSettings>();
  const settle = async (hit: Hit) => {
    const { projectID } = hit.place;
    const known = settings.get(projectID) ?? (await settingsOf(db, projectID));
    settings.set(projectID, known);
    await joinOrRaise(db, hit, known, nowMs);
  };
  const standing = await standingTroubles(db, [...places.keys()]);
  for (const contact of contacts) {
    const place = places.get(contact.cameraID);
    if (!place) continue;
    const own = rules.filter(({ projectID }) => projectID === place.projectID);
    for (const hit of await sightingHits(db, own, contact, place, onProblem)) await settle(hit);
    for (const rule of own) {
      for (const trouble of rule.when.troubles ?? []) {
        const verdict = troubleVerdict(
          trouble,
          { heartbeat: contact.heartbeat, codes: contact.faultCodes },
          rule.when,
        );
        const subject = `trouble ${trouble}`;
        const open = standing.filter(
          (alert) =>
            alert.ruleID === rule.ruleID &&
            alert.cameraID === contact.cameraID &&
            alert.subject === subject,
        );
        if (verdict === "over") await endTroubles(db, open, nowMs);
        if (verdict === "begun" && open.length === 0) {
          await settle({ rule, place, subject, eventMs: nowMs });
        }
      }
    }
  }
}

/** Troubles that are known and not over. */
async function standingTroubles(db: Db, cameraIDs: string[]): Promise<AlertRow[]> {
  if (cameraIDs.length === 0) return [];
  return db
    .selectFrom("alerts")
    .selectAll()
    .where("cameraID", "in", cameraIDs)
    .where("state", "in", JOINABLE)
    .where("subject", "like", "trouble %")
    .execute();
}

async function endTroubles(db: Db, open: readonly AlertRow[], nowMs: number): Promise<void> {
  for (const { alertID } of open) {
    await db
      .updateTable("alerts")
      .set({ state: "resolved", changedMs: nowMs, escalateMs: null })
      .where("alertID", "=", alertID)
      .execute();
    await noteStep(db, alertID, { step: "resolved", note: "the trouble is over", nowMs });
  }
}

/** A camera that broke its promise. @param place of the silent camera */
export const raiseSilent = (
  db: Db,
  rule: StoredRule,
  place: CameraPlace,
  settings: AlertSettings,
  nowMs: number,
): Promise<void> =>
  joinOrRaise(db, { rule, place, subject: "trouble silent", eventMs: nowMs }, settings, nowMs);

async function joinOrRaise(
  db: Db,
  hit: Hit,
  settings: AlertSettings,
  nowMs: number,
): Promise<void> {
  const { rule, place, sighting, eventMs } = hit;
  const allow = [...(rule.allow ?? []), ...(settings.allow ?? [])];
  const observationType = sighting?.observationType;
  const allowance = allowanceFor(allow, { observationType, ms: eventMs }, place);
  const known = await alertToJoin(db, hit, allowance !== undefined, nowMs);
  if (known) await join(db, known, hit, nowMs);
  const alert = known ?? (await raise(db, hit, allowance?.who, nowMs));
  if (sighting) {
    const { observationID } = sighting;
    await db
      .insertInto("alert_observations")
      .values({ ruleID: rule.ruleID, observationID, alertID: alert.alertID })
      .execute();
  }
  if (!known && !allowance) await tell(db, alert, hit, settings, nowMs);
}

async function alertToJoin(
  db: Db,
  { rule, place, subject, eventMs, sighting }: Hit,
  isAllowed: boolean,
  nowMs: number,
): Promise<AlertRow | undefined> {
  const minutes = rule.dedupMinutes ?? (sighting ? DEDUP_MINUTES : TROUBLE_DEDUP_MINUTES);
  const windowMs = minutes * MINUTE_MS;
  // A trouble that comes back so soon is the same one; a sighting after somebody closed the case is not.
  const states = isAllowed
    ? (["allowed"] as const)
    : sighting
      ? JOINABLE
      : ([...JOINABLE, "resolved"] as const);
  const rows = await db
    .selectFrom("alerts")
    .selectAll()
    .where("ruleID", "=", rule.ruleID)
    .where("cameraID", "=", place.cameraID)
    .where("subject", "=", subject)
    .where("state", "in", states)
    .where((row) =>
      row.or([
        row.and([
          row("lastMs", ">=", eventMs - windowMs),
          row("firstMs", "<=", eventMs + windowMs),
        ]),
        row("mutedUntilMs", ">", nowMs),
      ]),
    )
    .orderBy("lastMs", "desc")
    .limit(5)
    .execute();
  return rows.find(({ state, mutedUntilMs }) => state !== "muted" || (mutedUntilMs ?? 0) > nowMs);
}

async function join(db: Db, alert: AlertRow, { eventMs, sighting }: Hit, nowMs: number) {
  // Troubles that come back stand again, silently.
  const isBack = alert.state === "resolved";
  await db
    .updateTable("alerts")
    .set({
      ...{ count: alert.count + 1, changedMs: nowMs },
      ...{ firstMs: Math.min(alert.firstMs, eventMs), lastMs: Math.max(alert.lastMs, eventMs) },
      ...(sighting && { probability: Math.max(alert.probability ?? 0, sighting.probability) }),
      ...(isBack && { state: "raised" as const }),
    })
    .where("alertID", "=", alert.alertID)
    .execute();
  const step = isBack ? "came back" : "counted";
  await noteStep(db, alert.alertID, { step, note: sighting?.observationID ?? "", nowMs });
}

async function raise(
  db: Db,
  { rule, place, subject, eventMs, sighting }: Hit,
  who: string | undefined,
  nowMs: number,
): Promise<AlertRow> {
  const isWithheld = who === undefined && (await isOverCap(db, rule, nowMs));
  const first = rule.escalation?.[0];
  const alert = await db
    .insertInto("alerts")
    .values({
      ...{ projectID: place.projectID, ruleID: rule.ruleID, ruleName: rule.name },
      severity: rule.severity,
      state: who === undefined ? ("raised" as const) : ("allowed" as const),
      ...{ cameraID: place.cameraID, siteID: place.siteID, subject, count: 1 },
      observationID: sighting?.observationID ?? null,
      probability: sighting?.probability ?? null,
      ...{ firstMs: eventMs, lastMs: eventMs, raisedMs: nowMs, changedMs: nowMs },
      isWithheld: isWithheld ? 1 : 0,
      escalationStep: 0,
      escalateMs:
        first && who === undefined && !isWithheld ? nowMs + first.afterMinutes * MINUTE_MS : null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const step = who === undefined ? { step: "raised" } : { step: "allowed", note: who };
  await noteStep(db, alert.alertID, { ...step, nowMs });
  return alert;
}

async function isOverCap(db: Db, rule: StoredRule, nowMs: number): Promise<boolean> {
  const { raised } = await db
    .selectFrom("alerts")
    .select((row) => row.fn.countAll<number>().as("raised"))
    .where("ruleID", "=", rule.ruleID)
    .where("raisedMs", ">=", hourOf(nowMs))
    .where("state", "<>", "allowed")
    .executeTakeFirstOrThrow();
  return Number(raised) >= (rule.capPerHour ?? CAP_PER_HOUR);
}

const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;

async function tell(db: Db, alert: AlertRow, hit: Hit, settings: AlertSettings, nowMs: number) {
  const { rule, place } = hit;
  const common = {
    ...{ projectID: rule.projectID, ruleID: rule.ruleID, severity: rule.severity, nowMs },
    ...{ channelIDs: rule.channels ?? [], ...timeToTell(rule, settings, nowMs) },
  };
  if (!alert.isWithheld) {
    const key = `alert-${alert.alertID}`;
    await put(db, { ...common, kind: "alert", key, note: "", alert, place, title: "" });
    return;
  }
  const cap = rule.capPerHour ?? CAP_PER_HOUR;
  await put(db, {
    ...{ ...common, kind: "overflow", key: `overflow-${rule.ruleID}-${hourOf(nowMs) / HOUR_MS}` },
    title: `More than ${cap} alerts of "${rule.name}" in one hour`,
    note: "Further ones of this hour are on the dashboard and send no message of their own.",
  });
  await noteStep(db, alert.alertID, { step: "withheld", note: `over ${cap} in this hour`, nowMs });
}
