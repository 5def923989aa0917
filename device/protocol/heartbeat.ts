/**
 * The heartbeat on the wire: a row of bit fields, most significant bit first, base64 in the check-in's `heartbeat`. Only
 * fields() says what lies where. A layout that changes gets another HEARTBEAT_VERSION; its first byte is always the version.
 */
import type { Heartbeat, HeartbeatDetails } from "./check-in.ts";

export const HEARTBEAT_VERSION = 1;
/** Bytes, 64 characters of base64. */
export const HEARTBEAT_BYTES = 48;

/**
 * Name, bits, and how the number is stored: words with | between them by their place; "log" a time in milliseconds in
 * steps of the square root of 2, 0 for none; else its unit and its lowest value. "none": all bits set is null. Too large
 * and too small values are stored as the largest and smallest there is.
 * A function, since a table that stays would cost the camera 200 variables.
 */
const fields = (): string[] =>
  (
    "version 8 1 0," +
    "state 3 initialising|operational|degraded|updating|maintenance|safe|shutdown," +
    "lens 2 unknown|clear|covered|blurred," +
    "bootReason 4 unknown|powerOn|motion|timer|touch|other|software|reset|watchdog|brownout|panic," +
    "uptimeS 24 1 0,bootCount 20 1 0,freeVars 14 1 0,freeFlashBytes 12 1024 0," +
    "batteryMv 14 1 0,tempC 8 1 -100 none,rssiDbm 7 1 -127," +
    "queuedRecords 9 1 0,queuedMedia 6 1 0,droppedRecords 16 1 0," +
    "triggers 20 1 0,suppressedTriggers 16 1 0,captures 22 1 0,captureFailures 14 1 0," +
    "inferences 22 1 0,inferenceFailures 10 1 0,inferenceMs 16 1 0," +
    "captureMsP50 5 log,captureMsP95 5 log,inferenceMsP50 5 log,inferenceMsP95 5 log," +
    "clockDriftS 16 0.1 -3276.8,checkInIntervalS 20 1 0,poweredS 28 1 0,unableS 28 1 0,spare 5 1 0"
  ).split(",");

/** Steps of a logarithmic time: two for each doubling. */
const LN_STEP = 0.34657359;

/** Number of the step that a time lies in: 0..31, where 0 is none. */
export function timeStep(ms: number): number {
  return ms > 1 ? Math.min(31, Math.round(Math.log(ms) / LN_STEP)) : 0;
}

/** Milliseconds of a step, 0 for step 0. */
export function timeOfStep(step: number): number {
  return step ? Math.round(Math.exp(step * LN_STEP)) : 0;
}

/** Of as many bits. Not 2 ** bits: Espruino's power is exp(y ln x), off by some digits behind the point from 2^24 on. */
function mostOf(row: string[]): number {
  return (1 << +(row[1] as string)) - 1;
}

function codeOf(value: unknown, row: string[]): number {
  const how = row[2] as string;
  const most = mostOf(row);
  if (how === "log") return timeStep(value as number);
  if (how.indexOf("|") > 0) return Math.max(0, how.split("|").indexOf(value as string));
  if (row[4] && value === null) return most;
  const code = Math.round((((value as number) || 0) - +(row[3] as string)) / +how);
  return Math.max(0, Math.min(row[4] ? most - 1 : most, code));
}

/** The numbers and words of a heartbeat as a byte string of HEARTBEAT_BYTES. */
export function packHeartbeat(heartbeat: Heartbeat): string {
  let bytes = "";
  let held = 0;
  let bits = 0;
  fields().forEach((text) => {
    const row = text.split(" ");
    const value = (heartbeat as unknown as { [name: string]: unknown })[row[0] as string];
    const code = row[0] === "version" ? HEARTBEAT_VERSION : codeOf(value, row);
    const width = +(row[1] as string);
    // The number is not shifted: up to 35 bits are held.
    held = held * (1 << width) + code;
    bits += width;
    while (bits >= 8) {
      bits -= 8;
      const weight = 1 << bits;
      const byte = Math.floor(held / weight);
      bytes += String.fromCharCode(byte);
      held -= byte * weight;
    }
  });
  return bytes;
}

function shownOf(code: number, row: string[]): unknown {
  const how = row[2] as string;
  if (how === "log") return timeOfStep(code);
  if (how.indexOf("|") > 0) return how.split("|")[code] || "unknown";
  if (row[4] && code === mostOf(row)) return null;
  return Math.round((code * +how + +(row[3] as string)) * 1000) / 1000;
}

/**
 * What packHeartbeat made, with what the camera said before of the things that seldom change.
 * @returns undefined for a layout of another version, or for too few bytes
 */
export function unpackHeartbeat(bytes: string, details: HeartbeatDetails): Heartbeat | undefined {
  if (bytes.length < HEARTBEAT_BYTES || bytes.charCodeAt(0) !== HEARTBEAT_VERSION) return undefined;
  const found: { [name: string]: unknown } = {};
  let place = 0;
  fields().forEach((text) => {
    const row = text.split(" ");
    let code = 0;
    for (let left = +(row[1] as string); left > 0; left -= 1) {
      code = code * 2 + ((bytes.charCodeAt(place >> 3) >> (7 - (place & 7))) & 1);
      place += 1;
    }
    if (row[0] !== "version" && row[0] !== "spare") found[row[0] as string] = shownOf(code, row);
  });
  const heartbeat = found as unknown as Heartbeat;
  heartbeat.appVersion = details.appVersion;
  heartbeat.totalVars = details.totalVars;
  heartbeat.subsystems = details.subsystems;
  if (details.selfTest !== undefined) heartbeat.selfTest = details.selfTest;
  return heartbeat;
}

/** What of the details has changed since the server heard them? Short, so that the camera can remember it. */
export function detailsMark(heartbeat: Heartbeat): string {
  const parts = heartbeat.subsystems.map((part) => part.state.charAt(0) + part.failures).join("");
  return parts + (heartbeat.selfTest === undefined ? "?" : heartbeat.selfTest);
}

export function detailsOf(heartbeat: Heartbeat): HeartbeatDetails {
  const details: HeartbeatDetails = {
    appVersion: heartbeat.appVersion,
    totalVars: heartbeat.totalVars,
    subsystems: heartbeat.subsystems,
  };
  if (heartbeat.selfTest !== undefined) details.selfTest = heartbeat.selfTest;
  return details;
}
