/** Changes as the text of server-sent events, each as its watcher may see it. */
import { alertsByID } from "./alerts/views.ts";
import { isoOfMs } from "./clock.ts";
import type { Db } from "./db/open.ts";
import type { Reach } from "./rights/reach.ts";
import { reasonFor } from "./rollout/views.ts";
import { listCameras } from "./store/cameras.ts";
import type { Change } from "./store/changes.ts";
import { mediaByID } from "./store/media.ts";
import { observationsByID } from "./store/observations.ts";

/** Who looks: their database, and where they may see sensitive places exactly. */
export interface Viewer {
  userID: string | null;
  db: Db;
  exact: Reach;
}

interface Watching {
  viewer: Viewer;
  /** Cameras of which it was told that they are gone, or that never were its own. */
  told: Set<string>;
}

/** Changes as events, each thing once per batch, with what it is now. @param whole to tell what is gone from what is another's */
export async function render(
  whole: Db,
  changes: Change[],
  { viewer, told }: Watching,
  nowMs: number,
): Promise<string> {
  const { db } = viewer;
  const newest = new Map(changes.map((change) => [keyOf(change), change]));
  const texts = new Map<string, string>();
  const put = (kind: string, cameraID: string, itemID: string, json: unknown) =>
    texts.set(`${kind}/${cameraID}/${itemID}`, JSON.stringify(json));
  for (const rollout of await rolloutStates(db, [...newest.values()])) {
    put("rollout", "", String(rollout.rolloutID), rollout);
  }
  const alertIDs = changes
    .filter(({ kind }) => kind === "alert")
    .map(({ itemID }) => Number(itemID));
  for (const alert of await alertsByID(db, [...new Set(alertIDs)])) {
    put("alert", "", String(alert.alertID), alert);
  }
  const byCamera = groupByCamera([...newest.values()].filter(({ cameraID }) => cameraID !== ""));
  const gone = new Set(byCamera.keys());
  for (const camera of await listCameras(db, { ...viewer, nowMs }, [...byCamera.keys()])) {
    put("camera", camera.cameraID, "", camera);
    gone.delete(camera.cameraID);
    told.delete(camera.cameraID);
  }
  const lost = await lostCameras(
    whole,
    db,
    [...gone].filter((cameraID) => !told.has(cameraID)),
  );
  for (const cameraID of gone) told.add(cameraID);
  for (const [cameraID, items] of byCamera) {
    const idsOf = (kind: Change["kind"]) =>
      items.filter((item) => item.kind === kind).map(({ itemID }) => itemID);
    for (const observation of await observationsByID(db, cameraID, idsOf("observation"))) {
      const recordID = observation.observationID.slice(cameraID.length + 1);
      put("observation", cameraID, recordID, observation);
    }
    for (const media of await mediaByID(db, cameraID, idsOf("media"))) {
      put("media", cameraID, media.mediaID, media);
    }
  }
  return [...newest.values()]
    .sort((a, b) => a.sequence - b.sequence)
    .map((change) => {
      const json = texts.get(keyOf(change));
      if (json !== undefined) return eventText(change.kind, change.sequence, json);
      // A camera that is gone: the lists must be read again.
      return change.kind === "camera" && lost.has(change.cameraID)
        ? eventText("reset", change.sequence, JSON.stringify({ now: isoOfMs(nowMs) }))
        : "";
    })
    .join("");
}

/** Of cameras that are not in the list: those that are no more, are out of service, or were moved out of this one's reach. */
async function lostCameras(whole: Db, db: Db, cameraIDs: string[]): Promise<Set<string>> {
  if (cameraIDs.length === 0) return new Set();
  const idsIn = async (of: Db, table: "cameras" | "deployments") =>
    new Set(
      (
        await of.selectFrom(table).select("cameraID").where("cameraID", "in", cameraIDs).execute()
      ).map(({ cameraID }) => cameraID),
    );
  const [there, once] = [await idsIn(whole, "cameras"), await idsIn(db, "deployments")];
  return new Set(cameraIDs.filter((cameraID) => !there.has(cameraID) || once.has(cameraID)));
}

/** Enough to know which to read again. */
async function rolloutStates(db: Db, changes: Change[]) {
  const ids = changes.filter(({ kind }) => kind === "rollout").map(({ itemID }) => Number(itemID));
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("rollouts")
    .select(["rolloutID", "releaseID", "status", "reason"])
    .where("rolloutID", "in", ids)
    .execute();
  return rows.map((row) => ({ ...row, reason: reasonFor(db, row.reason) }));
}

export const eventText = (event: string, sequence: number, json: string): string =>
  `id: ${sequence}\nevent: ${event}\ndata: ${json}\n\n`;

const keyOf = ({ kind, cameraID, itemID }: Change): string => `${kind}/${cameraID}/${itemID}`;

function groupByCamera(changes: Change[]): Map<string, Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const group = groups.get(change.cameraID);
    if (group) group.push(change);
    else groups.set(change.cameraID, [change]);
  }
  return groups;
}
