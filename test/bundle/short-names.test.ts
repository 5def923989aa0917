/** Short names: what they mean stays, and a small change of the program leaves all others as they were. */
import MagicString from "magic-string";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { shortenNames } from "../../toolchain/bundle/short-names.ts";
import { parseScript } from "../../toolchain/bundle/syntax-tree.ts";

function shortened(code: string): string {
  const text = new MagicString(code);
  shortenNames(text, parseScript(code));
  return text.toString();
}

/** A program of many variables that returns what it computes; `extra` is put among them. */
function program(extra: string): string {
  const functions = Array.from({ length: 70 }, (_, i) => {
    const other = i ? `compute${i - 1}(value)` : "start";
    return `function compute${i}(value,unused){var local=value+${i},sum=0;for(var index=0;index<3;index++)sum+=index*local;try{if(sum===7)throw sum}catch(error){sum=error}return sum%1000+(${other})}`;
  });
  functions.splice(30, 0, extra);
  return `return function(){var start=5;${functions.join("")}return compute69(1)}()`;
}

const run = (code: string): unknown => new Function(code)();

test("a renamed program computes the same and is shorter", () => {
  const code = program("");
  assert.is(run(shortened(code)), run(code));
  assert.ok(shortened(code).length < code.length * 0.75);
});

test("one more variable changes hardly any other name", () => {
  const names = (code: string) =>
    [...shortened(code).matchAll(/function (\w+)/g)].map(([, n]) => n);
  const before = new Set(names(program("")));
  const after = names(program("function addition(value){return value}"));
  const changed = after.filter((name) => !before.has(name));
  assert.ok(changed.length <= 2, `${changed}`);
});

test("a name never hides one that is needed inside", () => {
  const code =
    "return function(){function outer(a1){return function(b1){return function(c1){return a1+b1+c1+JSON.stringify([a1])}}}" +
    "var E=1;try{throw 2}catch(problem){E+=problem+function(){return problem}()}return outer(1)(2)(3)+E}()";
  assert.is(run(shortened(code)), run(code));
  const many = Array.from({ length: 60 }, (_, i) => `v${i}`);
  const wide = `return function(${many}){return function(${many.map((n) => `p${n}`)}){return [${many},${many.map((n) => `p${n}`)}].join()}(${many.map((_, i) => 100 + i)})}(${many.map((_, i) => i)})`;
  assert.is(run(shortened(wide)), run(wide));
});

test("a program with eval keeps its names", () => {
  const code = "return function(number){return eval('number+1')}(4)";
  assert.is(shortened(code), code);
});

test.run();
