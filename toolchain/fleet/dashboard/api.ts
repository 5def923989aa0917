/**
 * The operator API over fetch, with the session cookie. Every failure becomes an ApiError whose message can be shown.
 */
import { isWanted } from "./collection.ts";
import type { Filter } from "./route.ts";
import type {
  Camera,
  CameraHealth,
  ConfigValues,
  Observation,
  ObservationPage,
  Summary,
} from "./types.ts";

const PAGE_SIZE = 50;
/** A page of the unfiltered list may be all blanks: read on until some cards are there, within reason. */
const CARDS_MIN = 12;
const PAGES_MAX = 5;

export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, {
      method,
      credentials: "same-origin",
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "The server does not answer. Is it running, and are you online?");
  }
  if (!response.ok) throw new ApiError(response.status, await problemOf(response));
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Every row of a list that comes by pages. */
export async function requestAll<T>(path: string, name: string): Promise<T[]> {
  const rows: T[] = [];
  for (let next: unknown = ""; next !== null; ) {
    const more = next ? `${path.includes("?") ? "&" : "?"}cursor=${next}` : "";
    const page = await request<Record<string, unknown>>("GET", path + more);
    rows.push(...(page[name] as T[]));
    next = page.next ?? null;
  }
  return rows;
}

async function problemOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error: { message: string } };
    if (error.message) return error.message;
  } catch {
    // Not our JSON: a proxy in between, for example.
  }
  return `The server answered ${response.status} ${response.statusText}`.trim();
}

export const login = (token: string): Promise<unknown> => request("POST", "session", { token });

export const logout = (): Promise<unknown> => request("DELETE", "session");

export const getSummary = (): Promise<Summary> => request("GET", "summary");

export const getCameras = async (): Promise<{ cameras: Camera[] }> => ({
  cameras: await requestAll<Camera>("cameras", "cameras"),
});

export const getCamera = (cameraID: string): Promise<Camera> =>
  request("GET", `cameras/${encodeURIComponent(cameraID)}`);

export const getCameraHealth = (cameraID: string): Promise<CameraHealth> =>
  request("GET", `cameras/${encodeURIComponent(cameraID)}/health`);

/** Score by camera; null for one that has not reported. */
export async function getScores(): Promise<Record<string, number | null>> {
  type Row = { cameraID: string; score: number | null };
  const { cameras } = await request<{ cameras: Row[] }>("GET", "health/fleet");
  return Object.fromEntries(cameras.map(({ cameraID, score }) => [cameraID, score]));
}

export const patchConfig = (
  cameraID: string,
  changes: Partial<ConfigValues>,
): Promise<{ version: number; values: Partial<ConfigValues> }> =>
  request("PATCH", `cameras/${encodeURIComponent(cameraID)}/config`, changes);

async function getPage(filter: Filter, before: string): Promise<ObservationPage> {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
  if (before) query.set("before", before);
  if (filter.cameraID) query.set("cameraID", filter.cameraID);
  if (filter.type) query.set("observationType", filter.type);
  return request("GET", `observations?${query}`);
}

/** The next cards for a filter; reads on while pages hold only blanks that are not wanted. */
export async function getObservations(filter: Filter, before = ""): Promise<ObservationPage> {
  const observations: Observation[] = [];
  let next: string | null = before;
  for (let pages = 0; next !== null && pages < PAGES_MAX; pages++) {
    const page = await getPage(filter, next);
    observations.push(...page.observations.filter((one) => isWanted(one, filter)));
    next = page.next;
    if (observations.length >= CARDS_MIN) break;
  }
  return { observations, next };
}
