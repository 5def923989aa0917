/**
 * When to reclaim the space of deleted files. Storage can only do it by moving files about, the running program
 * perhaps among them, and a power cut meanwhile can cost all of them: rarely, with a good battery, then a restart.
 */
import type { Ports } from "../ports.ts";

/** Done when less than this is free, and at least so much is gained. */
const FREE_BYTES_MIN = 131072;
const TRASH_BYTES_MIN = 65536;
const BATTERY_MV_MIN = 3500;

export function isTidyTime(ports: Ports): boolean {
  const batteryMv = ports.power.batteryMv();
  const isStrong = !batteryMv || batteryMv > BATTERY_MV_MIN;
  return (
    isStrong &&
    ports.vault.freeBytes() < FREE_BYTES_MIN &&
    ports.vault.trashBytes() > TRASH_BYTES_MIN
  );
}
