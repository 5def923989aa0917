/**
 * Timers with Espruino's rules: ids from 1 (one more than the newest timer's), due timers run in order of creation,
 * a late interval catches up in a burst, the list starts over whenever it changed during a callback.
 * Source: Espruino 2v29, jsinteractive.c (jsiIdle), jswrap_interactive.c.
 */
import type { Engine, EspObject, Value } from "../engine/engine.ts";
import { timerRecord } from "./records.ts";

const MIN_INTERVAL_MS = 0.1;
export const MAX_INTERVAL_MS = 31536000001000;

export interface Timer {
  dueUs: number;
  /** Present for setInterval. */
  intervalUs: number | undefined;
  /** A function or a string of code; undefined for the board's own timers. */
  callback: Value;
  args: Value[];
  /** The board's own work (debouncing, packet timeouts). */
  native?: (dueUs: number) => void;
  /** What it costs; set while it is in the list. */
  record?: EspObject;
  /** Debounce timers survive clearTimeout() without arguments. */
  isDebounce?: boolean;
}

/** Runs a timer's callback; false when it was interrupted (Ctrl-C, out of memory). */
export type RunTimer = (timer: Timer) => boolean;

export class Timers {
  /** Of the program whose timers these are; keeps their callbacks alive. */
  engine: Engine | undefined;
  private readonly list = new Map<number, Timer>();
  private isChanged = false;

  get all(): IterableIterator<Timer> {
    return this.list.values();
  }

  entries(): IterableIterator<[number, Timer]> {
    return this.list.entries();
  }

  /** Returns the id: one more than the newest timer's, or the one it had before. */
  add(timer: Timer, formerId?: number): number {
    let last = 0;
    for (const known of this.list.keys()) last = known;
    const id = formerId ?? last + 1;
    this.list.set(id, timer);
    if (this.engine) {
      timer.record = timerRecord(this.engine, timer);
      this.engine.roots.add(timer.record);
    }
    this.isChanged = true;
    return id;
  }

  get(id: number): Timer | undefined {
    return this.list.get(id);
  }

  remove(id: number): void {
    this.drop(id);
    this.isChanged = true;
  }

  removeTimer(timer: Timer): void {
    for (const [id, candidate] of this.list) if (candidate === timer) this.remove(id);
  }

  /** clearTimeout() without arguments. */
  clear(): void {
    for (const [id, timer] of this.list) if (!timer.isDebounce) this.drop(id);
    this.isChanged = true;
  }

  markChanged(): void {
    this.isChanged = true;
  }

  nextDueUs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { dueUs } of this.list.values()) next = Math.min(next, dueUs);
    return next;
  }

  /**
   * One pass over what was due at `idleUs`. Returns whether anything ran. `onInterrupted` reports an interval that
   * is removed because its callback was interrupted.
   */
  runDue(idleUs: number, run: RunTimer, onInterrupted: () => void): boolean {
    let hasRun = false;
    do {
      this.isChanged = false;
      for (const [id, timer] of this.list) {
        if (timer.dueUs > idleUs) continue;
        hasRun = true;
        const isDone = run(timer);
        const isRemoved = !isDone && timer.intervalUs !== undefined;
        if (isRemoved) onInterrupted();
        if (timer.intervalUs !== undefined && !isRemoved) timer.dueUs += timer.intervalUs;
        else if (this.list.get(id) === timer) this.drop(id);
        if (this.isChanged) break;
      }
    } while (this.isChanged);
    return hasRun;
  }

  private drop(id: number): void {
    const record = this.list.get(id)?.record;
    if (record) this.engine?.roots.delete(record);
    this.list.delete(id);
  }
}

/** An interval in whole microseconds, at least the shortest that the firmware uses. */
export function intervalUs(ms: number): number {
  return Math.round((Number.isNaN(ms) || ms < MIN_INTERVAL_MS ? MIN_INTERVAL_MS : ms) * 1000);
}
