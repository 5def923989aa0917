/**
 * The one exchange between camera and server: POST CHECK_IN_PATH with a JSON `CheckIn`,
 * answered by a JSON `CheckInReply`. Everything in it may be sent again: records are idempotent by
 * (cameraID, recordID), configuration by version.
 */
import type { ConfigOffer, ConfigRefusal } from "./config.ts";
import type { Order } from "./orders.ts";
import type { CameraRecord } from "./records.ts";
import type { ReleaseOffer, ReleaseRecall, ReleaseReport } from "./release-offers.ts";

export const PROTOCOL_VERSION = 1;
/** Device credential goes in `Authorization: Bearer <credential>`. */
export const CHECK_IN_PATH = "/device/v1/check-in";
/** tus 1.0 creation endpoint; Upload-Metadata carries mediaID, eventID, timestamp (base64 values as tus says). */
export const MEDIA_PATH = "/device/v1/media";

/** States of the production manager (FEATURES §6). */
export type CameraState =
  | "initialising"
  | "operational"
  | "degraded"
  | "updating"
  | "maintenance"
  | "safe"
  | "shutdown";

export interface SubsystemHealth {
  name: string;
  state: "running" | "waiting" | "stopped" | "missing";
  /** Failures since boot. */
  failures: number;
}

/** "unknown" before the first picture of the background, or where pictures of it are not taken. */
export type LensState = "unknown" | "clear" | "covered" | "blurred";

/** What seldom changes: sent in the first contact of a boot, when it has changed, and now and then. */
export interface HeartbeatDetails {
  /** Version of the bundle, from package.json. */
  appVersion: string;
  /** JsVars. */
  totalVars: number;
  subsystems: SubsystemHealth[];
  /** What failed in the self-test of this boot, "camera: CAMERA_TIMEOUT; flash: 12 KB free"; "" when all is well. Absent before it. */
  selfTest?: string;
}

export interface Heartbeat extends HeartbeatDetails {
  state: CameraState;
  /** Seconds since boot. */
  uptimeS: number;
  bootCount: number;
  /**
   * powerOn, motion, timer, touch or other (deep sleep ended), software (an end that the program was told of), reset (the
   * clock was kept, and nobody announced it), unknown. Firmware that can tell says watchdog, brownout or panic.
   */
  bootReason: string;
  /** JsVars. */
  freeVars: number;
  /** Free bytes of Storage, deleted files counted as free. */
  freeFlashBytes: number;
  /** Millivolts; 0 when not measured. */
  batteryMv: number;
  /** Degrees Celsius; null when not measured. */
  tempC: number | null;
  /** dBm; 0 when not measured. */
  rssiDbm: number;
  /** Records waiting beyond those in this check-in, pictures waiting, records dropped because the outbox was full (since provisioning). */
  queuedRecords: number;
  queuedMedia: number;
  droppedRecords: number;
  /** Since boot. */
  triggers: number;
  /** Of these, blank because only the light changed. Cameras before it existed do not send it. */
  suppressedTriggers?: number;
  captures: number;
  captureFailures: number;
  inferences: number;
  /** Milliseconds of the last inference; 0 before the first. */
  inferenceMs: number;
  /** Since boot; from here on cameras before it existed do not send it. Failures of the model's part. */
  inferenceFailures?: number;
  /** Half and 95 % of the last pictures and inferences took at most this; within 19 %, 0 before the first. */
  captureMsP50?: number;
  captureMsP95?: number;
  inferenceMsP50?: number;
  inferenceMsP95?: number;
  lens?: LensState;
  /** Seconds with power since the vault was formatted, and those of them in which no picture could have been taken and kept. */
  poweredS?: number;
  unableS?: number;
  /** Seconds by which the camera's clock was off at the last contact (server minus camera). */
  clockDriftS: number;
  /** Promised seconds until the next contact. */
  checkInIntervalS: number;
}

export interface CheckIn {
  v: 1;
  /** Increases with every check-in and never repeats; not dense, since it survives reboots without a write for each. */
  sequence: number;
  /** Camera clock, UTC seconds. */
  time: number;
  /** Base64 of packHeartbeat (heartbeat.ts). Cameras before it existed send the object. */
  heartbeat: string | Heartbeat;
  /** With a packed heartbeat: only when the server has not heard it yet. */
  details?: HeartbeatDetails;
  /** At most MAX_RECORDS_PER_CHECK_IN, oldest first. */
  records: CameraRecord[];
  /** Version of the configuration in force. */
  configVersion: number;
  /** configSum() of it. Cameras before it existed do not send it, and are offered whole configurations only. */
  configSum?: number;
  /** Sent until the server has answered it. */
  configRefused?: ConfigRefusal;
  /** Number of the last order carried out; absent before the first. */
  orderDone?: number;
  /** Cameras that cannot take releases do not send it. */
  releases?: ReleaseReport[];
  /** Board by its name in manifests, and version of the list of trusted keys (0: none, it takes no releases). */
  hardware?: string;
  trust?: number;
}

export const MAX_RECORDS_PER_CHECK_IN = 20;

export interface CheckInReply {
  v: 1;
  /** Server clock, UTC seconds. */
  time: number;
  /** recordIDs now stored durably: the camera may forget them. */
  acknowledged: string[];
  /** recordIDs the server will never accept, with the reason: the camera drops and counts them. */
  refused: { recordID: string; reason: string }[];
  /** Present only when the camera's configuration is not the wanted one, and the camera has not refused that. */
  config?: ConfigOffer;
  /** A release to take; never together with a recall. */
  release?: ReleaseOffer;
  recall?: ReleaseRecall;
  /** Repeated until the camera says that it is done. */
  order?: Order;
  /** The list of trusted keys that follows the camera's, base64, where there is one. */
  trust?: string;
}
