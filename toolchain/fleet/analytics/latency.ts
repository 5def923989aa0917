/**
 * Latency: from the trigger on a camera to its reception here. Median and other quantiles with distribution-free intervals from
 * order statistics. Negative values mean a wrong clock; they are counted, not hidden.
 * Source: Conover 1999, §3.2 (interval of a quantile by the binomial); Whytock et al. 2021 report a median, too.
 */
import { normalQuantile } from "./numerics/distributions.ts";
import { ascending, quantile } from "./numerics/random.ts";
import type { Reception } from "./rows.ts";

export interface Latency {
  n: number;
  /** Received before it was triggered: the camera's clock is ahead. */
  negative: number;
  /** Seconds, with interval. */
  quantiles: { p: number; seconds: number; interval: [number, number] }[];
}

export function latency(receptions: readonly Reception[], level = 0.95): Latency {
  const delays = ascending(receptions.map((r) => r.receivedS - r.triggeredS));
  const n = delays.length;
  const z = normalQuantile((1 + level) / 2);
  const at = (rank: number) => delays[Math.min(n - 1, Math.max(0, rank))]!;
  return {
    n,
    negative: delays.filter((s) => s < 0).length,
    quantiles: [0.5, 0.9, 0.99].map((p) => {
      const half = z * Math.sqrt(n * p * (1 - p));
      return {
        p,
        seconds: quantile(delays, p),
        interval: [at(Math.floor(n * p - half) - 1), at(Math.ceil(n * p + half))],
      };
    }),
  };
}
