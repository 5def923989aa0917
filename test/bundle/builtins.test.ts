/**
 * The tables of built-ins agree with the interpreter: what they list is there, what they call missing is not. Always on
 * the emulator; on the real interpreter when THICKET_ESPRUINO names it.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BOARDS, INSTANCE, MISSING_ON_ALL, STATIC } from "../../toolchain/bundle/builtins.ts";
import { skip } from "../support/skip.ts";
import { ESPRUINO, onEmulator, onEspruino } from "./run-on.ts";

/** A value of each kind, as an expression. */
const SAMPLES: Record<string, string> = {
  Array: "[1]",
  String: '"a"',
  Number: "5",
  Function: "(function(){})",
  RegExp: "/a/",
  Promise: "Promise.resolve(1)",
  Date: "new Date()",
  Error: 'new Error("x")',
  ArrayBuffer: "new ArrayBuffer(4)",
  TypedArray: "new Uint8Array(2)",
  DataView: "new DataView(new ArrayBuffer(4))",
};

/** Values rather than functions, which may well be undefined at first. */
const MAY_BE_UNDEFINED = /\.(flags|__proto__|constructor|prototype|stack|type|message)$/;
/** Only on the chip. */
const ONLY_ON_CHIP = new Set(["ESP32"]);

const probed = (names: Iterable<string>) =>
  [...names].filter((name) => !MAY_BE_UNDEFINED.test(`.${name}`));

/** One line: value, what must be there, what must not. Reading an unknown name in brackets may throw. */
const line = (value: string, present: Iterable<string>, absent: Iterable<string>) =>
  `t(${JSON.stringify(value)},${value},"${probed(present).join(" ")}","${[...absent].join(" ")}");`;

const program = [
  "function has(v,n){try{return typeof v[n]!='undefined'}catch(e){return false}}",
  "function t(l,v,p,a){p.split(' ').forEach(function(n){if(n&&!has(v,n))print(l+' lacks '+n)});",
  "a.split(' ').forEach(function(n){if(n&&has(v,n))print(l+' has '+n)})}",
  ...Object.entries(SAMPLES).map(([kind, sample]) =>
    line(sample, INSTANCE[kind] ?? [], MISSING_ON_ALL),
  ),
  ...Object.entries(STATIC)
    .filter(([owner]) => !ONLY_ON_CHIP.has(owner))
    .map(([owner, names]) => line(owner, names, [])),
  'print("end")',
].join("\n");

test("lists what the emulator has", async () => {
  assert.equal(await onEmulator(program), ["end"]);
});

test("lists what the real interpreter has", async () => {
  if (!ESPRUINO) return skip("real interpreter: THICKET_ESPRUINO is not set");
  assert.equal(await onEspruino(program), ["end"]);
});

test("gives each board its own pins", () => {
  assert.ok(BOARDS.esp32s3?.globals.has("D48"));
  assert.not.ok(BOARDS.esp32?.globals.has("D48"));
});

test.run();
