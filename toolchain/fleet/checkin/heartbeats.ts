/**
 * A heartbeat as it came, packed or as an object, becomes the form that is stored and shown. What a packed one does not
 * say each time (version, parts, self-test) is taken from the heartbeat before it.
 */
import type { Heartbeat, HeartbeatDetails } from "../../../device/protocol/check-in.ts";
import {
  detailsOf,
  HEARTBEAT_VERSION,
  unpackHeartbeat,
} from "../../../device/protocol/heartbeat.ts";

const NONE: HeartbeatDetails = { appVersion: "", totalVars: 0, subsystems: [] };

/** @returns the heartbeat, or one line saying why it is none */
export function unpacked(text: string, details: HeartbeatDetails | undefined): Heartbeat | string {
  const bytes = Buffer.from(text, "base64").toString("latin1");
  const version = bytes.charCodeAt(0);
  if (version !== HEARTBEAT_VERSION) {
    return Number.isNaN(version)
      ? "a packed heartbeat without bytes"
      : `a packed heartbeat of version ${version}; this server knows ${HEARTBEAT_VERSION}`;
  }
  const found = unpackHeartbeat(bytes, details ?? NONE);
  return found ?? `a packed heartbeat of only ${bytes.length} bytes`;
}

/** The heartbeat with what it left out, as the camera said it before. */
export const completed = (heartbeat: Heartbeat, before: Heartbeat | null): Heartbeat =>
  before ? { ...heartbeat, ...detailsOf(before) } : heartbeat;
