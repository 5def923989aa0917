/**
 * Random numbers that repeat: one seed, one sequence, on every machine. For bootstraps only, not for secrets.
 * Source: sfc32 (PractRand, public domain algorithm by C. Doty-Humphrey).
 */

export type Random = () => number;

/** @param seed whole number; @returns a source of numbers 0..1, 1 excluded */
export function seeded(seed: number): Random {
  let [a, b, c, d] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** Whole number 0..n-1. */
export const pick = (random: Random, n: number): number => Math.floor(random() * n);

/**
 * Quantile by linear interpolation (R's type 7).
 * @param sorted ascending, not empty
 * @param p 0..1
 */
export function quantile(sorted: readonly number[], p: number): number {
  const at = (sorted.length - 1) * p;
  const low = Math.floor(at);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return a + (at - low) * (b - a);
}

export const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v, 0) / values.length;

/** Standard deviation with n - 1. */
export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - middle) ** 2, 0) / (values.length - 1));
}
