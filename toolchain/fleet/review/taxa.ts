/** Names to offer a reviewer: those that are in use in the project, then those that its metadata lists. */
import type { Db } from "../db/open.ts";
import { recordsByName } from "../research/observation-sums.ts";
import { findProject } from "../store/projects.ts";

const NAMES_MAX = 500;

export async function knownTaxa(db: Db, projectID: string): Promise<string[]> {
  const used = await recordsByName(db, projectID)
    .orderBy("count", "desc")
    .orderBy("scientificName")
    .limit(NAMES_MAX)
    .execute();
  const project = await findProject(db, projectID);
  const listed = JSON.parse(project?.taxonomic ?? "[]") as { scientificName?: string }[];
  const names = [...used, ...listed].flatMap(({ scientificName }) => scientificName || []);
  return [...new Set(names)];
}
