/** How much of the time with power a camera could have taken and kept a picture: sums of what cameras counted themselves. */
import type { Day } from "./days.ts";

/** Powered time able to capture, the fleet's aim. */
export const AVAILABILITY_TARGET = 0.9999;

export interface Availability {
  poweredS: number;
  ableS: number;
  /** 0..1; null while there is nothing to divide by. */
  share: number | null;
}

export function availabilityOf(days: Pick<Day, "poweredS" | "unableS">[]): Availability {
  const poweredS = days.reduce((sum, day) => sum + day.poweredS, 0);
  const unableS = days.reduce((sum, day) => sum + day.unableS, 0);
  const ableS = Math.max(0, poweredS - unableS);
  return { poweredS, ableS, share: poweredS > 0 ? ableS / poweredS : null };
}
