/**
 * What people need to know of a configuration key beside its range: the group it is listed under, and whether changing
 * it can hide something that protects the animals. The camera's program does not contain this table.
 */
import type { ConfigKey } from "./config.ts";

export type ConfigGroup =
  | "camera"
  | "ai"
  | "power"
  | "network"
  | "alerts"
  | "schedule"
  | "deployment";

export interface ConfigKind {
  group: ConfigGroup;
  /** A wrong value can keep an intruder from being reported, or lose evidence: the command line asks for --yes. */
  isSecurity: boolean;
}

const kind = (group: ConfigGroup, isSecurity = false): ConfigKind => ({ group, isSecurity });

export const CONFIG_KINDS: Record<ConfigKey, ConfigKind> = {
  burstCount: kind("camera"),
  burstGapMs: kind("camera"),
  jpegQuality: kind("camera"),
  burstVotes: kind("ai"),
  motionMinPermille: kind("ai"),
  confidenceMinPct: kind("ai"),
  blankMaxPct: kind("ai"),
  speciesMinPct: kind("ai"),
  quietS: kind("power", true),
  checkInIntervalS: kind("network", true),
  outboxRecordsMax: kind("network", true),
  outboxMediaMax: kind("network", true),
  alertHuman: kind("alerts", true),
  timeLapseS: kind("schedule"),
  configTrialS: kind("deployment", true),
};
