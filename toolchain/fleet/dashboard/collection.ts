/**
 * Merging what arrives (pages, live events, in any order and more than once) into the lists on the screen.
 * Pure: every function returns a new list, or the same one when nothing changed.
 */
import type { Filter } from "./route.ts";
import type { Camera, Media, Observation } from "./types.ts";

/** A live `media` event: the picture has arrived. */
export interface MediaEvent extends Media {
  cameraID?: string;
}

/** Newest first; equal times in a stable order so that cards never swap places. */
export function compareObservations(a: Observation, b: Observation): number {
  if (a.eventStart !== b.eventStart) return a.eventStart < b.eventStart ? 1 : -1;
  return a.observationID < b.observationID ? 1 : -1;
}

export function mergeObservations(list: Observation[], arrived: Observation[]): Observation[] {
  if (arrived.length === 0) return list;
  const byID = new Map(list.map((observation) => [observation.observationID, observation]));
  for (const observation of arrived) byID.set(observation.observationID, observation);
  return [...byID.values()].sort(compareObservations);
}

export function isWanted(observation: Observation, filter: Filter): boolean {
  if (filter.cameraID && observation.cameraID !== filter.cameraID) return false;
  return filter.type
    ? observation.observationType === filter.type
    : observation.observationType !== "blank";
}

export function mergeCamera(list: Camera[], arrived: Camera): Camera[] {
  const isKnown = list.some((camera) => camera.cameraID === arrived.cameraID);
  if (!isKnown) return [...list, arrived];
  return list.map((camera) =>
    camera.cameraID === arrived.cameraID ? { ...camera, ...arrived } : camera,
  );
}

/** Mark a picture as stored wherever it is shown. The URL names camera and picture, so it is the key. */
export function mergeMedia(list: Observation[], arrived: MediaEvent): Observation[] {
  const isIt = (media: Media) => media.url === arrived.url;
  if (!list.some((observation) => observation.media.some(isIt))) return list;
  return list.map((observation) => {
    if (!observation.media.some(isIt)) return observation;
    const media = observation.media.map((one) => (isIt(one) ? { ...one, ...arrived } : one));
    return { ...observation, media };
  });
}

/** The neighbour in a list, or undefined at its ends. */
export function neighbour(
  list: Observation[],
  observationID: string,
  step: 1 | -1,
): Observation | undefined {
  const at = list.findIndex((observation) => observation.observationID === observationID);
  return at < 0 ? undefined : list[at + step];
}
