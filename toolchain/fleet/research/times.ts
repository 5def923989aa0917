/**
 * Camtrap DP's times: ISO 8601 to the second with an explicit zone. Inside the server a time is UTC seconds and, where an import
 * wrote another zone than Z, its offset in minutes.
 */

const DATETIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:Z|([+-])(\d{2}):?(\d{2}))$/;

export interface Moment {
  seconds: number;
  offsetMin: number | null;
}

/** undefined for what is no such time. */
export function momentOf(text: string): Moment | undefined {
  const match = DATETIME.exec(text);
  if (!match) return undefined;
  const [, local = "", sign, hours, minutes] = match;
  const ms = Date.parse(`${local}Z`);
  // Date.parse takes the 31st of April; written again, it is another day.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== local) return undefined;
  if (sign === undefined) return { seconds: ms / 1000, offsetMin: null };
  const offsetMin = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  if (Number(minutes) > 59 || Math.abs(offsetMin) > 24 * 60) return undefined;
  return { seconds: ms / 1000 - offsetMin * 60, offsetMin };
}

const DAY_S = 86_400;
const padded = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, "0"));
/** Rows come in the order of time, so most share their day with the one before. */
let lastDay = Number.NaN;
let lastDate = "";

/** @param seconds UTC */
export function datetimeOf(seconds: number, offsetMin: number | null = null): string {
  const local = localOf(seconds + (offsetMin ?? 0) * 60);
  if (offsetMin === null) return `${local}Z`;
  const size = Math.abs(offsetMin);
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${local}${offsetMin < 0 ? "-" : "+"}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

function localOf(seconds: number): string {
  const day = Math.floor(seconds / DAY_S);
  if (day !== lastDay) {
    lastDate = new Date(day * DAY_S * 1000).toISOString().slice(0, -14);
    lastDay = day;
  }
  const second = Math.floor(seconds - day * DAY_S);
  const [hour, minute] = [Math.floor(second / 3600), Math.floor(second / 60) % 60];
  return `${lastDate}T${padded[hour]}:${padded[minute]}:${padded[second % 60]}`;
}
