/**
 * The detections on the screen: reading pages, merging what arrives live, holding it back while somebody reads.
 */
import { getObservations } from "./api.ts";
import { isWanted, type MediaEvent, mergeMedia, mergeObservations } from "./collection.ts";
import type { Filter } from "./route.ts";
import { emptyFeed, getState, isLoggedOut, messageOf, update, updateFeed } from "./state.ts";
import type { Observation } from "./types.ts";
import { describeObservation, plural } from "./words.ts";

const isSameFilter = (a: Filter, b: Filter): boolean =>
  a.type === b.type && a.cameraID === b.cameraID;

/** Show the detections of a filter, newest first. */
export async function showFeed(filter: Filter): Promise<void> {
  update({ feed: emptyFeed(filter) });
  await loadInto(filter, "");
}

export async function loadOlder(): Promise<void> {
  const { filter, next, isLoading } = getState().feed;
  if (next === null || isLoading) return;
  updateFeed({ isLoading: true, error: "" });
  await loadInto(filter, next);
}

async function loadInto(filter: Filter, before: string): Promise<void> {
  try {
    const page = await getObservations(filter, before);
    if (!isSameFilter(getState().feed.filter, filter)) return;
    const { observations, held } = getState().feed;
    // What arrived live while the first page was on its way may not be on it.
    const known = observations ?? held;
    updateFeed({
      observations: mergeObservations(known, page.observations),
      held: observations ? held : [],
      next: page.next,
      isLoading: false,
      error: "",
    });
  } catch (error) {
    if (!isSameFilter(getState().feed.filter, filter) || isLoggedOut(error)) return;
    updateFeed({ isLoading: false, error: messageOf(error) });
  }
}

/** After a gap in the stream: what is new on the first page. Older cards and the cursor stay. */
export async function catchUp(): Promise<void> {
  const { filter, observations, isLoading } = getState().feed;
  if (!observations) return isLoading ? undefined : showFeed(filter);
  try {
    const page = await getObservations(filter);
    if (!isSameFilter(getState().feed.filter, filter)) return;
    const isConnected = page.observations.some((one) =>
      observations.some(({ observationID }) => observationID === one.observationID),
    );
    // A gap longer than a page: start over rather than show a list with a hole.
    if (!isConnected && page.next !== null)
      updateFeed({ observations: page.observations, next: page.next, held: [] });
    else
      updateFeed({
        observations: mergeObservations(getState().feed.observations ?? [], page.observations),
      });
  } catch (error) {
    isLoggedOut(error);
  }
}

export function showHeld(): void {
  const { observations, held } = getState().feed;
  updateFeed({ observations: mergeObservations(observations ?? [], held), held: [] });
}

/** Set by the feed on screen: true while the viewer reads below its top, or looks at one detection. */
let isReading = (): boolean => false;

export function setReading(reading: () => boolean): void {
  isReading = reading;
}

/** A detection arrived live. */
export function onObservation(observation: Observation): void {
  const { filter, observations, held } = getState().feed;
  if (!isWanted(observation, filter)) return;
  if (!observations) {
    updateFeed({ held: mergeObservations(held, [observation]) });
    return;
  }
  const isShown = observations.some((o) => o.observationID === observation.observationID);
  if (!isShown) announce(observation);
  if (!isShown && isReading()) updateFeed({ held: mergeObservations(held, [observation]) });
  else updateFeed({ observations: mergeObservations(observations, [observation]) });
}

/** A picture arrived. */
export function onMedia(media: MediaEvent): void {
  const { observations, held } = getState().feed;
  updateFeed({
    observations: observations && mergeMedia(observations, media),
    held: mergeMedia(held, media),
  });
}

const ANNOUNCE_MS = 1000;
let unspoken: Observation[] = [];

/** One sentence for a burst of arrivals, so that a screen reader is not flooded. */
function announce(observation: Observation): void {
  unspoken.push(observation);
  if (unspoken.length > 1) return;
  setTimeout(() => {
    const count = unspoken.length;
    const latest = describeObservation(unspoken[count - 1] ?? observation);
    unspoken = [];
    const announcement =
      count === 1
        ? `New detection: ${latest}`
        : `${plural(count, "new detection")}, latest: ${latest}`;
    update({ announcement });
  }, ANNOUNCE_MS);
}
