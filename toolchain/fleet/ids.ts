/**
 * IDs that are unique in the whole database, made from what cameras and packages call their rows: a camera's with ":", a
 * project's with "/". Neither sign is in the IDs of cameras or projects, so no two sources can meet.
 */

/** The project that everything belongs to until somebody makes another. */
export const DEFAULT_PROJECT = "default";

/** observationID of a recordID, mediaID of a camera's own mediaID. */
export const cameraItemID = (cameraID: string, id: string): string => `${cameraID}:${id}`;

/** deploymentID, mediaID, observationID or locationID of a row that was imported into a project. */
export const projectItemID = (projectID: string, id: string): string => `${projectID}/${id}`;

/** A site of the default project goes by its name alone, as before there were projects. */
export const siteIDOf = (projectID: string, name: string): string =>
  projectID === DEFAULT_PROJECT ? name : `${projectID}/${name}`;
