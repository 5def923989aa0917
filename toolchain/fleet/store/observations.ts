/**
 * Observations, newest first, with the pictures of their events. A cursor is a place in the order, not a number of rows,
 * so that a page neither repeats nor skips when new ones come in.
 */
import type { ObservationType } from "../../../device/protocol/records.ts";
import { isoOfSeconds } from "../clock.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { cameraItemID } from "../ids.ts";
import { type MediaJson, mediaOf } from "./media.ts";

export interface ObservationFilter {
  limit: number;
  before?: string;
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

/** **Errors:** BAD_CURSOR */
export async function listObservations(db: Db, filter: ObservationFilter) {
  const { limit, before, cameraID, observationType } = filter;
  let query = observationQuery(db)
    .where("observations.replacedBy", "is", null)
    .orderBy("observations.eventStart", "desc")
    .orderBy("observations.observationID", "desc")
    .limit(limit + 1);
  if (cameraID) query = query.where("observations.cameraID", "=", cameraID);
  if (observationType) query = query.where("observations.observationType", "=", observationType);
  if (before) {
    const place = decodeCursor(before);
    query = query.where((row) =>
      row(
        row.refTuple("observations.eventStart", "observations.observationID"),
        "<",
        // Row values compare in the order of the index, on SQLite and PostgreSQL alike.
        row.tuple(...place),
      ),
    );
  }
  const rows = await query.execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    observations: await observationsJson(db, page),
    next: rows.length > limit && last ? encodeCursor(last) : null,
  };
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

type Place = [eventStart: number, observationID: string];

const encodeCursor = ({ eventStart, observationID }: Row): string =>
  Buffer.from(JSON.stringify([eventStart, observationID])).toString("base64url");

function decodeCursor(text: string): Place {
  try {
    const place = JSON.parse(Buffer.from(text, "base64url").toString()) as unknown[];
    const [eventStart, observationID, ...rest] = place;
    const isPlace =
      Number.isSafeInteger(eventStart) &&
      typeof observationID === "string" &&
      !observationID.includes("\0") &&
      rest.length === 0;
    if (isPlace) return place as Place;
  } catch {
    // Falls through: whatever it was, it is not one of ours.
  }
  throw httpError("BAD_CURSOR");
}
