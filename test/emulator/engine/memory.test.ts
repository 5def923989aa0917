/** JsVar counts against figures measured on the real interpreter. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SHARED_DATA, skip } from "../../support/skip.ts";
import { recorder } from "./support.ts";

interface Golden {
  id: string;
  setup: string;
  code: string;
  sizeOfExpr: string;
  measured: Record<string, { delta: number; sizeOf: number } | undefined>;
}
/** Cases that need timers, Storage, modules or memory areas belong to the board. */
const NEEDS_BOARD = /setTimeout|setInterval|Storage|Modules|memoryArea/;
const EXACT = 378;

const ROWS: [string, number][] = [
  ["var x=1", 1],
  ["var x=8192", 2],
  ["var x=true", 2],
  ["var abcde=1", 2],
  ['var x="1234567890"', 3],
  ["var x={temperature:1}", 4],
  ["var x=[1.5,1.5]", 6],
  ["function x(a){return a+1}", 5],
  ["class A{constructor(){this.v=1}}var x=new A()", 14],
  ["function mk(){var c=0;return function(){return c}}var x=mk()", 14],
  ["var x={get z(){return 3}}", 8],
];

for (const [code, vars] of ROWS) {
  test(`${code} costs ${vars}`, () => {
    const { engine } = recorder();
    engine.touchClass("Object");
    const before = engine.memory().usage;
    engine.evaluate(code, { file: "" });
    assert.is(engine.memory().usage - before, vars);
  });
}

test("text freed is not counted any more, the peak stays", () => {
  const { engine } = recorder();
  engine.evaluate('var x="a".repeat(5000)', { file: "" });
  const full = engine.memory().usage;
  engine.evaluate("x=0", { file: "" });
  const { usage, peak, free, total } = engine.memory();
  assert.is(full - usage, 501);
  assert.ok(peak >= full);
  assert.is(usage + free, total);
});

test("E.getSizeOf follows what is reachable", () => {
  const { engine } = recorder();
  assert.is(engine.evaluate('E.getSizeOf({a:1,b:"hello"})', { file: "" }), 4);
  assert.is(engine.evaluate("E.getSizeOf([[1,2],[3,4]])", { file: "" }), 9);
});

test("golden cases are exact", () => {
  if (!SHARED_DATA) return skip("JsVar golden cases: no ../shared/data");
  const file = join(SHARED_DATA, "espruino-memory-golden.json");
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Golden[] };
  let exact = 0;
  const off: string[] = [];
  for (const golden of cases) {
    if (NEEDS_BOARD.test(golden.setup + golden.code)) continue;
    for (const layout of ["esp32", "c3"] as const) {
      for (const mode of ["file", "flash", "warm"]) {
        const want = golden.measured[`${layout}.${mode}`];
        if (!want) continue;
        const got = measure(golden, layout, mode);
        const isExact = got.delta === want.delta && got.sizeOf === want.sizeOf;
        if (isExact) exact++;
        else off.push(`${golden.id} ${layout}.${mode}: ${JSON.stringify({ got, want })}`);
      }
    }
  }
  assert.is(exact, EXACT, off.join("\n"));
});

/** As the figures were taken: text in flash or RAM, once before when warm. */
function measure(golden: Golden, layout: "esp32" | "c3", mode: string) {
  const { engine } = recorder({ layout });
  engine.touchClass("Object");
  engine.touchClass("Function");
  const run = (text: string): unknown =>
    engine.evaluate(text, { file: "golden", isNative: mode === "flash" });
  run("var a0=0,a1=0,ST=0;");
  run(golden.setup);
  if (mode === "warm") run(`(function(){${golden.code}})();`);
  const before = engine.memory().usage;
  run(golden.code);
  const delta = engine.memory().usage - before;
  return { delta, sizeOf: run(`E.getSizeOf(${golden.sizeOfExpr})`) };
}

test.run();
