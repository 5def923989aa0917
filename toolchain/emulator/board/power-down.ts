/** How code ends that resets the chip or puts it into deep sleep: nothing of the program sees it, and nothing follows. */
import { EspInterrupt } from "../engine/engine.ts";

export type ResetReason = "power-on" | "software" | "task-watchdog" | "deep-sleep";

/** What wakes a chip from deep sleep. */
export interface WakeSources {
  /** On the board's oscillator, microseconds since power-on; Infinity: never. */
  atUs: number;
  pins: readonly number[];
  /** Level that wakes. */
  isHigh: boolean;
  /** Every pin must be at the level, not just one. */
  needsAll: boolean;
  /** getWakeupCause() after a wake-up by pin. */
  pinCause: number;
}

export class PowerDown extends EspInterrupt {
  readonly resetReason: ResetReason;
  /** Absent for a restart. */
  readonly wake: WakeSources | undefined;

  constructor(resetReason: ResetReason, wake?: WakeSources) {
    super(resetReason);
    this.resetReason = resetReason;
    this.wake = wake;
  }
}
