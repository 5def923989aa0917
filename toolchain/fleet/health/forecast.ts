/**
 * When will the battery be empty? Voltage becomes charge by the usual curve of a lithium cell; through the charges of the
 * days since it was last charged goes the line of Theil and Sen (median of all slopes: single wrong values do not move
 * it); its confidence interval is Sen's (Kendall's statistic). From there the line is fitted to the voltages themselves: a
 * millivolt is up to half a percent on the flat part of the curve and a fiftieth at its end, so charges are not equally
 * sure. Where nothing can be known, it says why instead.
 * Sources: P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968); P. J. Huber, "Robust
 * estimation of a location parameter", Annals of Mathematical Statistics 35 (1964).
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

/** Days that are off by more pull no harder: a cold night, a transmission under way. */
const WRONG_MV = 12;
/** First steps of the fit, halved as it comes nearer. */
const STEP_PCT = 8;
const STEP_SLOPE = 0.3;
const STEPS = [-1, 0, 1].flatMap((pct) => [-1, 0, 1].map((slope) => [pct, slope] as const));

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

/** The curve between two of its points, read one way or the other: columns are 0 for millivolts, 1 for percent. */
function read(from: 0 | 1, value: number): number {
  const at = CURVE.findIndex((row) => row[from] >= value);
  const above = at < 0 ? CURVE.length - 1 : Math.max(1, at);
  const low = CURVE[above - 1] as readonly [number, number];
  const high = CURVE[above] as readonly [number, number];
  const to = from ? 0 : 1;
  return low[to] + ((value - low[from]) / (high[from] - low[from])) * (high[to] - low[to]);
}

export function chargeOf(mv: number): number {
  return Math.min(100, Math.max(0, read(0, mv)));
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
  const fitted = fit(points.slice(-used.length), anchor, { pct, slope });
  if (fitted.slope >= 0) return { refusal: "it is not losing charge" };
  const emptyDay = anchor + (fitted.pct - chargeOf(EMPTY_MV)) / -fitted.slope;
  /** What the fit moves moves with its interval. */
  const shift = emptyDay - (anchor + left / -slope);
  const newest = used.at(-1)?.day ?? 0;
  if (emptyDay - newest > DAYS_AHEAD_MAX) return { refusal: "more than a year is left" };
  const latest = anchor + left / -flattest + shift;
  return {
    emptyDay,
    earliestDay: anchor + left / -steepest + shift,
    latestDay: latest - newest > DAYS_AHEAD_MAX ? null : latest,
    chargePct: Math.max(0, fitted.pct + fitted.slope * (newest - anchor)),
    drainPctPerDay: -fitted.slope,
    daysUsed: used.length,
  };
}

/** Charge at the anchor day, and percent a day. */
interface Line {
  pct: number;
  slope: number;
}

/** The line whose voltages are nearest to the measured ones by Huber's loss, searched downhill from a good one. */
function fit(points: BatteryPoint[], anchor: number, from: Line): Line {
  const lossOf = ({ pct, slope }: Line): number =>
    points.reduce((sum, { day, mv }) => {
      const off = Math.abs(mv - read(1, pct + slope * (day - anchor)));
      return sum + (off < WRONG_MV ? (off * off) / 2 : WRONG_MV * (off - WRONG_MV / 2));
    }, 0);
  let best = from;
  let loss = lossOf(from);
  for (let size = 1; size > 0.001; ) {
    const near = STEPS.map(([pct, slope]) => ({
      pct: best.pct + pct * size * STEP_PCT,
      slope: best.slope * (1 + slope * size * STEP_SLOPE),
    })).map((line) => ({ line, loss: lossOf(line) }));
    const [nearest] = near.sort((a, b) => a.loss - b.loss);
    if (nearest && nearest.loss < loss) ({ line: best, loss } = nearest);
    else size /= 2;
  }
  return best;
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
