/** How long something takes: a count for each step of a logarithmic scale, so that half and 95 % cost 32 bytes, not a list. */
import { timeOfStep, timeStep } from "../protocol/heartbeat.ts";

const STEPS = 32;
/** Counts are halved when they reach it: the newest few hundred times weigh most. */
const COUNT_MAX = 200;

export type Times = Uint8Array;

export function newTimes(): Times {
  return new Uint8Array(STEPS);
}

export function addTime(times: Times, ms: number): void {
  // A time below the first step is one all the same; step 0 means none.
  const step = Math.max(1, timeStep(ms));
  const count = (times[step] as number) + 1;
  times[step] = count;
  if (count < COUNT_MAX) return;
  times.forEach((old, at) => {
    times[at] = old >> 1;
  });
}

/** Milliseconds that this share of the times did not exceed, within the width of a step; 0 without any. */
export function timeAt(times: Times, pct: number): number {
  let sum = 0;
  times.forEach((count) => {
    sum += count;
  });
  let left = (sum * pct) / 100;
  let found = 0;
  times.forEach((count, step) => {
    if (left > 0 && count) found = step;
    left -= count;
  });
  return timeOfStep(found);
}
