/** Days and dates of the proleptic Gregorian calendar. */

const DAY_MS = 86_400_000;
const YEAR_MAX = 1_250_000;
export const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];
export const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

export interface Clock {
  /** Since 1 January 1970. */
  days: number;
  hour: number;
  min: number;
  sec: number;
  ms: number;
  /** Minutes east of UTC. */
  zone: number;
}

export interface CalendarClock extends Clock {
  year: number;
  month: number;
  day: number;
  weekday: number;
}

/** Days since 1970; months outside 0..11 carry over. undefined when far out of range. */
export function dayNumber(year: number, month: number, day: number): number | undefined {
  const y = year + Math.floor(month / 12);
  const m = ((month % 12) + 12) % 12;
  if (y < -YEAR_MAX || y >= YEAR_MAX) return undefined;
  // Years begin in March here, so that the leap day comes last.
  const shifted = m < 2 ? y - 1 : y;
  const fromMarch = (m + 10) % 12;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return 365 * shifted + leaps + Math.floor((153 * fromMarch + 2) / 5) + day - 1 - 719468;
}

export function dateOfDay(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36524) -
      Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = (fromMarch + 2) % 12;
  return {
    year: yearOfEra + era * 400 + (month < 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

export function toClock(utcMs: number, zone: number): CalendarClock {
  const local = Math.trunc(utcMs + zone * 60_000) || 0;
  const days = Math.floor(local / DAY_MS);
  const rest = local - days * DAY_MS;
  const seconds = Math.trunc(rest / 1000);
  return {
    days,
    ...dateOfDay(days),
    weekday: (((days + 4) % 7) + 7) % 7,
    hour: Math.trunc(seconds / 3600),
    min: Math.trunc((seconds % 3600) / 60),
    sec: seconds % 60,
    ms: rest % 1000,
    zone,
  };
}

export const fromClock = (c: Clock): number =>
  // The time within a day is a sum of 32-bit integers.
  ((c.ms + ((c.hour * 60 + c.min - c.zone) * 60 + c.sec) * 1000) | 0) + c.days * DAY_MS;

export const monthNamed = (word: string): number => MONTHS.indexOf(word.substring(0, 3));
export const weekdayNamed = (word: string): number => WEEKDAYS.indexOf(word);
