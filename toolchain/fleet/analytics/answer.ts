/**
 * The shape of every answer: what was counted, over which effort, how sure, under which assumptions; and a refusal in place of
 * a figure where the data cannot carry one. The thresholds of refusal are one table, each with its source.
 */

export interface Interval {
  low: number;
  high: number;
  /** 0..1, for example 0.95. */
  level: number;
  method: string;
}

export interface Estimate {
  value: number;
  /** "" for a pure number. */
  unit: string;
  standardError?: number;
  interval?: Interval;
}

/** Data of a plot as plain arrays of one length, ready for a chart library. */
export interface Plot {
  kind: "line" | "bars";
  xLabel: string;
  yLabel: string;
  x: (number | string)[];
  series: {
    label: string;
    y: (number | null)[];
    low?: (number | null)[];
    high?: (number | null)[];
  }[];
}

export type Cell = string | number | boolean | null;

export interface Answer {
  /** Name in the catalogue. */
  analysis: string;
  /** The species, pair of species, site or class it is about; "" for the whole data set. */
  of: string;
  /** How many of what the figures rest on. */
  n: number;
  nOf: string;
  /** Trap-nights behind n. */
  effortDays: number;
  /** Counts and shares of the data themselves, no inference: given also with a refusal. */
  observed?: Record<string, number>;
  /** By name; empty when refused. */
  estimates: Record<string, Estimate>;
  /** Why there is no figure. */
  refusal?: string;
  assumptions: string[];
  /** Details by row: deployments, occasions, deviations. */
  table?: { columns: string[]; rows: Cell[][] };
  plot?: Plot;
}

export interface Threshold {
  least: number;
  of: string;
  source: string;
}

const OURS = "ours: below it the interval is as wide as the range of the answer";

/** Least data for an answer. A refusal names the row it failed. */
export const THRESHOLDS = {
  effort: {
    least: 1,
    of: "trap-nights",
    source: "RAI is a rate per trap-night (camtraptor get_rai)",
  },
  bootstrapDeployments: {
    least: 10,
    of: "deployments",
    source: "ours: fewer have too few distinct resamples; quasi-Poisson is used instead",
  },
  dielRecords: { least: 10, of: "records", source: OURS },
  activityLevelRecords: {
    least: 20,
    of: "records",
    source:
      "ours: the maximum of a density of fewer points is mostly chance; 100 advised (Lashley et al. 2018)",
  },
  overlapRecords: { least: 10, of: "records of each species", source: OURS },
  occupancySites: { least: 10, of: "sites", source: OURS },
  occupancyOccasions: {
    least: 2,
    of: "occasions",
    source: "detection is not identifiable from one visit (MacKenzie et al. 2002)",
  },
  occupancyDetected: { least: 2, of: "sites with the species", source: OURS },
  diversityRecords: { least: 10, of: "records", source: OURS },
  trendPeriods: {
    least: 5,
    of: "years",
    source: "ours: a slope and a dispersion leave 3 degrees of freedom",
  },
  trendRecords: { least: 10, of: "records", source: OURS },
  captured: { least: 5, of: "individuals", source: OURS },
  recaptures: {
    least: 5,
    of: "recaptures",
    source: "no recapture, no finite estimate (Otis et al. 1978)",
  },
  labelledPairs: { least: 10, of: "pairs of labels", source: OURS },
  receptions: { least: 5, of: "receptions", source: OURS },
  comparedSites: { least: 2, of: "sites", source: "nothing to compare" },
} as const satisfies Record<string, Threshold>;

/** The refusal, or undefined where there is enough. */
export function tooFew(name: keyof typeof THRESHOLDS, have: number): string | undefined {
  const { least, of }: Threshold = THRESHOLDS[name];
  return have >= least ? undefined : `needs at least ${least} ${of}, has ${Math.floor(have)}`;
}

/** The first refusal among checks, in their order. */
export const firstRefusal = (...checks: (string | undefined)[]): string | undefined =>
  checks.find((check) => check !== undefined);

/**
 * Puts an answer together: the estimates are only asked for when nothing refuses.
 * @param estimates is called when there is no refusal; may itself return a refusal as text
 */
export function answer(
  base: Omit<Answer, "estimates" | "refusal">,
  refusal: string | undefined,
  estimates: () => Record<string, Estimate> | string,
): Answer {
  const result = refusal ?? estimates();
  return typeof result === "string"
    ? { ...base, estimates: {}, refusal: result }
    : { ...base, estimates: result };
}

export const interval = (
  [low, high]: readonly [number, number],
  level: number,
  method: string,
): Interval => ({ low, high, level, method });
