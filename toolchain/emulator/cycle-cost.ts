/** What a capture cycle of the Thicket program costs: from its trigger to the line that says what came of it. */
import type { Emulator } from "./emulator.ts";

/** What the program prints when a look is over. */
const JUDGED = /(observation \d+-\d+|not kept:) \w+/;
const LONGEST_LINE_CHARS = 400;
/** The program gives up sooner; then no line says what came of it. */
const LONGEST_CYCLE_MS = 300_000;

export interface CycleCost {
  cycles: number;
  /** Of the costliest. */
  operations: number;
  /** An estimate: operations times the board's constant. */
  estimatedMs: number;
}

export interface CycleMeter {
  /** A cycle starts now, unless one is under way. */
  begin(): void;
  /** Something else begins meanwhile: what the cycle under way costs cannot be told. */
  disturb(): void;
  /** Null when no cycle has ended. */
  cost(): CycleCost | null;
}

export function measureCycles(emulator: Emulator): CycleMeter {
  let startedAt: number | undefined;
  let startedMs = 0;
  let heard = "";
  let cycles = 0;
  let most = 0;
  emulator.console.onData((bytes) => {
    if (startedAt === undefined) return;
    heard = (heard + bytes).slice(-LONGEST_LINE_CHARS);
    if (!JUDGED.test(heard)) return;
    most = Math.max(most, emulator.operations - startedAt);
    cycles++;
    startedAt = undefined;
  });
  return {
    begin() {
      const isStale = startedAt !== undefined && emulator.nowMs - startedMs > LONGEST_CYCLE_MS;
      if (startedAt !== undefined && !isStale) return;
      startedAt = emulator.operations;
      startedMs = emulator.nowMs;
      heard = "";
    },
    disturb() {
      startedAt = undefined;
    },
    cost: () =>
      cycles === 0
        ? null
        : { cycles, operations: most, estimatedMs: Math.round(emulator.profile.estimatedMs(most)) },
  };
}
