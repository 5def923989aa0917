/** Sites with the time zone in which their days begin. */
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";

export const listSiteZones = (db: Db) =>
  db
    .selectFrom("sites")
    .select(["siteID", "projectID", "name", "timeZone"])
    .orderBy("projectID")
    .orderBy("name")
    .execute();

/** **Errors:** SITE_UNKNOWN */
export async function saveSiteZone(db: Db, siteID: string, timeZone: string | null): Promise<void> {
  const changed = await db
    .updateTable("sites")
    .set({ timeZone })
    .where("siteID", "=", siteID)
    .returning("siteID")
    .execute();
  if (changed.length === 0) throw httpError("SITE_UNKNOWN", `there is no site "${siteID}"`);
}
