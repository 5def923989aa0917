/** emulator.memory: who holds the JsVars, and the peak that frequent looks find. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator, type Holder } from "../../toolchain/emulator/emulator.ts";

const PROGRAM = `
function make(){var items=["one long enough to need several blocks",2,3];return {add:function(x){items.push(x)}}}
var box=make(), table=new Uint8Array(280), shared={a:1};
var again=shared;
setInterval(function(){ box.add(1) },1000);
`;
const sum = (holders: Holder[]) => holders.reduce((total, { jsvars }) => total + jsvars, 0);
const find = (holders: Holder[], kind: Holder["kind"], name: string) =>
  holders.find((holder) => holder.kind === kind && holder.name === name)?.jsvars;

test("holders share out exactly what is in use, at rest and while code runs", async () => {
  const emulator = Emulator.boot({ files: { ".bootcde": PROGRAM } });
  assert.is(sum(emulator.memory.holders()), emulator.memory.usage);
  emulator.memory.lookEvery(1);
  await emulator.run({ ms: 5000 });
  emulator.evaluate("(function(n){var deep=[];while(n--)deep.push([n]);return 1})(500)");
  assert.is(sum(emulator.memory.holdersAtPeak), emulator.memory.peak);
  assert.ok(emulator.memory.peak > emulator.memory.usage + 1000);
});

test("data counts for the variable that leads to it, a closure's for the function around it", () => {
  const emulator = Emulator.boot({ files: { ".bootcde": PROGRAM } });
  const holders = emulator.memory.holders();
  // Name of 5 characters 2, view 1, buffer 1, data 1 + 280 / 14.
  assert.is(find(holders, "global", "table"), 25);
  // Names 2 + 2, the object once: 1 + 1.
  assert.is((find(holders, "global", "shared") ?? 0) + (find(holders, "global", "again") ?? 0), 6);
  const items = holders.find(({ kind, name }) => kind === "variable" && name === "items");
  assert.is(items?.file, ".bootcde");
  assert.ok(PROGRAM.slice(items?.offset).startsWith("var items"));
  assert.ok(find(holders, "interpreter", "timers and watches"));
});

test("the peak of a restart's predecessor is kept, its holders too", async () => {
  const emulator = Emulator.boot({ files: { ".bootcde": "big=new Uint8Array(14000)" } });
  emulator.memory.lookEvery(10);
  const before = emulator.memory.peak;
  emulator.evaluate("require('Storage').erase('.bootcde')");
  emulator.powerCycle();
  assert.ok(emulator.memory.usage < before - 1000);
  assert.is(emulator.memory.peak, before);
  assert.is(emulator.memory.holdersAtPeak[0]?.name, "big");
});

test.run();
