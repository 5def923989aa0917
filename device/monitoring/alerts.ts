/** What cannot wait for the next planned check-in. */
import type { ConfigValues } from "../protocol/config.ts";
import type { Verdict } from "./sighting.ts";

/** People and vehicles are reported at once when the configuration asks for it. */
export function isUrgent(verdict: Verdict, config: ConfigValues): boolean {
  return config.alertHuman === 1 && (verdict.type === "human" || verdict.type === "vehicle");
}
