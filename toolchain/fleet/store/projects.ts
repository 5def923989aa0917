/** Organisations, projects and sites: what cameras and rights hang on. */
import type { Db } from "../db/open.ts";
import type { SitesTable } from "../db/tables-camtrap.ts";
import { DEFAULT_PROJECT, siteIDOf } from "../ids.ts";

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
  return { siteID, projectID, name };
}

export const findProject = (db: Db, projectID: string) =>
  db.selectFrom("projects").selectAll().where("projectID", "=", projectID).executeTakeFirst();
