/** Cameras with the deployment that they stand in; one out of service stands in none. What they are read with, store by store. */
import type { Db } from "../db/open.ts";

export const standingCameras = (db: Db) =>
  db
    .selectFrom("cameras")
    .innerJoin("deployments", (join) =>
      join
        .onRef("deployments.cameraID", "=", "cameras.cameraID")
        .on("deployments.deploymentEnd", "is", null),
    );

/** With project, site and location, and how sensitive each of them is. */
export const cameraPlaces = (db: Db) =>
  standingCameras(db)
    .innerJoin("projects", "projects.projectID", "deployments.projectID")
    .leftJoin("sites", "sites.siteID", "deployments.siteID")
    .leftJoin("locations", "locations.locationID", "deployments.locationID")
    .select([
      ...(["projects.sensitivity as projectSensitivity"] as const),
      ...(["sites.sensitivity as siteSensitivity"] as const),
      ...(["locations.sensitivity as locationSensitivity"] as const),
    ]);
