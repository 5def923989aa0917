/**
 * A million observations through RAI of every species and diel activity of one, against one plain pass over the same array that
 * only adds up counts by species: what the statistics cost above looking at every row once.
 */
import { analyse } from "../../toolchain/fleet/analytics/catalogue.ts";
import type { Rows } from "../../toolchain/fleet/analytics/rows.ts";
import type { Deployment, Observation } from "../../toolchain/fleet/research/camtrap-dp.ts";
import type { Figure } from "./run.ts";

const OBSERVATIONS = 1_000_000;
const DEPLOYMENTS = 100;
const SPECIES = 20;
const RUNS = 3;
const DAY_MS = 86_400_000;
const START = Date.parse("2023-01-01T00:00:00Z");

const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function survey(): Rows {
  const deployments = Array.from({ length: DEPLOYMENTS }, (_, i): Deployment => {
    const place = { latitude: 50 + i / 100, longitude: 5 };
    const [deploymentStart, deploymentEnd] = [iso(START), iso(START + 365 * DAY_MS)];
    return { deploymentID: `d${i}`, ...place, deploymentStart, deploymentEnd };
  });
  const observations = Array.from({ length: OBSERVATIONS }, (_, i): Observation => {
    const time = iso(START + ((i * 7919) % (365 * 86_400)) * 1000);
    return {
      ...{ observationID: `o${i}`, deploymentID: `d${i % DEPLOYMENTS}`, eventID: `e${i}` },
      ...{ eventStart: time, eventEnd: time, observationLevel: "event" as const },
      ...{ observationType: "animal" as const, scientificName: `species ${(i * 31) % SPECIES}` },
    };
  });
  return { deployments, observations };
}

/** The fastest of a few runs, milliseconds. */
function timed(work: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i++) {
    const startMs = performance.now();
    work();
    best = Math.min(best, performance.now() - startMs);
  }
  return best;
}

export async function figures(): Promise<Figure[]> {
  const rows = survey();
  const passMs = timed(() => {
    const counts = new Map<string, number>();
    for (const { scientificName = "" } of rows.observations) {
      counts.set(scientificName, (counts.get(scientificName) ?? 0) + 1);
    }
    return counts;
  });
  const workMs = timed(() => {
    const rates = analyse("rai", rows);
    // 99 resamples: the interval is not what is measured.
    return [rates, analyse("activity", rows, { taxa: ["species 1"], bootstraps: 99 })];
  });
  return [
    {
      ...{ name: "a million observations through RAI and diel activity", unit: "ms" },
      ...{ value: Math.round(workMs), vs: "one plain pass over the same array" },
      ratio: Number((passMs / workMs).toPrecision(2)),
    },
  ];
}
