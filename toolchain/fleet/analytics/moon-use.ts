/**
 * Records by moonlight: night records per 100 nights at each quarter of the lit disc, so that bright nights being few does not
 * look like avoidance. The disc is that of local midnight; whether the moon was up is not asked.
 * Source: Prugh & Golden 2014 for the question; moon.ts and sun.ts for the sky.
 */
import { DAY_MS, type Span } from "./effort.ts";
import { moon } from "./moon.ts";
import type { PlacedTime } from "./solar-time.ts";
import { sunAltitude } from "./sun.ts";

export const MOON_CLASSES = ["0-25 %", "25-50 %", "50-75 %", "75-100 %"] as const;

const classOf = (ms: number): number => Math.min(3, Math.floor(moon(ms).illuminated * 4));

/** The local midnight nearest to a time. */
const midnightNear = (ms: number, longitude: number): number =>
  (Math.round(ms / DAY_MS + longitude / 360) - longitude / 360) * DAY_MS;

/** Night records by class of the lit disc, and how many records were by day. */
export function nightRecords(records: readonly PlacedTime[]): { night: number[]; day: number } {
  const night = [0, 0, 0, 0];
  let day = 0;
  for (const { timeMs, latitude, longitude } of records) {
    if (sunAltitude(timeMs, latitude, longitude) > -0.833) day++;
    else night[classOf(midnightNear(timeMs, longitude))]!++;
  }
  return { night, day };
}

/** Nights in operation by class: local midnights inside the spans. */
export function nightsOf(spans: readonly Span[], longitude: number): number[] {
  const nights = [0, 0, 0, 0];
  for (const [from, to] of spans) {
    let midnight = midnightNear(from, longitude);
    if (midnight < from) midnight += DAY_MS;
    for (; midnight < to; midnight += DAY_MS) nights[classOf(midnight)]!++;
  }
  return nights;
}
