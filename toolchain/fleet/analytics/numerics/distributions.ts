/**
 * Normal, chi-square and Student's t: probabilities and quantiles; intervals of a proportion and of a Poisson count.
 * Source: Abramowitz & Stegun 1964 §26; Wilson 1927 (score interval); Garwood 1936 (exact Poisson interval).
 */
import { findRoot } from "./optimise.ts";
import { betaI, gammaP, gammaQ } from "./special.ts";

/** P(Z <= z) of the standard normal distribution. */
export const normalCdf = (z: number): number =>
  z < 0 ? gammaQ(0.5, (z * z) / 2) / 2 : 1 - gammaQ(0.5, (z * z) / 2) / 2;

/** Two-sided p-value of a standard normal statistic. */
export const normalTwoSided = (z: number): number => gammaQ(0.5, (z * z) / 2);

/** @param p 0..1, exclusive */
export const normalQuantile = (p: number): number =>
  p === 0.5 ? 0 : findRoot((z) => normalCdf(z) - p, -38, 38);

/** P(X > x) of chi-square. @param df > 0 */
export const chiSquareUpper = (x: number, df: number): number => gammaQ(df / 2, x / 2);

/** @param p 0..1, exclusive; @param df > 0 */
export function chiSquareQuantile(p: number, df: number): number {
  let high = df + 10;
  while (gammaP(df / 2, high / 2) < p) high *= 2;
  return findRoot((x) => gammaP(df / 2, x / 2) - p, 0, high);
}

/** P(T <= t) of Student's t. @param df > 0 */
export function studentCdf(t: number, df: number): number {
  const tail = betaI(df / (df + t * t), df / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** @param p 0..1, exclusive; @param df > 0 */
export function studentQuantile(p: number, df: number): number {
  let bound = 10;
  while (studentCdf(bound, df) < Math.max(p, 1 - p)) bound *= 10;
  return findRoot((t) => studentCdf(t, df) - p, -bound, bound);
}

/** z of a two-sided interval. @param level 0..1, for example 0.95 */
export const zOf = (level: number): number => normalQuantile((1 + level) / 2);

/**
 * Exact interval of a Poisson mean (Garwood).
 * @param count whole number >= 0
 * @returns [low, high] in counts; low is 0 for 0
 */
export function poissonInterval(count: number, level: number): [number, number] {
  const tail = (1 - level) / 2;
  const low = count === 0 ? 0 : chiSquareQuantile(tail, 2 * count) / 2;
  return [low, chiSquareQuantile(1 - tail, 2 * count + 2) / 2];
}

/**
 * Score interval of a proportion (Wilson).
 * @param hits 0..n
 * @param n > 0
 */
export function wilsonInterval(hits: number, n: number, level: number): [number, number] {
  const z = zOf(level);
  const p = hits / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [hits === 0 ? 0 : middle - half, hits === n ? 1 : middle + half];
}
