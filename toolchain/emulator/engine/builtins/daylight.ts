/** The time zone of Date: fixed minutes (E.setTimeZone), or twelve numbers that say when clocks change (E.setDST). */
import { toInt, viewGet } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { EspView, type Value } from "../value.ts";
import { dateOfDay, dayNumber } from "./calendar.ts";
import { ELEMENT_TYPES, newView } from "./typed.ts";

const RULE = "dst";
const ZONE = "tz";
const RULE_NUMBERS = 12;
const DAY_MINUTES = 1440;
const LAST_OF_MONTH = 4;

export interface Zone {
  /** Minutes east of UTC. */
  minutes: number;
  isDaylight: boolean;
}

export function setTimeZone(e: Engine, hours: number): void {
  e.hidden.props?.delete(RULE);
  e.hidden.props?.set(ZONE, Math.trunc(hours * 60) || 0);
}

/** Offset, zone, then for start and end: which of the month, weekday, month, day offset, minute of the day. */
export function setDaylight(e: Engine, args: Value[]): void {
  if (args.length !== RULE_NUMBERS) throw e.error("Error", "Unexpected arguments");
  e.hidden.props?.delete(ZONE);
  const rule = newView(e, ELEMENT_TYPES.Int16Array, RULE_NUMBERS);
  args.forEach((arg, i) => {
    rule.data.setInt16(i * 2, toInt(e, arg), true);
  });
  e.hidden.props?.set(RULE, rule);
}

/** The zone in effect at a time, which is either UTC or what a local clock shows. */
export function zoneAt(e: Engine, ms: number, isLocal = false): Zone {
  const rule = e.hidden.props?.get(RULE);
  const numbers =
    rule instanceof EspView
      ? Array.from({ length: RULE_NUMBERS }, (_, i) => toInt(e, viewGet(rule, i)))
      : [];
  const [offset = 0, zone = 0] = numbers;
  if (offset === 0) {
    return { minutes: toInt(e, e.hidden.props?.get(ZONE)), isDaylight: false };
  }
  const seconds = ms / 1000;
  const { year } = dateOfDay(Math.trunc(seconds / 86400));
  const utc = (shift: number) => (isLocal ? 0 : shift);
  const start = changeMinute(year, numbers.slice(2, 7)) - utc(zone);
  const end = changeMinute(year, numbers.slice(7)) - utc(zone + offset);
  const minute = seconds / 60;
  const isDaylight =
    start < end ? minute >= start && minute < end : minute < end || minute >= start;
  return { minutes: isDaylight ? zone + offset : zone, isDaylight };
}

/** When clocks change in a year, in minutes since 1970 as the clock then shows them. */
function changeMinute(
  year: number,
  [which = 0, weekday = 0, month = 0, dayOffset = 0, minute = 0]: number[],
): number {
  const isLast = which === LAST_OF_MONTH;
  const first = dayNumber(year, isLast ? month + 1 : month, 1) ?? 0;
  const toWeekday = (14 - ((first + 4) % 7) + weekday) % 7;
  const day = first + toWeekday + (isLast ? -7 : 7 * which);
  return (day + dayOffset) * DAY_MINUTES + minute;
}
