/** What people ask a large archive, by name: lists, filters and analyses. Benchmarks time it, a test looks at the plans. */

import { ANALYSES, analyse } from "../../../toolchain/fleet/analytics/catalogue.ts";
import type { Db } from "../../../toolchain/fleet/db/open.ts";
import { DEFAULT_PROJECT } from "../../../toolchain/fleet/ids.ts";
import { analysisRows, dataVersion } from "../../../toolchain/fleet/research/analysis-rows.ts";
import { listIndividuals } from "../../../toolchain/fleet/review/individuals.ts";
import { agreementAnswers } from "../../../toolchain/fleet/review/labels.ts";
import { reviewQueue } from "../../../toolchain/fleet/review/queue.ts";
import { queueCounts } from "../../../toolchain/fleet/review/queue-counts.ts";
import type { Reason } from "../../../toolchain/fleet/review/queue-reasons.ts";
import { knownTaxa } from "../../../toolchain/fleet/review/taxa.ts";
import {
  listObservations,
  type ObservationFilter,
} from "../../../toolchain/fleet/store/observations.ts";
import { fleetSummary } from "../../../toolchain/fleet/store/summary.ts";

export interface Asked {
  name: string;
  /** What the database is asked. */
  run(db: Db, places: Places): Promise<unknown>;
  /** Of analyses: what is made of the rows, resampling and all. */
  answer?(rows: unknown, places: Places): unknown;
}

/** Something that is there to ask for, another one with each turn. */
export interface Places {
  cameraID: string;
  site: string;
  taxon: string;
  other: string;
  /** UTC seconds. */
  from: number;
  to: number;
  /** Of the middle of the archive. */
  before: string;
}

const list = (
  name: string,
  filterOf: (places: Places) => ObservationFilter,
  cursorOf: (places: Places) => string | undefined = () => undefined,
): Asked => ({
  name: `list ${name}`,
  run: (db, places) =>
    listObservations(db, filterOf(places), { limit: 50, cursor: cursorOf(places) }),
});

const FIRST_PAGE = { limit: 20, cursor: undefined };

const queue = (what: string, reason: Reason | undefined): Asked => ({
  name: `review queue, ${what}`,
  run: (db) => reviewQueue(db, { projectID: DEFAULT_PROJECT, reason }, FIRST_PAGE),
});

interface Part {
  taxa?: (places: Places) => string[];
  isPeriod?: boolean;
}

const analysis = (
  name: string,
  what = "",
  { taxa = () => [], isPeriod = false }: Part = {},
): Asked => ({
  name: `${name}${what && ` ${what}`}`,
  async run(db, places) {
    const { reads } = ANALYSES.find((one) => one.name === name)!;
    const nowS = places.to + 86_400 * 400;
    const filter = isPeriod ? { from: places.from, to: places.to } : {};
    await dataVersion(db, nowS * 1000);
    const wanted = taxa(places);
    const request = { reads, filter, taxa: wanted, independenceMinutes: 0, nowS, isExact: true };
    return analysisRows(db, request);
  },
  answer: (rows, places) =>
    analyse(name, rows as Awaited<ReturnType<typeof analysisRows>>, { taxa: taxa(places) }),
});

const one = { taxa: ({ taxon }: Places) => [taxon] };
const two = { taxa: ({ taxon, other }: Places) => [taxon, other] };

export const QUERIES: readonly Asked[] = [
  list("newest first", () => ({})),
  list(
    "from the middle",
    () => ({}),
    ({ before }) => before,
  ),
  list("of a time", ({ from, to }) => ({ from, to })),
  list("of a camera", ({ cameraID }) => ({ cameraID })),
  list("of a camera and a time", ({ cameraID, from, to }) => ({ cameraID, from, to })),
  list("of a site", ({ site }) => ({ site })),
  list("of a taxon", ({ taxon }) => ({ scientificName: taxon })),
  list("of a class", () => ({ observationType: "human" })),
  list("decided by people", () => ({ isReviewed: true })),
  list("decided by nobody", () => ({ isReviewed: false })),
  { name: "summary", run: (db) => fleetSummary(db) },
  queue("everything", undefined),
  queue("flagged (none is)", "flagged"),
  { name: "review counts", run: (db) => queueCounts(db, DEFAULT_PROJECT) },
  { name: "names in use", run: (db) => knownTaxa(db, DEFAULT_PROJECT) },
  { name: "agreement", run: (db) => agreementAnswers(db, DEFAULT_PROJECT) },
  { name: "individuals", run: (db) => listIndividuals(db, DEFAULT_PROJECT, FIRST_PAGE) },
  analysis("effort", "(camera operation)"),
  analysis("rai", "of all taxa"),
  analysis("rai", "of a taxon in a part of the time", { ...one, isPeriod: true }),
  analysis("sites", "of a taxon", one),
  analysis("trend", "of a taxon", one),
  analysis("diversity", "(species)"),
  analysis("activity", "of a taxon", one),
  analysis("overlap", "of two taxa", two),
  analysis("occupancy", "of a taxon (detection history)", one),
  analysis("abundance", "(known individuals)"),
  analysis("latency"),
];
