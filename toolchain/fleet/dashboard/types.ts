/**
 * What the operator API answers, as the dashboard reads it. Names are the server's; times are ISO 8601 in UTC.
 */
import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import type { ConfigValues } from "../../../device/protocol/config.ts";
import type { ObservationType } from "../../../device/protocol/records.ts";

export type { ConfigValues, Heartbeat, ObservationType };

/** How late the camera is against the interval it promised itself. */
export type CameraStatus = "new" | "green" | "yellow" | "orange" | "red";

export interface Camera {
  cameraID: string;
  name: string;
  site: string;
  latitude: number | null;
  longitude: number | null;
  created: string;
  lastSeen: string | null;
  status: CameraStatus;
  heartbeat: Heartbeat | null;
  /** Why the last heartbeat was not understood. */
  problem: string | null;
  observationCount: number;
  mediaCount: number;
  configVersion: number;
  wantedConfigVersion: number;
  configState: "inForce" | "waiting" | "refused";
  /** Why the camera did not keep the wanted settings. */
  configProblem: string | null;
  /** Only in the answer for one camera: the wanted values. */
  config?: { version: number; values: ConfigValues };
}

export interface Media {
  mediaID: string;
  url: string;
  width: number;
  height: number;
  /** False while the picture is still on the camera. */
  stored: boolean;
}

export interface Observation {
  /** `<cameraID>:<recordID>` */
  observationID: string;
  cameraID: string;
  cameraName: string;
  site: string;
  eventID: string;
  eventStart: string;
  eventEnd: string;
  observationType: ObservationType;
  scientificName: string;
  count: number;
  /** Null for a person's label. */
  classificationProbability: number | null;
  classifiedBy: string;
  bboxX: number;
  bboxY: number;
  bboxWidth: number;
  bboxHeight: number;
  media: Media[];
}

export interface ObservationPage {
  observations: Observation[];
  next: string | null;
}

export interface Summary {
  /** The server's clock. */
  now: string;
  cameras: number;
  observations: number;
  observationsByType: Partial<Record<ObservationType, number>>;
  media: number;
  mediaStored: number;
  faults: number;
}

export type Right = "read" | "operate" | "review" | "locate" | "manage" | "administer";

export interface Me {
  name: string;
  rights: Right[];
}

export interface ServerSettings {
  name: string;
  /** IANA name, or "": the viewer's. */
  timeZone: string;
  tiles: { url: string; attribution: string } | null;
}

/** What happened since midnight at each site. */
export interface Today {
  /** The first is that of sites which have none of their own. */
  zones: { timeZone: string; date: string; sites: number | null }[];
  seen: { observationType: ObservationType; scientificName: string; observations: number }[];
  /** Heard from. */
  cameras: number;
  alertsRaised: number;
  alertsAcknowledged: number;
  best: Observation[];
}

export interface Crash {
  time: string;
  text: string;
  uptimeS: number | null;
  before: string | null;
}

/** The answer of `cameras/:cameraID/health`, as far as it is shown. */
export interface CameraHealth {
  score: number | null;
  reasons: { points: number; text: string; advice: string }[];
  availability: { poweredS: number; ableS: number; share: number | null };
  forecast:
    | { empty: null; refusal: string }
    | { empty: string; earliest: string; latest: string | null };
  selfTest: string | null;
  crashes: Crash[];
}
