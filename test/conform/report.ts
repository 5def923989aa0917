/**
 * `npm run conform [-- --espruino-tests DIR] [--json] [--quick]`: how far the emulator behaves like the interpreter it
 * stands for, as one table. With THICKET_ESPRUINO naming the real interpreter a second column shows what that one does on
 * the same cases. Exit code 1 when a figure is below its target. `--quick` leaves out what is timed, and the test files
 * that `npm test` runs anyway.
 */
import { parseArgs } from "node:util";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../../toolchain/bundle/device-program.ts";
import { figures } from "../bench/engine.ts";
import { sleepingTimesRealTime } from "../bench/sleep.ts";
import { SHARED_DATA } from "../support/skip.ts";
import { REAL } from "./real-interpreter.ts";
import { golden, language, network, type Row, sessions, testFile, upstream } from "./rows.ts";

const OPERATIONS_TARGET = 5e6;
const SLEEP_TARGET = 10_000;

const shown = (value: number): string => Math.round(value).toLocaleString("en");

async function speed(): Promise<Row[]> {
  const rows: Row[] = (await figures()).map(({ name, value, unit, real, ratio }) => {
    const isBar = unit === "operations/s";
    return {
      what: name,
      figure: `${shown(value)} ${unit}`,
      real: real === undefined ? undefined : `${shown(real)} (ours ${ratio} x)`,
      target: isBar ? shown(OPERATIONS_TARGET) : "",
      isMet: !isBar || value >= OPERATIONS_TARGET,
      notes: [],
    };
  });
  const { code } = await bundle({ entry: DEVICE_PROGRAM, profile: false });
  const times = await sleepingTimesRealTime(code);
  return [
    ...rows,
    {
      what: "a sleeping camera",
      figure: `${shown(times)} x real time`,
      target: shown(SLEEP_TARGET),
      isMet: times >= SLEEP_TARGET,
      notes: [],
    },
  ];
}

/** The power-cut states were recorded from the real interpreter by record-cuts.ts, the fuzz corpus by fuzz:espruino. */
const tested = (): Row[] => [
  ...testFile("Transcripts of the stock tool", "test/conform/cli-transcripts.test.ts"),
  ...testFile("Storage after a power cut", "test/emulator/board/power-cut.test.ts"),
  ...testFile("Recorded fuzz corpus", "test/conform/fuzz-corpus.test.ts"),
];

function print(rows: Row[]): void {
  const verdict = ({ target, isMet }: Row) =>
    target === "" ? "" : `${isMet ? "met" : "NOT MET"}: ${target}`;
  const table = [
    ["", "emulator", REAL ? "real interpreter" : "", "target"],
    ...rows.map((row) => [row.what, row.figure, row.real ?? (REAL ? "-" : ""), verdict(row)]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...table.map((cells) => (cells[column] ?? "").length)),
  );
  for (const cells of table) {
    console.log(
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
  const notes = rows.flatMap((row) => row.notes);
  if (notes.length > 0) console.log(`\n${notes.join("\n")}`);
}

const { values } = parseArgs({
  options: {
    "espruino-tests": { type: "string" },
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
});
const folder = values["espruino-tests"];
const rows = [
  ...(folder ? [await upstream(folder, REAL)] : []),
  ...(SHARED_DATA ? golden(SHARED_DATA, REAL) : []),
  language(REAL),
  await sessions(),
  await network(REAL),
  ...(values.quick ? [] : [...tested(), ...(await speed())]),
];
const missing = [
  ...(folder ? [] : ["Espruino's own tests: not run, --espruino-tests DIR was not given"]),
  ...(SHARED_DATA ? [] : ["JsVar golden cases: not run, no ../shared/data"]),
  ...(REAL ? [] : ["The real interpreter: not run, THICKET_ESPRUINO is not set"]),
];
if (values.json) console.log(JSON.stringify({ rows, notRun: missing }));
else {
  print(rows);
  if (missing.length > 0) console.log(`\n${missing.join("\n")}`);
}
process.exit(rows.every(({ isMet }) => isMet) ? 0 : 1);
