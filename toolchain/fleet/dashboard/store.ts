/**
 * The session, the cameras and the live stream: the actions components call. The detections are in `feed.ts`.
 */
import { getWaiting } from "./alerts-data.ts";
import * as api from "./api.ts";
import { type MediaEvent, mergeCamera } from "./collection.ts";
import { catchUp, onMedia, onObservation } from "./feed.ts";
import { getState, isLoggedOut, messageOf, subscribe, update } from "./state.ts";
import { openStream } from "./stream.ts";
import type { Camera, ConfigValues, Observation } from "./types.ts";

// --- Session

/** Set while a session may be open, so that a first visit asks nothing it will be refused. Holds no secret. */
const SESSION_HINT = "thicket-session";

/** First step of the page: log in with the token of the URL, if any, else see whether a session is open. */
export async function start(token: string): Promise<void> {
  if (token) return login({ token });
  if (!localStorage.getItem(SESSION_HINT)) return update({ session: "out" });
  if (await refresh()) enter();
  else if (getState().session !== "out") setTimeout(() => start(""), 3000);
}

export async function login(login: api.Login): Promise<void> {
  try {
    await api.login(login);
  } catch (error) {
    const isWrong = error instanceof api.ApiError && [400, 401].includes(error.status);
    const wrong =
      "token" in login
        ? "This token is not the operator token of this server. Check that all of it was copied."
        : "No such user with this password.";
    const loginMessage = isWrong ? wrong : messageOf(error);
    update({ session: "out", loginMessage });
    return;
  }
  if (await refresh()) enter();
}

export async function logout(): Promise<void> {
  try {
    await api.logout();
  } catch (error) {
    if (!isLoggedOut(error)) update({ problem: messageOf(error) });
    return;
  }
  update({
    session: "out",
    loginMessage: "",
    summary: null,
    cameras: null,
    alerts: null,
    me: null,
  });
}

const POLL_MS = 30_000;

function enter(): void {
  localStorage.setItem(SESSION_HINT, "open");
  update({ session: "in", loginMessage: "" });
  closeStream();
  void refreshMe();
  // A camera that falls silent sends no event, so its state must be asked for.
  const polling = setInterval(() => {
    if (document.hidden) return;
    void refresh();
    void refreshScores();
  }, POLL_MS);
  const closeEvents = openStream({
    onEvent,
    onState: (live) => update({ live }),
    onOpen: () => {
      void refresh();
      void refreshScores();
      void refreshAlerts();
      void catchUp();
    },
    mayRetry: async () => {
      await refresh();
      return getState().session === "in";
    },
  });
  closeStream = () => {
    clearInterval(polling);
    closeEvents();
  };
}

let closeStream = (): void => {};

subscribe(() => {
  if (getState().session !== "out") return;
  closeStream();
  closeStream = () => {};
  localStorage.removeItem(SESSION_HINT);
});

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

/** Who is here and what the server is called: read on entering, and when the settings were changed here. */
export async function refreshMe(): Promise<void> {
  try {
    const [me, settings] = await Promise.all([api.getMe(), api.getSettings()]);
    update({ me, settings });
  } catch (error) {
    isLoggedOut(error);
  }
}

/** They need the days of every camera, so they are read less often. */
async function refreshScores(): Promise<void> {
  try {
    update({ scores: await api.getScores() });
  } catch (error) {
    // The list goes without; what is wrong with the server is said by refresh.
    isLoggedOut(error);
  }
}

export async function refreshAlerts(): Promise<void> {
  try {
    update({ alerts: await getWaiting() });
  } catch (error) {
    // The banner is for what concerns every page; the next event or poll tries again.
    isLoggedOut(error);
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
    if (getState().session === "in") void refresh();
  }, REFRESH_MS);
}

export const serverNowMs = (): number => Date.now() + getState().clockOffsetMs;

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

// --- Live events

function onEvent(type: "camera" | "observation" | "media" | "alert", data: unknown): void {
  if (type === "alert") return void refreshAlerts();
  if (type === "camera") onCamera(data as Camera);
  else if (type === "observation") onObservation(data as Observation);
  else onMedia(data as MediaEvent);
  refreshSoon();
}

function onCamera(camera: Camera): void {
  // A simulated clock may run ahead of what was last read.
  const seenMs = camera.lastSeen ? Date.parse(camera.lastSeen) : 0;
  const clockOffsetMs = Math.max(getState().clockOffsetMs, seenMs - Date.now());
  update({ cameras: mergeCamera(getState().cameras ?? [], camera), clockOffsetMs });
}
