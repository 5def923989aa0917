/**
 * Diversity of a sample of species: observed (richness, Shannon, Simpson, Hill numbers) and estimated for what was not seen
 * (Chao1 in its two variants, ACE, Shannon and Simpson of Chao & Jost), sample coverage.
 * Source: Chao 1984; Chao & Lee 1992 (ACE); Chao et al. 2013, 2014; iNEXT 3.0.1 (ChaoRichness, ChaoShannon); vegan 2.6-4 estimateR.
 */

import { zOf } from "./numerics/distributions.ts";
import { digamma } from "./numerics/special.ts";

/** Records by species, whole numbers; zeros do not count. */
export type Counts = readonly number[];

export interface Sample {
  /** Positive counts. */
  counts: number[];
  /** Records. */
  n: number;
  /** Species. */
  s: number;
  /** Species seen once, twice. */
  f1: number;
  f2: number;
}

export function sampleOf(counts: Counts): Sample {
  const positive = counts.filter((c) => c > 0);
  return {
    counts: positive,
    n: positive.reduce((sum, c) => sum + c, 0),
    s: positive.length,
    f1: positive.filter((c) => c === 1).length,
    f2: positive.filter((c) => c === 2).length,
  };
}

/** Hill number of order q >= 0: 0 species, 1 exp(Shannon), 2 inverse Simpson. */
export function hill(counts: Counts, q: number): number {
  const { counts: positive, n } = sampleOf(counts);
  if (q === 1) return Math.exp(shannon(counts));
  return positive.reduce((sum, c) => sum + (c / n) ** q, 0) ** (1 / (1 - q));
}

/** H = −Σ p ln p. */
export function shannon(counts: Counts): number {
  const { counts: positive, n } = sampleOf(counts);
  return -positive.reduce((sum, c) => sum + (c / n) * Math.log(c / n), 0) + 0;
}

/** Gini-Simpson 1 − Σ p²: the chance that two records drawn with replacement differ. */
export function giniSimpson(counts: Counts): number {
  const { counts: positive, n } = sampleOf(counts);
  return 1 - positive.reduce((sum, c) => sum + (c / n) ** 2, 0);
}

export interface Richness {
  value: number;
  standardError: number;
  /** Log-normal about the number of species not seen; never below those seen. */
  interval: [number, number];
}

/**
 * Chao1 as iNEXT has it: S + ((N−1)/N) f1²/(2 f2); without a species seen twice ((N−1)/N) f1(f1−1)/2.
 * @param counts records by species
 */
export function chao1(counts: Counts, level = 0.95): Richness {
  const { n, s, f1, f2 } = sampleOf(counts);
  const a = (n - 1) / n;
  if (f2 > 0) {
    const r = f1 / f2;
    const value = s + (a * f1 * f1) / (2 * f2);
    return richness(
      value,
      f2 * ((a * r * r) / 2 + a * a * r ** 3 + (a * a * r ** 4) / 4),
      counts,
      level,
    );
  }
  const value = s + (a * f1 * (f1 - 1)) / 2;
  const variance =
    (a * f1 * (f1 - 1)) / 2 + (a * a * f1 * (2 * f1 - 1) ** 2) / 4 - (a * a * f1 ** 4) / 4 / value;
  return richness(value, variance, counts, level);
}

/** Chao1, bias-corrected, as vegan has it: S + f1(f1−1) / (2(f2+1)). */
export function chao1BiasCorrected(counts: Counts, level = 0.95): Richness {
  const { s, f1, f2 } = sampleOf(counts);
  const value = s + (f1 * (f1 - 1)) / (2 * (f2 + 1));
  const pairs = f1 * (f1 - 1);
  const variance =
    f2 > 0
      ? pairs / 2 / (f2 + 1) +
        (f1 * (2 * f1 - 1) ** 2) / 4 / (f2 + 1) ** 2 +
        (f1 * f1 * f2 * (f1 - 1) ** 2) / 4 / (f2 + 1) ** 4
      : f1 > 0
        ? pairs / 2 + (f1 * (2 * f1 - 1) ** 2) / 4 - f1 ** 4 / 4 / value
        : 0;
  return richness(value, variance, counts, level, 0);
}

function richness(
  value: number,
  variance: number,
  counts: Counts,
  level: number,
  complete = completeVariance(counts),
): Richness {
  const { s } = sampleOf(counts);
  const unseen = value - s;
  const z = zOf(level);
  if (unseen <= 0) {
    const standardError = Math.sqrt(Math.max(0, complete));
    return { value: s, standardError, interval: [s, s + z * standardError] };
  }
  const spread = Math.exp(z * Math.sqrt(Math.log(1 + variance / unseen ** 2)));
  return {
    value,
    standardError: Math.sqrt(Math.max(0, variance)),
    interval: [s + unseen / spread, s + unseen * spread],
  };
}

/** Variance of the number of species seen where nothing says that any was missed (iNEXT). */
function completeVariance(counts: Counts): number {
  const { counts: positive, n } = sampleOf(counts);
  const first = positive.reduce((sum, i) => sum + Math.exp(-i) - Math.exp(-2 * i), 0);
  const second = positive.reduce((sum, i) => sum + i * Math.exp(-i), 0);
  return first - second ** 2 / n;
}

const RARE = 10;

/** Abundance-based coverage estimator; null where every record is of an abundant species or every rare one was seen once. */
export function ace(counts: Counts): number | null {
  const { counts: positive, f1 } = sampleOf(counts);
  const rare = positive.filter((c) => c <= RARE);
  const n = rare.reduce((sum, c) => sum + c, 0);
  const coverage = 1 - f1 / n;
  if (!(coverage > 0)) return null;
  const pairs = rare.reduce((sum, c) => sum + c * (c - 1), 0);
  const gamma = Math.max(0, ((rare.length / coverage) * pairs) / (n * (n - 1)) - 1);
  return positive.length - rare.length + rare.length / coverage + (f1 / coverage) * gamma;
}

/** Share of all individuals that belong to a species seen (Chao & Jost 2012), 0..1. */
export function coverage(counts: Counts): number {
  const { n, f1 } = sampleOf(counts);
  return f1 === 0 ? 1 : 1 - (f1 / n) * unseenRatio(counts);
}

/** (N−1)f1 / ((N−1)f1 + 2 f2), and its form for f2 = 0. */
export function unseenRatio(counts: Counts): number {
  const { n, f1, f2 } = sampleOf(counts);
  if (f2 > 0) return ((n - 1) * f1) / ((n - 1) * f1 + 2 * f2);
  return f1 > 0 ? ((n - 1) * (f1 - 1)) / ((n - 1) * (f1 - 1) + 2) : 0;
}

/** Shannon entropy of the community, unseen species included (Chao, Wang & Jost 2013). */
export function shannonEstimate(counts: Counts): number {
  const { counts: positive, n, f1, f2 } = sampleOf(counts);
  const seen = positive.reduce((sum, c) => sum + (c / n) * (digamma(n) - digamma(c)), 0);
  const a = 1 - unseenRatio(counts);
  if (f1 === 0 || a === 1 || (f2 === 0 && f1 < 2)) return seen;
  let series = -Math.log(a);
  for (let r = 1; r < n; r++) series -= (1 - a) ** r / r;
  return seen + (f1 / n) * (1 - a) ** (1 - n) * series;
}

/** Gini-Simpson of the community without bias: 1 − Σ c(c−1) / (N(N−1)). */
export function giniSimpsonEstimate(counts: Counts): number {
  const { counts: positive, n } = sampleOf(counts);
  return 1 - positive.reduce((sum, c) => sum + c * (c - 1), 0) / (n * (n - 1));
}
