/**
 * The figures of the conformance table, one function each: what the emulator does, beside it what the real interpreter
 * does on the same cases when there is one, and the target.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/skip.ts";
import { goldenRows } from "./golden.ts";
import { LANGUAGE_CASES } from "./language-cases.ts";
import { NETWORK_CASE_MS, NETWORK_CASES } from "./network-cases.ts";
import { realGoldenRow } from "./real-golden.ts";
import { boardOutput, engineOutput, realOutput, realPasses } from "./real-interpreter.ts";
import { countSessions } from "./sessions.ts";
import { runUpstream, upstreamTests } from "./upstream.ts";

export interface Row {
  what: string;
  /** Of the emulator. */
  figure: string;
  /** Of the real interpreter on the same cases; undefined when it was not asked. */
  real?: string | undefined;
  /** "" for a figure without one. */
  target: string;
  isMet: boolean;
  /** What differs; printed below the table. */
  notes: string[];
}

const UPSTREAM_TARGET_PCT = 95;
const GOLDEN_TARGET_PCT = 95;

const percent = (part: number, whole: number): number => (whole === 0 ? 100 : (100 * part) / whole);

/** @param folder `tests` of an Espruino checkout */
export async function upstream(folder: string, binary: string | undefined): Promise<Row> {
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
  const realPassed =
    binary && applicable.filter(({ name }) => realPasses(binary, join(folder, name))).length;
  return {
    what: "Espruino's own tests, passed / applicable / total",
    figure: `${passed} / ${applicable.length} / ${tests.length} (${share.toFixed(1)} %)`,
    real: binary && `${realPassed} / ${applicable.length}`,
    target: `${UPSTREAM_TARGET_PCT} %`,
    isMet: share >= UPSTREAM_TARGET_PCT,
    notes: [...failed, ...[...reasons].map(([why, count]) => `${count} do not apply: ${why}`)],
  };
}

/** The real interpreter at hand has the layout esp32. */
export function golden(sharedData: string, binary: string | undefined): Row[] {
  return goldenRows(sharedData).map(({ layout, mode, exact, near, off, notes }) => {
    const real = binary && layout === "esp32" ? realGoldenRow(sharedData, binary, mode) : undefined;
    return {
      what: `JsVar golden cases, ${layout} ${mode}: exact / near / off`,
      figure: `${exact} / ${near} / ${off}`,
      real: real && `${real.exact} / ${real.near} / ${real.off}`,
      target: `${GOLDEN_TARGET_PCT} % exact, none off`,
      isMet: off === 0 && percent(exact, exact + near + off) >= GOLDEN_TARGET_PCT,
      notes,
    };
  });
}

export function language(binary: string | undefined): Row {
  const recorded = JSON.parse(
    readFileSync(new URL("language-expected.json", import.meta.url), "utf8"),
  ) as Record<string, string>;
  const cases = Object.entries(LANGUAGE_CASES);
  const differing = (run: (program: string) => string) =>
    cases.filter(([name, program]) => run(program) !== recorded[name]).map(([name]) => name);
  return share(
    "Language cases, as recorded from the real interpreter",
    cases.length,
    differing(engineOutput),
    binary ? differing((program) => realOutput(binary, program)) : undefined,
  );
}

export async function network(binary: string | undefined): Promise<Row> {
  const recorded = JSON.parse(
    readFileSync(new URL("network-expected.json", import.meta.url), "utf8"),
  ) as Record<string, string>;
  const wrong: string[] = [];
  const moved: string[] = [];
  for (const [name, program] of Object.entries(NETWORK_CASES)) {
    if ((await boardOutput(program, NETWORK_CASE_MS)) !== recorded[name]) wrong.push(name);
    if (binary && realOutput(binary, program, NETWORK_CASE_MS) !== recorded[name]) moved.push(name);
  }
  const total = Object.keys(NETWORK_CASES).length;
  return share("Network programs over loopback", total, wrong, binary ? moved : undefined);
}

export async function sessions(): Promise<Row> {
  const { total, different } = await countSessions();
  return share("Console sessions, byte for byte", total, different);
}

function share(what: string, total: number, wrong: string[], realWrong?: string[]): Row {
  return {
    what,
    figure: `${total - wrong.length} / ${total}`,
    real: realWrong && `${total - realWrong.length} / ${total}`,
    target: "all",
    isMet: wrong.length === 0 && total > 0,
    notes: [
      ...wrong.map((name) => `differs: ${name}`),
      ...(realWrong ?? []).map((name) => `differs on the real interpreter: ${name}`),
    ],
  };
}

/** A test file whose tests are the figure. Its line "# STATES ..." tells more. */
export function testFile(what: string, path: string): Row[] {
  if (!existsSync(join(ROOT, path))) return [];
  const run = spawnSync(process.execPath, ["--import", "tsx", path], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const number = (label: string) =>
    Number(new RegExp(`${label}:\\s+(\\d+)`).exec(run.stdout)?.[1] ?? 0);
  const total = number("Total");
  const passed = number("Passed");
  const more = /# (?:STATES|PROGRAMS) (.*)/.exec(run.stdout)?.[1];
  return [
    {
      what,
      figure: `${passed} / ${total} tests${more ? `, ${more}` : ""}`,
      target: "all",
      isMet: run.status === 0 && total > 0 && passed === total,
      notes: run.status === 0 ? [] : [`run: npx tsx ${path}`],
    },
  ];
}
