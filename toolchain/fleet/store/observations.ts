/**
 * Observations, newest first, with the pictures of their events. A cursor is a place in the order, not a number of rows,
 * so that a page neither repeats nor skips when new ones come in.
 */
import type { SelectQueryBuilder } from "kysely";
import type { ObservationType } from "../../../device/protocol/records.ts";
import { isoOfSeconds } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { Tables } from "../db/tables.ts";
import { httpError } from "../http-errors.ts";
import { cameraItemID } from "../ids.ts";
import { type MediaJson, mediaOf } from "./media.ts";

export interface ObservationFilter {
  limit: number;
  before?: string;
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

/** **Errors:** BAD_CURSOR */
export async function listObservations(db: Db, filter: ObservationFilter) {
  const { limit, site } = filter;
  const asked = matching(observationQuery(db), filter);
  const query =
    site === undefined
      ? asked
      : asked.where("observations.observationID", "in", await newestOfSite(db, site, filter));
  const rows = await query.execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    observations: await observationsJson(db, page),
    next: rows.length > limit && last ? encodeCursor(last) : null,
  };
}

/** One row more than a page holds says whether there is another page. */
function matching<T extends AnyQuery>(all: T, filter: ObservationFilter): T {
  const { limit, before, cameraID, observationType, scientificName, isReviewed, from, to } = filter;
  let query = (all as unknown as AnyQuery)
    .where("observations.replacedBy", "is", null)
    .orderBy("observations.eventStart", "desc")
    .orderBy("observations.observationID", "desc")
    .limit(limit + 1);
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
  return query as unknown as T;
}

/**
 * The newest page of each deployment of a site, cut to what the page of the site can need: rows know their deployment only, and the
 * newest rows of all may lie years after the last one of this site.
 */
async function newestOfSite(db: Db, site: string, filter: ObservationFilter): Promise<string[]> {
  const deployments = await db
    .selectFrom("deployments")
    .select("deploymentID")
    .where("siteID", "=", site)
    .execute();
  const found: { observationID: string; eventStart: number }[] = [];
  for (const { deploymentID } of deployments) {
    const rows = await matching(
      db.selectFrom("observations").select(["observationID", "eventStart"]),
      filter,
    )
      .where("deploymentID", "=", deploymentID)
      .execute();
    found.push(...rows);
  }
  found.sort((a, b) => b.eventStart - a.eventStart);
  // All of one second, because the database orders them by their IDs.
  const least = found[Math.min(filter.limit, found.length - 1)]?.eventStart ?? 0;
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
