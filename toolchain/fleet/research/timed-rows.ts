/** Records with their times, out of the sums that the database keeps: all of them, a sample, or one for each occasion of a survey. */
import type { Counted } from "../analytics/rows.ts";
import type { Db } from "../db/open.ts";
import { eachMoment, eachNthMoment, PERIOD_S, type See, someMoments } from "./moments.ts";
import { entry, KIND, type Kind, NO_END_S, sumsOf } from "./observation-sums.ts";
import type { ResearchFilter } from "./source.ts";

/** Records of one name whose times are read; of more, every n-th. */
export const SAMPLE_MAX = 2_000;
/** Looks into a long sum for each occasion, before all of it is read. */
const PROBES = 4;

/**
 * moments: all times; sample: times, every n-th where there are many; a function: one time of each occasion of a deployment, by its
 * name outside.
 */
export type Times = "moments" | "sample" | OccasionsOf;

/** Of a deployment: the number of the occasion that a time, in milliseconds, falls into. */
export type OccasionsOf = (deploymentID: string) => (timeMs: number) => number;

export interface TimedRequest {
  times: Times;
  isKept: (row: Kind) => boolean;
  names: ReadonlyMap<string, string>;
  /** Records by name, of what is kept. */
  totals: ReadonlyMap<string, number>;
}

interface Sum extends Kind {
  period: number;
  records: number;
  individuals: number;
  moments: string;
}

export async function timedRows(
  db: Db,
  filter: ResearchFilter,
  request: TimedRequest,
): Promise<Counted[]> {
  if (request.totals.size === 0) return [];
  const wanted = sumsOf(db, filter)
    .select([...KIND, "period", "records", "individuals", "moments"])
    .where("observationType", "=", "animal")
    .where("scientificName", "in", [...request.totals.keys()])
    .where("period", ">=", Math.floor((filter.from ?? 0) / PERIOD_S))
    .where("period", "<=", Math.floor((filter.to ?? NO_END_S) / PERIOD_S));
  // Which are chosen for a sample must not depend on how a database finds them.
  const found = await wanted
    .orderBy("deploymentID")
    .orderBy("scientificName")
    .orderBy("period")
    .orderBy("observationLevel")
    .execute();
  const sums = found.filter(request.isKept);
  const { times, names } = request;
  if (times === "sample") return sampled(sums, filter, request);
  if (times !== "moments") return sums.flatMap((sum) => byOccasion(sum, filter, times, names));
  const rows: Counted[] = [];
  for (const sum of sums) {
    eachMomentIn(sum, filter, (seconds, individuals) => {
      rows.push(entry({ ...sum, records: 1, individuals }, names, seconds * 1000));
    });
  }
  return rows;
}

/** Whether some of its period lies outside of what was asked for. */
const isCut = ({ period }: Sum, filter: ResearchFilter): boolean =>
  [filter.from, filter.to].some(
    (end) => end !== undefined && Math.floor(end / PERIOD_S) === period,
  );

function eachMomentIn(sum: Sum, { from = 0, to = NO_END_S }: ResearchFilter, see: See): void {
  eachMoment(sum.moments, sum.period, (seconds, individuals) => {
    if (seconds >= from && seconds < to) see(seconds, individuals);
  });
}

/** The first that is found of an occasion stands for all of it. */
function byOccasion(
  sum: Sum,
  filter: ResearchFilter,
  occasionsOf: OccasionsOf,
  names: ReadonlyMap<string, string>,
): Counted[] {
  const { period, moments, records } = sum;
  const occasionOf = occasionsOf(names.get(sum.deploymentID) ?? sum.deploymentID);
  const seen = new Map<number, Counted>();
  const see = (seconds: number, individuals: number) => {
    const occasion = occasionOf(seconds * 1000);
    const known = seen.get(occasion);
    if (known) {
      known.records++;
      known.count += individuals;
    } else {
      seen.set(occasion, entry({ ...sum, records: 1, individuals }, names, seconds * 1000));
    }
  };
  const last = occasionOf(((period + 1) * PERIOD_S - 1) * 1000);
  const occasions = last - occasionOf(period * PERIOD_S * 1000) + 1;
  if (!isCut(sum, filter) && records > 2 * PROBES * occasions) {
    someMoments(moments, period, PROBES * occasions, see);
    const rows = [...seen.values()];
    if (rows.length === occasions) return standingForAll(rows, sum);
    seen.clear();
  }
  eachMomentIn(sum, filter, see);
  return [...seen.values()];
}

/** Those that were not looked at count with the first. */
function standingForAll(rows: Counted[], { records, individuals }: Sum): Counted[] {
  const left = { records, count: individuals };
  for (const row of rows) {
    row.records = 1;
    row.count = 1;
    left.records--;
    left.count--;
  }
  const [first] = rows;
  if (first) {
    first.records += left.records;
    first.count += left.count;
  }
  return rows;
}

function sampled(sums: Sum[], filter: ResearchFilter, { names, totals }: TimedRequest): Counted[] {
  const rows: Counted[] = [];
  const passed = new Map<string, number>();
  for (const sum of sums) {
    const { scientificName: name, moments, period } = sum;
    const total = totals.get(name) ?? 0;
    const every = Math.ceil(total / SAMPLE_MAX);
    // Each read record stands for as many as there are for each.
    const records = total / Math.ceil(total / every);
    const take: See = (seconds, individuals) => {
      rows.push(entry({ ...sum, records, individuals }, names, seconds * 1000));
    };
    const place = passed.get(name) ?? 0;
    const first = Math.ceil(place / every) * every - place;
    if (isCut(sum, filter)) {
      let at = 0;
      eachMomentIn(sum, filter, (...moment) => {
        if (at >= first && (at - first) % every === 0) take(...moment);
        at++;
      });
      passed.set(name, place + at);
    } else {
      if (first < sum.records) eachNthMoment(moments, period, { first, every }, take);
      passed.set(name, place + sum.records);
    }
  }
  return rows;
}
