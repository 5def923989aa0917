/**
 * What the page knows, in one object. Components follow it with `useStore`; only the actions in `store.ts` and `feed.ts`
 * change it.
 */
import type { Alert } from "./alerts-data.ts";
import { ApiError } from "./api.ts";
import type { Filter } from "./route.ts";
import type { LiveState } from "./stream.ts";
import type { Camera, Me, Observation, Right, ServerSettings, Summary } from "./types.ts";

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
  /** Who is logged in, and what they may do; null until it is read. */
  me: Me | null;
  settings: ServerSettings | null;
  summary: Summary | null;
  cameras: Camera[] | null;
  /** By cameraID; a little older than the cameras. */
  scores: Record<string, number | null>;
  /** Those that nobody has taken; null until they are read. */
  alerts: Alert[] | null;
  feed: Feed;
  live: LiveState;
  /** A problem with the server as a whole, in words; "" when there is none. */
  problem: string;
  /** Server clock minus this device's clock. */
  clockOffsetMs: number;
  /** Said to screen readers. */
  announcement: string;
}

export const emptyFeed = (filter: Filter): Feed => ({
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
  me: null,
  settings: null,
  summary: null,
  cameras: null,
  scores: {},
  alerts: null,
  feed: emptyFeed({ type: "", cameraID: "" }),
  live: "connecting",
  problem: "",
  clockOffsetMs: 0,
  announcement: "",
};

/** The server has the last word; a page only leaves away what it would refuse. */
export const mayI = ({ me }: State, right: Right): boolean => me?.rights.includes(right) ?? false;

const listeners = new Set<() => void>();

export const getState = (): State => state;

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function update(change: Partial<State>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

export const updateFeed = (change: Partial<Feed>): void =>
  update({ feed: { ...state.feed, ...change } });

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** True when the error means: log in again (and the page now says so). */
export function isLoggedOut(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.status !== 401) return false;
  // Several requests may hear it; the first one has said why.
  if (state.session === "out") return true;
  const loginMessage = state.session === "in" ? "Your session has ended. Log in again." : "";
  update({ session: "out", loginMessage });
  return true;
}
