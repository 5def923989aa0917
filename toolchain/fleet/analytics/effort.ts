/**
 * Effort: how long cameras could see, as decimal days. Periods of failure are taken out; overlapping ones count once.
 * Trap-nights = Σ (deploymentEnd − deploymentStart − failures) / 1 day; a part of a day is a part, not 0 or 1.
 * Source: camtraptor get_effort and get_cam_op (inbo/camtraptor, PR#104 for decimal days); tdwg/camtrap-dp#462 for failures.
 */
import type { Deployment } from "../research/camtrap-dp.ts";
import type { Failure } from "./rows.ts";

export const DAY_MS = 86_400_000;

/** [from, to) in milliseconds since 1970. */
export type Span = readonly [number, number];

/** Spans sorted and merged where they touch or overlap; empty ones dropped. */
export function merged(spans: readonly Span[]): Span[] {
  const result: [number, number][] = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (to <= from) continue;
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

/** What is left of a span without the others. */
export function without([from, to]: Span, holes: readonly Span[]): Span[] {
  const result: Span[] = [];
  let at = from;
  for (const [holeFrom, holeTo] of merged(holes)) {
    if (holeFrom > at && at < to) result.push([at, Math.min(holeFrom, to)]);
    at = Math.max(at, holeTo);
  }
  if (at < to) result.push([at, to]);
  return result;
}

/** Length of what two sets of spans share, milliseconds. Spans of a set must not overlap. */
export const shared = (spans: readonly Span[], [from, to]: Span): number =>
  spans.reduce((sum, [a, b]) => sum + Math.max(0, Math.min(b, to) - Math.max(a, from)), 0);

/**
 * When each deployment's camera worked.
 * @returns spans by deploymentID, milliseconds since 1970, sorted, not overlapping
 */
export function operation(
  deployments: readonly Deployment[],
  failures: readonly Failure[] = [],
): Map<string, Span[]> {
  const holes = new Map<string, Span[]>();
  for (const { deploymentID, failureStart, failureEnd } of failures) {
    const list = holes.get(deploymentID) ?? [];
    list.push([Date.parse(failureStart), Date.parse(failureEnd)]);
    holes.set(deploymentID, list);
  }
  return new Map(
    deployments.map(({ deploymentID, deploymentStart, deploymentEnd }) => [
      deploymentID,
      without(
        [Date.parse(deploymentStart), Date.parse(deploymentEnd)],
        holes.get(deploymentID) ?? [],
      ),
    ]),
  );
}

export const daysOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, [from, to]) => sum + (to - from), 0) / DAY_MS;

/** Trap-nights by deploymentID. */
export const effortDays = (operating: ReadonlyMap<string, Span[]>): Map<string, number> =>
  new Map([...operating].map(([id, spans]) => [id, daysOf(spans)]));

export const total = (days: ReadonlyMap<string, number>): number =>
  [...days.values()].reduce((sum, d) => sum + d, 0);

export interface OperationMatrix {
  deploymentIDs: string[];
  /** UTC days, YYYY-MM-DD, without gaps. */
  days: string[];
  /** [deployment][day]: 0..1 of the day in operation; null before the camera was placed and after it was taken away. */
  cells: (number | null)[][];
}

/**
 * The camera-operation matrix. A day in which the camera stood but failed is 0, one in which it did not stand is null.
 * Rows add up to the deployment's trap-nights.
 */
export function operationMatrix(
  deployments: readonly Deployment[],
  failures: readonly Failure[] = [],
): OperationMatrix {
  const operating = operation(deployments, failures);
  const starts = deployments.map(({ deploymentStart }) => Date.parse(deploymentStart));
  const ends = deployments.map(({ deploymentEnd }) => Date.parse(deploymentEnd));
  const first = Math.floor(starts.reduce((a, b) => Math.min(a, b), Infinity) / DAY_MS);
  const last = Math.ceil(ends.reduce((a, b) => Math.max(a, b), -Infinity) / DAY_MS);
  const count = deployments.length ? Math.max(0, last - first) : 0;
  const dayStarts = Array.from({ length: count }, (_, i) => (first + i) * DAY_MS);
  return {
    deploymentIDs: deployments.map(({ deploymentID }) => deploymentID),
    days: dayStarts.map((ms) => new Date(ms).toISOString().slice(0, 10)),
    cells: deployments.map(({ deploymentID }, i) =>
      dayStarts.map((ms) => {
        const isThere = starts[i]! < ms + DAY_MS && ends[i]! > ms;
        return isThere ? shared(operating.get(deploymentID)!, [ms, ms + DAY_MS]) / DAY_MS : null;
      }),
    ),
  };
}
