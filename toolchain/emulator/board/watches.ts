/**
 * setWatch: edges, repeat, and debouncing by a timer that fires when the level has been quiet long enough.
 * Source: Espruino 2v29, jsinteractive.c (jsiIdle).
 */
import type { Engine, EspObject, Value } from "../engine/engine.ts";
import type { PinChange, Pins } from "./pins.ts";
import { watchRecord } from "./records.ts";
import type { Timer, Timers } from "./timers.ts";

export interface Watch {
  pin: number;
  callback: Value;
  isRepeating: boolean;
  /** 1 rising, -1 falling, 0 both. */
  edge: number;
  debounceUs: number;
  /** Level as last accepted. */
  isHigh: boolean;
  lastUs: number | undefined;
  timer: Timer | undefined;
  /** What it costs; set while it is in the list. */
  record?: EspObject;
  /** Level that the running debounce timer waits to confirm. */
  timerIsHigh: boolean;
}

export interface WatchEvent {
  isHigh: boolean;
  timeUs: number;
  lastUs: number | undefined;
  pin: number;
}

/** Calls the program; false when it was interrupted. */
export type RunWatch = (watch: Watch, event: WatchEvent) => boolean;

export class Watches {
  /** Of the program whose watches these are; keeps their callbacks alive. */
  engine: Engine | undefined;
  private readonly list = new Map<number, Watch>();
  private readonly pins: Pins;
  private readonly timers: Timers;
  private readonly run: RunWatch;
  private readonly onInterrupted: () => void;

  constructor(pins: Pins, timers: Timers, run: RunWatch, onInterrupted: () => void) {
    this.pins = pins;
    this.timers = timers;
    this.run = run;
    this.onInterrupted = onInterrupted;
  }

  get all(): IterableIterator<Watch> {
    return this.list.values();
  }

  entries(): IterableIterator<[number, Watch]> {
    return this.list.entries();
  }

  /** Returns the id: one more than the newest watch's, or the one it had before. */
  add(watch: Watch, formerId?: number): number {
    let last = 0;
    for (const known of this.list.keys()) last = known;
    const id = formerId ?? last + 1;
    this.list.set(id, watch);
    watch.record = watchRecord(watch);
    this.engine?.roots.add(watch.record);
    this.pins.watch(watch.pin, true);
    return id;
  }

  /** False when there is no such watch. */
  remove(id: number): boolean {
    const watch = this.list.get(id);
    if (!watch) return false;
    this.list.delete(id);
    this.engine?.roots.delete(watch.record);
    this.unwatch(watch.pin);
    return true;
  }

  clear(): void {
    for (const id of [...this.list.keys()]) this.remove(id);
  }

  /** A level changed. */
  handle(change: PinChange): void {
    for (const [id, watch] of [...this.list]) {
      if (watch.pin !== change.pin || this.list.get(id) !== watch) continue;
      if (watch.debounceUs > 0) this.debounce(watch, change);
      else {
        watch.isHigh = change.isHigh;
        this.fire(watch, change.isHigh, change.atUs);
      }
    }
  }

  private debounce(watch: Watch, change: PinChange): void {
    const { timer } = watch;
    if (timer) {
      const previousDueUs = timer.dueUs;
      timer.dueUs = change.atUs + watch.debounceUs;
      watch.timerIsHigh = change.isHigh;
      if (change.atUs <= previousDueUs || change.isHigh === watch.isHigh) return;
      // The timer should have fired before this change, but nobody got round to it: do it now.
      this.timers.removeTimer(timer);
      watch.timer = undefined;
      watch.isHigh = change.isHigh;
      this.fire(watch, change.isHigh, previousDueUs - watch.debounceUs);
    } else if (change.isHigh !== watch.isHigh) {
      watch.timerIsHigh = change.isHigh;
      watch.timer = {
        dueUs: change.atUs + watch.debounceUs,
        intervalUs: undefined,
        callback: undefined,
        args: [],
        isDebounce: true,
        native: (dueUs) => this.settle(watch, dueUs),
      };
      this.timers.add(watch.timer);
    }
  }

  private settle(watch: Watch, dueUs: number): void {
    watch.timer = undefined;
    if (watch.isHigh === watch.timerIsHigh) return;
    watch.isHigh = watch.timerIsHigh;
    this.fire(watch, watch.isHigh, dueUs - watch.debounceUs);
  }

  private fire(watch: Watch, isHigh: boolean, timeUs: number): void {
    const { lastUs, pin } = watch;
    watch.lastUs = timeUs;
    const isWanted = watch.edge === 0 || watch.edge > 0 === isHigh;
    if (!isWanted) return;
    const isDone = this.run(watch, { isHigh, timeUs, lastUs, pin });
    if (!isDone && watch.isRepeating) this.onInterrupted();
    if (watch.isRepeating && isDone) return;
    for (const [id, candidate] of this.list) if (candidate === watch) this.remove(id);
  }

  private unwatch(pin: number): void {
    for (const watch of this.list.values()) if (watch.pin === pin) return;
    this.pins.watch(pin, false);
  }
}
