/**
 * What a roll-out is told to do: which rings, how fast, when to stop. Words as in hawkBit and flightctl: rings cascade on
 * success, a disruption budget per site, maintenance windows.
 */
import { createHash } from "node:crypto";
import type { ReleasePriority } from "../../../device/protocol/release-offers.ts";

export interface RolloutPlan {
  /** Upper ends of the rings in percent of the fleet, rising, the last one 100. */
  rings: readonly number[];
  /** Share of a ring's cameras that must have proved the release before the next ring opens, 0..1. */
  successThreshold: number;
  /** Cameras that may be unproven when a ring opens; after that one more for each `growth` of the ring that proved it. */
  firstBatch: number;
  growth: number;
  /** Share of cameras that fail or fall silent in any such time, whatever they run, 0..1. */
  backgroundFailure: number;
  /** Share from which a release counts as harmful, 0..1, above the background. */
  harmfulFailure: number;
  /** Probability of stopping a good release, 0..1. */
  falseStop: number;
  /** Cameras of one site that may be updating, failed or silent at once. */
  maxUnavailable: number;
  /** A camera has proved a release by a check-in this long after it confirmed it, ms. */
  soakMs: number;
  /** A camera is silent when it missed this many of its own promised intervals. */
  silentIntervals: number;
  /** UTC hours of the day in which updates may begin; empty: always. [22, 4] spans midnight. */
  windows: readonly (readonly [number, number])[];
  /** How soon. Plans of before it existed have none: normal. */
  priority?: ReleasePriority;
  /** Bytes that a camera may fetch for it in all; absent: the camera's own rule. */
  budgetBytes?: number;
}

/** Hours after which windows and a full battery are waited for no more. */
const DUE_HOURS: Record<ReleasePriority, number> = {
  ...{ critical: 0, high: 24, normal: 7 * 24, low: Number.POSITIVE_INFINITY },
};

/** UTC milliseconds from which a release is due. */
export const dueMsOf = ({ priority = "normal" }: RolloutPlan, createdMs: number): number =>
  createdMs + DUE_HOURS[priority] * 3600_000;

export const DEFAULT_PLAN: RolloutPlan = {
  rings: [5, 25, 100],
  successThreshold: 0.5,
  firstBatch: 10,
  growth: 2,
  backgroundFailure: 0.02,
  harmfulFailure: 0.1,
  falseStop: 0.005,
  maxUnavailable: 1,
  soakMs: 6 * 3600_000,
  silentIntervals: 3,
  windows: [],
  priority: "normal",
};

/** Where a camera stands in the order of the fleet, 0..100; always the same for the same camera. */
export function placeOf(cameraID: string): number {
  const digest = createHash("sha256").update(cameraID).digest();
  return (digest.readUInt32BE(0) / 0x1_0000_0000) * 100;
}

/** Index of the ring a camera belongs to. */
export function ringOf(plan: RolloutPlan, place: number): number {
  const index = plan.rings.findIndex((end) => place < end);
  return index < 0 ? plan.rings.length - 1 : index;
}

/**
 * The plan with each ring's end raised until the rings up to it hold their share of these cameras, rounded up. Of a dozen
 * cameras the first 5 % of the order holds none as often as not: the release would then begin with many at once.
 */
export function fitToFleet(plan: RolloutPlan, cameraIDs: readonly string[]): RolloutPlan {
  const places = cameraIDs.map(placeOf).sort((a, b) => a - b);
  const rings = plan.rings.map((end) => {
    const last = places[Math.ceil((places.length * end) / 100) - 1];
    // Just above that place, in hundredths.
    return last === undefined ? end : Math.max(end, Math.floor(last * 100 + 1) / 100);
  });
  return { ...plan, rings: [...rings.slice(0, -1), 100] };
}

export function isInWindow(plan: RolloutPlan, nowMs: number): boolean {
  if (plan.windows.length === 0) return true;
  const hour = (nowMs / 3600_000) % 24;
  return plan.windows.some(([from, to]) =>
    from <= to ? hour >= from && hour < to : hour >= from || hour < to,
  );
}

/** What is wrong with a plan, or undefined. */
export function planProblem(plan: RolloutPlan): string | undefined {
  const { rings } = plan;
  const isRising = rings.every((end, i) => end > (rings[i - 1] ?? 0));
  if (!isRising || rings.at(-1) !== 100) return "rings must rise and end at 100";
  for (const name of [
    "successThreshold",
    "backgroundFailure",
    "harmfulFailure",
    "falseStop",
  ] as const)
    if (!(plan[name] > 0 && plan[name] < 1)) return `${name} must lie between 0 and 1`;
  if (plan.harmfulFailure <= plan.backgroundFailure)
    return "harmfulFailure must be above backgroundFailure";
  for (const name of ["firstBatch", "growth", "maxUnavailable", "silentIntervals"] as const)
    if (!(plan[name] >= 1)) return `${name} must be at least 1`;
  if (!(plan.soakMs >= 0)) return "soakMs must not be negative";
  const isHour = (hour: number) => hour >= 0 && hour <= 24;
  if (!plan.windows.every(([from, to]) => isHour(from) && isHour(to)))
    return "windows must be hours from 0 to 24";
  return undefined;
}
