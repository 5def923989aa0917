/** What every analysis starts from: independent records, when cameras worked, which deployments are one site. */
import type { Deployment } from "../research/camtrap-dp.ts";
import { daysOf, merged, operation, type Span } from "./effort.ts";
import { type ComparedTo, independent } from "./events.ts";
import { SAMPLING, type Sampling, type Tally } from "./rai.ts";
import { countedOf, type Entry, entriesOf, groupBy, type Rows, recordsOf } from "./rows.ts";
import type { DielTime, PlacedTime } from "./solar-time.ts";

export interface Options extends Sampling {
  /** Only these taxa; none means every one. */
  taxa: readonly string[];
  /** Minutes between independent records; 0 takes the events as the data define them. */
  independenceMinutes: number;
  comparedTo: ComparedTo;
  occasionDays: number;
  time: DielTime;
  protocol: string;
}

export const OPTIONS: Options = {
  ...SAMPLING,
  taxa: [],
  independenceMinutes: 0,
  comparedTo: "lastRecord",
  occasionDays: 7,
  time: "solarMean",
  protocol: "snapshot-usa",
};

/** When cameras worked, and where. */
export interface Surveyed {
  operating: Map<string, Span[]>;
  /** Spans in operation by site: deployments of one location together. */
  sites: Map<string, Span[]>;
  siteOf(deploymentID: string): string;
}

export interface Prepared extends Surveyed {
  rows: Rows;
  options: Options;
  byID: ReadonlyMap<string, Deployment>;
  /** Independent records of the taxa asked for. */
  entries: Entry[];
  /** Independent records by taxon, the most frequent first; with `taxa`, those, even where there is none. */
  byTaxon: Map<string, Entry[]>;
  effortDays: number;
  /** How records were chosen and what was left out. */
  assumptions: string[];
}

export function surveyed({
  deployments,
  failures,
}: Pick<Rows, "deployments" | "failures">): Surveyed {
  const places = new Map(deployments.map((d) => [d.deploymentID, d.locationID]));
  const siteOf = (id: string) => places.get(id) ?? id;
  const operating = operation(deployments, failures);
  const sites = new Map<string, Span[]>();
  for (const [id, spans] of operating) {
    sites.set(siteOf(id), merged([...(sites.get(siteOf(id)) ?? []), ...spans]));
  }
  return { operating, sites, siteOf };
}

export function prepare(rows: Rows, options: Options): Prepared {
  const byID = new Map(rows.deployments.map((d) => [d.deploymentID, d]));
  const counted = rows.counted ?? rows.observations.map(countedOf);
  const { kept: all, leftOut, level } = entriesOf(counted, new Set(byID.keys()));
  const { independenceMinutes, comparedTo, taxa } = options;
  const kept = taxa.length ? all.filter(({ taxon }) => taxa.includes(taxon)) : all;
  const entries = independent(kept, independenceMinutes * 60_000, comparedTo).map((i) => kept[i]!);
  const groups = [...groupBy(entries, ({ taxon }) => taxon)]
    .map(([taxon, list]) => ({ taxon, list, records: recordsOf(list) }))
    .sort((a, b) => b.records - a.records || (a.taxon < b.taxon ? -1 : 1));
  const found = new Map(groups.map(({ taxon, list }) => [taxon, list]));
  const { operating, sites, siteOf } = surveyed(rows);
  const dropped = kept.length - entries.length;
  return {
    ...{ rows, options, byID, entries, operating, sites, siteOf },
    byTaxon: taxa.length ? new Map(taxa.map((t) => [t, found.get(t) ?? []])) : found,
    effortDays: daysOf([...operating.values()].flat()),
    assumptions: [
      independenceMinutes > 0
        ? `a record is independent ${independenceMinutes} min after the ${comparedTo === "lastRecord" ? "last record" : "last independent record"} of its species at its deployment (${dropped} were not)`
        : `each ${level}-level row is one record: events as the data define them`,
      ...Object.entries(leftOut).map(([reason, n]) => `left out: ${n} × ${reason}`),
      rows.failures?.length
        ? `periods of failure taken out of the effort: ${rows.failures.length}`
        : "cameras worked from start to end of each deployment: no periods of failure are given",
    ],
  };
}

/** Records and effort by deployment, for one taxon. */
export function talliesOf(data: Prepared, entries: readonly Entry[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const [id, spans] of data.operating) tallies.set(id, { n: 0, effortDays: daysOf(spans) });
  for (const { deploymentID, records } of entries) tallies.get(deploymentID)!.n += records;
  return tallies;
}

/** Records with the place of their deployment. */
export const placed = (data: Prepared, entries: readonly Entry[]): PlacedTime[] =>
  entries.map(({ deploymentID, timeMs }) => {
    const { latitude, longitude } = data.byID.get(deploymentID)!;
    return { timeMs, latitude, longitude };
  });
