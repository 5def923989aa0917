/**
 * What camera and server say about releases in a check-in. The file itself is fetched by GET RELEASE_PATH + releaseID, in
 * pieces by `Range`; its signed manifest comes with the offer and is not looked into by the server.
 */
import type { TargetKind } from "./release.ts";

/** GET with the camera's credential; ETag is the file's SHA-256. */
export const RELEASE_PATH = "/device/v1/releases/";

/** What runs on the camera, one for each kind it can take. A camera that sends none is offered none. */
export interface ReleaseReport {
  kind: TargetKind;
  /** Counter of the confirmed release; 0 when it runs what it was flashed with. */
  counter: number;
  /** Counter of the one being fetched, staged or on trial. */
  pending?: number;
  /** The last one that did not come to stay. `attempt` is the offer's. Reasons: docs/updates.md. */
  failed?: ReleaseFailure;
  /** Why an offer is not followed now, though it will be: battery, window, a note out of date. */
  waiting?: string;
  /** Counter of a release whose delta failed: its whole file is wanted. */
  whole?: number;
}

export interface ReleaseFailure {
  counter: number;
  attempt: number;
  /** At most 80 characters. */
  reason: string;
}

/** How soon: at once; within a day; within a week; when the camera has nothing else to do. */
export type ReleasePriority = "critical" | "high" | "normal" | "low";

/** Repeated at every contact until the camera has taken it; an answer without it withdraws what is not yet staged. */
export interface ReleaseOffer {
  releaseID: string;
  kind: TargetKind;
  counter: number;
  version: string;
  bytes: number;
  /** Of the file, hexadecimal. */
  sha256: string;
  /** Signed manifest, base64; "" for a release that was published without one: no camera takes it. */
  manifest: string;
  /** Freshness note of the camera's board, base64; absent when the server has none. */
  note?: string;
  priority?: ReleasePriority;
  /** UTC seconds from which it waits for no window and no full battery; absent: never. */
  dueS?: number;
  /** UTC hours of the day in which it may be fetched and started; [22, 4] spans midnight. Absent: always. */
  windows?: [number, number][];
  /** Bytes that may be fetched for it in all; absent: the camera's own rule. */
  budgetBytes?: number;
  /** Counter of the release this file is a patch against; absent for a whole file. */
  baseCounter?: number;
  /** Counts up when a person wants it tried again. */
  attempt: number;
}

/** Leave this release for the one before it. */
export interface ReleaseRecall {
  kind: TargetKind;
  counter: number;
}
