/**
 * Observations with their deployments, where few are asked for among very many. Written as a cross join, because SQLite keeps no
 * statistics: it would begin with the deployments of a project and go through all rows of all of them. So it begins with the
 * observations, by the index that the rest of the question names, or in the order of time.
 */
import type { Db } from "../db/open.ts";

export const placedObservations = (db: Db) =>
  db
    .selectFrom("observations")
    .crossJoin("deployments")
    .whereRef("deployments.deploymentID", "=", "observations.deploymentID");
