/**
 * Records with their times, out of the sums that the database keeps: all of them, a sample, or one for each occasion of a survey.
 * A sample reads the few sums that hold one of it.
 */
import { sql } from "kysely";
import type { Counted } from "../analytics/rows.ts";
import type { Db } from "../db/open.ts";
import { eachMoment, PERIOD_S } from "./moments.ts";
import { entry, KIND, type Kind, NO_END_S, sumsOf } from "./observation-sums.ts";
import type { ResearchFilter } from "./source.ts";

/** Records of one name whose times are read; of more, every n-th. */
export const SAMPLE_MAX = 2_000;
/** Sums asked for at once; each is three parameters of a statement. */
const ASKED_AT_ONCE = 500;

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
}

export async function timedRows(
  db: Db,
  filter: ResearchFilter,
  request: TimedRequest,
): Promise<Counted[]> {
  const { times, isKept, names, totals } = request;
  if (totals.size === 0) return [];
  if (times === "sample") return sampled(db, filter, request);
  const found = await wanted(db, filter, request).select("moments").execute();
  const rows: Counted[] = [];
  for (const sum of found) {
    if (!isKept(sum)) continue;
    const see = (timeMs: number, individuals: number) => {
      const row = entry({ ...sum, records: 1, individuals }, names, timeMs);
      rows.push(row);
      return row;
    };
    if (times === "moments")
      eachMomentIn(sum, filter, (s, individuals) => see(s * 1000, individuals));
    else byOccasion(sum, filter, times(names.get(sum.deploymentID) ?? sum.deploymentID), see);
  }
  return rows;
}

const wanted = (db: Db, filter: ResearchFilter, { totals }: TimedRequest) =>
  sumsOf(db, filter)
    .select([...KIND, "period"])
    .where("observationType", "=", "animal")
    .where("scientificName", "in", [...totals.keys()])
    .where("period", ">=", Math.floor((filter.from ?? 0) / PERIOD_S))
    .where("period", "<=", Math.floor((filter.to ?? NO_END_S) / PERIOD_S));

type See = (seconds: number, individuals: number) => void;

function eachMomentIn(
  { moments, period }: { moments: string; period: number },
  { from = 0, to = NO_END_S }: ResearchFilter,
  see: See,
): void {
  eachMoment(moments, period, (seconds, individuals) => {
    if (seconds >= from && seconds < to) see(seconds, individuals);
  });
}

/** The first that is found of an occasion stands for all of it. @param first makes its row */
function byOccasion(
  sum: Sum & { moments: string },
  filter: ResearchFilter,
  occasionOf: (timeMs: number) => number,
  first: (timeMs: number, individuals: number) => Counted,
): void {
  const seen = new Map<number, Counted>();
  eachMomentIn(sum, filter, (seconds, individuals) => {
    const occasion = occasionOf(seconds * 1000);
    const known = seen.get(occasion);
    if (known) {
      known.records++;
      known.count += individuals;
    } else seen.set(occasion, first(seconds * 1000, individuals));
  });
}

async function sampled(db: Db, filter: ResearchFilter, request: TimedRequest): Promise<Counted[]> {
  const { isKept, names, totals } = request;
  const keyed = (await wanted(db, filter, request).select("records").execute())
    .filter(isKept)
    .map((sum) => ({ ...sum, key: keyOf(sum) }))
    // Which are read must not depend on the order in which a database tells them.
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const isCut = ({ period }: Sum) =>
    [filter.from, filter.to].some(
      (end) => end !== undefined && Math.floor(end / PERIOD_S) === period,
    );
  const read = await readMoments(db, keyed.filter(isCut));
  const passed = new Map<string, number>();
  const chosen: ((typeof keyed)[number] & { every: number; first: number })[] = [];
  for (const sum of keyed) {
    const { scientificName: name } = sum;
    const every = Math.ceil((totals.get(name) ?? 0) / SAMPLE_MAX);
    const place = passed.get(name) ?? 0;
    const size = isCut(sum) ? momentsIn(read.get(sum.key), sum, filter) : sum.records;
    const first = Math.ceil(place / every) * every - place;
    if (first < size) chosen.push({ ...sum, every, first });
    passed.set(name, place + size);
  }
  const rest = await readMoments(
    db,
    chosen.filter((sum) => !isCut(sum)),
  );
  const rows: Counted[] = [];
  for (const { key, every, first, ...sum } of chosen) {
    const moments = read.get(key) ?? rest.get(key) ?? "";
    const total = totals.get(sum.scientificName) ?? 0;
    // Each read record stands for as many as there are for each.
    const records = total / Math.ceil(total / every);
    let at = 0;
    eachMomentIn({ ...sum, moments }, filter, (seconds, individuals) => {
      const isChosen = at >= first && (at - first) % every === 0;
      if (isChosen) rows.push(entry({ ...sum, records, individuals }, names, seconds * 1000));
      at++;
    });
  }
  return rows;
}

function momentsIn(moments = "", { period }: Sum, filter: ResearchFilter): number {
  let size = 0;
  eachMomentIn({ moments, period }, filter, () => size++);
  return size;
}

const keyOf = (sum: Sum): string =>
  [
    ...[sum.deploymentID, sum.scientificName, sum.observationLevel, sum.observationType],
    ...[sum.cameraSetupType, sum.period],
  ].join("\n");

interface Asked {
  column1: string;
  column2: string;
  column3: number;
}

/** By the keys of the sums. */
async function readMoments(db: Db, sums: Sum[]): Promise<Map<string, string>> {
  const read = new Map<string, string>();
  for (let at = 0; at < sums.length; at += ASKED_AT_ONCE) {
    const lines = sums
      .slice(at, at + ASKED_AT_ONCE)
      .map(
        (one) => sql`(${one.deploymentID}, ${one.scientificName}, cast(${one.period} as integer))`,
      );
    // Unnamed columns of values are called so in both databases.
    const asked = sql<Asked>`(values ${sql.join(lines)})`.as<"asked">("asked");
    const rows = await db
      .selectFrom(asked)
      // So written SQLite looks each one up, however many they are.
      .crossJoin("observation_sums")
      .whereRef("asked.column1", "=", "observation_sums.deploymentID")
      .whereRef("asked.column2", "=", "observation_sums.scientificName")
      .whereRef("asked.column3", "=", "observation_sums.period")
      .select([...KIND, "period", "moments"])
      .execute();
    for (const row of rows) read.set(keyOf(row), row.moments);
  }
  return read;
}
