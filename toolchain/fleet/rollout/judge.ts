/**
 * Whether a release does harm, decided again after every outcome: the likelihood ratio of "harmful" against "background
 * only" (Wald's sequential test, 1945). By Ville's inequality a release no worse than the background is ever stopped with
 * at most the probability `falseStop`, however often one looks.
 */
import type { RolloutPlan } from "./plan.ts";

export interface Tally {
  /** Cameras that proved the release. */
  proved: number;
  /** Cameras that failed, rolled back or fell silent. */
  failed: number;
}

/** Natural logarithm of the likelihood ratio; above 0 speaks for harm. */
export function evidence(plan: RolloutPlan, { proved, failed }: Tally): number {
  const { harmfulFailure: p1, backgroundFailure: p0 } = plan;
  return failed * Math.log(p1 / p0) + proved * Math.log((1 - p1) / (1 - p0));
}

export const isHarmful = (plan: RolloutPlan, tally: Tally): boolean =>
  evidence(plan, tally) >= Math.log(1 / plan.falseStop);
