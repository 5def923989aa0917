/** In which stage of its day the Thicket program is, for the profile: at rest, capturing, or in contact with its server. */
import type { ProfileRow } from "./board/profile.ts";
import type { Emulator } from "./emulator.ts";

/** What the program prints when a stage ends. */
const OVER: Readonly<Record<string, RegExp>> = {
  capture: /(observation \d+-\d+|not kept:) \w+|no picture could be taken/,
  contact: /check-in (done|failed)/,
};
const LONGEST_LINE_CHARS = 400;

export interface Stages {
  /** A trigger: a capture cycle begins. */
  capture(): void;
  /** A request leaves. */
  contact(): void;
}

/** Start the emulator's profile and keep its stage. Of two stages at once the later counts. */
export function followStages(emulator: Emulator): Stages {
  let stage = "rest";
  let heard = "";
  const enter = (next: string) => {
    stage = next;
    heard = "";
    emulator.profile.stage(stage);
  };
  emulator.profile.start();
  enter("rest");
  emulator.console.onData((bytes) => {
    heard = (heard + bytes).slice(-LONGEST_LINE_CHARS);
    if (OVER[stage]?.test(heard)) enter("rest");
  });
  return { capture: () => enter("capture"), contact: () => enter("contact") };
}

/** A profile's rows for a terminal. */
export function stageLines(
  rows: readonly ProfileRow[],
  microsecondsPerOperation: number,
): string[] {
  const line = (cells: (string | number)[]) =>
    `  ${cells.map((cell, index) => (index < 2 ? String(cell).padEnd(12) : String(cell).padStart(11))).join("")}`;
  return [
    `operations by stage and by what started them; milliseconds by ${Math.round(microsecondsPerOperation * 10) / 10} us an operation, an estimate:`,
    line(["stage", "started by", "calls", "operations", "about ms", "costliest"]),
    ...rows.map(({ stage, kind, calls, operations, estimatedMs, maxOperations }) =>
      line([stage, kind, calls, operations, Math.round(estimatedMs), maxOperations]),
    ),
  ];
}
