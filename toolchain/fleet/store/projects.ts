/** Organisations, projects and sites: what cameras and rights hang on. */
import type { Db } from "../db/open.ts";
import type { SitesTable } from "../db/tables-camtrap.ts";
import { DEFAULT_PROJECT, siteIDOf } from "../ids.ts";
import { outOfReach, reachOf, wholeDb } from "../rights/limited-db.ts";

/**
 * The site that a text means: `name` in the default project, `project/name` in another. One that is new is made, because a
 * site begins with its first camera. What stands before "/" counts only when it is a project.
 */
export async function siteOf(
  db: Db,
  text: string,
  nowMs: number,
): Promise<Pick<SitesTable, "siteID" | "projectID" | "name">> {
  const known = await db
    .selectFrom("sites")
    .select(["siteID", "projectID", "name"])
    .where("siteID", "=", text)
    .executeTakeFirst();
  if (known) return known;
  const [, before, after] = text.match(/^([^/]+)\/(.+)$/s) ?? [];
  const project = before === undefined ? undefined : await findProject(db, before);
  const projectID = project?.projectID ?? DEFAULT_PROJECT;
  const name = project && after !== undefined ? after : text;
  const siteID = siteIDOf(projectID, name);
  await db
    .insertInto("sites")
    .values({ siteID, projectID, name, sensitivity: 0, createdMs: nowMs })
    .onConflict((conflict) => conflict.column("siteID").doNothing())
    .execute();
  // Somebody else's of that name may have been there already.
  const mine = await db
    .selectFrom("sites")
    .select("siteID")
    .where("siteID", "=", siteID)
    .where("projectID", "=", projectID)
    .executeTakeFirst();
  if (!mine) throw outOfReach(`site ${text}`);
  return { siteID, projectID, name };
}

/** The project that a name belongs to whose thing is not there yet, or has no table: a group. */
export async function projectOfName(db: Db, name: string): Promise<string> {
  const [, before = ""] = name.match(/^([^/]+)\/./s) ?? [];
  return before && (await findProject(wholeDb(db), before)) ? before : DEFAULT_PROJECT;
}

/** Whether the caller's reach covers all cameras of a group, now and later. */
export async function coversGroup(db: Db, group: string): Promise<boolean> {
  const reach = reachOf(db);
  if (reach.isAll) return true;
  if (!reach.projects.has(await projectOfName(db, group))) return false;
  const membersIn = (of: Db) =>
    of.selectFrom("camera_groups").select("cameraID").where("groupName", "=", group).execute();
  return (await membersIn(db)).length === (await membersIn(wholeDb(db))).length;
}

/** Whether a camera in the caller's reach may be in a group: of a project that the caller reaches some of. */
export async function mayJoin(db: Db, group: string): Promise<boolean> {
  return (await findProject(db, await projectOfName(db, group))) !== undefined;
}

export const findProject = (db: Db, projectID: string) =>
  db.selectFrom("projects").selectAll().where("projectID", "=", projectID).executeTakeFirst();
