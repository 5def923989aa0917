/**
 * Relative abundance index: records per 100 trap-nights, RAI = 100·Σn / Σeffort.
 * Dispersion φ = Σ (n−μ)²/μ / (k−1) says how far from Poisson deployments are: animals come in clusters. Interval: percentile
 * bootstrap over deployments where there are enough; with fewer, quasi-Poisson n·exp(±t √(φ/n)), t of k−1 degrees of freedom,
 * where φ > 1; else, and for one deployment or no record, exact Poisson.
 * An index, not a density: it mixes how many there are with how much they move and how well they are seen.
 * Source: camtraptor get_rai; O'Brien et al. 2003; Garwood 1936.
 */
import { type Interval, interval, THRESHOLDS } from "./answer.ts";
import { poissonInterval, studentQuantile } from "./numerics/distributions.ts";
import { ascending, pick, quantile, seeded } from "./numerics/random.ts";

/** Records and effort of one deployment; sums, so that they can be streamed. */
export interface Tally {
  /** Records, >= 0. */
  n: number;
  /** Trap-nights, >= 0. */
  effortDays: number;
}

export interface Sampling {
  /** 0..1, default 0.95. */
  level: number;
  /** Whole number; the same seed gives the same interval. */
  seed: number;
  bootstraps: number;
}

export const SAMPLING: Sampling = { level: 0.95, seed: 1, bootstraps: 999 };

export interface Rai {
  n: number;
  effortDays: number;
  /** Records per 100 trap-nights. */
  rai: number;
  interval: Interval;
  /** Pearson's, 1 for Poisson; null for one deployment or no record. */
  dispersion: number | null;
}

export function rai(tallies: readonly Tally[], sampling: Sampling = SAMPLING): Rai {
  const used = tallies.filter(({ effortDays }) => effortDays > 0);
  const n = used.reduce((sum, t) => sum + t.n, 0);
  const effortDays = used.reduce((sum, t) => sum + t.effortDays, 0);
  const spread = used.length > 1 && n > 0 ? dispersion(used, n / effortDays) : null;
  const canResample = used.length >= THRESHOLDS.bootstrapDeployments.least && n > 0;
  return {
    n,
    effortDays,
    rai: (100 * n) / effortDays,
    interval: canResample
      ? resampled(used, sampling)
      : spread !== null && spread > 1
        ? quasiPoisson(n, effortDays, spread, used.length - 1, sampling.level)
        : poisson(n, effortDays, sampling.level),
    dispersion: spread,
  };
}

function quasiPoisson(
  n: number,
  effortDays: number,
  spread: number,
  df: number,
  level: number,
): Interval {
  const factor = Math.exp(studentQuantile((1 + level) / 2, df) * Math.sqrt(spread / n));
  const rate = (100 * n) / effortDays;
  return interval([rate / factor, rate * factor], level, "quasi-Poisson on the log scale");
}

function poisson(n: number, effortDays: number, level: number): Interval {
  const [low, high] = poissonInterval(n, level);
  return interval([(100 * low) / effortDays, (100 * high) / effortDays], level, "exact Poisson");
}

function resampled(tallies: readonly Tally[], { level, seed, bootstraps }: Sampling): Interval {
  const counts = Float64Array.from(tallies, ({ n }) => n);
  const efforts = Float64Array.from(tallies, ({ effortDays }) => effortDays);
  const times = timesDrawn(seed, counts.length, bootstraps);
  const rates = Array.from({ length: bootstraps }, (_, draw) => {
    let n = 0;
    let days = 0;
    const start = draw * counts.length;
    for (let i = 0; i < counts.length; i++) {
      n += counts[i]! * times[start + i]!;
      days += efforts[i]! * times[start + i]!;
    }
    return (100 * n) / days;
  });
  const sorted = ascending(rates);
  const tail = (1 - level) / 2;
  const ends = [quantile(sorted, tail), quantile(sorted, 1 - tail)] as const;
  return interval(ends, level, "bootstrap over deployments");
}

let lastDrawn: { of: string; times: Uint32Array } | undefined;

/** How often each of `size` is drawn, for each bootstrap. Every taxon of a survey is resampled alike: drawn once for all of them. */
function timesDrawn(seed: number, size: number, bootstraps: number): Uint32Array {
  const of = [seed, size, bootstraps].join();
  if (lastDrawn?.of === of) return lastDrawn.times;
  const random = seeded(seed);
  const times = new Uint32Array(size * bootstraps);
  for (let draw = 0; draw < bootstraps; draw++) {
    for (let i = 0; i < size; i++) times[draw * size + pick(random, size)]!++;
  }
  lastDrawn = { of, times };
  return times;
}

const dispersion = (tallies: readonly Tally[], rate: number): number =>
  tallies.reduce((sum, { n, effortDays }) => {
    const expected = rate * effortDays;
    return sum + (n - expected) ** 2 / expected;
  }, 0) /
  (tallies.length - 1);
