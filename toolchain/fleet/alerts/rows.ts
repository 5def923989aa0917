/** What raising and telling read of the database: enabled rules, channels, settings, and where cameras stand. */
import type { Selectable } from "kysely";
import type { Db } from "../db/open.ts";
import type { AlertChannelsTable, AlertRow, AlertRulesTable } from "../db/tables-alerts.ts";
import { sensitivityOf, strictest } from "../research/privacy.ts";
import { secretPlaces } from "../research/sensitive-places.ts";
import { recordChanges } from "../store/changes.ts";
import { cameraPlaces } from "../store/standing-cameras.ts";
import type { Place } from "./match.ts";
import type { KnownPlace } from "./messages.ts";
import type { AlertSettings, Rule } from "./rule.ts";

export interface StoredRule extends Rule {
  ruleID: string;
  projectID: string;
}

export type CameraPlace = Place & KnownPlace & { projectID: string; deploymentID: string };

type RuleRow = Selectable<AlertRulesTable>;
export type ChannelRow = Selectable<AlertChannelsTable>;

export const ruleOf = ({
  ruleID,
  projectID,
  name,
  severity,
  isEnabled,
  rule,
}: RuleRow): StoredRule => ({
  ...(JSON.parse(rule) as Omit<Rule, "name" | "severity">),
  ...{ ruleID, projectID, name, severity, isEnabled: isEnabled === 1 },
});

/** Rules change seldom and are asked for with every commit: the parsed ones are kept. */
export function createRuleReader(): (db: Db) => Promise<StoredRule[]> {
  let known = new Map<string, StoredRule>();
  return async (db) => {
    const rows = await db
      .selectFrom("alert_rules")
      .selectAll()
      .where("isEnabled", "=", 1)
      .execute();
    const keyOf = (row: RuleRow) => `${row.ruleID} ${row.changedMs} ${row.rule}`;
    const now = new Map(rows.map((row) => [keyOf(row), known.get(keyOf(row)) ?? ruleOf(row)]));
    known = now;
    return [...now.values()];
  };
}

const placeQuery = (db: Db) =>
  cameraPlaces(db)
    .leftJoin("camera_groups", "camera_groups.cameraID", "cameras.cameraID")
    .select(["cameras.cameraID", "cameras.name as cameraName", "camera_groups.groupName"])
    .select(["deployments.projectID", "deployments.siteID", "sites.name as siteName"])
    .select("deployments.deploymentID")
    .select(["deployments.latitude", "deployments.longitude"]);

export async function placesOf(db: Db, cameraIDs: string[]): Promise<Map<string, CameraPlace>> {
  if (cameraIDs.length === 0) return new Map();
  const rows = await placeQuery(db).where("cameras.cameraID", "in", cameraIDs).execute();
  return new Map(
    rows.map((row) => [row.cameraID, { ...row, sensitivity: sensitivityOf(row) } as CameraPlace]),
  );
}

/** As strict as everything that is known of them: asked only when somebody is told, since it reads what was seen there. */
export async function strictPlaces(db: Db, places: CameraPlace[]): Promise<CameraPlace[]> {
  const secret = await secretPlaces(
    db,
    places.map(({ projectID }) => projectID),
  );
  return places.map((place) => ({
    ...place,
    sensitivity: strictest([place.sensitivity, secret.get(place.deploymentID)?.sensitivity]),
  }));
}

export async function settingsOf(db: Db, projectID: string): Promise<AlertSettings> {
  const row = await db
    .selectFrom("alert_settings")
    .select("settings")
    .where("projectID", "=", projectID)
    .executeTakeFirst();
  return row ? (JSON.parse(row.settings) as AlertSettings) : {};
}

export const channelsOf = (db: Db, projectID: string): Promise<ChannelRow[]> =>
  db
    .selectFrom("alert_channels")
    .selectAll()
    .where("projectID", "=", projectID)
    .orderBy("name")
    .execute();

/** A step of an alert, and its place in the stream of changes. */
export async function noteStep(
  db: Db,
  alertID: number,
  {
    step,
    who = "server",
    note = "",
    nowMs,
  }: { step: string; who?: string; note?: string; nowMs: number },
): Promise<void> {
  await db
    .insertInto("alert_events")
    .values({ ...{ alertID, step, who, note }, timeMs: nowMs })
    .execute();
  await recordChanges(db, [{ kind: "alert", cameraID: "", itemID: String(alertID) }]);
}

export const alertByID = (db: Db, alertID: number): Promise<AlertRow | undefined> =>
  db.selectFrom("alerts").selectAll().where("alertID", "=", alertID).executeTakeFirst();
