/**
 * The state of the page and the actions that change it. Components read it with `useStore` and call the actions;
 * nothing else talks to the server.
 */
import * as api from "./api.ts";
import {
  isWanted,
  type MediaEvent,
  mergeCamera,
  mergeMedia,
  mergeObservations,
} from "./collection.ts";
import type { Filter } from "./route.ts";
import { type LiveState, openStream } from "./stream.ts";
import type { Camera, ConfigValues, Observation, Summary } from "./types.ts";
import { describeObservation, plural } from "./words.ts";

export interface Feed {
  filter: Filter;
  /** Null until the first page is here. */
  observations: Observation[] | null;
  /** Arrived live while the viewer was reading further down; shown on demand. */
  held: Observation[];
  next: string | null;
  isLoading: boolean;
  error: string;
}

export interface State {
  session: "unknown" | "out" | "in";
  /** Why the viewer is asked to log in again, or what is wrong with the token. */
  loginMessage: string;
  summary: Summary | null;
  cameras: Camera[] | null;
  feed: Feed;
  live: LiveState;
  /** A problem with the server as a whole, in words; "" when there is none. */
  problem: string;
  /** Server clock minus this device's clock. */
  clockOffsetMs: number;
  /** Said to screen readers. */
  announcement: string;
}

const emptyFeed = (filter: Filter): Feed => ({
  filter,
  observations: null,
  held: [],
  next: null,
  isLoading: true,
  error: "",
});

let state: State = {
  session: "unknown",
  loginMessage: "",
  summary: null,
  cameras: null,
  feed: emptyFeed({ type: "", cameraID: "" }),
  live: "connecting",
  problem: "",
  clockOffsetMs: 0,
  announcement: "",
};

const listeners = new Set<() => void>();

export const getState = (): State => state;

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function update(change: Partial<State>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

const updateFeed = (change: Partial<Feed>): void => update({ feed: { ...state.feed, ...change } });

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** True when the error means: log in again (and the page now says so). */
function isLoggedOut(error: unknown): boolean {
  if (!(error instanceof api.ApiError) || error.status !== 401) return false;
  const loginMessage = state.session === "in" ? "Your session has ended. Log in again." : "";
  closeStream();
  localStorage.removeItem(SESSION_HINT);
  update({ session: "out", loginMessage });
  return true;
}

// --- Session

/** Set while a session may be open, so that a first visit asks nothing it will be refused. Holds no secret. */
const SESSION_HINT = "thicket-session";

/** First step of the page: log in with the token of the URL, if any, else see whether a session is open. */
export async function start(token: string): Promise<void> {
  if (token) return login(token);
  if (!localStorage.getItem(SESSION_HINT)) return update({ session: "out" });
  if (await refresh()) enter();
  else if (state.session !== "out") setTimeout(() => start(""), 3000);
}

export async function login(token: string): Promise<void> {
  try {
    await api.login(token);
  } catch (error) {
    const isWrong = error instanceof api.ApiError && [400, 401].includes(error.status);
    const loginMessage = isWrong
      ? "This token is not the operator token of this server. Check that all of it was copied."
      : messageOf(error);
    update({ session: "out", loginMessage });
    return;
  }
  if (await refresh()) enter();
}

export async function logout(): Promise<void> {
  closeStream();
  try {
    await api.logout();
  } catch (error) {
    if (!isLoggedOut(error)) update({ problem: messageOf(error) });
    return;
  }
  localStorage.removeItem(SESSION_HINT);
  update({ session: "out", loginMessage: "", summary: null, cameras: null });
}

const POLL_MS = 30_000;

function enter(): void {
  localStorage.setItem(SESSION_HINT, "open");
  update({ session: "in", loginMessage: "" });
  closeStream();
  // A camera that falls silent sends no event, so its state must be asked for.
  const polling = setInterval(() => {
    if (!document.hidden) void refresh();
  }, POLL_MS);
  const closeEvents = openStream({
    onEvent,
    onState: (live) => update({ live }),
    onOpen: () => {
      void refresh();
      void catchUp();
    },
    mayRetry: async () => {
      await refresh();
      return state.session === "in";
    },
  });
  closeStream = () => {
    clearInterval(polling);
    closeEvents();
  };
}

let closeStream = (): void => {};

// --- Cameras and counts

/** Read counts and cameras anew. @returns false when that failed (the state says why) */
export async function refresh(): Promise<boolean> {
  try {
    const [summary, { cameras }] = await Promise.all([api.getSummary(), api.getCameras()]);
    const clockOffsetMs = Date.parse(summary.now) - Date.now();
    update({ summary, cameras, clockOffsetMs, problem: "" });
    return true;
  } catch (error) {
    if (!isLoggedOut(error)) update({ problem: messageOf(error) });
    return false;
  }
}

const REFRESH_MS = 1500;
let isRefreshDue = false;

/** Counts need not follow every event at once. */
function refreshSoon(): void {
  if (isRefreshDue) return;
  isRefreshDue = true;
  setTimeout(() => {
    isRefreshDue = false;
    if (state.session === "in") void refresh();
  }, REFRESH_MS);
}

export const serverNowMs = (): number => Date.now() + state.clockOffsetMs;

export const getCamera = api.getCamera;

/** @returns "" or what is wrong, in words */
export async function saveConfig(
  cameraID: string,
  changes: Partial<ConfigValues>,
): Promise<string> {
  try {
    await api.patchConfig(cameraID, changes);
  } catch (error) {
    isLoggedOut(error);
    return messageOf(error);
  }
  await refresh();
  return "";
}

// --- The feed of detections

const isSameFilter = (a: Filter, b: Filter): boolean =>
  a.type === b.type && a.cameraID === b.cameraID;

/** Show the detections of a filter, newest first. */
export async function showFeed(filter: Filter): Promise<void> {
  update({ feed: emptyFeed(filter) });
  await loadInto(filter, "");
}

export async function loadOlder(): Promise<void> {
  const { filter, next, isLoading } = state.feed;
  if (next === null || isLoading) return;
  updateFeed({ isLoading: true, error: "" });
  await loadInto(filter, next);
}

async function loadInto(filter: Filter, before: string): Promise<void> {
  try {
    const page = await api.getObservations(filter, before);
    if (!isSameFilter(state.feed.filter, filter)) return;
    const observations = mergeObservations(state.feed.observations ?? [], page.observations);
    updateFeed({ observations, next: page.next, isLoading: false, error: "" });
  } catch (error) {
    if (!isSameFilter(state.feed.filter, filter) || isLoggedOut(error)) return;
    updateFeed({ isLoading: false, error: messageOf(error) });
  }
}

/** After a gap in the stream: what is new on the first page. Older cards and the cursor stay. */
async function catchUp(): Promise<void> {
  const { filter, observations, isLoading } = state.feed;
  if (!observations) return isLoading ? undefined : showFeed(filter);
  try {
    const page = await api.getObservations(filter);
    if (!isSameFilter(state.feed.filter, filter)) return;
    const isConnected = page.observations.some((one) =>
      observations.some(({ observationID }) => observationID === one.observationID),
    );
    // A gap longer than a page: start over rather than show a list with a hole.
    if (!isConnected && page.next !== null)
      updateFeed({ observations: page.observations, next: page.next, held: [] });
    else
      updateFeed({
        observations: mergeObservations(state.feed.observations ?? [], page.observations),
      });
  } catch (error) {
    isLoggedOut(error);
  }
}

export function showHeld(): void {
  const { observations, held } = state.feed;
  updateFeed({ observations: mergeObservations(observations ?? [], held), held: [] });
}

/** Set by the feed on screen: true while the viewer reads below its top, or looks at one detection. */
let isReading = (): boolean => false;

export function setReading(reading: () => boolean): void {
  isReading = reading;
}

// --- Live events

function onEvent(type: "camera" | "observation" | "media", data: unknown): void {
  if (type === "camera") onCamera(data as Camera);
  else if (type === "observation") onObservation(data as Observation);
  else onMedia(data as MediaEvent);
  refreshSoon();
}

function onCamera(camera: Camera): void {
  // A simulated clock may run ahead of what was last read.
  const seenMs = camera.lastSeen ? Date.parse(camera.lastSeen) : 0;
  const clockOffsetMs = Math.max(state.clockOffsetMs, seenMs - Date.now());
  update({ cameras: mergeCamera(state.cameras ?? [], camera), clockOffsetMs });
}

function onObservation(observation: Observation): void {
  const { filter, observations, held } = state.feed;
  if (!isWanted(observation, filter) || !observations) return;
  const isShown = observations.some((o) => o.observationID === observation.observationID);
  if (!isShown) announce(observation);
  if (!isShown && isReading()) updateFeed({ held: mergeObservations(held, [observation]) });
  else updateFeed({ observations: mergeObservations(observations, [observation]) });
}

function onMedia(media: MediaEvent): void {
  const { observations, held } = state.feed;
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
