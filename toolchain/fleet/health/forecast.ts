/**
 * When will the battery be empty? Voltage becomes charge by the usual curve of a lithium cell; through the charges of the
 * days since it was last charged goes the line of Theil and Sen (median of all slopes: single wrong values do not move
 * it); its confidence interval is Sen's (Kendall's statistic). Where that cannot be known, it says why instead.
 * Source: P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968).
 */

/** Open-circuit millivolts by percent of charge of a 3.7 V cell: a typical curve, not a measured one. */
const CURVE: readonly (readonly [mv: number, pct: number])[] = [
  ...([
    [3000, 0],
    [3450, 5],
    [3680, 10],
    [3740, 20],
    [3770, 30],
    [3790, 40],
  ] as const),
  ...([
    [3820, 50],
    [3870, 60],
    [3920, 70],
    [3980, 80],
    [4060, 90],
    [4200, 100],
  ] as const),
];
/** One cell; of other packs the curve is not known. */
const CELL_MV_MIN = 2500;
const CELL_MV_MAX = 4400;
/** Below it the regulator of a board no longer holds 3.3 V. */
export const EMPTY_MV = 3300;
const DAYS_MIN = 7;
/** Three days so much above the three before them, from one day to the next: charged, or another battery. */
const CHARGED_PCT = 15;
const CHARGED_DAYS = 3;
const DAYS_AHEAD_MAX = 365;
/** 90 % two-sided, of the normal distribution. */
const Z = 1.645;

export interface BatteryPoint {
  /** Days since 1970, fractional. */
  day: number;
  mv: number;
}

export type Forecast =
  | {
      /** Days since 1970 when the cell reaches EMPTY_MV, and the 90 % interval; `latest` null: perhaps never. */
      emptyDay: number;
      earliestDay: number;
      latestDay: number | null;
      chargePct: number;
      /** Percent of charge per day. */
      drainPctPerDay: number;
      daysUsed: number;
    }
  | { refusal: string };

export function chargeOf(mv: number): number {
  const above = Math.max(
    1,
    CURVE.findIndex(([at]) => at >= mv),
  );
  const [fromMv, fromPct] = CURVE[above - 1] as readonly [number, number];
  const [toMv, toPct] = CURVE[above] as readonly [number, number];
  const pct = fromPct + ((mv - fromMv) / (toMv - fromMv)) * (toPct - fromPct);
  return mv > 4200 ? 100 : Math.max(0, pct);
}

/** @param points one per day, oldest first, whole days only */
export function forecast(points: BatteryPoint[]): Forecast {
  if (points.length === 0) return { refusal: "the battery is not measured" };
  const isCell = points.every(({ mv }) => mv >= CELL_MV_MIN && mv <= CELL_MV_MAX);
  if (!isCell) return { refusal: "not a single lithium cell: its curve is not known" };
  const charges = points.map(({ day, mv }) => ({ day, pct: chargeOf(mv) }));
  const used = charges.slice(lastCharged(charges));
  if (used.length < DAYS_MIN) {
    return { refusal: `${used.length} days since it was last charged; ${DAYS_MIN} are needed` };
  }
  const slopes = slopesOf(used);
  const slope = quantile(slopes, 0.5);
  const [steepest, flattest] = intervalOf(slopes, used.length);
  if (flattest >= 0 || slope >= 0) return { refusal: "it is not losing charge" };
  const anchor = (used[0]?.day ?? 0) / 2 + (used.at(-1)?.day ?? 0) / 2;
  const pct = quantile(
    used.map((point) => point.pct - slope * (point.day - anchor)).sort(ascending),
    0.5,
  );
  const left = pct - chargeOf(EMPTY_MV);
  const emptyDay = anchor + left / -slope;
  const newest = used.at(-1)?.day ?? 0;
  if (emptyDay - newest > DAYS_AHEAD_MAX) return { refusal: "more than a year is left" };
  const latest = anchor + left / -flattest;
  return {
    emptyDay,
    earliestDay: anchor + left / -steepest,
    latestDay: latest - newest > DAYS_AHEAD_MAX ? null : latest,
    chargePct: Math.max(0, pct + slope * (newest - anchor)),
    drainPctPerDay: -slope,
    daysUsed: used.length,
  };
}

interface Charge {
  day: number;
  pct: number;
}

/** Index of the first day after the newest rise. One wrong value is none. */
function lastCharged(charges: Charge[]): number {
  const medianPct = (from: number, to: number): number =>
    quantile(
      charges
        .slice(Math.max(0, from), to)
        .map(({ pct }) => pct)
        .sort(ascending),
      0.5,
    );
  const pctAt = (index: number): number => charges[index]?.pct ?? 0;
  for (let index = charges.length - 1; index > 0; index--) {
    const rise = medianPct(index, index + CHARGED_DAYS) - medianPct(index - CHARGED_DAYS, index);
    if (rise > CHARGED_PCT && pctAt(index) - pctAt(index - 1) > CHARGED_PCT) return index;
  }
  return 0;
}

const ascending = (a: number, b: number): number => a - b;

function slopesOf(charges: Charge[]): number[] {
  const slopes: number[] = [];
  charges.forEach((from, index) => {
    for (const to of charges.slice(index + 1)) {
      if (to.day > from.day) slopes.push((to.pct - from.pct) / (to.day - from.day));
    }
  });
  return slopes.sort(ascending);
}

/** Of sorted values. */
function quantile(sorted: number[], share: number): number {
  const place = (sorted.length - 1) * Math.min(1, Math.max(0, share));
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? 0;
  return low + (high - low) * (place - Math.floor(place));
}

function intervalOf(slopes: number[], points: number): [steepest: number, flattest: number] {
  const deviation = Math.sqrt((points * (points - 1) * (2 * points + 5)) / 18);
  const half = (Z * deviation) / (2 * slopes.length);
  return [quantile(slopes, 0.5 - half), quantile(slopes, 0.5 + half)];
}
