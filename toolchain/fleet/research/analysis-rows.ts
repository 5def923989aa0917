/** Rows for analyses out of the database, and a mark that changes whenever they may have. */
import type { Reads } from "../analytics/catalogue.ts";
import { DAY_MS } from "../analytics/effort.ts";
import { OPTIONS, surveyed } from "../analytics/prepare.ts";
import type { Failure, Rows } from "../analytics/rows.ts";
import type { Db } from "../db/open.ts";
import { DEFAULT_PROJECT } from "../ids.ts";
import { labelPairRows } from "../review/labels.ts";
import type { Deployment } from "./camtrap-dp.ts";
import { countedRows, type Detail, recordsThere, withIndividuals } from "./counted-rows.ts";
import { generalised } from "./privacy.ts";
import { sensitivePlaces } from "./sensitive-places.ts";
import { openResearch, type ResearchFilter } from "./source.ts";
import type { OccasionsOf } from "./timed-rows.ts";

/** More records than this are not read one by one: that takes seconds, in which the server does nothing else. */
const READ_MAX = 1_000_000;
/** The newest tell how late things come. */
const RECEPTIONS_MAX = 20_000;
/** Deployments in one question. */
const ASKED_TOGETHER = 50;

export interface AnalysisRequest {
  reads: Reads;
  filter: ResearchFilter;
  taxa: string[];
  independenceMinutes: number;
  /** Days of an occasion; those of OPTIONS without it. */
  occasionDays?: number;
  nowS: number;
  /** false: coordinates as those may know them who may not see sensitive places exactly */
  isExact: boolean;
}

export async function analysisRows(db: Db, request: AnalysisRequest): Promise<Rows> {
  const { reads, filter, nowS, isExact } = request;
  const source = openResearch(db, filter, { nowS });
  const secret = isExact ? undefined : await sensitivePlaces(db, await source.metadata());
  const deployments = (await all(source.deployments())).map((row) => {
    const place = secret?.get(row.deploymentID);
    const { latitude, longitude } = generalised(
      { latitude: row.latitude, longitude: row.longitude, coordinateUncertainty: null },
      place?.sensitivity ?? 0,
    );
    // Cut to the period asked for, so that effort and records are of one time.
    const cut = { ...row, latitude: latitude ?? Number.NaN, longitude: longitude ?? Number.NaN };
    // A location's name may say where it is; which deployments share one may be known.
    const named = place ? { locationID: `generalised-${place.number}` } : {};
    return { ...cut, ...named, ...clipped(row, filter) };
  });
  const failures = await all(source.failures());
  return {
    deployments,
    ...(await observed(db, request, { deployments, failures })),
    failures,
    receptions: reads === "receptions" ? await receptions(db, filter) : [],
  };
}

interface Survey {
  deployments: Deployment[];
  failures: Failure[];
}

type Observed = Pick<Rows, "observations" | "counted" | "refusal">;

async function observed(
  db: Db,
  { reads, filter, taxa, independenceMinutes, occasionDays, nowS }: AnalysisRequest,
  survey: Survey,
): Promise<Observed> {
  // Whether a record is independent depends on all before it.
  const hasGaps = independenceMinutes > 0;
  const wanted = { ...filter, ...(taxa.length > 0 && { taxa }) };
  if (reads === "nothing" || reads === "receptions") return { observations: [], counted: [] };
  const isEach = hasGaps || reads === "moments" || reads === "rows";
  if (isEach) {
    const total = await recordsThere(db, reads === "rows" ? filter : wanted);
    const refusal = `this reads every record, and there are ${total}: at most ${READ_MAX}; ask for taxa, a site or a period`;
    if (total > READ_MAX) return { observations: [], counted: [], refusal };
  }
  if (reads === "rows" || (reads === "individuals" && hasGaps)) {
    const observations = await all(openResearch(db, filter, { nowS }).observations());
    if (reads === "individuals") return { observations };
    // What the machine had said before a person decided is in the reviews alone.
    const pairs = await labelPairRows(db, filter.projectID ?? DEFAULT_PROJECT, filter);
    return { observations: [...observations, ...pairs] };
  }
  if (hasGaps) return { observations: [], counted: await counted(db, wanted, "moments") };
  if (reads === "individuals") {
    return { observations: [], counted: await withIndividuals(db, filter) };
  }
  if (reads === "occasions") {
    const days = occasionDays ?? OPTIONS.occasionDays;
    return { observations: [], counted: await counted(db, wanted, occasions(survey, days)) };
  }
  const cuts = reads === "years" ? yearStarts(survey.deployments) : [];
  return {
    observations: [],
    counted: await counted(db, wanted, reads === "years" ? "counts" : reads, cuts),
  };
}

/** Occasions count from the start of a site, as in detection histories. */
function occasions(survey: Survey, days: number): OccasionsOf {
  const { sites, siteOf } = surveyed(survey);
  return (deploymentID) => {
    const startMs = sites.get(siteOf(deploymentID))?.[0]?.[0] ?? 0;
    return (timeMs) => Math.floor((timeMs - startMs) / (days * DAY_MS));
  };
}

const counted = (db: Db, filter: ResearchFilter, detail: Detail, cuts: number[] = []) =>
  countedRows(db, { ...filter, detail, cuts });

/** UTC seconds. */
function yearStarts(deployments: Deployment[]): number[] {
  const years = deployments.flatMap(({ deploymentStart, deploymentEnd }) => [
    new Date(deploymentStart).getUTCFullYear(),
    new Date(deploymentEnd).getUTCFullYear(),
  ]);
  const first = years.reduce((least, year) => Math.min(least, year), 9999);
  const last = years.reduce((most, year) => Math.max(most, year), 0);
  return Array.from({ length: Math.max(0, last - first + 2) }, (_, at) =>
    Math.floor(Date.UTC(first + at) / 1000),
  );
}

function clipped(
  { deploymentStart, deploymentEnd }: { deploymentStart: string; deploymentEnd: string },
  { from, to }: ResearchFilter,
) {
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
  const isEarly = from !== undefined && Date.parse(deploymentStart) < from * 1000;
  const isLate = to !== undefined && Date.parse(deploymentEnd) > to * 1000;
  return {
    deploymentStart: isEarly ? iso(from) : deploymentStart,
    deploymentEnd: isLate ? iso(to) : deploymentEnd,
  };
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

/** The newest of each deployment, so that none hides the others. */
async function receptions(
  db: Db,
  { projectID = DEFAULT_PROJECT, siteIDs, from, to }: ResearchFilter,
) {
  let deployments = db
    .selectFrom("deployments")
    .select("deploymentID")
    .where("projectID", "=", projectID);
  if (siteIDs) deployments = deployments.where("siteID", "in", siteIDs);
  const ids = (await deployments.execute()).map(({ deploymentID }) => deploymentID);
  const newest = (deploymentID: string) => {
    let query = db
      .selectFrom("observations")
      .select(["eventStart", "receivedMs"])
      .where("deploymentID", "=", deploymentID)
      .where("recordID", "is not", null)
      .orderBy("eventStart", "desc")
      .orderBy("observationID", "desc")
      .limit(Math.ceil(RECEPTIONS_MAX / ids.length));
    if (from !== undefined) query = query.where("eventStart", ">=", from);
    if (to !== undefined) query = query.where("eventStart", "<", to);
    // SQLite takes a limit in a part of a union only so wrapped.
    return db.selectFrom(query.as("newest")).selectAll();
  };
  const found: { triggeredS: number; receivedS: number }[] = [];
  for (let at = 0; at < ids.length; at += ASKED_TOGETHER) {
    const [first, ...others] = ids.slice(at, at + ASKED_TOGETHER).map(newest);
    const query = others.reduce((all, one) => all.unionAll(one), first!);
    for (const { eventStart, receivedMs } of await query.execute()) {
      found.push({ triggeredS: eventStart, receivedS: Number(receivedMs) / 1000 });
    }
  }
  return found;
}

/** A text that differs when rows were added, decided, moved or failed. Open deployments last: every hour counts as a change. */
export async function dataVersion(db: Db, nowMs: number): Promise<string> {
  const observations = await db
    .selectFrom("observation_versions")
    .select(({ fn }) => [fn.countAll().as("count"), fn.sum("version").as("changes")])
    .executeTakeFirst();
  // Also those that change no row that is counted.
  const reviews = await db
    .selectFrom("reviews")
    .select(({ fn }) => [fn.countAll().as("count"), fn.max("reviewedMs").as("last")])
    .executeTakeFirst();
  const deployments = await db
    .selectFrom("deployments")
    .select(({ fn }) => [fn.countAll().as("count"), fn.sum("deploymentEnd").as("ends")])
    .executeTakeFirst();
  const failures = await db
    .selectFrom("failure_periods")
    .select(({ fn }) => [fn.countAll().as("count"), fn.sum("failureEnd").as("ends")])
    .executeTakeFirst();
  const parts = [observations, reviews, deployments, failures].map((row) =>
    Object.values(row ?? {}).join("-"),
  );
  return [...parts, Math.floor(nowMs / 3_600_000)].join(".");
}
