/** Where a day begins and ends on the clocks of a time zone, summer time included. For the server and the dashboard. */

const DAY_MS = 86_400_000;

export interface LocalDay {
  /** UTC milliseconds. */
  startMs: number;
  /** The first moment of the next day. */
  endMs: number;
  /** "2025-05-14" */
  date: string;
}

/** The day that a moment lies in. @param timeZone IANA name */
export function localDay(nowMs: number, timeZone: string): LocalDay {
  const date = dateOf(nowMs, timeZone);
  const startMs = startOfDate(date, timeZone);
  // The middle of the next day, whether this one has 23 or 25 hours.
  const endMs = startOfDate(dateOf(startMs + 1.5 * DAY_MS, timeZone), timeZone);
  return { startMs, endMs, date };
}

/** The first moment of a date, UTC milliseconds: some zones begin summer time at midnight, so it need not be 00:00. */
export function startOfDate(date: string, timeZone: string): number {
  const middayUtc = Date.parse(`${date}T12:00:00Z`);
  // Zones reach from -12 to +14 hours, so the date begins in here; the clock's date never goes back at midnight by a day.
  let [before, after] = [middayUtc - 1.5 * DAY_MS, middayUtc + DAY_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dateOf(middle, timeZone) < date) before = middle;
    else after = middle;
  }
  return after;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function dateOf(ms: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
    format = new Intl.DateTimeFormat("sv-SE", { timeZone, ...parts });
    formats.set(timeZone, format);
  }
  return format.format(ms);
}
