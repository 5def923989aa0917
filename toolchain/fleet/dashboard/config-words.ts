/** What each configuration key means to a person, and how its value reads. Ranges and defaults are the protocol's. */
import type { ConfigKey, ConfigRow } from "../../../device/protocol/config.ts";
import { exactDuration } from "./times.ts";

export interface ConfigWords {
  title: string;
  help: string;
}

export const CONFIG_WORDS: Record<ConfigKey, ConfigWords> = {
  checkInIntervalS: {
    title: "Report every",
    help: "Seconds between check-ins. Longer saves battery.",
  },
  alertHuman: {
    title: "Report people and vehicles at once",
    help: "Otherwise they wait for the next check-in.",
  },
  burstCount: { title: "Pictures in a burst", help: "Taken at each trigger." },
  burstVotes: {
    title: "Pictures that must agree",
    help: "Out of the burst, before a class is reported.",
  },
  burstGapMs: { title: "Pause in the burst", help: "Milliseconds between two pictures." },
  motionMinPermille: {
    title: "Smallest change",
    help: "Changed pixels per thousand; less is a blank.",
  },
  confidenceMinPct: {
    title: "Least probability",
    help: "Below it, the answer is “unknown”.",
  },
  blankMaxPct: {
    title: "Blank above",
    help: "Probability of “blank” from which a picture counts as one.",
  },
  speciesMinPct: {
    title: "Name the kind above",
    help: "Probability needed to say “elephant” rather than “animal”.",
  },
  timeLapseS: {
    title: "Time-lapse every",
    help: "Seconds between pictures without a trigger; 0 is off.",
  },
  jpegQuality: { title: "JPEG quality", help: "Lower is smaller and uploads faster." },
  outboxRecordsMax: {
    title: "Records to keep",
    help: "While the server is out of reach.",
  },
  outboxMediaMax: {
    title: "Pictures to keep",
    help: "While the server is out of reach.",
  },
  quietS: { title: "Rest after an event", help: "Motion in it is counted, not photographed." },
  configTrialS: {
    title: "Undo changes after",
    help: "Without contact this long, the camera goes back to the settings before.",
  },
};

/** On and off rather than 0 and 1. */
export const isSwitch = (row: ConfigRow): boolean => row.unit === "0/1";

/** The sign beside the field; titles already say that pictures and records are counted. */
export function unitOf(row: ConfigRow): string {
  if (row.unit === "permille") return "‰";
  return ["s", "ms", "%"].includes(row.unit) ? row.unit : "";
}

/** A value as a person says it: "1 h" for 3600 s. */
export function sayValue(row: ConfigRow, value: number): string {
  if (isSwitch(row)) return value ? "on" : "off";
  if (row.key === "timeLapseS" && value === 0) return "off";
  if (row.unit === "s") return exactDuration(value);
  return unitOf(row) ? `${value} ${unitOf(row)}` : String(value);
}

/** Only what differs from the values in force: an empty object means there is nothing to save. */
export function changedValues(
  before: Partial<Record<ConfigKey, number>>,
  after: Partial<Record<ConfigKey, number>>,
): Partial<Record<ConfigKey, number>> {
  const entries = Object.entries(after) as [ConfigKey, number][];
  return Object.fromEntries(entries.filter(([key, value]) => before[key] !== value));
}

/** The protocol and the server name keys; people know the titles. An empty field is NaN in a problem's text. */
export function sayProblem(problem: string): string {
  return problem
    .replace(/\b[a-z]+[A-Z]\w*\b/g, (word) => {
      const words = CONFIG_WORDS[word as ConfigKey];
      return words ? `“${words.title}”` : word;
    })
    .replace(/\bNaN$/, "empty");
}
