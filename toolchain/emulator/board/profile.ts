/**
 * What the program's work costs: operations by the kind of thing that started them. Milliseconds follow from the
 * board's constant and are an estimate. And the closer looks at memory that somebody asked for.
 */
import type { Engine } from "../engine/engine.ts";
import { type FunctionCost, FunctionCosts } from "../engine/function-costs.ts";

/** What called the program. */
export type WorkKind = "boot" | "console" | "timer" | "watch" | "event" | "host";

export interface ProfileRow {
  kind: WorkKind;
  /** Name given by `stage`, else "". */
  stage: string;
  calls: number;
  operations: number;
  /** Of the costliest call. */
  maxOperations: number;
  /** An estimate: operations times the board's constant. */
  estimatedMs: number;
}

export class Profile {
  private readonly operations: () => number;
  private readonly microsecondsPerOperation: number;
  private rows: Map<string, ProfileRow> | undefined;
  private stageName = "";
  private isInside = false;
  private costs: FunctionCosts | undefined;
  private memoryWatch: { everyOperations: number; onPeak: () => void } | undefined;
  /** Of the running program. */
  private engine: Engine | undefined;

  constructor(operations: () => number, microsecondsPerOperation: number) {
    this.operations = operations;
    this.microsecondsPerOperation = microsecondsPerOperation;
  }

  /** Count from zero. */
  start(): void {
    this.rows = new Map();
    this.stageName = "";
    this.costs = new FunctionCosts();
    this.apply();
  }

  /** A program begins: what is being counted is counted in it, too. */
  attach(engine: Engine): void {
    this.engine = engine;
    this.apply();
  }

  /** Look at the memory after so many operations of code, and tell of each new peak the moment it is seen. */
  watchMemory(everyOperations: number, onPeak: () => void): void {
    this.memoryWatch = { everyOperations, onPeak };
    this.apply();
  }

  private apply(): void {
    const { engine, memoryWatch } = this;
    if (!engine) return;
    engine.costs = this.costs;
    if (!memoryWatch) return;
    engine.checkEvery = memoryWatch.everyOperations;
    engine.nextCheck = 0;
    engine.isWatchingMemory = true;
    engine.onMemoryPeak = memoryWatch.onPeak;
  }

  /** What runs from now on belongs to that stage. */
  stage(name: string): void {
    this.stageName = name;
  }

  /** What so many operations take on this board, by its constant: an estimate. */
  estimatedMs(operations: number): number {
    return (operations * this.microsecondsPerOperation) / 1000;
  }

  /** Rows since start, costliest first. */
  report(): ProfileRow[] {
    const rows = [...(this.rows?.values() ?? [])].map((row) => ({
      ...row,
      estimatedMs: this.estimatedMs(row.operations),
    }));
    return rows.sort((a, b) => b.operations - a.operations);
  }

  /** Operations by function since start, costliest first; what runs outside of functions is in none. */
  functions(): FunctionCost[] {
    return this.costs?.report() ?? [];
  }

  /** Run work that something started; what it starts in turn is its own. */
  during<T>(kind: WorkKind, work: () => T): T {
    if (!this.rows || this.isInside) return work();
    const before = this.operations();
    this.isInside = true;
    try {
      return work();
    } finally {
      this.isInside = false;
      this.add(kind, this.operations() - before);
    }
  }

  private add(kind: WorkKind, operations: number): void {
    if (operations === 0) return;
    const key = `${kind} ${this.stageName}`;
    const row = this.rows?.get(key) ?? {
      kind,
      stage: this.stageName,
      ...{ calls: 0, operations: 0, maxOperations: 0, estimatedMs: 0 },
    };
    row.calls++;
    row.operations += operations;
    row.maxOperations = Math.max(row.maxOperations, operations);
    this.rows?.set(key, row);
  }
}
