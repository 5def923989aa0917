/**
 * Observations for analyses without reading them: the sums that the database keeps (db/migration-sums.ts), exact to the second at the
 * ends of what was asked, and moments of records where an analysis needs them. What is left out is counted like what is kept.
 */
import type { SelectQueryBuilder } from "kysely";
import type { Counted } from "../analytics/rows.ts";
import type { Db } from "../db/open.ts";
import type { Tables } from "../db/tables.ts";
import { DEFAULT_PROJECT } from "../ids.ts";
import { eachMoment, PERIOD_S } from "./moments.ts";
import type { ResearchFilter } from "./source.ts";

const DAY_S = 86_400;
const NO_END = 2_000_000_000;
/** Records of one name whose times are read; of more, every n-th: resampling them keeps the server from everything else. */
export const SAMPLE_MAX = 2_000;

/**
 * counts: how many; days: the first and last of each day; sample: times, every n-th where there are many; moments: all times.
 */
export type Detail = "counts" | "days" | "sample" | "moments";

export interface CountedFilter extends ResearchFilter {
  detail: Detail;
  /** Seconds at which counts are told apart. */
  cuts?: number[];
}

/** Observations that share name, type, level and deployment, between two cuts. */
interface Tally {
  deploymentID: string;
  scientificName: string;
  observationLevel: Counted["level"];
  observationType: Counted["type"];
  cameraSetupType: string;
  records: number;
  individuals: number;
  segment: number;
}

const KEY = [
  ...(["observation_sums.deploymentID", "scientificName", "observationLevel"] as const),
  ...(["observationType", "cameraSetupType"] as const),
];

export async function countedRows(db: Db, filter: CountedFilter): Promise<Counted[]> {
  const { detail, from, to, cuts = [], taxa } = filter;
  const ends = [from ?? 0, to ?? NO_END * PERIOD_S] as const;
  const names = await namesOf(db, filter);
  const tallies = await talliesOf(db, filter, [...ends]);
  const isKept = kept(tallies, taxa);
  const isApart = (tally: Tally) => (detail !== "counts" || cuts.length > 0) && isKept(tally);
  const counted = tallies
    .filter((tally) => !isApart(tally))
    .map((tally) => entry(tally, names, ends[0] * 1000));
  if (detail === "counts") {
    if (cuts.length === 0) return counted;
    const inside = cuts.filter((at) => at > ends[0] && at < ends[1]).sort((a, b) => a - b);
    const points = [ends[0], ...inside, ends[1]];
    const apart = (await talliesOf(db, filter, points, isKept)).filter(isKept);
    return [
      ...counted,
      ...apart.map((tally) => entry(tally, names, points[tally.segment]! * 1000)),
    ];
  }
  const totals = new Map<string, number>();
  for (const tally of tallies.filter(isKept)) {
    const { scientificName: name, records } = tally;
    totals.set(name, (totals.get(name) ?? 0) + records);
  }
  return [...counted, ...(await timedRows(db, filter, { isKept, names, totals }))];
}

/** Observations of any kind that a question is about; whole periods, so at most some more than there are. */
export async function recordsThere(db: Db, filter: ResearchFilter): Promise<number> {
  const { from = 0, to = NO_END * PERIOD_S, taxa } = filter;
  let query = sumsOf(db, filter)
    .select(({ fn }) => fn.sum<number | null>("records").as("records"))
    .where("period", ">=", Math.floor(from / PERIOD_S))
    .where("period", "<=", Math.floor(to / PERIOD_S));
  if (taxa) query = query.where("scientificName", "in", taxa);
  return Number((await query.executeTakeFirst())?.records ?? 0);
}

/** Counts, with an entry of its own for each record of a known individual. */
export async function withIndividuals(db: Db, filter: ResearchFilter): Promise<Counted[]> {
  const { projectID = DEFAULT_PROJECT, siteIDs, from, to } = filter;
  let query = db
    .selectFrom("observations")
    .innerJoin("deployments", "deployments.deploymentID", "observations.deploymentID")
    .select(["observations.deploymentID", "deployments.sourceID", "scientificName", "eventStart"])
    .select(["count", "individualID", "observationType", "observationLevel", "cameraSetupType"])
    .where("individualID", "is not", null)
    .where("replacedBy", "is", null)
    .where("projectID", "=", projectID);
  if (siteIDs) query = query.where("siteID", "in", siteIDs);
  if (from !== undefined) query = query.where("eventStart", ">=", from);
  if (to !== undefined) query = query.where("eventStart", "<", to);
  const known = (await query.execute()).map((row): Counted => {
    const { deploymentID, sourceID, scientificName: taxon, eventStart, count, individualID } = row;
    return {
      ...{ deploymentID: sourceID ?? deploymentID, taxon: taxon ?? "", timeMs: eventStart * 1000 },
      ...{ count: Math.max(1, count ?? 1), records: 1, individualID: individualID ?? "" },
      ...{ level: row.observationLevel, type: row.observationType },
      isSetup: row.cameraSetupType !== null,
    };
  });
  const keyOf = (row: Counted) =>
    JSON.stringify([row.deploymentID, row.taxon, row.level, row.type, row.isSetup]);
  const rest = new Map<string, Counted>();
  const add = (row: Counted, sign: 1 | -1) => {
    const sum = rest.get(keyOf(row)) ?? { ...row, count: 0, records: 0 };
    rest.set(keyOf(row), sum);
    sum.count += sign * row.count;
    sum.records += sign * row.records;
  };
  for (const row of await countedRows(db, { ...filter, detail: "counts" })) add(row, 1);
  for (const row of known) add(row, -1);
  return [...[...rest.values()].filter(({ records }) => records > 0), ...known];
}

type Kind = Omit<Tally, "records" | "individuals" | "segment">;

/** Whether an analysis keeps such rows. */
function kept(tallies: Tally[], taxa: string[] | undefined) {
  const level = tallies.some((tally) => tally.observationLevel === "event") ? "event" : "media";
  const wanted = taxa?.length ? new Set(taxa) : undefined;
  return (row: Kind): boolean =>
    row.observationLevel === level &&
    row.observationType === "animal" &&
    row.cameraSetupType === "" &&
    row.scientificName !== "" &&
    (wanted === undefined || wanted.has(row.scientificName));
}

const entry = (
  row: Omit<Tally, "segment">,
  names: ReadonlyMap<string, string>,
  timeMs: number,
): Counted => ({
  deploymentID: names.get(row.deploymentID) ?? row.deploymentID,
  taxon: row.scientificName,
  timeMs,
  count: row.individuals,
  records: row.records,
  level: row.observationLevel,
  type: row.observationType,
  isSetup: row.cameraSetupType !== "",
});

type Joined = SelectQueryBuilder<Tables, "deployments" | "observation_sums", object>;

function sumsOf(db: Db, filter: ResearchFilter): Joined {
  const { projectID = DEFAULT_PROJECT, siteIDs, from, to } = filter;
  let query = db
    .selectFrom("deployments")
    .innerJoin("observation_sums", "observation_sums.deploymentID", "deployments.deploymentID")
    .where("deployments.projectID", "=", projectID);
  if (siteIDs) query = query.where("deployments.siteID", "in", siteIDs);
  if (to !== undefined) query = query.where("deploymentStart", "<", to);
  if (from !== undefined) {
    query = query.where((row) =>
      row.or([row("deploymentEnd", "is", null), row("deploymentEnd", ">", from)]),
    );
  }
  return query;
}

/** What a deployment is called outside. */
async function namesOf(db: Db, { projectID = DEFAULT_PROJECT }: ResearchFilter) {
  const rows = await db
    .selectFrom("deployments")
    .select(["deploymentID", "sourceID"])
    .where("projectID", "=", projectID)
    .execute();
  return new Map(rows.map((row) => [row.deploymentID, row.sourceID ?? row.deploymentID]));
}

/** Whole periods are added up by the database; a period that a point cuts is looked into. @param isKept what is asked for at all */
async function talliesOf(
  db: Db,
  filter: ResearchFilter,
  points: number[],
  isKept: (row: Kind) => boolean = () => true,
): Promise<Tally[]> {
  const { taxa } = filter;
  const isAll = points.length === 2;
  const sums = () =>
    isAll || !taxa?.length
      ? sumsOf(db, filter)
      : sumsOf(db, filter).where("scientificName", "in", taxa);
  const tallies: Tally[] = [];
  const cut = new Set<number>();
  for (const point of points) if (point % PERIOD_S !== 0) cut.add(Math.floor(point / PERIOD_S));
  for (let segment = 0; segment + 1 < points.length; segment++) {
    const first = Math.ceil(points[segment]! / PERIOD_S);
    const end = Math.floor(points[segment + 1]! / PERIOD_S);
    if (first >= end) continue;
    const rows = await sums()
      .select(KEY)
      .select(({ fn }) => [
        fn.sum<number>("records").as("records"),
        fn.sum<number>("individuals").as("individuals"),
      ])
      .where("period", ">=", first)
      .where("period", "<", end)
      .groupBy(KEY)
      .execute();
    for (const row of rows) tallies.push({ ...row, segment });
  }
  if (cut.size === 0) return tallies;
  const rows = await sums()
    .select(KEY)
    .select(["period", "moments"])
    .where("period", "in", [...cut])
    .execute();
  for (const { moments, period, ...key } of rows) {
    if (!isKept(key)) continue;
    const parts = points.map(() => ({ records: 0, individuals: 0 }));
    eachMoment(moments, period, (seconds, count) => {
      let segment = points.length - 1;
      while (segment >= 0 && points[segment]! > seconds) segment--;
      const part = parts[segment];
      if (!part) return;
      part.records++;
      part.individuals += count;
    });
    for (let segment = 0; segment + 1 < points.length; segment++) {
      const part = parts[segment]!;
      if (part.records > 0) tallies.push({ ...key, ...part, segment });
    }
  }
  return tallies;
}

interface TimedRequest {
  isKept: (row: Kind) => boolean;
  names: ReadonlyMap<string, string>;
  /** Records by name. */
  totals: ReadonlyMap<string, number>;
}

async function timedRows(
  db: Db,
  filter: CountedFilter,
  { isKept, names, totals }: TimedRequest,
): Promise<Counted[]> {
  const { detail, from = 0, to = NO_END * PERIOD_S } = filter;
  const rows: Counted[] = [];
  if (totals.size === 0) return rows;
  const found = await sumsOf(db, filter)
    .select(KEY)
    .select(["period", "moments"])
    .where("observationType", "=", "animal")
    .where("scientificName", "in", [...totals.keys()])
    .where("period", ">=", Math.floor(from / PERIOD_S))
    .where("period", "<=", Math.floor(to / PERIOD_S))
    .execute();
  const passed = new Map<string, number>();
  for (const { moments, period, ...key } of found) {
    if (!isKept(key)) continue;
    const total = totals.get(key.scientificName) ?? 0;
    const every = detail === "sample" ? Math.ceil(total / SAMPLE_MAX) : 1;
    // Each read record stands for as many as there are for each.
    const records = total / Math.ceil(total / every);
    let place = passed.get(key.scientificName) ?? 0;
    const days = new Map<number, Counted[]>();
    eachMoment(moments, period, (seconds, individuals) => {
      if (seconds < from || seconds >= to || place++ % every > 0) return;
      const one = entry({ ...key, records, individuals }, names, seconds * 1000);
      if (detail === "days") keepEnds(days, Math.floor(seconds / DAY_S), one);
      else rows.push(one);
    });
    passed.set(key.scientificName, place);
    for (const ends of days.values()) rows.push(...ends);
  }
  return rows;
}

/** The first and the last of a day; those between count with the first. */
function keepEnds(days: Map<number, Counted[]>, day: number, one: Counted): void {
  const known = days.get(day);
  const [first, last] = known ?? [];
  if (!known || !first) days.set(day, [one]);
  else if (!last) days.set(day, one.timeMs < first.timeMs ? [one, first] : [first, one]);
  else {
    first.records += one.records;
    first.count += one.count;
    first.timeMs = Math.min(first.timeMs, one.timeMs);
    last.timeMs = Math.max(last.timeMs, one.timeMs);
  }
}
