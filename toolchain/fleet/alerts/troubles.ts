/**
 * Troubles of a camera as its last heartbeat, its faults and its silence show them. A trouble has begun, is over, or cannot be
 * told (the camera did not say); between beginning and end there is a gap, so that a figure at the limit does not flap.
 */
import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import type { Trouble, When } from "./rule.ts";

export const SILENT_INTERVALS = 2;
const BATTERY_MV_MIN = 3500;
/** Below it nothing was measured that a lithium cell could have. */
const BATTERY_MV_REAL = 2500;
const BATTERY_GAP_MV = 100;
const CLOCK_DRIFT_S = 60;

export type Verdict = "begun" | "over" | "unknown";

type Limits = Pick<When, "batteryMvMin" | "clockDriftS">;

/** @param codes of faults that came with this check-in */
export function troubleVerdict(
  trouble: Trouble,
  { heartbeat, codes }: { heartbeat: Heartbeat | undefined; codes: readonly string[] },
  { batteryMvMin = BATTERY_MV_MIN, clockDriftS = CLOCK_DRIFT_S }: Limits,
): Verdict {
  // It has just reported.
  if (trouble === "silent") return "over";
  if (trouble === "lensCovered" || trouble === "tamper")
    return faultVerdict(FAULTS[trouble], codes);
  if (!heartbeat) return "unknown";
  if (trouble === "batteryLow") {
    const { batteryMv } = heartbeat;
    if (batteryMv < BATTERY_MV_REAL) return "unknown";
    return between(-batteryMv, -batteryMvMin, -batteryMvMin - BATTERY_GAP_MV);
  }
  if (trouble === "clockDrift") {
    return between(Math.abs(heartbeat.clockDriftS), clockDriftS, clockDriftS / 2);
  }
  const isIll =
    ["degraded", "safe"].includes(heartbeat.state) ||
    heartbeat.subsystems.some(({ state }) => state === "stopped");
  return isIll ? "begun" : "over";
}

const between = (value: number, begins: number, ends: number): Verdict => {
  if (value > begins) return "begun";
  return value <= ends ? "over" : "unknown";
};

/** First words of fault codes. A fault says that something happened, never that it is over: a person resolves it. */
const FAULTS = {
  lensCovered: /^(E_)?LENS_COVERED/,
  tamper: /^(E_)?TAMPER/,
} as const;

const faultVerdict = (pattern: RegExp, codes: readonly string[]): Verdict =>
  codes.some((code) => pattern.test(code)) ? "begun" : "unknown";
