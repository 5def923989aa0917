/**
 * What answers leave out for those who may not know where a place is: names and free texts of deployments, in which people
 * write such things, locations' IDs, and the place that a picture carries. Coordinates themselves are privacy.ts's.
 */
import type { Db } from "../db/open.ts";
import { type Placed, type Reach, reaches } from "../rights/reach.ts";
import { type SensitivePlace, secretPlaces } from "./sensitive-places.ts";

/** Stands where a text was. */
export const WITHHELD_TEXT = "withheld: it may say where the place is";

export type Secrets = ReadonlyMap<string, SensitivePlace>;

/**
 * Deployments whose place is a secret to who asks.
 * @param exact where they may see places
 */
export async function secretsFrom(
  db: Db,
  exact: Reach,
  deploymentIDs: readonly string[],
): Promise<Secrets> {
  if (exact.isAll || deploymentIDs.length === 0) return new Map();
  const rows = await placesOf(db)
    .where("deploymentID", "in", [...new Set(deploymentIDs)])
    .execute();
  return secretOf(db, exact, rows);
}

export async function secretsOfProject(db: Db, exact: Reach, projectID: string): Promise<Secrets> {
  if (exact.isAll) return new Map();
  return secretOf(db, exact, await placesOf(db).where("projectID", "=", projectID).execute());
}

const placesOf = (db: Db) =>
  db.selectFrom("deployments").select(["deploymentID", "projectID", "siteID"]);

async function secretOf(
  db: Db,
  exact: Reach,
  rows: (Placed & { deploymentID: string })[],
): Promise<Secrets> {
  const beyond = rows.filter((row) => !reaches(exact, row));
  const secret = await secretPlaces(
    db,
    beyond.map(({ projectID }) => projectID),
  );
  const asked = new Set(beyond.map(({ deploymentID }) => deploymentID));
  return new Map([...secret].filter(([deploymentID]) => asked.has(deploymentID)));
}

/** Rows of deployments, or of what happened there, without the place's name. */
export const withoutName = <Row extends { deploymentID: string; locationName: string | null }>(
  rows: readonly Row[],
  secrets: Secrets,
): Row[] =>
  rows.map((row) => (secrets.has(row.deploymentID) ? { ...row, locationName: null } : row));

/** Of each deployment that these observations belong to. */
export async function deploymentOf(
  db: Db,
  observationIDs: readonly string[],
): Promise<Map<string, string>> {
  if (observationIDs.length === 0) return new Map();
  const rows = await db
    .selectFrom("observations")
    .select(["observationID", "deploymentID"])
    .where("observationID", "in", [...observationIDs])
    .execute();
  return new Map(rows.map(({ observationID, deploymentID }) => [observationID, deploymentID]));
}

const TEXTS = ["observationComments", "flag", "locationName"];

/** A change as it is kept, without what a person wrote in it. */
export const withoutTexts = (change: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(change).map(([name, value]) => [
      name,
      TEXTS.includes(name) && value !== null ? WITHHELD_TEXT : value,
    ]),
  );
