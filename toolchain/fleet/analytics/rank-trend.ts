/**
 * Trend without a model: Mann-Kendall's test and the Theil-Sen slope (median of slopes between all pairs).
 * S = concordant − discordant pairs. P-value exact below 50 values without ties, else normal with ties corrected.
 * Source: Kendall 1975; Sen 1968; R cor.test(method = "kendall").
 */
import { normalTwoSided } from "./numerics/distributions.ts";
import { ascending, quantile } from "./numerics/random.ts";

export interface RankTrend {
  /** Concordant minus discordant pairs. */
  s: number;
  /** Kendall's τ-b, −1..1. */
  tau: number;
  /** Two-sided. */
  p: number;
  /** Median change of the value per year. */
  slope: number;
}

const EXACT_BELOW = 50;

/** @param values one per year, at least 3, all years different */
export function rankTrend(years: readonly number[], values: readonly number[]): RankTrend {
  let s = 0;
  const slopes: number[] = [];
  for (let i = 0; i < values.length; i++) {
    for (let j = i + 1; j < values.length; j++) {
      const [dx, dy] = [years[j]! - years[i]!, values[j]! - values[i]!];
      s += Math.sign(dx * dy);
      slopes.push(dy / dx);
    }
  }
  const pairs = slopes.length;
  const ties = tieSizes(values);
  const tied = ties.reduce((sum, t) => sum + (t * (t - 1)) / 2, 0);
  const isExact = values.length < EXACT_BELOW && ties.length === 0;
  return {
    s,
    tau: tied === pairs ? 0 : s / Math.sqrt(pairs * (pairs - tied)),
    p: isExact ? exactP(s, values.length) : normalP(s, values.length, ties),
    slope: quantile(ascending(slopes), 0.5),
  };
}

function tieSizes(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const v of values) counts.set(v, (counts.get(v) ?? 0) + 1);
  return [...counts.values()].filter((t) => t > 1);
}

/** By counting permutations of n with each number of inversions, as shares of all. */
function exactP(s: number, n: number): number {
  let shares = [1];
  for (let size = 2; size <= n; size++) {
    const next = new Array<number>(shares.length + size - 1).fill(0);
    shares.forEach((share, at) => {
      for (let k = 0; k < size; k++) next[at + k]! += share / size;
    });
    shares = next;
  }
  const concordant = (s + (n * (n - 1)) / 2) / 2;
  const tail = Math.min(concordant, shares.length - 1 - concordant);
  return Math.min(1, 2 * shares.slice(0, tail + 1).reduce((sum, v) => sum + v, 0));
}

function normalP(s: number, n: number, ties: number[]): number {
  const term = (t: number) => t * (t - 1) * (2 * t + 5);
  const variance = (term(n) - ties.reduce((sum, t) => sum + term(t), 0)) / 18;
  return variance > 0 ? normalTwoSided((s - Math.sign(s)) / Math.sqrt(variance)) : 1;
}
