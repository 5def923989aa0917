/**
 * What happens to errors that no program caught: the report on the console, process "uncaughtException", interrupts,
 * interpreter error flags. One report per turn: the last error wins. Source: jsinteractive.c (jsiCheckErrors).
 */
import { EspInterrupt, EspObject, EspThrow, type Value } from "../engine/engine.ts";
import { callListeners } from "./listeners.ts";
import type { Machine } from "./machine.ts";
import { PowerDown } from "./power-down.ts";

/** Flags that are only warnings: they are not announced. */
const WARNINGS = new Set(["LOW_MEMORY"]);

export class Faults {
  private readonly machine: Machine;
  /** Exceptions reported so far. */
  uncaught = 0;
  private thrown: EspThrow | undefined;
  private isInterrupted = false;
  private isEventInterrupted = false;
  private flagsSeen = new Set<string>();

  constructor(machine: Machine) {
    this.machine = machine;
  }

  get hasAny(): boolean {
    return this.thrown !== undefined || this.isInterrupted;
  }

  /** True while an interrupt waits for its report: no more events run in this turn. */
  get stopsEvents(): boolean {
    return this.isInterrupted || this.isEventInterrupted;
  }

  /** Run code of the program; false when it was interrupted. */
  protect(run: () => void): boolean {
    const { engine } = this.machine;
    const { frame } = engine;
    try {
      run();
      return true;
    } catch (error) {
      // What was running is gone; later errors must not show it in their stack.
      engine.frame = frame;
      if (error instanceof EspThrow) {
        this.thrown = error;
        // The interpreter's own errors take the typed line off the screen when they are raised.
        if (error.value instanceof EspObject) this.machine.editor.removeLine();
        return true;
      }
      if (!(error instanceof EspInterrupt) || error instanceof PowerDown) throw error;
      this.isInterrupted = true;
      return false;
    }
  }

  /** Run a callback of an event, timer or watch. */
  protectEvent(run: () => void): boolean {
    const isDone = this.protect(run);
    if (!isDone) {
      this.isEventInterrupted = true;
      this.isInterrupted = false;
    }
    return isDone;
  }

  raise(thrown: EspThrow): void {
    this.thrown = thrown;
  }

  /** A repeating timer or watch is removed because its callback was interrupted. */
  callbackRemoved(what: "interval" | "watch"): void {
    this.machine.print(`ERROR: Ctrl-C while processing ${what} - removing it.\n`);
    this.machine.engine.errorFlags.add("CALLBACK");
  }

  /** Report what gathered since the last call. */
  check(): void {
    const { machine } = this;
    if (this.isEventInterrupted) {
      this.isEventInterrupted = false;
      machine.print("Execution Interrupted during event processing.\n");
    }
    if (this.thrown) this.reportThrown();
    if (this.isInterrupted) {
      this.isInterrupted = false;
      machine.print("Execution Interrupted\n");
    }
    this.reportFlags();
  }

  /** A restart: nothing is left to report. */
  clear(): void {
    this.thrown = undefined;
    this.isInterrupted = false;
    this.isEventInterrupted = false;
    this.flagsSeen.clear();
  }

  /** After reading the flags, the same ones are news again. */
  takeFlags(): string[] {
    const flags = [...this.machine.engine.errorFlags];
    this.machine.engine.errorFlags.clear();
    this.flagsSeen.clear();
    return flags;
  }

  private reportThrown(): void {
    const { machine } = this;
    const thrown = this.thrown as EspThrow;
    this.thrown = undefined;
    const listener = machine.touchedGlobal("process");
    if (callListeners(machine, listener, "uncaughtException", [thrown.value])) {
      const again: EspThrow | undefined = this.thrown;
      if (!again) return;
    }
    const last = this.thrown ?? thrown;
    this.thrown = undefined;
    this.uncaught++;
    const text = machine.engine.describeThrow(last);
    machine.print(text.endsWith("\n") ? text : `${text}\n`);
    if (machine.flags.has("onErrorSave") && machine.store.read("ERROR") === undefined) {
      machine.store.write("ERROR", Buffer.from(text, "latin1"));
    }
  }

  private reportFlags(): void {
    const { engine } = this.machine;
    const fresh = [...engine.errorFlags].filter((flag) => !this.flagsSeen.has(flag));
    if (fresh.length === 0) return;
    this.flagsSeen = new Set(engine.errorFlags);
    if (fresh.every((flag) => WARNINGS.has(flag))) return;
    const list: Value = engine.array(fresh);
    callListeners(this.machine, this.machine.touchedGlobal("E"), "errorFlag", [list]);
    this.machine.print(`New interpreter error: ${fresh.join(",")}\n`);
  }
}
