/** The sums of observations that the database keeps (db/migration-sums.ts): how to ask for them, and what analyses make of one. */
import type { SelectQueryBuilder } from "kysely";
import type { Counted } from "../analytics/rows.ts";
import type { Db } from "../db/open.ts";
import type { Tables } from "../db/tables.ts";
import { DEFAULT_PROJECT } from "../ids.ts";
import { PERIOD_S } from "./moments.ts";
import type { ResearchFilter } from "./source.ts";

/** Later than anything, seconds. */
export const NO_END_S = 2_000_000_000 * PERIOD_S;

/** What observations share that are added up together, besides their period. */
export interface Kind {
  deploymentID: string;
  scientificName: string;
  observationLevel: Counted["level"];
  observationType: Counted["type"];
  cameraSetupType: string;
}

export const NAMED = [
  ...(["scientificName", "observationLevel"] as const),
  ...(["observationType", "cameraSetupType"] as const),
];
export const KIND = ["deploymentID" as const, ...NAMED];

export type Sums = SelectQueryBuilder<Tables, "observation_sums", object>;

/** The deployments as a list, not joined: SQLite then adds up in the order of the index, without sorting. */
export const sumsOf = (db: Db, filter: ResearchFilter): Sums =>
  db.selectFrom("observation_sums").where("deploymentID", "in", deploymentsOf(db, filter));

function deploymentsOf(db: Db, { projectID = DEFAULT_PROJECT, siteIDs, from, to }: ResearchFilter) {
  let query = db
    .selectFrom("deployments")
    .select("deploymentID")
    .where("projectID", "=", projectID);
  if (siteIDs) query = query.where("siteID", "in", siteIDs);
  if (to !== undefined) query = query.where("deploymentStart", "<", to);
  if (from !== undefined) {
    query = query.where((row) =>
      row.or([row("deploymentEnd", "is", null), row("deploymentEnd", ">", from)]),
    );
  }
  return query;
}

/** Names in use and how many records carry each, as a query to add to. */
export const recordsByName = (db: Db, projectID: string) =>
  sumsOf(db, { projectID })
    .select((row) => ["scientificName", row.fn.sum<number>("records").as("count")])
    .where("scientificName", "!=", "")
    .groupBy("scientificName");

/** What deployments are called outside. */
export async function namesOf(
  db: Db,
  { projectID = DEFAULT_PROJECT }: ResearchFilter,
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom("deployments")
    .select(["deploymentID", "sourceID"])
    .where("projectID", "=", projectID)
    .execute();
  return new Map(rows.map((row) => [row.deploymentID, row.sourceID ?? row.deploymentID]));
}

/** @param names of deployments outside */
export const entry = (
  row: Kind & { records: number; individuals: number },
  names: ReadonlyMap<string, string>,
  timeMs: number,
): Counted => ({
  deploymentID: names.get(row.deploymentID) ?? row.deploymentID,
  taxon: row.scientificName,
  timeMs,
  count: row.individuals,
  records: row.records,
  level: row.observationLevel,
  type: row.observationType,
  isSetup: row.cameraSetupType !== "",
});
