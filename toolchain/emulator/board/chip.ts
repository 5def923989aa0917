/**
 * Restarts, deep sleep and the watchdog. In deep sleep the chip has lost its RAM; only the oscillator goes on, and a
 * virtual time or a pin level starts it again. Source: jswrap_esp32.c, jshardware.c, ESP-IDF 4.4 (esp_sleep, task_wdt).
 */
import { FlashParts } from "./flash-parts.ts";
import type { Machine } from "./machine.ts";
import { PowerDown, type ResetReason, type WakeSources } from "./power-down.ts";

/** Causes of ESP-IDF's esp_sleep_wakeup_cause_t. */
export const WAKEUP = { none: 0, ext0: 2, ext1: 3, timer: 4, gpio: 7 } as const;

interface Watchdog {
  periodUs: number;
  dueUs: number;
  /** Idle kicks it. */
  isAutomatic: boolean;
}

export class Chip {
  /** Why the chip last started. */
  resetReason: ResetReason = "power-on";
  wakeupCause: number = WAKEUP.none;
  /** Lowest pin that took part in waking. */
  wakeupPin: number | undefined;
  /** Length of the timer wake-up that is armed; light sleep leaves it so. */
  armedTimerUs: number | undefined;
  readonly flashParts: FlashParts;
  /** What runs before the firmware, at each start. */
  bootloader: () => void = () => {};
  /** False while the board's supply is off. */
  isPowered: () => boolean = () => true;
  private readonly machine: Machine;
  /** Present from the end of a program to the boot that follows. */
  private down: { wake: WakeSources | undefined } | undefined;
  private watchdog: Watchdog | undefined;

  constructor(machine: Machine) {
    this.machine = machine;
    this.flashParts = new FlashParts(machine.flash);
  }

  get isDown(): boolean {
    return this.down !== undefined;
  }

  get isAsleep(): boolean {
    return this.down?.wake !== undefined;
  }

  /** When the chip has to act next by itself, in microseconds of its oscillator. */
  nextUs(): number {
    if (this.down) return this.down.wake?.atUs ?? 0;
    const { watchdog } = this;
    return watchdog && !watchdog.isAutomatic ? watchdog.dueUs : Number.POSITIVE_INFINITY;
  }

  /** Run something that may end in a restart or in deep sleep. Returns false when it did. */
  guard(run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      if (!(error instanceof PowerDown)) throw error;
      this.reset(error.resetReason);
      this.machine.forget();
      this.down = { wake: error.wake };
      this.checkPins();
      return false;
    }
  }

  /** Out of reset for that reason, with nothing armed. */
  reset(reason: ResetReason): void {
    this.resetReason = reason;
    this.wakeupCause = WAKEUP.none;
    this.wakeupPin = undefined;
    this.armedTimerUs = undefined;
    this.watchdog = undefined;
    this.down = undefined;
  }

  /** A turn without a program. Returns whether anything happened. */
  downTurn(): boolean {
    const { machine, down } = this;
    const { clock } = machine;
    const hasRun = machine.schedule.runDue(clock.upUs);
    if (down?.wake) {
      if (clock.upUs < down.wake.atUs) return hasRun;
      if (this.wakeupCause === WAKEUP.none) this.wakeupCause = WAKEUP.timer;
    }
    this.down = undefined;
    machine.boot();
    return true;
  }

  /** Does a pin wake the sleeping chip? */
  checkPins(): void {
    const wake = this.down?.wake;
    if (!wake || wake.pins.length === 0 || this.wakeupCause !== WAKEUP.none) return;
    const { pins } = this.machine;
    const met = wake.pins.filter((pin) => pins.isElectricallyHigh(pin) === wake.isHigh);
    if (met.length < (wake.needsAll ? wake.pins.length : 1)) return;
    wake.atUs = this.machine.clock.upUs;
    this.wakeupCause = wake.pinCause;
    this.wakeupPin = wake.pinCause === WAKEUP.ext0 ? undefined : Math.min(...met);
  }

  enableWatchdog(seconds: number, isAutomatic: boolean): void {
    const periodUs = seconds * 1e6;
    this.watchdog = { periodUs, isAutomatic, dueUs: this.machine.clock.upUs + periodUs };
  }

  kickWatchdog(): void {
    const { watchdog } = this;
    if (watchdog) watchdog.dueUs = this.machine.clock.upUs + watchdog.periodUs;
  }

  /** The firmware's idle loop came round. */
  startTurn(): void {
    if (this.watchdog?.isAutomatic) this.kickWatchdog();
    else this.checkWatchdog();
  }

  checkWatchdog(): void {
    const { watchdog } = this;
    if (watchdog && this.machine.clock.upUs >= watchdog.dueUs) throw new PowerDown("task-watchdog");
  }

  /** The clocks of the chip stand still but for the oscillator; the program goes on where it was. */
  lightSleep(ms: number): void {
    const { clock, schedule, pins, timers } = this.machine;
    const sleptUs = ms * 1000;
    const untilUs = clock.upUs + sleptUs;
    this.armedTimerUs = sleptUs;
    pins.isDeaf = true;
    while (schedule.nextHardwareUs() <= untilUs) {
      clock.jumpTo(schedule.nextHardwareUs());
      schedule.runHardware(clock.upUs);
    }
    clock.jumpTo(untilUs);
    pins.isDeaf = false;
    // The firmware moves its idle time along, so that timers do not burst after the sleep.
    for (const timer of timers.all) timer.dueUs += sleptUs;
    if (this.watchdog) this.watchdog.dueUs += sleptUs;
  }
}
