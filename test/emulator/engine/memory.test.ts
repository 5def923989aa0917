/** JsVar counts against figures measured on the real interpreter. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { goldenRows } from "../../conform/golden.ts";
import { SHARED_DATA, skip } from "../../support/skip.ts";
import { recorder } from "./support.ts";

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
  const rows = goldenRows(SHARED_DATA);
  assert.is(rows.length, 6);
  for (const { exact, notes } of rows) {
    assert.equal(notes, []);
    assert.is(exact, 70);
  }
});

test.run();
