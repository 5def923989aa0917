/**
 * Overlap of two activity patterns, ∫ min(f, g): 0 never active at the same time, 1 the same pattern.
 * Dhat1: both densities (bandwidth/0.8) on a 128-point grid, normalised, Σ min. Dhat4 (bandwidth/1):
 * ½[mean min(1, g/f) at A's times + mean min(1, f/g) at B's]; for n_A + n_B > 1.1·128 densities are interpolated on the grid.
 * Dhat1 where the smaller sample has under 50 times, else Dhat4; Dhat5 is not offered (biased).
 * Interval by smoothed bootstrap: norm0 = estimate ± z·sd, basic0 = percentiles moved by the bootstrap's bias.
 * Source: Ridout & Linkie 2009; Meredith & Ridout, overlap 0.3.9 (overlapEst, bootCI).
 */
import { bandwidth, density, gridDensity, smoothedSampler, TURN, wrapped } from "./circular.ts";
import { zOf } from "./numerics/distributions.ts";
import { ascending, deviation, mean, quantile, seeded } from "./numerics/random.ts";
import type { Sampling } from "./rai.ts";

const GRID_POINTS = 128;
const ADJUST = { Dhat1: 0.8, Dhat4: 1 };
const DHAT4_FROM = 50;

export type Estimator = "Dhat1" | "Dhat4";
type Angles = readonly number[];

export const estimatorFor = (a: Angles, b: Angles): Estimator =>
  Math.min(a.length, b.length) < DHAT4_FROM ? "Dhat1" : "Dhat4";

/** Times of day with the concentration of their kernel. */
interface Sample {
  angles: Angles;
  bw: number;
}

/**
 * @param a times of day of one species, radians
 * @param b times of day of the other, radians
 * @returns 0..1
 */
export function overlap(a: Angles, b: Angles, estimator = estimatorFor(a, b)): number {
  const [one, other] = [a, b].map((angles): Sample => {
    return { angles, bw: bandwidth(angles) / ADJUST[estimator] };
  }) as [Sample, Sample];
  return estimator === "Dhat1" ? dhat1(one, other) : dhat4(one, other);
}

function dhat1(a: Sample, b: Sample): number {
  // 0 and 2π are one point.
  const [f, g] = [a, b].map(({ angles, bw }) => gridDensity(angles, bw, GRID_POINTS).slice(1)) as [
    number[],
    number[],
  ];
  const [sumF, sumG] = [mean(f), mean(g)];
  return f.reduce((sum, v, i) => sum + Math.min(v / sumF, g[i]! / sumG), 0) / f.length;
}

function dhat4(a: Sample, b: Sample): number {
  const isLarge = a.angles.length + b.angles.length > 1.1 * GRID_POINTS;
  const [f, g] = isLarge
    ? [interpolated(a), interpolated(b)]
    : [a, b].map((sample) => (at: Angles) => density(sample.angles, sample.bw, at));
  const half = (at: Angles, own: number[], other: number[]) =>
    at.reduce((sum, _, i) => sum + Math.min(1, other[i]! / own[i]!), 0) / at.length;
  return (
    (half(a.angles, f!(a.angles), g!(a.angles)) + half(b.angles, g!(b.angles), f!(b.angles))) / 2
  );
}

function interpolated({ angles, bw }: Sample): (at: Angles) => number[] {
  const fit = gridDensity(angles, bw, GRID_POINTS);
  const step = TURN / (GRID_POINTS - 1);
  return (at) =>
    at.map((angle) => {
      const place = wrapped(angle) / step;
      const low = Math.min(Math.floor(place), GRID_POINTS - 2);
      return fit[low]! + (place - low) * (fit[low + 1]! - fit[low]!);
    });
}

export interface OverlapIntervals {
  standardError: number;
  norm0: [number, number];
  basic0: [number, number];
}

/** Both intervals, cut to 0..1. */
export function overlapIntervals(
  a: Angles,
  b: Angles,
  { level, seed, bootstraps }: Sampling,
): OverlapIntervals {
  const estimator = estimatorFor(a, b);
  const random = seeded(seed);
  const [bwA, bwB] = [bandwidth(a), bandwidth(b)];
  const [drawA, drawB] = [smoothedSampler(a, bwA, random), smoothedSampler(b, bwB, random)];
  const draws = Array.from({ length: bootstraps }, () => overlap(drawA(), drawB(), estimator));
  const estimate = overlap(a, b, estimator);
  const standardError = deviation(draws);
  const bias = mean(draws) - estimate;
  const sorted = ascending(draws);
  const tail = (1 - level) / 2;
  const margin = zOf(level) * standardError;
  const inside = (v: number) => Math.min(1, Math.max(0, v));
  const cut = (low: number, high: number): [number, number] => [inside(low), inside(high)];
  return {
    standardError,
    norm0: cut(estimate - margin, estimate + margin),
    basic0: cut(quantile(sorted, tail) - bias, quantile(sorted, 1 - tail) - bias),
  };
}
