/**
 * Whether a release does harm, decided again after every outcome: the likelihood ratio of "harmful" against "background
 * only" (Wald's sequential test, 1945). By Ville's inequality a release no worse than the background is ever stopped with
 * at most the probability `falseStop`, however often one looks. Each ring is judged by itself, with its share of that
 * probability: what a thousand cameras proved in one ring must not hide what fails in the next.
 *
 * Failures are heard of sooner than proofs, which would look like harm. So a camera counts as unharmed from the moment
 * it is offered the release until it fails: the evidence is then never above what it will be once all have been heard, and
 * the bound holds however late, and in whatever order, they speak.
 */
import type { RolloutPlan } from "./plan.ts";

export interface Tally {
  /** Cameras that were offered the release and have not failed, proved or not yet. */
  unharmed: number;
  /** Cameras that failed, rolled back or fell silent. */
  failed: number;
}

/** Natural logarithm of the likelihood ratio; above 0 speaks for harm. */
export function evidence(plan: RolloutPlan, { unharmed, failed }: Tally): number {
  const { harmfulFailure: p1, backgroundFailure: p0 } = plan;
  return failed * Math.log(p1 / p0) + unharmed * Math.log((1 - p1) / (1 - p0));
}

/** Evidence in any one ring from which the roll-out stops. */
export const stopsAt = (plan: RolloutPlan): number => Math.log(plan.rings.length / plan.falseStop);
