/**
 * What goes on while code of the program runs: hardware events happen at their time, Ctrl-C interrupts, and a turn
 * that never ends is stopped.
 */
import { EspInterrupt } from "../engine/engine.ts";
import type { Clock } from "./clock.ts";
import type { Schedule } from "./schedule.ts";

/** Virtual time after which a turn that did not come back to idle is taken for an endless loop. */
const TURN_LIMIT_US = 600e6;

export class Running {
  private readonly clock: Clock;
  private readonly schedule: Schedule;
  /** Makes the engine look up before its next operation. */
  hurry: () => void = () => {};
  private isInCode = false;
  /** Ctrl-C came while code ran and has not been acted on. */
  private isInterrupted = false;
  private turnStartUs = 0;
  /** Asked at each check while code runs; may throw. */
  onCheck: () => void = () => {};

  constructor(clock: Clock, schedule: Schedule) {
    this.clock = clock;
    this.schedule = schedule;
  }

  startTurn(): void {
    this.turnStartUs = this.clock.upUs;
  }

  /** Ctrl-C: stops code that is running now; there may be none. */
  interrupt(): void {
    this.isInterrupted = this.isInCode;
    this.hurry();
  }

  /** Ctrl-C has come: long work of the firmware itself stops, too. */
  get mustStop(): boolean {
    return this.isInterrupted;
  }

  /** Everything that enters the engine goes through here. */
  code<T>(run: () => T): T {
    const wasInCode = this.isInCode;
    this.isInCode = true;
    try {
      return run();
    } finally {
      this.isInCode = wasInCode;
      if (!wasInCode) this.isInterrupted = false;
    }
  }

  /** Called by the engine now and then while code runs. */
  check(): void {
    const now = this.clock.upUs;
    this.schedule.runHardware(now);
    if (!this.isInCode) return;
    this.onCheck();
    if (this.isInterrupted) {
      this.isInterrupted = false;
      throw new EspInterrupt("Ctrl-C");
    }
    if (now - this.turnStartUs > TURN_LIMIT_US) {
      this.turnStartUs = now;
      throw new EspInterrupt("ran 10 minutes without returning to idle");
    }
  }
}
