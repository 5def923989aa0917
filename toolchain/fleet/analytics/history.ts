/**
 * Detection histories: per site and occasion 1 seen, 0 not seen, null where the camera did not work at all.
 * Source: MacKenzie et al. 2002; camtrapR detectionHistory (occasionStartTime, day1 = "station" or "survey").
 */
import { DAY_MS, type Span, shared } from "./effort.ts";

export type Detection = 0 | 1 | null;

export interface HistoryOptions {
  /** Length of an occasion, days, > 0. Camera traps: 5 to 14 usual. */
  occasionDays: number;
  /** Occasions count from each site's own start, or from the first start of all. */
  from: "site" | "survey";
  /** Occasions with less effort than this are null, days, >= 0. */
  minimumDays: number;
}

export const HISTORY: HistoryOptions = { occasionDays: 7, from: "site", minimumDays: 0 };

export interface History {
  sites: string[];
  /** [site][occasion] */
  detections: Detection[][];
  /** [site][occasion], decimal days in operation. */
  effortDays: number[][];
}

/**
 * @param operating spans in operation by site, milliseconds, sorted, not overlapping
 * @param timesMs detections by site, milliseconds; a time outside operation still counts: the camera saw it
 */
export function detectionHistory(
  operating: ReadonlyMap<string, readonly Span[]>,
  timesMs: ReadonlyMap<string, readonly number[]>,
  options: HistoryOptions = HISTORY,
): History {
  const lengthMs = options.occasionDays * DAY_MS;
  const sites = [...operating].filter(([, spans]) => spans.length > 0);
  const survey = Math.min(...sites.map(([, spans]) => spans[0]![0]));
  const rows = sites.map(([site, spans]) => {
    const start = options.from === "site" ? spans[0]![0] : survey;
    const count = Math.ceil((spans.at(-1)![1] - start) / lengthMs);
    const seen = new Set(
      (timesMs.get(site) ?? []).map((ms) => Math.floor((ms - start) / lengthMs)),
    );
    const effort = Array.from(
      { length: count },
      (_, i) => shared(spans, [start + i * lengthMs, start + (i + 1) * lengthMs]) / DAY_MS,
    );
    const detections = effort.map((days, i): Detection => {
      if (days < options.minimumDays) return null;
      return seen.has(i) ? 1 : days > 0 ? 0 : null;
    });
    return { site, effort, detections };
  });
  const width = Math.max(0, ...rows.map(({ effort }) => effort.length));
  const padded = <T>(row: T[], filler: T): T[] => [
    ...row,
    ...Array.from({ length: width - row.length }, () => filler),
  ];
  return {
    sites: rows.map(({ site }) => site),
    detections: rows.map((row) => padded(row.detections, null)),
    effortDays: rows.map((row) => padded(row.effort, 0)),
  };
}
