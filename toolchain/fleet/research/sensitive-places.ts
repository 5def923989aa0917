/**
 * Which deployments of a project stand at a sensitive place: because project, site or location says so, because a taxon that the
 * owner listed as sensitive was seen there, or because such a deployment stands at the same location. Never filtered: what is
 * hidden must not depend on the question. A taxon is listed by `sensitivity` (1 to 4) in the project's `taxonomic`.
 */
import type { Db } from "../db/open.ts";
import type { Sensitivity } from "../db/tables-camtrap.ts";
import { wholeDb } from "../rights/limited-db.ts";
import { findProject } from "../store/projects.ts";
import { metadataOf, type ProjectMetadata } from "./metadata.ts";
import { sensitivityOf, strictest } from "./privacy.ts";

export interface SensitivePlace {
  sensitivity: Exclude<Sensitivity, 0>;
  /** Stands for the location in what others see: it says which deployments share one, and no more. */
  number: number;
}

/** By the name that the deployment has in packages, also of deployments that are out of the asker's reach. */
export async function sensitivePlaces(
  db: Db,
  project: Pick<ProjectMetadata, "projectID" | "taxonomic">,
): Promise<Map<string, SensitivePlace>> {
  const found = await placesByDeployment(db, project);
  return new Map([...found.values()].map(({ name, place }) => [name, place]));
}

/** How secret the place of each deployment is, by deploymentID; those that are not are left out. */
export async function secretPlaces(
  db: Db,
  projectIDs: Iterable<string>,
): Promise<Map<string, SensitivePlace>> {
  const found = new Map<string, SensitivePlace>();
  for (const projectID of new Set(projectIDs)) {
    const row = await findProject(wholeDb(db), projectID);
    if (!row) continue;
    for (const [id, { place }] of await placesByDeployment(db, metadataOf(row))) {
      found.set(id, place);
    }
  }
  return found;
}

/** Rows of places as strict as everything that is known of them, and not only what site and location say. */
export async function strictly<
  Row extends {
    deploymentID: string;
    projectID: string;
    locationSensitivity: Sensitivity | null;
  },
>(db: Db, rows: Row[]): Promise<Row[]> {
  const secret = await secretPlaces(
    db,
    rows.map(({ projectID }) => projectID),
  );
  return rows.map((row) => {
    const known = secret.get(row.deploymentID)?.sensitivity;
    return { ...row, locationSensitivity: strictest([row.locationSensitivity, known]) };
  });
}

/** Locations as strict as what is known of the deployments that stand there. */
export async function strictLocations<
  Row extends { locationID: string; projectID: string; locationSensitivity: Sensitivity | null },
>(db: Db, rows: Row[]): Promise<Row[]> {
  if (rows.length === 0) return rows;
  const secret = await secretPlaces(
    db,
    rows.map(({ projectID }) => projectID),
  );
  const ids = rows.map(({ locationID }) => locationID);
  const standing = await wholeDb(db)
    .selectFrom("deployments")
    .select(["deploymentID", "locationID"])
    .where("locationID", "in", ids)
    .execute();
  return rows.map((row) => {
    const there = standing.filter(({ locationID }) => locationID === row.locationID);
    const known = there.map(({ deploymentID }) => secret.get(deploymentID)?.sensitivity);
    return { ...row, locationSensitivity: strictest([row.locationSensitivity, ...known]) };
  });
}

async function placesByDeployment(
  limited: Db,
  { projectID, taxonomic = [] }: Pick<ProjectMetadata, "projectID" | "taxonomic">,
): Promise<Map<string, { name: string; place: SensitivePlace }>> {
  const db = wholeDb(limited);
  const rows = await db
    .selectFrom("deployments")
    .innerJoin("projects", "projects.projectID", "deployments.projectID")
    .leftJoin("sites", "sites.siteID", "deployments.siteID")
    .leftJoin("locations", "locations.locationID", "deployments.locationID")
    .select(["deployments.deploymentID", "deployments.sourceID", "deployments.latitude"])
    .select(["deployments.longitude", "deployments.locationID", "deployments.sourceLocationID"])
    .select([
      "projects.sensitivity as projectSensitivity",
      "sites.sensitivity as siteSensitivity",
      "locations.sensitivity as locationSensitivity",
      "locations.latitude as placeLatitude",
      "locations.longitude as placeLongitude",
    ])
    .where("deployments.projectID", "=", projectID)
    .orderBy("deployments.deploymentID")
    .execute();
  const byTaxon = await seenTaxa(db, projectID, taxonomic);
  if (byTaxon.size === 0 && rows.every((row) => sensitivityOf(row) === 0)) return new Map();
  // One place is one location, or one pair of coordinates where two locations were made of it.
  const groups = new Map<string, string[]>();
  const said = new Map<string, Sensitivity>();
  for (const row of rows) {
    const { deploymentID, locationID, sourceLocationID } = row;
    said.set(deploymentID, strictest([sensitivityOf(row), byTaxon.get(deploymentID)]));
    const latitude = row.latitude ?? row.placeLatitude;
    const longitude = row.longitude ?? row.placeLongitude;
    const keys = [
      locationID === null ? undefined : `location ${locationID}`,
      sourceLocationID === null ? undefined : `source ${sourceLocationID}`,
      latitude === null || longitude === null ? undefined : `at ${latitude} ${longitude}`,
    ];
    for (const key of keys) {
      if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), deploymentID]);
    }
  }
  const placeOf = joined(rows, groups);
  const strictestOf = new Map<number, Sensitivity>();
  for (const { deploymentID } of rows) {
    const place = placeOf.get(deploymentID) as number;
    strictestOf.set(place, strictest([strictestOf.get(place), said.get(deploymentID)]));
  }
  const found = new Map<string, { name: string; place: SensitivePlace }>();
  for (const { deploymentID, sourceID } of rows) {
    const number = placeOf.get(deploymentID) as number;
    const sensitivity = strictestOf.get(number);
    if (!sensitivity) continue;
    found.set(deploymentID, { name: sourceID ?? deploymentID, place: { sensitivity, number } });
  }
  return found;
}

/** Numbers places from 1 in the order of their first deployment; deployments with any key in common share one. */
function joined(
  rows: { deploymentID: string }[],
  groups: Map<string, string[]>,
): Map<string, number> {
  const neighbours = new Map<string, string[][]>();
  for (const members of groups.values()) {
    for (const id of members) neighbours.set(id, [...(neighbours.get(id) ?? []), members]);
  }
  const placeOf = new Map<string, number>();
  let places = 0;
  for (const { deploymentID } of rows) {
    if (placeOf.has(deploymentID)) continue;
    places += 1;
    const open = [deploymentID];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (placeOf.has(id)) continue;
      placeOf.set(id, places);
      open.push(...(neighbours.get(id) ?? []).flat().filter((other) => !placeOf.has(other)));
    }
  }
  return placeOf;
}

/** The strictest listed taxon seen by each deployment. */
async function seenTaxa(
  db: Db,
  projectID: string,
  taxonomic: NonNullable<ProjectMetadata["taxonomic"]>,
): Promise<Map<string, Sensitivity>> {
  const listed = new Map<string, Sensitivity>();
  for (const { scientificName, sensitivity } of taxonomic) {
    if ([1, 2, 3, 4].includes(sensitivity as number)) {
      listed.set(scientificName, sensitivity as Sensitivity);
    }
  }
  const found = new Map<string, Sensitivity>();
  if (listed.size === 0) return found;
  const rows = await db
    .selectFrom("observation_sums")
    .select(["deploymentID", "scientificName"])
    .distinct()
    .where("deploymentID", "in", (row) =>
      row.selectFrom("deployments").select("deploymentID").where("projectID", "=", projectID),
    )
    .where("scientificName", "in", [...listed.keys()])
    .execute();
  for (const { deploymentID, scientificName } of rows) {
    const sensitivity = listed.get(scientificName);
    found.set(deploymentID, strictest([found.get(deploymentID), sensitivity]));
  }
  return found;
}
