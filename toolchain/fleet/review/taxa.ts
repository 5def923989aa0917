/** Names to offer a reviewer: those that are in use in the project, then those that its metadata lists. */
import type { Db } from "../db/open.ts";
import { findProject } from "../store/projects.ts";

const NAMES_MAX = 500;

export async function knownTaxa(db: Db, projectID: string): Promise<string[]> {
  const used = await db
    .selectFrom("observation_sums")
    .select((row) => ["scientificName", row.fn.sum<number>("records").as("count")])
    .where("deploymentID", "in", (row) =>
      row.selectFrom("deployments").select("deploymentID").where("projectID", "=", projectID),
    )
    .where("scientificName", "!=", "")
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
