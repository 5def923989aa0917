/** Observations, newest first, with the pictures of their events. */
import type { ObservationType } from "../../../device/protocol/records.ts";
import { isoOfSeconds } from "../clock.ts";
import type { Db } from "../db/open.ts";
import { cameraItemID } from "../ids.ts";
import { type Order, type Page, readPage } from "../pages.ts";
import { type MediaJson, mediaOf } from "./media.ts";

export interface ObservationFilter {
  cameraID?: string;
  observationType?: ObservationType;
}

const observationQuery = (db: Db) =>
  db
    .selectFrom("observations")
    .leftJoin("cameras", "cameras.cameraID", "observations.cameraID")
    .innerJoin("deployments", "deployments.deploymentID", "observations.deploymentID")
    .selectAll("observations")
    .select(["cameras.name as cameraName", "deployments.siteID as site"]);

type Row = Awaited<ReturnType<ReturnType<typeof observationQuery>["execute"]>>[number];

const NEWEST_FIRST: Order = {
  by: [
    ["observations.eventStart", "number"],
    ["observations.observationID", "text"],
  ],
  direction: "desc",
};

/** **Errors:** BAD_CURSOR */
export async function listObservations(
  db: Db,
  { cameraID, observationType }: ObservationFilter,
  page: Page,
) {
  let query = observationQuery(db).where("observations.replacedBy", "is", null);
  if (cameraID) query = query.where("observations.cameraID", "=", cameraID);
  if (observationType) query = query.where("observations.observationType", "=", observationType);
  const { rows, next } = await readPage(query, NEWEST_FIRST, page);
  return { observations: await observationsJson(db, rows), next };
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
