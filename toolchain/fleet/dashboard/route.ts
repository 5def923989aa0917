/**
 * Where the viewer is, kept in the URL's fragment so that the server needs one page and a link can be shared:
 * `#/?type=animal&camera=ID&detection=ID`, `#/cameras/ID?type=...`, `#/alerts?alert=ID` and `#/rollouts/7`. `#token=...` is a
 * login, not a place.
 */
import type { ObservationType } from "./types.ts";

export interface Filter {
  /** "" is every detection, that is: all but blanks. */
  type: ObservationType | "";
  /** "" is every camera. */
  cameraID: string;
}

/** Pages with an address of their own name. */
export const PAGES = [
  ...(["review", "individuals", "analytics", "map", "deployments"] as const),
  ...(["rollouts", "exports", "users", "settings"] as const),
] as const;
export type PageName = (typeof PAGES)[number];

export interface Route {
  page: "home" | "camera" | "alerts" | PageName;
  filter: Filter;
  /** The observation shown large, or "". */
  detectionID: string;
  /** The alert whose history is open; only of the page of alerts. */
  alertID?: string;
  /** The roll-out that is open; only of the page of roll-outs. */
  rolloutID?: string;
}

const TYPES: ObservationType[] = ["animal", "human", "vehicle", "blank", "unknown", "unclassified"];

export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#/, "").split("?", 2);
  const query = new URLSearchParams(search);
  const type = TYPES.find((known) => known === query.get("type")) ?? "";
  const detectionID = query.get("detection") ?? "";
  const camera = path.match(/^\/cameras\/([^/]+)$/)?.[1];
  if (camera) return { page: "camera", filter: { type, cameraID: decode(camera) }, detectionID };
  if (path === "/alerts") {
    const filter = { type: "" as const, cameraID: "" };
    return { page: "alerts", filter, detectionID: "", alertID: query.get("alert") ?? "" };
  }
  const rolloutID = path.match(/^\/rollouts\/(\d{1,9})$/)?.[1];
  if (rolloutID)
    return { page: "rollouts", filter: { type: "", cameraID: "" }, detectionID: "", rolloutID };
  const named = PAGES.find((page) => path === `/${page}`);
  if (named) return { page: named, filter: { type: "", cameraID: "" }, detectionID: "" };
  return { page: "home", filter: { type, cameraID: query.get("camera") ?? "" }, detectionID };
}

export function formatRoute({ page, filter, detectionID, alertID, rolloutID }: Route): string {
  const query = new URLSearchParams();
  if (page === "alerts") return `#/alerts${alertID ? `?alert=${encodeURIComponent(alertID)}` : ""}`;
  if (page === "rollouts" && rolloutID) return rolloutHref(rolloutID);
  if (filter.type) query.set("type", filter.type);
  if (page === "home" && filter.cameraID) query.set("camera", filter.cameraID);
  if (detectionID) query.set("detection", detectionID);
  const path =
    page === "camera"
      ? `/cameras/${encodeURIComponent(filter.cameraID)}`
      : `/${page === "home" ? "" : page}`;
  const search = query.toString();
  return `#${path}${search ? `?${search}` : ""}`;
}

export const cameraHref = (cameraID: string): string =>
  formatRoute({ page: "camera", filter: { type: "", cameraID }, detectionID: "" });

export const rolloutHref = (rolloutID: number | string): string => `#/rollouts/${rolloutID}`;

/** The token in `#token=...` or `#/token=...`, or "". */
export function tokenInHash(hash: string): string {
  const match = hash.match(/^#\/?token=([^&]+)/);
  return match?.[1] ? decode(match[1]).trim() : "";
}

/** A fragment typed by hand may hold a stray "%". */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
