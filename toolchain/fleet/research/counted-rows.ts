/**
 * Observations for analyses without reading them: the sums that the database keeps (db/migration-sums.ts), exact to the second at the
 * ends of what was asked, and moments of records where an analysis needs them. What is left out is counted like what is kept.
 */

import type { Counted } from "../analytics/rows.ts";
import type { Db } from "../db/open.ts";
import { DEFAULT_PROJECT } from "../ids.ts";
import { placedObservations } from "../store/placed-observations.ts";
import { eachMoment, PERIOD_S } from "./moments.ts";
import {
  entry,
  KIND,
  type Kind,
  NAMED,
  NO_END_S,
  namesOf,
  type Sums,
  sumsOf,
} from "./observation-sums.ts";
import type { ResearchFilter } from "./source.ts";
import { type Times, timedRows } from "./timed-rows.ts";

/** How many, or how many with times of what an analysis keeps. */
export type Detail = "counts" | Times;

export interface CountedFilter extends ResearchFilter {
  detail: Detail;
  /** Seconds at which counts are told apart. */
  cuts?: number[];
}

/** Observations of one kind between two cuts. */
interface Tally extends Kind {
  records: number;
  individuals: number;
  segment: number;
}

export async function countedRows(db: Db, filter: CountedFilter): Promise<Counted[]> {
  const { detail, from, to, cuts = [], taxa } = filter;
  const ends = [from ?? 0, to ?? NO_END_S] as const;
  const names = await namesOf(db, filter);
  const isPlain = detail === "counts" && cuts.length === 0;
  // What is asked for in more detail is asked for again; of the rest only the sum is said.
  const tallies = await talliesOf(db, filter, { points: [...ends], isByName: !isPlain });
  const isKept = kept(tallies, taxa);
  const isApart = (tally: Tally) => !isPlain && isKept(tally);
  const counted = tallies
    .filter((tally) => !isApart(tally))
    .map((tally) => entry(tally, names, ends[0] * 1000));
  if (detail === "counts") {
    if (isPlain) return counted;
    const inside = cuts.filter((at) => at > ends[0] && at < ends[1]).sort((a, b) => a - b);
    const points = [ends[0], ...inside, ends[1]];
    const apart = (await talliesOf(db, filter, { points, isKept })).filter(isKept);
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
  return [...counted, ...(await timedRows(db, filter, { times: detail, isKept, names, totals }))];
}

/** Observations of any kind that a question is about; whole periods, so at most some more than there are. */
export async function recordsThere(db: Db, filter: ResearchFilter): Promise<number> {
  const { from = 0, to = NO_END_S, taxa } = filter;
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
  let query = placedObservations(db)
    .select(["observations.deploymentID", "deployments.sourceID", "scientificName", "eventStart"])
    .select(["count", "individualID", "observationType", "observationLevel", "cameraSetupType"])
    // Not "is not null", which no index answers.
    .where("individualID", ">", "")
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

interface TallyRequest {
  /** Seconds, ascending: a tally lies between two of them. */
  points: number[];
  /** What is asked for at all. */
  isKept?: (row: Kind) => boolean;
  /** Deployments of a kind together, under the name of one of them. */
  isByName?: boolean;
}

/** Whole periods are added up by the database; a period that a point cuts is looked into. */
async function talliesOf(
  db: Db,
  filter: ResearchFilter,
  { points, isKept = () => true, isByName = false }: TallyRequest,
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
    const added = addedUp(sums().where("period", ">=", first).where("period", "<", end));
    const rows = await (isByName ? addedUpByName(db, added) : added).execute();
    for (const row of rows) tallies.push({ ...row, segment });
  }
  if (cut.size === 0) return tallies;
  const rows = await sums()
    .select(KIND)
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

const addedUp = (sums: Sums) =>
  sums
    .select(KIND)
    .select(({ fn }) => [
      fn.sum<number>("records").as("records"),
      fn.sum<number>("individuals").as("individuals"),
    ])
    .groupBy(KIND);

const addedUpByName = (db: Db, added: ReturnType<typeof addedUp>) =>
  db
    .selectFrom(added.as("added"))
    .select(NAMED)
    .select(({ fn }) => [
      fn.min("deploymentID").as("deploymentID"),
      fn.sum<number>("records").as("records"),
      fn.sum<number>("individuals").as("individuals"),
    ])
    .groupBy(NAMED);
