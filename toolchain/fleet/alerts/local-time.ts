/** Hours and days on a wall clock: is it quiet now, when does it end. Time zones are IANA names, the clock's own table. */

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** More than a clock is ever put forward. */
const LAST_MINUTES = 120;
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
export type Day = (typeof DAYS)[number];

interface WallClock {
  /** Since midnight. */
  minute: number;
  day: Day;
  yesterday: Day;
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function wallClock(ms: number, timeZone = "UTC"): WallClock {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      ...{ timeZone, hourCycle: "h23", hour: "2-digit", minute: "2-digit", weekday: "short" },
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const day = (parts.get("weekday") ?? "").toLowerCase() as Day;
  const at = DAYS.indexOf(day);
  return {
    minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
    ...{ day, yesterday: DAYS[(at + 6) % 7] as Day },
  };
}

export interface Hours {
  /** Pairs: from, to. */
  hours?: string[][];
  days?: readonly Day[];
  timeZone?: string;
}

/** Hours that span midnight belong to the day on which they began. */
export function isInHours({ hours, days, timeZone }: Hours, ms: number): boolean {
  if (!hours && !days) return true;
  const { minute, day, yesterday } = wallClock(ms, timeZone);
  const isDay = (one: Day) => !days || days.includes(one);
  return (hours ?? [["00:00", "24:00"]]).some(([from = "", to = ""]) => {
    const [start, end] = [minuteOf(from), minuteOf(to)];
    if (start < end) return isDay(day) && minute >= start && minute < end;
    return (isDay(day) && minute >= start) || (isDay(yesterday) && minute < end);
  });
}

/**
 * The next moment, not before `ms`, at which the clock shows `time`. The last stretch is walked by minutes, because summer
 * time may begin or end in it; a time that a day does not have is the next day's.
 */
export function nextTime(ms: number, time: string, timeZone?: string): number {
  const wanted = minuteOf(time);
  let at = Math.ceil(ms / MINUTE_MS) * MINUTE_MS;
  for (;;) {
    const { minute } = wallClock(at, timeZone);
    const missing = (wanted - minute + DAY_MINUTES) % DAY_MINUTES;
    if (missing === 0) return at;
    at += Math.max(1, missing - LAST_MINUTES) * MINUTE_MS;
  }
}

function minuteOf(time: string): number {
  const [hour, minute] = time.split(":");
  return Number(hour) * 60 + Number(minute);
}
