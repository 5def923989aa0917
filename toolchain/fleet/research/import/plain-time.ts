/** Times that name no zone, as cameras and spreadsheets write them, in a zone that is given with them. */
import { datetimeOf, momentOf } from "../times.ts";

/** Minutes east of UTC; undefined for what is no zone. */
export function zoneOffset(text: string): number | undefined {
  if (text === "Z") return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(text) ?? [];
  if (sign === undefined || Number(hours) > 14 || Number(minutes) > 59) return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

const ISO = /^(\d{4})[-:](\d\d)[-:](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?$/;
/** What a spreadsheet in the United States makes of it: month first. */
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4}) (\d{1,2}):(\d\d)(?::(\d\d))?$/;

/** @returns ISO 8601 with the zone; undefined for what is no such time */
export function withZone(text: string, zone: string): string | undefined {
  if (momentOf(text)) return text;
  const iso = ISO.exec(text);
  const american = AMERICAN.exec(text);
  const [year, month, day] = iso
    ? [iso[1], iso[2], iso[3]]
    : american
      ? [american[3]?.padStart(4, "20"), american[1], american[2]]
      : [];
  const [, , , , hour, minute, second = "00"] = iso ?? american ?? [];
  if (!year || !month || !day || !hour) return undefined;
  const two = (part: string) => part.padStart(2, "0");
  const made = `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}${zone}`;
  return momentOf(made) ? made : undefined;
}

/** @param zone as zoneOffset takes it */
export const inZone = (seconds: number, zone: string): string =>
  datetimeOf(seconds, zone === "Z" ? null : (zoneOffset(zone) ?? null));
