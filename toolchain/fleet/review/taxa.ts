/** Names to offer a reviewer: those that are in use in the project, then those that its metadata lists. */
import type { Db } from "../db/open.ts";
import { findProject } from "../store/projects.ts";

const NAMES_MAX = 500;

export async function knownTaxa(db: Db, projectID: string): Promise<string[]> {
  const used = await db
    .selectFrom("observations")
    .innerJoin("deployments", "deployments.deploymentID", "observations.deploymentID")
    .select((row) => ["scientificName", row.fn.countAll<number>().as("count")])
    .where("projectID", "=", projectID)
    .where("scientificName", "is not", null)
    .where("scientificName", "!=", "")
    .where("replacedBy", "is", null)
    .groupBy("scientificName")
    .orderBy("count", "desc")
    .orderBy("scientificName")
    .limit(NAMES_MAX)
    .execute();
  const project = await findProject(db, projectID);
  const listed = JSON.parse(project?.taxonomic ?? "[]") as { scientificName?: string }[];
  const names = [...used, ...listed].flatMap(({ scientificName }) => scientificName || []);
  return [...new Set(names)];
}
