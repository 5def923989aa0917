/** What is asked of an export, as texts of a command line or a query string, into what the database is asked. */
import type { Db } from "../../db/open.ts";
import { DEFAULT_PROJECT, siteIDOf } from "../../ids.ts";
import { findProject } from "../../store/projects.ts";
import { momentOf } from "../times.ts";
import type { ExportRequest } from "./view.ts";

export interface RequestTexts {
  project?: string;
  /** Names of sites, by comma; here and in `taxon`. */
  site?: string;
  from?: string;
  to?: string;
  taxon?: string;
}

/** @returns what is wrong, in words, instead */
export async function readRequest(
  db: Db,
  { project = DEFAULT_PROJECT, site, from, to, taxon }: RequestTexts,
): Promise<ExportRequest | string> {
  if (!(await findProject(db, project))) return `there is no project "${project}"`;
  const request: ExportRequest = { projectID: project };
  for (const [name, text] of [["from", from] as const, ["to", to] as const]) {
    if (text === undefined) continue;
    const moment = momentOf(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
    if (!moment)
      return `${name} must be a day or a time with its zone, such as 2024-05-17, not "${text}"`;
    request[name] = moment.seconds;
  }
  if (request.from !== undefined && request.to !== undefined && request.from >= request.to) {
    return "from must be before to";
  }
  if (taxon !== undefined) request.taxa = list(taxon);
  if (site === undefined) return request;
  request.siteIDs = [];
  for (const name of list(site)) {
    const row = await db
      .selectFrom("sites")
      .select("siteID")
      .where("projectID", "=", project)
      .where((site) =>
        site.or([site("siteID", "=", siteIDOf(project, name)), site("name", "=", name)]),
      )
      .executeTakeFirst();
    if (!row) return `project "${project}" has no site "${name}"`;
    request.siteIDs.push(row.siteID);
  }
  return request;
}

const list = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
