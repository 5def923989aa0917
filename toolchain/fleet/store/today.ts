/**
 * What happened today, where "today" is each site's own: the day on the clocks there. One question per time zone, each over an
 * index by time and as long as the day is.
 */
import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import type { ObservationType } from "../../../device/protocol/records.ts";
import type { Db } from "../db/open.ts";
import type { Tables } from "../db/tables.ts";
import { type LocalDay, localDay } from "../local-day.ts";
import { observationsByID } from "./observations.ts";
import { standingCameras } from "./standing-cameras.ts";

const BEST_MAX = 4;
/** Read to choose from: the best may be of one animal that stayed. */
const CANDIDATES_MAX = 60;

interface ZoneDay extends LocalDay {
  timeZone: string;
  /** Null: every site but those of the other zones. */
  siteIDs: string[] | null;
  otherIDs: string[];
}

/** @param timeZone of sites that say none */
export async function today(db: Db, timeZone: string, nowMs: number) {
  const zones = await zonesOf(db, timeZone, nowMs);
  const seen = new Map<string, Kind>();
  const tally = { cameras: 0, alertsRaised: 0, alertsAcknowledged: 0 };
  const best: Candidate[] = [];
  for (const zone of zones) {
    for (const row of await countsOf(db, zone)) addTo(seen, row);
    tally.cameras += await camerasHeard(db, zone);
    const alerts = await alertsOf(db, zone);
    tally.alertsRaised += Number(alerts.raised);
    tally.alertsAcknowledged += Number(alerts.acknowledged);
    best.push(...(await candidatesOf(db, zone)));
  }
  return {
    zones: zones.map(({ timeZone: zone, date, siteIDs }) => ({
      ...{ timeZone: zone, date, sites: siteIDs?.length ?? null },
    })),
    seen: [...seen.values()].sort((a, b) => b.observations - a.observations),
    ...tally,
    best: await withPictures(db, chosenFrom(best)),
  };
}

async function zonesOf(db: Db, timeZone: string, nowMs: number): Promise<ZoneDay[]> {
  const rows = await db
    .selectFrom("sites")
    .select(["siteID", "timeZone"])
    .where("timeZone", "is not", null)
    .where("timeZone", "!=", timeZone)
    .orderBy("timeZone")
    .execute();
  const sites = new Map<string, string[]>();
  for (const row of rows) {
    const zone = row.timeZone ?? timeZone;
    sites.set(zone, [...(sites.get(zone) ?? []), row.siteID]);
  }
  return [
    {
      ...{ ...localDay(nowMs, timeZone), timeZone, siteIDs: null },
      otherIDs: rows.map(({ siteID }) => siteID),
    },
    ...[...sites].map(([zone, siteIDs]) => ({
      ...{ ...localDay(nowMs, zone), timeZone: zone, siteIDs, otherIDs: [] },
    })),
  ];
}

/** Is a row's site one of the zone's? Sites without a zone, and rows without a site, have the first. */
function inZone(
  column: "deployments.siteID" | "alerts.siteID",
  { siteIDs, otherIDs }: ZoneDay,
): Expression<SqlBool> {
  const row = expressionBuilder<Tables, "deployments" | "alerts">();
  if (siteIDs) return row(column, "in", siteIDs);
  // Nothing is in an empty list, which not every database takes.
  const others = otherIDs.length ? otherIDs : [""];
  return row.or([row(column, "is", null), row(column, "not in", others)]);
}

interface Kind {
  observationType: ObservationType;
  scientificName: string;
  observations: number;
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);

const observationsIn = (db: Db, zone: ZoneDay) =>
  db
    .selectFrom("observations")
    .innerJoin("deployments", "deployments.deploymentID", "observations.deploymentID")
    .where("observations.replacedBy", "is", null)
    .where("observations.eventStart", ">=", seconds(zone.startMs))
    .where("observations.eventStart", "<", seconds(zone.endMs))
    .where(inZone("deployments.siteID", zone));

const countsOf = (db: Db, zone: ZoneDay) =>
  observationsIn(db, zone)
    .select(["observationType", "scientificName"])
    .select(({ fn }) => fn.countAll<number>().as("observations"))
    .groupBy(["observationType", "scientificName"])
    .execute();

function addTo(
  seen: Map<string, Kind>,
  row: Omit<Kind, "scientificName"> & { scientificName: string | null },
): void {
  const scientificName = row.scientificName ?? "";
  const key = `${row.observationType} ${scientificName}`;
  const observations = Number(row.observations) + (seen.get(key)?.observations ?? 0);
  seen.set(key, { observationType: row.observationType, scientificName, observations });
}

async function camerasHeard(db: Db, zone: ZoneDay): Promise<number> {
  const { count } = await standingCameras(db)
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("cameras.lastSeenMs", ">=", zone.startMs)
    .where(inZone("deployments.siteID", zone))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Raised today, and how many of those somebody took. */
const alertsOf = (db: Db, zone: ZoneDay) =>
  db
    .selectFrom("alerts")
    .select(({ fn }) => [
      fn.countAll<number>().as("raised"),
      fn.count<number>("acknowledgedBy").as("acknowledged"),
    ])
    .where("raisedMs", ">=", zone.startMs)
    .where("state", "!=", "allowed")
    .where(inZone("alerts.siteID", zone))
    .executeTakeFirstOrThrow();

interface Candidate {
  observationID: string;
  cameraID: string;
  scientificName: string;
  classificationProbability: number | null;
}

/** Animals whose picture is here, the surest first. */
async function candidatesOf(db: Db, zone: ZoneDay): Promise<Candidate[]> {
  const rows = await observationsIn(db, zone)
    .innerJoin("media", (join) =>
      join
        .onRef("media.deploymentID", "=", "observations.deploymentID")
        .onRef("media.eventID", "=", "observations.eventID"),
    )
    .select(["observations.observationID", "observations.cameraID"])
    .select(["scientificName", "classificationProbability"])
    .where("observationType", "=", "animal")
    .where("media.storedMs", "is not", null)
    .where("media.timestamp", ">=", seconds(zone.startMs) - 60)
    .orderBy("classificationProbability", "desc")
    .limit(CANDIDATES_MAX)
    .execute();
  return rows.flatMap(({ cameraID, scientificName, ...row }) =>
    cameraID === null ? [] : [{ ...row, cameraID, scientificName: scientificName ?? "" }],
  );
}

/** One of each species first, then more of them: four pictures of one elephant say less than one. */
function chosenFrom(candidates: Candidate[]): Candidate[] {
  const unique = [...new Map(candidates.map((one) => [one.observationID, one])).values()];
  // A person's label has no probability, and is as sure as one.
  const sureness = (one: Candidate) => one.classificationProbability ?? 1;
  unique.sort((a, b) => sureness(b) - sureness(a));
  const names = new Set<string>();
  const rank = unique.map((one) => {
    const isFirst = !names.has(one.scientificName);
    names.add(one.scientificName);
    return { one, isFirst };
  });
  return [...rank.filter(({ isFirst }) => isFirst), ...rank.filter(({ isFirst }) => !isFirst)]
    .slice(0, BEST_MAX)
    .map(({ one }) => one);
}

async function withPictures(db: Db, chosen: Candidate[]) {
  const found = [];
  for (const { cameraID, observationID } of chosen) {
    const recordID = observationID.slice(cameraID.length + 1);
    found.push(...(await observationsByID(db, cameraID, [recordID])));
  }
  return found;
}
