/**
 * The one exchange between camera and server: POST CHECK_IN_PATH with a JSON `CheckIn`,
 * answered by a JSON `CheckInReply`. Everything in it may be sent again: records are idempotent by
 * (cameraID, recordID), configuration by version.
 */
import type { ConfigOffer, ConfigRefusal } from "./config.ts";
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

export interface Heartbeat {
  state: CameraState;
  /** Seconds since boot. */
  uptimeS: number;
  bootCount: number;
  bootReason: string;
  /** Version of the bundle, from package.json. */
  appVersion: string;
  /** Free and total JsVars. */
  freeVars: number;
  totalVars: number;
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
  /** Seconds by which the camera's clock was off at the last contact (server minus camera). */
  clockDriftS: number;
  /** Promised seconds until the next contact. */
  checkInIntervalS: number;
  subsystems: SubsystemHealth[];
}

export interface CheckIn {
  v: 1;
  /** Increases with every check-in and never repeats; not dense, since it survives reboots without a write for each. */
  sequence: number;
  /** Camera clock, UTC seconds. */
  time: number;
  heartbeat: Heartbeat;
  /** At most MAX_RECORDS_PER_CHECK_IN, oldest first. */
  records: CameraRecord[];
  /** Version of the configuration in force. */
  configVersion: number;
  /** configSum() of it. Cameras before it existed do not send it, and are offered whole configurations only. */
  configSum?: number;
  /** Sent until the server has answered it. */
  configRefused?: ConfigRefusal;
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
  /** The list of trusted keys that follows the camera's, base64, where there is one. */
  trust?: string;
}
