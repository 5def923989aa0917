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
  media?: readonly Media[];
  failures?: readonly Failure[];
  receptions?: readonly Reception[];
}

/** One animal observation, reduced to what statistics need. */
export interface Entry {
  deploymentID: string;
  /** Camtrap DP scientificName: the lowest taxon known. */
  taxon: string;
  /** Milliseconds since 1970. */
  timeMs: number;
  /** Individuals, >= 1. */
  count: number;
  individualID?: string;
}

export interface Entries {
  kept: Entry[];
  /** Number of observations left out, by reason. */
  leftOut: Record<string, number>;
  level: "event" | "media";
}

const REASONS: [string, (observation: Observation) => boolean][] = [
  ["camera setup or calibration", ({ cameraSetupType }) => cameraSetupType !== undefined],
  ["not an animal", ({ observationType }) => observationType !== "animal"],
  ["animal without a name", ({ scientificName }) => scientificName === undefined],
];

/**
 * Observations of named animals. Event-level rows where there are any, because media-level rows of one event count it again;
 * else media-level ones.
 */
export function entriesOf(
  observations: Iterable<Observation>,
  known: ReadonlySet<string>,
): Entries {
  const levels = { event: [] as Entry[], media: [] as Entry[] };
  const leftOut = { event: new Map<string, number>(), media: new Map<string, number>() };
  const seen = { event: 0, media: 0 };
  for (const row of observations) {
    const level = row.observationLevel;
    seen[level]++;
    const reason = known.has(row.deploymentID)
      ? REASONS.find(([, applies]) => applies(row))?.[0]
      : "of an unknown deployment";
    if (reason) leftOut[level].set(reason, (leftOut[level].get(reason) ?? 0) + 1);
    else levels[level].push(entryOf(row));
  }
  const level = seen.event > 0 || seen.media === 0 ? "event" : "media";
  const other = level === "event" ? "media" : "event";
  const reasons = Object.fromEntries(leftOut[level]);
  if (seen[other] > 0) reasons[`${other}-level row of the same events`] = seen[other];
  return { kept: levels[level], leftOut: reasons, level };
}

function entryOf(row: Observation): Entry {
  const entry: Entry = {
    deploymentID: row.deploymentID,
    taxon: row.scientificName ?? "",
    timeMs: Date.parse(row.eventStart),
    count: row.count ?? 1,
  };
  if (row.individualID !== undefined) entry.individualID = row.individualID;
  return entry;
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
