/** What cameras should have against what they said last, key by key. */
import { configSum } from "../../../device/protocol/config.ts";
import { changesBetween, explain, layersOf } from "../config/layers.ts";
import { configStateOf } from "../config/offer.ts";
import type { Db } from "../db/open.ts";
import { currentLayers } from "./config-layers.ts";
import { configOf, findConfig, type PlacedCamera, placedCamera, placedCameras } from "./configs.ts";

/** One camera's configuration in full. **Errors:** CAMERA_UNKNOWN */
export async function cameraConfig(db: Db, cameraID: string) {
  const camera = await placedCamera(db, cameraID);
  const layers = layersOf(camera, await currentLayers(db, cameraID));
  return { ...(await driftOf(db, camera)), keys: explain(layers) };
}

/** Cameras that do not have, or do not yet have, what they should. */
export async function configDrift(db: Db) {
  const drifting = (await placedCameras(db)).filter(
    (camera) => configStateOf(camera).configState !== "inForce",
  );
  const rows = [];
  for (const camera of drifting) rows.push(await driftOf(db, camera));
  return rows;
}

async function driftOf(db: Db, camera: PlacedCamera) {
  const { cameraID, name, site, group, configVersion, wantedConfigVersion } = camera;
  const wanted = await configOf(db, cameraID, wantedConfigVersion);
  const known = await findConfig(db, cameraID, configVersion);
  // A camera that means something else by the number has values that the server cannot know.
  const isSame = known && (camera.configSum === null || camera.configSum === configSum(known));
  const confirmed = isSame ? known : null;
  return {
    ...{ cameraID, name, site, group },
    ...configStateOf(camera),
    wanted: { version: wantedConfigVersion, values: wanted },
    confirmed: { version: configVersion, values: confirmed },
    /** [confirmed, wanted] of the keys that differ. */
    drift: confirmed ? changesBetween(confirmed, wanted) : null,
  };
}
