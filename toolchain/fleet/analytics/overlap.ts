/**
 * Overlap of two activity patterns, ∫ min(f, g): 0 never active at the same time, 1 the same pattern.
 * Dhat1: both densities (bandwidth/0.8) on a 128-point grid, normalised, Σ min. Dhat4 (bandwidth/1):
 * ½[mean min(1, g/f) at A's times + mean min(1, f/g) at B's]; for n_A + n_B > 1.1·128 densities are interpolated on the grid.
 * Dhat1 where the smaller sample has under 50 times, else Dhat4; Dhat5 is not offered (biased).
 * Interval by smoothed bootstrap: norm0 = estimate ± z·sd, basic0 = percentiles moved by the bootstrap's bias.
 * Source: Ridout & Linkie 2009; Meredith & Ridout, overlap 0.3.9 (overlapEst, bootCI).
 */
import { bandwidth, density, grid, TURN, wrapped } from "./circular.ts";
import { zOf } from "./numerics/distributions.ts";
import {
  ascending,
  deviation,
  mean,
  pick,
  quantile,
  type Random,
  seeded,
  vonMises,
} from "./numerics/random.ts";
import type { Sampling } from "./rai.ts";

const GRID_POINTS = 128;
const ADJUST = { Dhat1: 0.8, Dhat4: 1 };
const DHAT4_FROM = 50;

export type Estimator = "Dhat1" | "Dhat4";
type Angles = readonly number[];

export const estimatorFor = (a: Angles, b: Angles): Estimator =>
  Math.min(a.length, b.length) < DHAT4_FROM ? "Dhat1" : "Dhat4";

/**
 * @param a times of day of one species, radians
 * @param b times of day of the other, radians
 * @returns 0..1
 */
export function overlap(a: Angles, b: Angles, estimator = estimatorFor(a, b)): number {
  return estimator === "Dhat1"
    ? dhat1(a, b, bandwidth(a) / ADJUST.Dhat1, bandwidth(b) / ADJUST.Dhat1)
    : dhat4(a, b, bandwidth(a) / ADJUST.Dhat4, bandwidth(b) / ADJUST.Dhat4);
}

function dhat1(a: Angles, b: Angles, bwA: number, bwB: number): number {
  // 0 and 2π are one point.
  const at = grid(GRID_POINTS).slice(1);
  const [f, g] = [density(a, bwA, at), density(b, bwB, at)];
  const [sumF, sumG] = [mean(f), mean(g)];
  return f.reduce((sum, v, i) => sum + Math.min(v / sumF, g[i]! / sumG), 0) / at.length;
}

function dhat4(a: Angles, b: Angles, bwA: number, bwB: number): number {
  const isLarge = a.length + b.length > 1.1 * GRID_POINTS;
  const [f, g] = isLarge
    ? [interpolated(a, bwA), interpolated(b, bwB)]
    : [(at: Angles) => density(a, bwA, at), (at: Angles) => density(b, bwB, at)];
  const half = (at: Angles, own: number[], other: number[]) =>
    at.reduce((sum, _, i) => sum + Math.min(1, other[i]! / own[i]!), 0) / at.length;
  return (half(a, f(a), g(a)) + half(b, g(b), f(b))) / 2;
}

function interpolated(angles: Angles, bw: number): (at: Angles) => number[] {
  const fit = density(angles, bw, grid(GRID_POINTS));
  const step = TURN / (GRID_POINTS - 1);
  return (at) =>
    at.map((angle) => {
      const place = wrapped(angle) / step;
      const low = Math.min(Math.floor(place), GRID_POINTS - 2);
      return fit[low]! + (place - low) * (fit[low + 1]! - fit[low]!);
    });
}

/** Larger samples are resampled by this many: their interval is then too wide rather than hours in coming. */
const RESAMPLE_AT_MOST = 2000;

/** Draws from the kernel density: a time of the sample, moved by the kernel. */
export function smoothedResample(angles: Angles, bw: number, random: Random): number[] {
  const size = Math.min(angles.length, RESAMPLE_AT_MOST);
  const noise = vonMises(random, bw);
  return Array.from({ length: size }, () =>
    wrapped(angles[pick(random, angles.length)]! + noise()),
  );
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
  const draws = Array.from({ length: bootstraps }, () =>
    overlap(smoothedResample(a, bwA, random), smoothedResample(b, bwB, random), estimator),
  );
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
