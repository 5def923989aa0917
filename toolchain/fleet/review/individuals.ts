/**
 * Known animals: who was seen when and where. An animal is only ever given to an observation by a person (decisions.ts), so that merging
 * and splitting have history and undo like any decision.
 */

import { randomUUID } from "node:crypto";
import { isoOfMs, isoOfSeconds } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { IndividualsTable } from "../db/tables-camtrap.ts";
import { httpError } from "../http-errors.ts";
import { type Order, type Page, pageIn } from "../pages.ts";
import { placedObservations } from "../store/placed-observations.ts";
import { findProject } from "../store/projects.ts";
import { type Reviewer, review } from "./decisions.ts";

export type NewIndividual = Pick<IndividualsTable, "name"> &
  Partial<Pick<IndividualsTable, "scientificName" | "sex" | "lifeStage" | "comments">>;

/** @returns the individualID. **Errors:** PROJECT_UNKNOWN */
export async function addIndividual(
  db: Db,
  projectID: string,
  animal: NewIndividual,
  nowMs: number,
): Promise<string> {
  if (!(await findProject(db, projectID))) throw httpError("PROJECT_UNKNOWN");
  const individualID = randomUUID();
  await db
    .insertInto("individuals")
    .values({ ...animal, individualID, projectID, createdMs: nowMs })
    .execute();
  return individualID;
}

const sightingQuery = (db: Db) =>
  placedObservations(db)
    .select(["observationID", "individualID", "eventStart", "observations.cameraID", "mediaIDs"])
    .select(["bboxX", "bboxY", "bboxWidth", "bboxHeight", "siteID", "locationName"])
    .select("observations.deploymentID")
    .where("replacedBy", "is", null)
    .orderBy("eventStart", "desc")
    .orderBy("observationID", "desc");

type Sighting = Awaited<ReturnType<ReturnType<typeof sightingQuery>["execute"]>>[number];

const SEEN_LAST_FIRST: Order = {
  by: [
    ["seen", "text"],
    ["individualID", "text"],
  ],
  direction: "desc",
};
const NEWEST_FIRST: Order = {
  by: [
    ["eventStart", "number"],
    ["observationID", "text"],
  ],
  direction: "desc",
};

/** Every known animal of a project with its first and last sighting, the one seen last first. **Errors:** BAD_CURSOR */
export async function listIndividuals(db: Db, projectID: string, page: Page) {
  const animals = await db
    .selectFrom("individuals")
    .selectAll()
    .where("projectID", "=", projectID)
    .orderBy("name")
    .execute();
  const sightings = await sightingQuery(db)
    .where("projectID", "=", projectID)
    .where("individualID", "in", (row) =>
      row.selectFrom("individuals").select("individualID").where("projectID", "=", projectID),
    )
    .execute();
  const of = new Map<string, Sighting[]>();
  for (const row of sightings) {
    const list = of.get(row.individualID ?? "");
    if (list) list.push(row);
    else of.set(row.individualID ?? "", [row]);
  }
  const seen = animals
    .map((animal) => summary(animal, of.get(animal.individualID) ?? []))
    .map((animal) => ({ ...animal, seen: animal.lastSeen ?? "" }))
    .sort((a, b) => compare(b.seen, a.seen) || compare(b.individualID, a.individualID));
  const { rows, next } = pageIn(seen, SEEN_LAST_FIRST, page);
  return { individuals: rows.map(({ seen: _, ...animal }) => animal), next };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function summary({ createdMs, ...animal }: IndividualsTable, sightings: Sighting[]) {
  const last = sightings[0];
  const first = sightings.at(-1);
  return {
    ...animal,
    created: isoOfMs(createdMs),
    sightings: sightings.length,
    cameras: new Set(sightings.map(({ cameraID, locationName }) => cameraID ?? locationName)).size,
    firstSeen: first ? isoOfSeconds(first.eventStart) : null,
    lastSeen: last ? isoOfSeconds(last.eventStart) : null,
    picture: sightings.map(pictureOf).find((url) => url !== null) ?? null,
  };
}

const pictureOf = ({ cameraID, mediaIDs }: Sighting): string | null => {
  const [mediaID] = JSON.parse(mediaIDs) as string[];
  return cameraID === null || !mediaID ? null : `/api/v1/media/${cameraID}/${mediaID}`;
};

/** One animal with its sightings, newest first. @param page undefined: all of them. **Errors:** INDIVIDUAL_UNKNOWN, BAD_CURSOR */
export async function individualOf(db: Db, individualID: string, page?: Page) {
  const animal = await db
    .selectFrom("individuals")
    .selectAll()
    .where("individualID", "=", individualID)
    .executeTakeFirst();
  if (!animal) throw httpError("INDIVIDUAL_UNKNOWN");
  const rows = await sightingQuery(db).where("individualID", "=", individualID).execute();
  const shown = page ? pageIn(rows, NEWEST_FIRST, page) : { rows, next: null };
  return {
    ...{ ...summary(animal, rows), next: shown.next },
    history: shown.rows.map((row) => ({
      ...{ observationID: row.observationID, deploymentID: row.deploymentID },
      eventStart: isoOfSeconds(row.eventStart),
      ...{ site: row.siteID, locationName: row.locationName, cameraID: row.cameraID },
      picture: pictureOf(row),
    })),
  };
}

/** All sightings of one animal become another's. **Errors:** INDIVIDUAL_UNKNOWN, BAD_REVIEW */
export async function mergeInto(
  db: Db,
  { from, into }: { from: string; into: string },
  reviewer: Reviewer,
  nowMs: number,
) {
  const { history } = await individualOf(db, from);
  await individualOf(db, into);
  if (from === into) throw httpError("BAD_REVIEW", "it is the same animal already");
  if (history.length === 0) throw httpError("BAD_REVIEW", "this animal has no sighting to merge");
  const observationIDs = history.map(({ observationID }) => observationID);
  return review(db, { action: "assign", observationIDs, individualID: into }, reviewer, nowMs);
}
