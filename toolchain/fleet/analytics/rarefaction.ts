/**
 * Species and coverage at another number of records than were made: rarefaction below, extrapolation above (up to twice is sound).
 * S(m) = S − Σ C(N−c, m)/C(N, m); S(N+m*) = S + f̂0 [1 − (1 − f1/(N f̂0 + f1))^m*].
 * Source: Hurlbert 1971; Chao et al. 2014 (iNEXT); vegan rarefy.
 */
import { type Counts, chao1, sampleOf, unseenRatio } from "./diversity.ts";
import { logGamma } from "./numerics/special.ts";

/**
 * Expected number of species in m records.
 * @param m whole number >= 0; above N it is extrapolated
 */
export function speciesAt(counts: Counts, m: number): number {
  const { counts: positive, n, s, f1 } = sampleOf(counts);
  if (m <= n) {
    return positive.reduce((sum, c) => sum + 1 - Math.exp(logMissed(n, c, m)), 0);
  }
  const unseen = chao1(counts).value - s;
  return unseen > 0 ? s + unseen * (1 - (1 - f1 / (n * unseen + f1)) ** (m - n)) : s;
}

/** ln of the chance that m of n records hold none of a species with c. */
const logMissed = (n: number, c: number, m: number): number =>
  n - c < m
    ? Number.NEGATIVE_INFINITY
    : logGamma(n - c + 1) - logGamma(n - c - m + 1) - logGamma(n + 1) + logGamma(n - m + 1);

/** Coverage of m records, 0..1. */
export function coverageAt(counts: Counts, m: number): number {
  const { counts: positive, n, f1 } = sampleOf(counts);
  if (m < n) {
    return 1 - positive.reduce((sum, c) => sum + (c / n) * Math.exp(logMissed(n - 1, c - 1, m)), 0);
  }
  return 1 - (f1 / n) * unseenRatio(counts) ** (m - n + 1);
}

export interface CurvePoint {
  records: number;
  species: number;
  coverage: number;
  isExtrapolated: boolean;
}

/** Points of the curve from 1 to twice the records made. */
export function speciesCurve(counts: Counts, points = 40): CurvePoint[] {
  const { n } = sampleOf(counts);
  const step = Math.max(1, Math.round((2 * n) / points));
  const places = new Set([1, n, 2 * n]);
  for (let m = step; m < 2 * n; m += step) places.add(m);
  return [...places]
    .sort((a, b) => a - b)
    .map((records) => ({
      records,
      species: speciesAt(counts, records),
      coverage: coverageAt(counts, records),
      isExtrapolated: records > n,
    }));
}
