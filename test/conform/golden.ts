/**
 * JsVar counts against figures measured on the real interpreter (../shared/data): each snippet on a board, in the
 * layouts esp32 and c3, from RAM, from flash, and once more after it has run.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BOARDS } from "../../toolchain/emulator/board/boards.ts";
import { Flash } from "../../toolchain/emulator/board/flash.ts";
import { Machine } from "../../toolchain/emulator/board/machine.ts";
import { LAYOUTS } from "../../toolchain/emulator/engine/engine.ts";

export interface Golden {
  id: string;
  setup: string;
  code: string;
  sizeOfExpr: string;
  measured: Record<string, { delta: number; sizeOf: number } | undefined>;
}

export interface GoldenRow {
  layout: "esp32" | "c3";
  mode: "file" | "flash" | "warm";
  exact: number;
  /** Within two JsVars. */
  near: number;
  off: number;
  /** What was got and wanted where it was not exact. */
  notes: string[];
}

const LAYOUT_NAMES = ["esp32", "c3"] as const;
const MODES = ["file", "flash", "warm"] as const;
const NEAR_VARS = 2;

export function goldenCases(sharedData: string): Golden[] {
  const file = join(sharedData, "espruino-memory-golden.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { cases: Golden[] }).cases;
}

export function goldenRows(sharedData: string): GoldenRow[] {
  const cases = goldenCases(sharedData);
  return LAYOUT_NAMES.flatMap((layout) =>
    MODES.map((mode) => rateGolden(cases, layout, mode, (golden) => measure(golden, layout, mode))),
  );
}

/** Count how close a way of measuring comes to the figures. */
export function rateGolden(
  cases: Golden[],
  layout: GoldenRow["layout"],
  mode: GoldenRow["mode"],
  take: (golden: Golden) => { delta: number; sizeOf: number },
): GoldenRow {
  const row: GoldenRow = { layout, mode, exact: 0, near: 0, off: 0, notes: [] };
  for (const golden of cases) {
    const want = golden.measured[`${layout}.${mode}`];
    if (!want) continue;
    const got = take(golden);
    const difference = Math.max(
      Math.abs(got.delta - want.delta),
      Math.abs(got.sizeOf - want.sizeOf),
    );
    if (difference === 0) row.exact++;
    else if (difference <= NEAR_VARS) row.near++;
    else row.off++;
    if (difference !== 0) {
      row.notes.push(`${golden.id} ${layout}.${mode}: ${JSON.stringify({ got, want })}`);
    }
  }
  return row;
}

/** As the figures were taken: text in flash or RAM, once before when warm. */
function measure(golden: Golden, layout: GoldenRow["layout"], mode: GoldenRow["mode"]) {
  const board = { ...BOARDS.esp32, layout: LAYOUTS[layout] };
  const flash = new Flash(board.storageAddress, board.storageBytes);
  const machine = new Machine({ board, flash, startMs: 0, seed: 1 });
  machine.powerOn();
  const { engine } = machine;
  engine.touchClass("Object");
  engine.touchClass("Function");
  const run = (text: string) =>
    machine.runCode(() => engine.evaluate(text, { file: "golden", isNative: mode === "flash" }));
  // Whoever took the figures had Storage loaded.
  run('require("Storage");var a0=0,a1=0,ST=0;');
  run(golden.setup);
  if (mode === "warm") run(`(function(){${golden.code}})();`);
  const before = engine.memory().usage;
  run(golden.code);
  const delta = engine.memory().usage - before;
  return { delta, sizeOf: Number(run(`E.getSizeOf(${golden.sizeOfExpr})`)) };
}
