/**
 * What a camera tells the server, in Camtrap DP 1.0.2 words. Times are UTC seconds (integers) on the wire.
 * This file imports nothing and is shared by the camera and the server.
 * Source: https://camtrap-dp.tdwg.org/data (observationType, captureMethod, bbox fractions).
 */

/** Camtrap DP `observationType`. */
export type ObservationType = "animal" | "human" | "vehicle" | "blank" | "unknown" | "unclassified";

/** Camtrap DP `captureMethod`. */
export type CaptureMethod = "activityDetection" | "timeLapse";

/** One event as the camera classified it: the vote over a burst. */
export interface ObservationRecord {
  kind: "observation";
  /** Unique on this camera for its whole life: `<bootCount>-<n>`; the idempotency key on the server. */
  recordID: string;
  /** Equal for all media and observations of one trigger. */
  eventID: string;
  /** UTC seconds. */
  eventStart: number;
  /** UTC seconds, >= eventStart. */
  eventEnd: number;
  observationType: ObservationType;
  /** Model label below the group (for example "elephant"), or "" where the model is not sure. */
  scientificName: string;
  /** Number of individuals, >= 1 for anything but blank. */
  count: number;
  /** 0..1; 0 when the classifier gives none ("motion", or an unclassified picture). */
  classificationProbability: number;
  /** Name of the model that classified, for example "thicket_96_int8"; "motion" where nothing moved; "" where nothing looked. */
  classifiedBy: string;
  /** Left, top, width, height as fractions 0..1 of the frame; all 0 when there is no box. */
  bboxX: number;
  bboxY: number;
  bboxWidth: number;
  bboxHeight: number;
  /** Pictures of this event, best first. */
  mediaIDs: string[];
}

/** One picture that will follow (or has followed) as a resumable upload with the same mediaID. */
export interface MediaRecord {
  kind: "media";
  recordID: string;
  mediaID: string;
  eventID: string;
  /** UTC seconds. */
  timestamp: number;
  captureMethod: CaptureMethod;
  /** Size of the JPEG in bytes. */
  fileBytes: number;
  /** Pixels. */
  width: number;
  height: number;
}

/** A subsystem threw, was restarted, or was given up. */
export interface FaultRecord {
  kind: "fault";
  recordID: string;
  /** UTC seconds. */
  timestamp: number;
  subsystem: string;
  /** Name from error-names.ts, or the text of an unexpected error, at most 80 characters. */
  code: string;
  /** How often it has failed since boot. */
  count: number;
  /** Of a crash of the program: seconds since boot, and what the camera did before, its last lines. */
  uptimeS?: number;
  before?: string;
}

export type CameraRecord = ObservationRecord | MediaRecord | FaultRecord;
