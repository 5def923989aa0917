/** Operations by the function that executed them, callees not included: what makes a program slow on the chip. */
import type { FunctionCode } from "./scope.ts";

export interface FunctionCost {
  /** File of the function's code; "" where it lies in RAM. */
  file: string;
  /** Where in that file it begins; -1 where it lies in RAM. */
  offset: number;
  calls: number;
  /** Operations of its own. */
  selfOperations: number;
  /** With what it called. A function under way twice counts twice. */
  totalOperations: number;
}

export class FunctionCosts {
  private readonly rows = new Map<FunctionCode, FunctionCost>();
  /** Operations of what the running function has called so far. */
  private calleeOperations = 0;

  /** Count a call. `operations` tells the count so far; the call itself, counted just before, belongs to it. */
  during<T>(code: FunctionCode | undefined, operations: () => number, run: () => T): T {
    const before = operations() - 1;
    const ofCaller = this.calleeOperations;
    this.calleeOperations = 0;
    try {
      return run();
    } finally {
      const total = operations() - before;
      if (code) this.add(code, total, total - this.calleeOperations);
      this.calleeOperations = ofCaller + total;
    }
  }

  /** Costliest first. The same function made anew (by a second boot) is one row. */
  report(): FunctionCost[] {
    const merged = new Map<string, FunctionCost>();
    for (const row of this.rows.values()) {
      const key = `${row.file} ${row.offset}`;
      const sum = merged.get(key) ?? { ...row, calls: 0, selfOperations: 0, totalOperations: 0 };
      sum.calls += row.calls;
      sum.selfOperations += row.selfOperations;
      sum.totalOperations += row.totalOperations;
      merged.set(key, sum);
    }
    return [...merged.values()].sort((a, b) => b.selfOperations - a.selfOperations);
  }

  private add(code: FunctionCode, total: number, self: number): void {
    let row = this.rows.get(code);
    if (!row) {
      const { isNative, file, fileOffset } = code.source;
      row = {
        file: isNative ? file : "",
        offset: isNative ? fileOffset : -1,
        ...{ calls: 0, selfOperations: 0, totalOperations: 0 },
      };
      this.rows.set(code, row);
    }
    row.calls++;
    row.selfOperations += self;
    row.totalOperations += total;
  }
}
