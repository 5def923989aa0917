/**
 * What analyses read from Camtrap DP rows: which observations count as records, and how many were left out and why. Kept and
 * left out always add up to all.
 * Source: https://camtrap-dp.tdwg.org/data (observationLevel, observationType); inbo/camtraptor#383 for why this is counted.
 */
import type { Deployment, Media, Observation } from "../research/camtrap-dp.ts";

/** A time in which a camera did not work: the table `failures` proposed in tdwg/camtrap-dp#462. ISO 8601 with offset. */
export interface Failure {
  deploymentID: string;
  failureStart: string;
  failureEnd: string;
}

/** When something happened on a camera and when it was known here, seconds since 1970. */
export interface Reception {
  triggeredS: number;
  receivedS: number;
}

export interface Rows {
  deployments: readonly Deployment[];
  observations: readonly Observation[];
  /** In place of observations, where somebody has counted them. */
  counted?: readonly Counted[];
  /** Why they were not read. */
  refusal?: string;
  media?: readonly Media[];
  failures?: readonly Failure[];
  receptions?: readonly Reception[];
}

/** Animal observations, reduced to what statistics need: one, or several that are alike for the question asked. */
export interface Entry {
  deploymentID: string;
  /** Camtrap DP scientificName: the lowest taxon known; "" for none. */
  taxon: string;
  /** Milliseconds since 1970. */
  timeMs: number;
  /** Individuals of all of them, >= 1. */
  count: number;
  /** How many it stands for; a fraction where only some were read. */
  records: number;
  individualID?: string;
}

export interface Counted extends Entry {
  level: Observation["observationLevel"];
  type: Observation["observationType"];
  isSetup: boolean;
}

/** How many records entries stand for. */
export const recordsOf = (entries: Iterable<Entry>): number => {
  let sum = 0;
  for (const { records } of entries) sum += records;
  return Math.round(sum);
};

export interface Entries {
  kept: Entry[];
  /** Number of observations left out, by reason. */
  leftOut: Record<string, number>;
  level: "event" | "media";
}

const REASONS: [string, (row: Counted) => boolean][] = [
  ["camera setup or calibration", ({ isSetup }) => isSetup],
  ["not an animal", ({ type }) => type !== "animal"],
  ["animal without a name", ({ taxon }) => taxon === ""],
];

/**
 * Observations of named animals. Event-level rows where there are any, because media-level rows of one event count it again;
 * else media-level ones.
 */
export function entriesOf(rows: Iterable<Counted>, known: ReadonlySet<string>): Entries {
  const levels = { event: [] as Entry[], media: [] as Entry[] };
  const leftOut = { event: new Map<string, number>(), media: new Map<string, number>() };
  const seen = { event: 0, media: 0 };
  for (const row of rows) {
    const { level, records } = row;
    seen[level] += records;
    const reason = known.has(row.deploymentID)
      ? REASONS.find(([, applies]) => applies(row))?.[0]
      : "of an unknown deployment";
    if (reason) leftOut[level].set(reason, (leftOut[level].get(reason) ?? 0) + records);
    else levels[level].push(row);
  }
  const level = seen.event > 0 || seen.media === 0 ? "event" : "media";
  const other = level === "event" ? "media" : "event";
  // By name, whatever order the rows came in.
  const reasons = Object.fromEntries([...leftOut[level]].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (seen[other] > 0) reasons[`${other}-level row of the same events`] = seen[other];
  return { kept: levels[level], leftOut: reasons, level };
}

/** One row of a package. */
export function countedOf(row: Observation): Counted {
  const counted: Counted = {
    deploymentID: row.deploymentID,
    taxon: row.scientificName ?? "",
    timeMs: Date.parse(row.eventStart),
    count: row.count ?? 1,
    records: 1,
    level: row.observationLevel,
    type: row.observationType,
    isSetup: row.cameraSetupType !== undefined,
  };
  if (row.individualID !== undefined) counted.individualID = row.individualID;
  return counted;
}

/** Values by key, in the order of first appearance. */
export function groupBy<T>(values: Iterable<T>, keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
