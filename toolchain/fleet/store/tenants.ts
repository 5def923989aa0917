/** Organisations, projects, sites and locations as operators make and see them. Rows are limited by the database they come from. */
import { randomUUID } from "node:crypto";
import { isoOfMs } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { Sensitivity } from "../db/tables-camtrap.ts";
import { httpError } from "../http-errors.ts";
import { DEFAULT_PROJECT, projectItemID, siteIDOf } from "../ids.ts";
import { type Order, type Page, readPage } from "../pages.ts";
import { type Coordinates, sensitivityOf, shownPlace } from "../research/privacy.ts";
import { strictLocations } from "../research/sensitive-places.ts";
import { WITHHELD_TEXT } from "../research/withheld.ts";
import { outOfReach, reachOf, wholeDb } from "../rights/limited-db.ts";
import { type Reach, reaches } from "../rights/reach.ts";
import { findProject } from "./projects.ts";

export interface NewSite {
  projectID?: string;
  name: string;
  sensitivity?: Sensitivity;
}

export interface NewLocation extends Partial<Omit<Coordinates, "latitude" | "longitude">> {
  siteID: string;
  name: string;
  latitude: number;
  longitude: number;
  sensitivity?: Sensitivity;
}

const byID = (column: string): Order => ({ by: [[column, "text"]], direction: "asc" });
const dated = <T extends { createdMs: number }>({ createdMs, ...row }: T) => ({
  ...{ ...row, created: isoOfMs(createdMs) },
});

/** **Errors:** BAD_CURSOR, as all lists here */
export async function listOrganisations(db: Db, page: Page) {
  const query = db.selectFrom("organisations").selectAll();
  const { rows, next } = await readPage(query, byID("organisationID"), page);
  return { organisations: rows.map(dated), next };
}

/** **Errors:** PLACE_EXISTS */
export async function addOrganisation(
  db: Db,
  organisation: { organisationID: string; name: string },
  createdMs: number,
): Promise<void> {
  const added = await db
    .insertInto("organisations")
    .values({ ...organisation, createdMs })
    .onConflict((conflict) => conflict.column("organisationID").doNothing())
    .returning("organisationID")
    .execute();
  if (added.length === 0) throw httpError("PLACE_EXISTS");
}

export async function listProjects(db: Db, page: Page) {
  const query = db
    .selectFrom("projects")
    .select(["projectID", "organisationID", "name", "sensitivity", "createdMs"]);
  const { rows, next } = await readPage(query, byID("projectID"), page);
  return { projects: rows.map(dated), next };
}

/** **Errors:** PLACE_EXISTS, PLACE_UNKNOWN for the organisation */
export async function addProject(
  db: Db,
  project: { projectID: string; organisationID: string; name: string; sensitivity: Sensitivity },
  createdMs: number,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const owner = await transaction
      .selectFrom("organisations")
      .select("name")
      .where("organisationID", "=", project.organisationID)
      .executeTakeFirst();
    if (!owner) throw httpError("PLACE_UNKNOWN", `no organisation ${project.organisationID}`);
    // Sites and groups of the default project that are called so would change hands.
    const begins = `${project.projectID}/`;
    const named = await transaction
      .selectFrom("sites")
      .select("siteID")
      .where((row) =>
        row(row.fn("substr", ["siteID", row.lit(1), row.lit(begins.length)]), "=", begins),
      )
      .executeTakeFirst();
    if (named) throw httpError("PLACE_EXISTS", `a site is called ${named.siteID}`);
    const added = await transaction
      .insertInto("projects")
      .values({ ...project, createdMs })
      .onConflict((conflict) => conflict.column("projectID").doNothing())
      .returning("projectID")
      .execute();
    if (added.length === 0) throw httpError("PLACE_EXISTS");
  });
}

/** How sensitive the places of a project are that say nothing themselves. **Errors:** PLACE_UNKNOWN, FORBIDDEN */
export async function setProjectSensitivity(
  db: Db,
  projectID: string,
  sensitivity: Sensitivity,
  exact: Reach,
): Promise<void> {
  if (!(await findProject(db, projectID))) throw httpError("PLACE_UNKNOWN");
  for (const reach of [reachOf(db), exact]) requireReach(reach, { projectID, siteID: null });
  await db
    .updateTable("projects")
    .set({ sensitivity })
    .where("projectID", "=", projectID)
    .execute();
}

export async function listSites(db: Db, page: Page) {
  const query = db.selectFrom("sites").selectAll();
  const { rows, next } = await readPage(query, byID("siteID"), page);
  return { sites: rows.map(dated), next };
}

/** @returns siteID. **Errors:** PLACE_EXISTS, PLACE_UNKNOWN for the project, FORBIDDEN */
export async function addSite(
  db: Db,
  { projectID = DEFAULT_PROJECT, name, sensitivity = 0 }: NewSite,
  createdMs: number,
): Promise<string> {
  const siteID = siteIDOf(projectID, name);
  await db.transaction().execute(async (transaction) => {
    const project = await findProject(transaction, projectID);
    if (!project) throw httpError("PLACE_UNKNOWN", `no project ${projectID}`);
    const [, before = ""] = name.match(/^([^/]+)\//) ?? [];
    if (projectID === DEFAULT_PROJECT && (await findProject(wholeDb(transaction), before))) {
      throw httpError("BAD_REQUEST", `a name that begins with "${before}/" means another project`);
    }
    const added = await transaction
      .insertInto("sites")
      .values({ siteID, projectID, name, sensitivity, createdMs })
      .onConflict((conflict) => conflict.column("siteID").doNothing())
      .returning("siteID")
      .execute();
    if (added.length === 0) throw httpError("PLACE_EXISTS");
  });
  return siteID;
}

/** **Errors:** PLACE_UNKNOWN, FORBIDDEN for somebody who may not see its exact coordinates */
export async function setSiteSensitivity(
  db: Db,
  siteID: string,
  sensitivity: Sensitivity,
  exact: Reach,
): Promise<void> {
  const site = await db
    .selectFrom("sites")
    .select(["projectID", "siteID"])
    .where("siteID", "=", siteID)
    .executeTakeFirst();
  if (!site) throw httpError("PLACE_UNKNOWN");
  requireReach(exact, site);
  await db.updateTable("sites").set({ sensitivity }).where("siteID", "=", siteID).execute();
}

export async function listLocations(db: Db, exact: Reach, page: Page) {
  const query = db
    .selectFrom("locations")
    .innerJoin("projects", "projects.projectID", "locations.projectID")
    .leftJoin("sites", "sites.siteID", "locations.siteID")
    .selectAll("locations")
    .select([
      ...(["projects.sensitivity as projectSensitivity"] as const),
      ...(["sites.sensitivity as siteSensitivity"] as const),
      ...(["locations.sensitivity as locationSensitivity"] as const),
    ]);
  const { rows, next } = await readPage(query, byID("locations.locationID"), page);
  const strict = exact.isAll ? rows : await strictLocations(db, rows);
  const locations = strict.map((row) => ({
    ...{ locationID: row.locationID, projectID: row.projectID, siteID: row.siteID },
    name: reaches(exact, row) || sensitivityOf(row) === 0 ? row.name : WITHHELD_TEXT,
    ...{ sensitivity: row.sensitivity, created: isoOfMs(row.createdMs) },
    ...shownPlace(row, row, exact),
  }));
  return { locations, next };
}

/** @returns locationID. **Errors:** PLACE_UNKNOWN for the site, FORBIDDEN */
export async function addLocation(
  db: Db,
  { coordinateUncertainty = null, sensitivity = 0, ...location }: NewLocation,
  createdMs: number,
): Promise<string> {
  const site = await db
    .selectFrom("sites")
    .select("projectID")
    .where("siteID", "=", location.siteID)
    .executeTakeFirst();
  if (!site) throw httpError("PLACE_UNKNOWN", `no site ${location.siteID}`);
  const locationID = projectItemID(site.projectID, randomUUID());
  const row = { ...location, ...site, coordinateUncertainty, sensitivity };
  await db
    .insertInto("locations")
    .values({ locationID, ...row, createdMs })
    .execute();
  return locationID;
}

function requireReach(reach: Reach, place: { projectID: string; siteID: string | null }): void {
  if (!reaches(reach, place)) throw outOfReach("the coordinates of all places there");
}
