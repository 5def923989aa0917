/** Where a camera stands: deployments end and begin, the configuration of the new place follows. All in a transaction. */
import { randomUUID } from "node:crypto";
import { changesBetween, layersOf, resolve } from "../config/layers.ts";
import type { Db } from "../db/open.ts";
import { wholeDb } from "../rights/limited-db.ts";
import { currentLayers, followLayers, joinGroup } from "./config-layers.ts";
import { configOf, placedCamera, placedCameras, writeVersions } from "./configs.ts";
import { siteOf } from "./projects.ts";

export interface NewPlace {
  site: string;
  /** undefined: the group stays as it is. */
  group?: string | null;
  latitude?: number | null;
  longitude?: number | null;
}

/** The open deployment, or undefined for a camera out of service. */
export function openDeployment(transaction: Db, cameraID: string) {
  return transaction
    .selectFrom("deployments")
    .selectAll()
    .where("cameraID", "=", cameraID)
    .where("deploymentEnd", "is", null)
    .executeTakeFirst();
}

/** Deployments with what says how sensitive their places are. */
export const placedDeployments = (db: Db) =>
  db
    .selectFrom("deployments")
    .innerJoin("projects", "projects.projectID", "deployments.projectID")
    .leftJoin("sites", "sites.siteID", "deployments.siteID")
    .leftJoin("locations", "locations.locationID", "deployments.locationID")
    .selectAll("deployments")
    .select([
      ...(["projects.sensitivity as projectSensitivity"] as const),
      ...(["sites.sensitivity as siteSensitivity"] as const),
      ...(["locations.sensitivity as locationSensitivity"] as const),
    ]);

/** A deployment that begins now at a site, which is made when it is new. */
export async function beginDeployment(
  transaction: Db,
  cameraID: string,
  { site, latitude = null, longitude = null }: NewPlace,
  nowMs: number,
): Promise<void> {
  const { projectID, siteID, name: locationName } = await siteOf(transaction, site, nowMs);
  // Also those that another owner has.
  const { newest } = await wholeDb(transaction)
    .selectFrom("deployments")
    .select((row) => row.fn.max("deploymentStart").as("newest"))
    .where("cameraID", "=", cameraID)
    .executeTakeFirstOrThrow();
  // Two of one second would have no order.
  const deploymentStart = Math.max(Math.floor(nowMs / 1000), Number(newest ?? -1) + 1);
  await transaction
    .insertInto("deployments")
    .values({
      ...{ deploymentID: randomUUID(), cameraID, projectID, siteID, locationName },
      ...{ latitude, longitude, deploymentStart },
    })
    .execute();
}

export async function endDeployment(
  transaction: Db,
  cameraID: string,
  nowMs: number,
): Promise<void> {
  await transaction
    .updateTable("deployments")
    .set({ deploymentEnd: Math.floor(nowMs / 1000) })
    .where("cameraID", "=", cameraID)
    .where("deploymentEnd", "is", null)
    .execute();
}

/** End the deployment, if there is one, and begin the next. What was recorded stays with the old one. */
export async function moveCamera(
  transaction: Db,
  cameraID: string,
  place: NewPlace,
  nowMs: number,
): Promise<void> {
  const [placed] = await placedCameras(transaction, { cameraID });
  const before = placed && layersOf(placed, await currentLayers(transaction, cameraID));
  const from = (await openDeployment(transaction, cameraID))?.projectID;
  await endDeployment(transaction, cameraID, nowMs);
  await beginDeployment(transaction, cameraID, place, nowMs);
  const to = (await openDeployment(transaction, cameraID))?.projectID;
  // A group is its project's: a camera that goes to another leaves it.
  const group = place.group === undefined && from !== to ? null : place.group;
  if (group !== undefined) await joinGroup(transaction, cameraID, group);
  if (before) await followLayers(transaction, cameraID, before, nowMs);
  else await configureAnew(transaction, cameraID, nowMs);
}

/** A camera that was out of service heard nothing of the layers meanwhile. */
async function configureAnew(transaction: Db, cameraID: string, nowMs: number): Promise<void> {
  const camera = await placedCamera(transaction, cameraID);
  const values = resolve(layersOf(camera, await currentLayers(transaction, cameraID)));
  const version = camera.wantedConfigVersion;
  const wanted = await configOf(transaction, cameraID, version);
  if (Object.keys(changesBetween(wanted, values)).length === 0) return;
  await writeVersions(transaction, [{ cameraID, version: version + 1, values }], nowMs);
}
