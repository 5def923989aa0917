/**
 * The camera's typed configuration: one row per key with unit, range and default. The same table validates on
 * the host, the server and the camera. A released default never changes: version 0, "the defaults", must mean the
 * same on both ends. What only people need (group, security) is config-groups.ts, which the camera leaves out.
 */

export interface ConfigValues {
  /** Pictures in a burst. */
  burstCount: number;
  /** Votes of the burst that must agree before a class is reported. */
  burstVotes: number;
  /** Milliseconds between the pictures of a burst. */
  burstGapMs: number;
  /** Changed pixels, per mille of the frame, below which a trigger is a blank. */
  motionMinPermille: number;
  /** Probability in percent below which the answer is "unknown". */
  confidenceMinPct: number;
  /** Probability of blank, in percent, above which a picture is a blank. */
  blankMaxPct: number;
  /** Probability in percent a label below the group (a species) needs to be named. */
  speciesMinPct: number;
  /** Seconds between check-ins. */
  checkInIntervalS: number;
  /** Seconds between time-lapse pictures; 0 turns them off. */
  timeLapseS: number;
  /** 1: check in at once when a human or a vehicle was seen. */
  alertHuman: number;
  /** Records kept while the server is out of reach. */
  outboxRecordsMax: number;
  /** Pictures kept while the server is out of reach. */
  outboxMediaMax: number;
  /** JPEG quality 1..100. */
  jpegQuality: number;
  /** Seconds after an event in which motion is counted but not looked at; 0: always look. */
  quietS: number;
  /** Seconds without contact, after the first one planned under a new configuration, before the camera undoes it. */
  configTrialS: number;
}

export type ConfigKey = keyof ConfigValues;

export interface ConfigRow {
  key: ConfigKey;
  unit: string;
  min: number;
  max: number;
  fallback: number;
}

/** Made anew each time: the camera holds it only while it reads it. */
const configRows = (): ConfigRow[] => [
  { key: "burstCount", unit: "pictures", min: 1, max: 10, fallback: 3 },
  { key: "burstVotes", unit: "pictures", min: 1, max: 10, fallback: 2 },
  { key: "burstGapMs", unit: "ms", min: 50, max: 10000, fallback: 500 },
  { key: "motionMinPermille", unit: "permille", min: 1, max: 500, fallback: 4 },
  { key: "confidenceMinPct", unit: "%", min: 1, max: 100, fallback: 30 },
  { key: "blankMaxPct", unit: "%", min: 1, max: 100, fallback: 50 },
  { key: "speciesMinPct", unit: "%", min: 1, max: 100, fallback: 70 },
  { key: "checkInIntervalS", unit: "s", min: 30, max: 604800, fallback: 3600 },
  { key: "timeLapseS", unit: "s", min: 0, max: 86400, fallback: 0 },
  { key: "alertHuman", unit: "0/1", min: 0, max: 1, fallback: 1 },
  { key: "outboxRecordsMax", unit: "records", min: 10, max: 500, fallback: 200 },
  { key: "outboxMediaMax", unit: "pictures", min: 0, max: 60, fallback: 20 },
  { key: "jpegQuality", unit: "%", min: 10, max: 100, fallback: 70 },
  { key: "quietS", unit: "s", min: 0, max: 3600, fallback: 0 },
  { key: "configTrialS", unit: "s", min: 600, max: 604800, fallback: 21600 },
];

export const CONFIG_ROWS: ConfigRow[] = configRows();

/** A configuration on its way to the camera, in the answer to a check-in. */
export interface ConfigOffer {
  version: number;
  /** The version that `values` changes. Absent: `values` change the defaults. */
  from?: number;
  values: Partial<ConfigValues>;
}

/** An offer that the camera did not keep, and why: a value it refuses, or contact lost under it. */
export interface ConfigRefusal {
  version: number;
  reason: string;
}

/** A new object with every key at its default. */
export function defaultConfig(): ConfigValues {
  const values = {} as ConfigValues;
  configRows().forEach(function (row) {
    values[row.key] = row.fallback;
  });
  return values;
}

/**
 * Check a whole or partial configuration.
 * @param values keys and values as received
 * @returns "" when all is well, else one line naming key, value and range
 */
export function configProblem(values: { [key: string]: unknown }): string {
  let problem = "";
  const known: { [key: string]: boolean } = {};
  configRows().forEach(function (row) {
    const value = values[row.key];
    known[row.key] = true;
    if (value === undefined || problem) return;
    if (
      typeof value !== "number" ||
      value !== Math.floor(value) ||
      value < row.min ||
      value > row.max
    )
      problem =
        row.key +
        " must be a whole number from " +
        row.min +
        " to " +
        row.max +
        " " +
        row.unit +
        ", not " +
        value;
  });
  Object.keys(values).forEach(function (key) {
    if (!problem && known[key] !== true) problem = "no configuration key named " + key;
  });
  if (!problem && (values.burstVotes as number) > (values.burstCount as number))
    problem =
      "burstVotes must not be above burstCount: " + values.burstVotes + " of " + values.burstCount;
  return problem;
}

/** Prime; small enough that a product with 31 stays a 32-bit integer. */
const SUM_BELOW = 16777213;

/**
 * A number below 2^24 for what a configuration says, 0 for the defaults: with it both ends notice that they mean
 * different things by one version. Keys at their default do not count, so an older table gives the same number.
 */
export function configSum(values: ConfigValues): number {
  let sum = 0;
  configRows().forEach(function (row) {
    if (values[row.key] === row.fallback) return;
    let hash = values[row.key] % SUM_BELOW;
    row.key.split("").forEach(function (letter) {
      hash = (hash * 31 + letter.charCodeAt(0)) % SUM_BELOW;
    });
    sum = (sum + hash) % SUM_BELOW;
  });
  return sum;
}
