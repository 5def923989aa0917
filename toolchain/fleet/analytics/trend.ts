/**
 * Trend of a rate over years: log(count) = a + b·year + log(effort), Poisson; change per year = e^b − 1.
 * Dispersion = Pearson's χ² / (k − 2). Above 1 the interval is quasi-Poisson (se·√dispersion, Student's t); below 1 it stays
 * Poisson, because less spread than chance in a few years is itself chance.
 * Source: McCullagh & Nelder 1989, ch. 6, 9; R glm (family poisson, quasipoisson).
 */
import { normalTwoSided, studentQuantile, zOf } from "./numerics/distributions.ts";

export interface Period {
  /** For example 2024, or a decimal. */
  year: number;
  /** Independent records, >= 0. */
  count: number;
  /** Trap-nights, > 0. */
  effortDays: number;
}

export interface Trend {
  intercept: number;
  /** On the log scale, per year. */
  slope: number;
  /** Poisson, and times √dispersion. */
  se: number;
  quasiSe: number;
  z: number;
  /** Two-sided, Poisson. */
  p: number;
  dispersion: number;
  /** Per cent a year, with its interval and how that was made. */
  percentPerYear: number;
  interval: [number, number];
  method: "Poisson" | "quasi-Poisson";
  /** Expected counts, one per period. */
  fitted: number[];
}

/** Undefined where the fit does not converge: no record at all, or one year only. */
export function trend(periods: readonly Period[], level = 0.95): Trend | undefined {
  const total = periods.reduce((sum, { count }) => sum + count, 0);
  const effort = periods.reduce((sum, { effortDays }) => sum + effortDays, 0);
  const middle = periods.reduce((sum, { year }) => sum + year, 0) / periods.length;
  let [a, b] = [Math.log(total / effort), 0];
  const fit = () =>
    periods.map(({ year, effortDays }) => effortDays * Math.exp(a + b * (year - middle)));
  for (let i = 0; i < 100; i++) {
    const mu = fit();
    const sums = weighted(periods, mu, middle);
    const determinant = sums.w * sums.wxx - sums.wx ** 2;
    if (!(determinant > 1e-12 * sums.w)) return undefined;
    const stepA = (sums.wxx * sums.r - sums.wx * sums.rx) / determinant;
    const stepB = (sums.w * sums.rx - sums.wx * sums.r) / determinant;
    a += stepA;
    b += stepB;
    if (Math.abs(stepA) + Math.abs(stepB) < 1e-13 * (1 + Math.abs(a))) {
      return summary(periods, fit(), middle, a, b, level);
    }
  }
  return undefined;
}

function weighted(periods: readonly Period[], mu: number[], middle: number) {
  const sums = { w: 0, wx: 0, wxx: 0, r: 0, rx: 0 };
  periods.forEach(({ year, count }, i) => {
    const [x, m] = [year - middle, mu[i]!];
    sums.w += m;
    sums.wx += m * x;
    sums.wxx += m * x * x;
    sums.r += count - m;
    sums.rx += (count - m) * x;
  });
  return sums;
}

function summary(
  periods: readonly Period[],
  fitted: number[],
  middle: number,
  a: number,
  slope: number,
  level: number,
): Trend {
  const { w, wx, wxx } = weighted(periods, fitted, middle);
  const se = Math.sqrt(w / (w * wxx - wx ** 2));
  const df = periods.length - 2;
  const dispersion =
    periods.reduce((sum, { count }, i) => sum + (count - fitted[i]!) ** 2 / fitted[i]!, 0) / df;
  const quasiSe = se * Math.sqrt(dispersion);
  const isQuasi = dispersion > 1;
  const margin = isQuasi ? studentQuantile((1 + level) / 2, df) * quasiSe : zOf(level) * se;
  const percent = (b: number) => 100 * Math.expm1(b);
  return {
    intercept: a - slope * middle,
    slope,
    se,
    quasiSe,
    z: slope / se,
    p: normalTwoSided(slope / se),
    dispersion,
    percentPerYear: percent(slope),
    interval: [percent(slope - margin), percent(slope + margin)],
    method: isQuasi ? "quasi-Poisson" : "Poisson",
    fitted,
  };
}
