/**
 * Other indices that reports ask for, and distances between two communities. One line each; N records, S species, c counts.
 * Source: Magurran 2004; definitions as scikit-bio diversity.alpha and vegan vegdist have them.
 */
import { type Counts, giniSimpson, sampleOf, shannon } from "./diversity.ts";
import { findRoot } from "./numerics/optimise.ts";
import { logGamma } from "./numerics/special.ts";

/** Evenness H / ln S; null for one species. */
export const pielou = (counts: Counts): number | null =>
  sampleOf(counts).s > 1 ? shannon(counts) / Math.log(sampleOf(counts).s) : null;

/** Evenness (e^H − 1) / (S − 1). */
export const heip = (counts: Counts): number =>
  (Math.exp(shannon(counts)) - 1) / (sampleOf(counts).s - 1);

/** Σ p². */
export const dominance = (counts: Counts): number => 1 - giniSimpson(counts);

/** Share of the most common species. */
export const bergerParker = (counts: Counts): number => Math.max(...counts) / sampleOf(counts).n;

export const margalef = (counts: Counts): number =>
  (sampleOf(counts).s - 1) / Math.log(sampleOf(counts).n);

export const menhinick = (counts: Counts): number =>
  sampleOf(counts).s / Math.sqrt(sampleOf(counts).n);

/** Good's coverage 1 − f1/N: coarser than `coverage` of diversity.ts. */
export const goodsCoverage = (counts: Counts): number =>
  1 - sampleOf(counts).f1 / sampleOf(counts).n;

/** (ln N! − Σ ln c!) / N: Shannon of a completely counted collection. */
export function brillouin(counts: Counts): number {
  const { counts: positive, n } = sampleOf(counts);
  return (logGamma(n + 1) - positive.reduce((sum, c) => sum + logGamma(c + 1), 0)) / n;
}

/** (N − U) / (N − √N), U = √Σ c². */
export function mcIntosh(counts: Counts): number {
  const { counts: positive, n } = sampleOf(counts);
  return (n - Math.hypot(...positive)) / (n - Math.sqrt(n));
}

/** Largest excess of the cumulated shares of the commonest i species over i/S. */
export function strong(counts: Counts): number {
  const { counts: positive, n, s } = sampleOf(counts);
  let [sum, best] = [0, 0];
  [...positive]
    .sort((a, b) => b - a)
    .forEach((c, i) => {
      sum += c;
      best = Math.max(best, sum / n - (i + 1) / s);
    });
  return best;
}

/** α of Fisher's log series, S = α ln(1 + N/α); null where every record is another species or there is only one. */
export function fisherAlpha(counts: Counts): number | null {
  const { n, s } = sampleOf(counts);
  if (s < 2 || s === n) return null;
  return findRoot((alpha) => alpha * Math.log1p(n / alpha) - s, 1e-9, 1e9);
}

/** Bray-Curtis dissimilarity of two counts over the same species, 0..1. */
export function brayCurtis(a: Counts, b: Counts): number {
  const apart = a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0);
  return apart / a.reduce((sum, v, i) => sum + v + b[i]!, 0);
}

function presence(a: Counts, b: Counts): { both: number; either: number } {
  return {
    both: a.filter((v, i) => v > 0 && b[i]! > 0).length,
    either: a.filter((v, i) => v > 0 || b[i]! > 0).length,
  };
}

/** Jaccard dissimilarity by presence, 0..1. */
export const jaccard = (a: Counts, b: Counts): number =>
  1 - presence(a, b).both / presence(a, b).either;

/** Sørensen dissimilarity by presence, 0..1. */
export function sorensen(a: Counts, b: Counts): number {
  const { both, either } = presence(a, b);
  return 1 - (2 * both) / (either + both);
}
