/** Observations, newest first, with the pictures of their events. */
import type { SelectQueryBuilder } from "kysely";
import type { ObservationType } from "../../../device/protocol/records.ts";
import { isoOfSeconds } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { Tables } from "../db/tables.ts";
import { cameraItemID } from "../ids.ts";
import { type Order, type Page, readPage } from "../pages.ts";
import { type MediaJson, mediaOf } from "./media.ts";

export interface ObservationFilter {
  cameraID?: string;
  observationType?: ObservationType;
  scientificName?: string;
  site?: string;
  /** Whether a person has decided it. */
  isReviewed?: boolean;
  /** UTC seconds, from inclusive, to exclusive. */
  from?: number;
  to?: number;
}

const observationQuery = (db: Db) =>
  db
    .selectFrom("observations")
    .leftJoin("cameras", "cameras.cameraID", "observations.cameraID")
    .innerJoin("deployments", "deployments.deploymentID", "observations.deploymentID")
    .selectAll("observations")
    .select(["cameras.name as cameraName", "deployments.siteID as site"]);

type AnyQuery = SelectQueryBuilder<Tables, "observations", object>;
type Row = Awaited<ReturnType<ReturnType<typeof observationQuery>["execute"]>>[number];

const NEWEST_FIRST: Order = {
  by: [
    ["observations.eventStart", "number"],
    ["observations.observationID", "text"],
  ],
  direction: "desc",
};

/** **Errors:** BAD_CURSOR */
export async function listObservations(db: Db, filter: ObservationFilter, page: Page) {
  const { site } = filter;
  const asked = matching(observationQuery(db), filter);
  const query =
    site === undefined
      ? asked
      : asked.where("observations.observationID", "in", await newestOfSite(db, site, filter, page));
  const { rows, next } = await readPage(query, NEWEST_FIRST, page);
  return { observations: await observationsJson(db, rows), next };
}

function matching<T extends AnyQuery>(all: T, filter: ObservationFilter): T {
  const { cameraID, observationType, scientificName, isReviewed, from, to } = filter;
  let query = (all as unknown as AnyQuery).where("observations.replacedBy", "is", null);
  const equal = (column: "cameraID" | "observationType" | "scientificName", value?: string) => {
    if (value) query = query.where(`observations.${column}`, "=", value as never);
  };
  equal("cameraID", cameraID);
  equal("observationType", observationType);
  equal("scientificName", scientificName);
  if (isReviewed !== undefined) {
    const method = isReviewed ? "human" : "machine";
    query = query.where("observations.classificationMethod", "=", method);
  }
  if (from !== undefined) query = query.where("observations.eventStart", ">=", from);
  if (to !== undefined) query = query.where("observations.eventStart", "<", to);
  return query as unknown as T;
}

/**
 * The newest page of each deployment of a site, cut to what the page of the site can need: rows know their deployment only, and the
 * newest rows of all may lie years after the last one of this site.
 */
async function newestOfSite(
  db: Db,
  site: string,
  filter: ObservationFilter,
  page: Page,
): Promise<string[]> {
  const deployments = await db
    .selectFrom("deployments")
    .select("deploymentID")
    .where("siteID", "=", site)
    .execute();
  // One row more than a page holds says whether there is another page.
  const wanted = { ...page, limit: page.limit + 1 };
  const found: { observationID: string; eventStart: number }[] = [];
  for (const { deploymentID } of deployments) {
    const ofIt = matching(
      db.selectFrom("observations").select(["observationID", "eventStart"]),
      filter,
    ).where("deploymentID", "=", deploymentID);
    found.push(...(await readPage(ofIt, NEWEST_FIRST, wanted)).rows);
  }
  found.sort((a, b) => b.eventStart - a.eventStart);
  // All of one second, because the database orders them by their IDs.
  const least = found[Math.min(page.limit, found.length - 1)]?.eventStart ?? 0;
  return found.filter(({ eventStart }) => eventStart >= least).map((row) => row.observationID);
}

/** Those observations of a camera that exist, in no particular order. */
export async function observationsByID(db: Db, cameraID: string, recordIDs: string[]) {
  if (recordIDs.length === 0) return [];
  const rows = await observationQuery(db)
    .where(
      "observations.observationID",
      "in",
      recordIDs.map((recordID) => cameraItemID(cameraID, recordID)),
    )
    .execute();
  return observationsJson(db, rows);
}

async function observationsJson(db: Db, rows: Row[]) {
  const wanted = rows.map(({ cameraID, mediaIDs }) => ({
    cameraID: cameraID ?? "",
    mediaIDs: JSON.parse(mediaIDs) as string[],
  }));
  const media = await mediaOf(db, wanted);
  return rows.map((row, index) => observationJson(row, media[index] ?? []));
}

const observationJson = (row: Row, media: MediaJson[]) => ({
  observationID: row.observationID,
  cameraID: row.cameraID,
  cameraName: row.cameraName,
  site: row.site,
  eventID: row.eventID,
  eventStart: isoOfSeconds(row.eventStart),
  eventEnd: isoOfSeconds(row.eventEnd),
  observationType: row.observationType,
  scientificName: row.scientificName ?? "",
  count: row.count ?? 0,
  classificationMethod: row.classificationMethod,
  classificationProbability: row.classificationProbability,
  classifiedBy: row.classifiedBy,
  bboxX: row.bboxX,
  bboxY: row.bboxY,
  bboxWidth: row.bboxWidth,
  bboxHeight: row.bboxHeight,
  media,
});
