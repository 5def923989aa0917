/** What a capture cycle of the Thicket program costs: from its trigger to the line that says what came of it. */
import type { Emulator } from "./emulator.ts";

/** What the program prints when a look is over. */
const JUDGED = /(observation \d+-\d+|not kept:) \w+/;
const LONGEST_LINE_CHARS = 400;

export interface CycleCost {
  cycles: number;
  /** Of the costliest. */
  operations: number;
  /** An estimate: operations times the board's constant. */
  estimatedMs: number;
}

export interface CycleMeter {
  /** A cycle starts now. */
  begin(): void;
  /** Null when no cycle has ended. */
  cost(): CycleCost | null;
}

export function measureCycles(emulator: Emulator): CycleMeter {
  let startedAt: number | undefined;
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
      startedAt = emulator.operations;
      heard = "";
    },
    cost: () =>
      cycles === 0
        ? null
        : { cycles, operations: most, estimatedMs: Math.round(emulator.profile.estimatedMs(most)) },
  };
}
