/**
 * `npm run conform [-- --espruino-tests DIR]`: how far the emulator behaves like the interpreter it stands for, as a
 * table. With THICKET_ESPRUINO naming the real interpreter its figures stand beside ours. Exit code 1 when a figure
 * is below its bar.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { figures } from "../bench/engine.ts";
import { ROOT, SHARED_DATA } from "../support/skip.ts";
import { goldenRows } from "./golden.ts";
import { LANGUAGE_CASES } from "./language-cases.ts";
import { engineOutput, REAL, realOutput } from "./real-interpreter.ts";
import { countSessions } from "./sessions.ts";
import { runUpstream, upstreamTests } from "./upstream.ts";

interface Line {
  what: string;
  figure: string;
  bar: string;
  isMet: boolean;
  /** Printed below the table. */
  notes: string[];
}

const UPSTREAM_BAR_PCT = 95;
const GOLDEN_BAR_PCT = 95;
const OPERATIONS_BAR = 5e6;

const percent = (part: number, whole: number): number => (whole === 0 ? 100 : (100 * part) / whole);

async function upstream(folder: string): Promise<Line[]> {
  const tests = upstreamTests(folder);
  const applicable = tests.filter((test) => !test.excluded);
  const failed: string[] = [];
  for (const test of applicable) {
    const { name, isPassed, note } = await runUpstream(test);
    if (!isPassed) failed.push(`fails ${name}: ${note}`);
  }
  const passed = applicable.length - failed.length;
  const share = percent(passed, applicable.length);
  const reasons = new Map<string, number>();
  for (const { excluded } of tests) {
    if (excluded) reasons.set(excluded, (reasons.get(excluded) ?? 0) + 1);
  }
  const notes = [...failed, ...[...reasons].map(([why, count]) => `${count} do not apply: ${why}`)];
  return [
    {
      what: "Espruino's own tests, passed / applicable / total",
      figure: `${passed} / ${applicable.length} / ${tests.length} (${share.toFixed(1)} %)`,
      bar: `${UPSTREAM_BAR_PCT} %`,
      isMet: share >= UPSTREAM_BAR_PCT,
      notes,
    },
  ];
}

function golden(sharedData: string): Line[] {
  return goldenRows(sharedData).map(({ layout, mode, exact, near, off, notes }) => ({
    what: `JsVar golden cases, ${layout} ${mode}: exact / near / off`,
    figure: `${exact} / ${near} / ${off}`,
    bar: `${GOLDEN_BAR_PCT} % exact, none off`,
    isMet: off === 0 && percent(exact, exact + near + off) >= GOLDEN_BAR_PCT,
    notes,
  }));
}

function language(): Line[] {
  const recorded = JSON.parse(
    readFileSync(new URL("language-expected.json", import.meta.url), "utf8"),
  ) as Record<string, string>;
  const cases = Object.entries(LANGUAGE_CASES);
  const wrong = cases.filter(([name, program]) => engineOutput(program) !== recorded[name]);
  const lines = [share("Language cases as recorded", cases.length, wrong)];
  if (REAL) {
    const binary = REAL;
    const moved = cases.filter(([name, program]) => realOutput(binary, program) !== recorded[name]);
    lines.push(share("The same on the real interpreter", cases.length, moved));
  }
  return lines;
}

function share(what: string, total: number, wrong: [string, unknown][]): Line {
  return {
    what,
    figure: `${total - wrong.length} / ${total}`,
    bar: "all",
    isMet: wrong.length === 0,
    notes: wrong.map(([name]) => `differs: ${name}`),
  };
}

async function sessions(): Promise<Line[]> {
  const { total, different } = await countSessions();
  return [
    share(
      "Console sessions, byte for byte",
      total,
      different.map((sent) => [sent, undefined]),
    ),
  ];
}

/** Test files whose tests are the figure: transcripts of the stock tool, states after a power cut. */
function testFile(what: string, path: string): Line[] {
  if (!existsSync(join(ROOT, path))) return [];
  const run = spawnSync(process.execPath, ["--import", "tsx", path], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const number = (label: string) =>
    Number(new RegExp(`${label}:\\s+(\\d+)`).exec(run.stdout)?.[1] ?? 0);
  const total = number("Total");
  const passed = number("Passed");
  const states = /# STATES (.*)/.exec(run.stdout)?.[1];
  return [
    {
      what,
      figure: `${passed} / ${total} tests${states ? `, ${states}` : ""}`,
      bar: "all",
      isMet: run.status === 0 && total > 0 && passed === total,
      notes: run.status === 0 ? [] : [`run: npx tsx ${path}`],
    },
  ];
}

async function speed(): Promise<Line[]> {
  const rows = await figures();
  return rows.map(({ name, value, unit, vs, ratio }) => {
    const isBar = unit === "operations/s";
    return {
      what: name,
      figure: `${value.toLocaleString("en")} ${unit}${ratio ? `, ${ratio.toFixed(1)} x ${vs}` : ""}`,
      bar: isBar ? `${OPERATIONS_BAR.toLocaleString("en")} operations/s` : "",
      isMet: !isBar || value >= OPERATIONS_BAR,
      notes: [],
    };
  });
}

function print(lines: Line[]): void {
  const width = Math.max(...lines.map(({ what }) => what.length));
  for (const { what, figure, bar, isMet } of lines) {
    const verdict = bar === "" ? "" : `   [${isMet ? "met" : "NOT MET"}: ${bar}]`;
    console.log(`${what.padEnd(width)}  ${figure}${verdict}`);
  }
  const notes = lines.flatMap((line) => line.notes);
  if (notes.length > 0) console.log(`\n${notes.join("\n")}`);
}

const { values } = parseArgs({ options: { "espruino-tests": { type: "string" } } });
const folder = values["espruino-tests"];
const lines = [
  ...(folder ? await upstream(folder) : []),
  ...(SHARED_DATA ? golden(SHARED_DATA) : []),
  ...language(),
  ...(await sessions()),
  ...testFile("Transcripts of the stock tool", "test/conform/cli-transcripts.test.ts"),
  ...testFile("Storage after a power cut", "test/emulator/board/power-cut.test.ts"),
  ...(await speed()),
];
print(lines);
if (!folder) console.log("\nEspruino's own tests: not run, --espruino-tests DIR was not given");
if (!SHARED_DATA) console.log("\nJsVar golden cases: not run, no ../shared/data");
if (!REAL) console.log("\nThe real interpreter: not run, THICKET_ESPRUINO is not set");
process.exit(lines.every(({ isMet }) => isMet) ? 0 : 1);
