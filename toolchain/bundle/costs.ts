/** What the program's functions cost, in the source's own words. */
import { ownerOf } from "./holders.ts";
import type { SourceNames } from "./source-names.ts";

/** As the emulator counts them. */
export interface MeasuredCost {
  /** "" where the text lies in RAM. */
  file: string;
  offset: number;
  calls: number;
  selfOperations: number;
  totalOperations: number;
}

export interface FunctionCost {
  name: string;
  module: string;
  calls: number;
  /** Operations of its own, callees not included. */
  selfOperations: number;
  totalOperations: number;
  /** Of its own operations: an estimate. */
  estimatedMs: number;
}

/** Costliest first, at most `count`. */
export function namedCosts(
  costs: readonly MeasuredCost[],
  names: SourceNames,
  microsecondsPerOperation: number,
  count: number,
): FunctionCost[] {
  return costs.slice(0, count).map(({ file, offset, calls, selfOperations, totalOperations }) => ({
    ...(file === "" ? { name: "typed code", module: "" } : names.functionAt(offset)),
    ...{ calls, selfOperations, totalOperations },
    estimatedMs: Math.round((selfOperations * microsecondsPerOperation) / 1000),
  }));
}

export function costLines(rows: readonly FunctionCost[]): string[] {
  const line = (cells: (string | number)[], name: string) =>
    `  ${cells.map((cell) => String(cell).padStart(12)).join("")}  ${name}`;
  return [
    "functions, costliest first:",
    line(["own ops", "about ms", "calls", "ops a call"], "function"),
    ...rows.map((row) =>
      line(
        [
          ...[row.selfOperations, row.estimatedMs, row.calls],
          Math.round(row.selfOperations / row.calls),
        ],
        ownerOf(row),
      ),
    ),
  ];
}
