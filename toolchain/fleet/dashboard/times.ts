/**
 * Times and durations in plain words. Moments are shown in the viewer's time zone, which is named beside them;
 * the ISO text stays in `<time datetime>` and its title.
 */

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86400;

/** "45 s", "12 min", "3 h", "2 days": one unit, for sentences that need no more. */
export function roughDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return `${s} s`;
  if (s < 90 * MINUTE_S) return `${Math.round(s / MINUTE_S)} min`;
  if (s < 36 * HOUR_S) return `${Math.round(s / HOUR_S)} h`;
  return `${Math.round(s / DAY_S)} days`;
}

/** "3 days 4 h", "1 h 30 min", "2 min 5 s": the two largest units. */
export function exactDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const units: [number, string][] = [
    [Math.floor(s / DAY_S), s >= 2 * DAY_S ? "days" : "day"],
    [Math.floor((s % DAY_S) / HOUR_S), "h"],
    [Math.floor((s % HOUR_S) / MINUTE_S), "min"],
    [s % MINUTE_S, "s"],
  ];
  const first = units.findIndex(([amount]) => amount > 0);
  if (first < 0) return "0 s";
  return units
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}

/** For "every …": "hour", "30 min", "2 days". */
export function everyDuration(seconds: number): string {
  if (seconds === MINUTE_S) return "minute";
  if (seconds === HOUR_S) return "hour";
  return seconds === DAY_S ? "day" : exactDuration(seconds);
}

/** "just now", "12 min ago". A moment in the future (clocks disagree) counts as now. */
export function ago(iso: string, nowMs: number): string {
  const seconds = (nowMs - Date.parse(iso)) / 1000;
  return seconds < 20 ? "just now" : `${roughDuration(seconds)} ago`;
}

/** The viewer's zone with its offset at that moment, for example "Europe/Berlin, GMT+2". */
export function zoneName(iso: string, timeZone = viewerZone()): string {
  const part = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "shortOffset" })
    .formatToParts(new Date(iso))
    .find(({ type }) => type === "timeZoneName");
  const offset = part?.value ?? "";
  return timeZone === "UTC" || timeZone === offset ? timeZone : `${timeZone}, ${offset}`;
}

export const viewerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** "14 May, 06:12", or with the year when it is not this one. */
export function shortMoment(iso: string, nowMs: number, timeZone = viewerZone()): string {
  const date = new Date(iso);
  const year = (at: Date | number) =>
    new Intl.DateTimeFormat("en-GB", { timeZone, year: "numeric" }).format(at);
  return new Intl.DateTimeFormat("en-GB", {
    timeZone,
    day: "numeric",
    month: "short",
    year: year(date) === year(nowMs) ? undefined : "numeric",
    hour: "2-digit",
    minute: "2-digit",
  }).format(date);
}

/** "14 May 2025" */
export const fullDate = (iso: string, timeZone = viewerZone()): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "long" }).format(new Date(iso));

/** "Wednesday 14 May 2025, 06:12:45" */
export function fullMoment(iso: string, timeZone = viewerZone()): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  })
    .format(new Date(iso))
    .replace(" at ", ", ");
}
