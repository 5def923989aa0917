/**
 * Plain words for what the data says: names of types and states, what a label reads as, sentences about a camera.
 * Pure functions; the pages only place the text.
 */
import { ago, everyDuration, roughDuration } from "./times.ts";
import type { Camera, CameraStatus, Heartbeat, Observation, ObservationType } from "./types.ts";

export const TYPE_WORDS: Record<ObservationType, { one: string; many: string }> = {
  animal: { one: "Animal", many: "Animals" },
  human: { one: "Human", many: "Humans" },
  vehicle: { one: "Vehicle", many: "Vehicles" },
  blank: { one: "Blank", many: "Blanks" },
  unknown: { one: "Unknown", many: "Unknown" },
  unclassified: { one: "Not classified", many: "Not classified" },
};

export const STATUS_WORDS: Record<CameraStatus, string> = {
  new: "Not seen yet",
  green: "On time",
  yellow: "Late",
  orange: "Overdue",
  red: "Silent",
};

/** Worst first; a camera never heard of is a task too. */
const STATUS_ORDER: CameraStatus[] = ["red", "orange", "new", "yellow", "green"];

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en-GB")} ${n === 1 ? one : many}`;

/** "big_cat" -> "Big cat"; the type's word where the model named nothing. */
export function labelOf(
  observation: Pick<Observation, "observationType" | "scientificName">,
): string {
  const name = observation.scientificName.replaceAll("_", " ").trim();
  if (!name) return TYPE_WORDS[observation.observationType].one;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Null: a person gave the label, and people give no probability. */
export const percent = (fraction: number | null): string =>
  fraction === null ? "by a person" : `${Math.round(fraction * 100)} %`;

/** One line for alt texts and announcements. */
export function describeObservation(observation: Observation): string {
  const count = observation.count > 1 ? ` (${observation.count})` : "";
  const chance = percent(observation.classificationProbability);
  return `${labelOf(observation)}${count}, ${chance}, camera ${observation.cameraName}`;
}

export const hasBox = (o: Pick<Observation, "bboxWidth" | "bboxHeight">): boolean =>
  o.bboxWidth > 0 && o.bboxHeight > 0;

export function byUrgency(a: Camera, b: Camera): number {
  const order = STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status);
  return order || troubles(b).length - troubles(a).length || a.name.localeCompare(b.name, "en");
}

export function lastContact(camera: Camera, nowMs: number): string {
  return camera.lastSeen ? `Seen ${ago(camera.lastSeen, nowMs)}` : "No contact yet";
}

export function battery(heartbeat: Heartbeat | null): string {
  if (!heartbeat?.batteryMv) return "not measured";
  return `${(heartbeat.batteryMv / 1000).toFixed(2)} V`;
}

/** What still waits on the camera; "" when nothing does. */
export function queue(heartbeat: Heartbeat | null): string {
  if (!heartbeat) return "";
  const parts = [];
  if (heartbeat.queuedRecords) parts.push(plural(heartbeat.queuedRecords, "record"));
  if (heartbeat.queuedMedia) parts.push(plural(heartbeat.queuedMedia, "picture"));
  return parts.join(", ");
}

/** Sentences about what is wrong with a camera, most important first; [] when nothing is. */
export function troubles(camera: Camera): string[] {
  const { heartbeat, status } = camera;
  const found: string[] = [];
  const promised = heartbeat
    ? ` It promised to report every ${everyDuration(heartbeat.checkInIntervalS)}.`
    : "";
  if (status === "red") found.push(`No contact for a long time.${promised}`);
  if (status === "orange") found.push(`Several contacts missed.${promised}`);
  if (camera.problem) found.push(`Its last report was not understood: ${camera.problem}.`);
  if (camera.configState === "refused")
    found.push("It did not keep its new settings and works with older ones.");
  if (!heartbeat) return found;
  if (heartbeat.state === "degraded") found.push("It works with a part switched off.");
  if (heartbeat.state === "safe") found.push("It is in safe mode and takes no pictures.");
  if (heartbeat.state === "shutdown") found.push("It has shut down.");
  for (const part of heartbeat.subsystems) {
    if (part.state === "missing") found.push(`Its firmware has no ${part.name}.`);
    if (part.state === "stopped") found.push(`Its ${part.name} has stopped.`);
  }
  if (isLowBattery(heartbeat)) found.push(`Battery low: ${battery(heartbeat)}.`);
  if (heartbeat.captureFailures)
    found.push(`${plural(heartbeat.captureFailures, "picture")} failed since it started.`);
  if (heartbeat.droppedRecords)
    found.push(`${plural(heartbeat.droppedRecords, "record")} lost because its memory was full.`);
  if (Math.abs(heartbeat.clockDriftS) > CLOCK_DRIFT_S_MAX)
    found.push(`Its clock is ${clockDrift(heartbeat.clockDriftS)}.`);
  return found;
}

/** Beyond a minute, events of two cameras can no longer be put in order. */
const CLOCK_DRIFT_S_MAX = 60;

/** One lithium cell (2.5 to 4.4 V) is nearly empty below 3.5 V; of other packs we cannot tell. */
function isLowBattery({ batteryMv }: Heartbeat): boolean {
  return batteryMv >= 2500 && batteryMv < 3500;
}

/** Positive drift: the server is ahead, so the camera's clock is slow. */
export function clockDrift(driftS: number): string {
  if (!driftS) return "right";
  return `${roughDuration(Math.abs(driftS))} ${driftS > 0 ? "slow" : "fast"}`;
}

export function stateWords(state: Heartbeat["state"]): string {
  const words = {
    initialising: "Starting",
    operational: "Working",
    degraded: "Working, with a part switched off",
    updating: "Updating",
    maintenance: "In maintenance",
    safe: "Safe mode, no pictures",
    shutdown: "Shut down",
  };
  return words[state];
}

/** Wi-Fi: above -60 dBm everything works, below -80 dBm uploads break off. */
export function signal(rssiDbm: number): string {
  if (!rssiDbm) return "not measured";
  const word =
    rssiDbm > -60 ? "strong" : rssiDbm > -72 ? "good" : rssiDbm > -80 ? "weak" : "very weak";
  return `${word} (${String(rssiDbm).replace("-", "−")} dBm)`;
}

export const kilobytes = (bytes: number): string =>
  bytes < 10_000_000
    ? `${Math.round(bytes / 1000).toLocaleString("en-GB")} kB`
    : `${Math.round(bytes / 1e6).toLocaleString("en-GB")} MB`;

export function subsystemWords(state: Heartbeat["subsystems"][number]["state"]): string {
  const words = {
    running: "Running",
    waiting: "Waiting to restart",
    stopped: "Stopped",
    missing: "Not in this firmware",
  };
  return words[state];
}

const keepTogether = (text: string): string => text.replaceAll(" ", "\u00a0");

/** The one sentence at the top of the home page. */
export function fleetSentence(cameras: Camera[]): string {
  if (cameras.length === 0) return "No cameras yet";
  const count = (status: CameraStatus) => cameras.filter((c) => c.status === status).length;
  const parts = [
    [count("red"), "silent"],
    [count("orange"), "overdue"],
    [count("yellow"), "late"],
    [count("new"), "not seen yet"],
  ] as const;
  const late = parts.filter(([n]) => n > 0).map(([n, word]) => keepTogether(`${n} ${word}`));
  if (late.length === 0)
    return cameras.length === 1
      ? "Your camera is on time"
      : `All ${cameras.length} cameras are on time`;
  const onTime = count("green");
  return `${plural(cameras.length, "camera")}: ${[
    onTime ? keepTogether(`${onTime} on time`) : "",
    ...late,
  ]
    .filter(Boolean)
    .join(", ")}`;
}
