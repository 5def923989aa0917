/** What cannot run on the camera is refused, with the file and line of the source. One row per construct. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../toolchain/bundle/bundle.ts";
import type { Finding } from "../../toolchain/bundle/findings.ts";

/** Name, line of the finding, source, expected message. */
type Row = [name: string, line: number, source: string, message: RegExp];

/** Refused on the source: compiled to ES5 they look harmless. */
const ON_SOURCE: Row[] = [
  ["generator", 1, "export function* g() { yield 1; }", /generators cannot run/],
  ["generator method", 2, "export const o = {\n  *m() { yield 1; } };", /generators cannot run/],
  ["async generator", 1, "export async function* g() { yield 1; }", /generators cannot run/],
  [
    "for await",
    2,
    "export async function f(x) {\n  for await (const y of x) print(y); }",
    /for await/,
  ],
  ["label", 2, "print(1);\nouter: for (;;) { for (;;) break outer; }", /labels cannot run/],
  ["tagged template", 1, "print((t => t)`x`);", /tagged templates/],
  ["new.target", 1, "export function F() { print(new.target); }", /new\.target/],
  ["new with spread", 2, "const a = [1];\nnew Date(...a);", /new with spread/],
  [
    "super property",
    3,
    "class A { get v() { return 1; } }\nclass B extends A {\n w() { return super.v; } }\nprint(new B().w());",
    /super is for calls/,
  ],
  [
    "arguments in an arrow",
    1,
    "export function f() { return () => arguments.length; }",
    /arguments inside an arrow/,
  ],
  [
    "arguments in an async function",
    1,
    "export async function f() { return arguments[0]; }",
    /arguments inside an arrow or async/,
  ],
  ["private name", 1, "export class A { #x = 1; get() { return this.#x; } }", /WeakMap/],
  ["extends Error", 2, "print(1);\nexport class E1 extends Error {}", /extends Error/],
  [
    "extends an alias of a built-in",
    2,
    "const Base = Array;\nexport class L extends Base {}",
    /extends Base/,
  ],
  ["array hole", 1, "print([1, , 2].length);", /holes in arrays/],
  ["dynamic import", 1, "import('./x.js');", /import\(\)/],
  ["package import", 2, "print(1);\nimport fs from 'fs';\nprint(fs);", /"fs" is not a file/],
  [
    "lastIndexOf of an array in a variable",
    2,
    "const list = [1, 2];\nprint(list.lastIndexOf(1));",
    /Array has no lastIndexOf/,
  ],
  [
    "lastIndexOf of something unknown",
    1,
    "export const f = (x) => x.lastIndexOf(1);",
    /lastIndexOf works on strings only/,
  ],
  [
    "search of a text in a variable",
    2,
    "const text = String(process.env.BOARD);\nprint(text.search('x'));",
    /String has no search/,
  ],
  ["name of a function", 2, "function named() {}\nprint(named.name);", /Function has no name/],
  [
    "for-in over an instance",
    2,
    "class P { m() {} }\nfor (const k in new P()) print(k);",
    /for-in over a class instance/,
  ],
];

/** Refused in the final bytes, and found in the source through the source map. */
const IN_BYTES: Row[] = [
  ["Math.trunc", 2, "print(1);\nprint(Math.trunc(1.5));", /Math\.trunc does not exist/],
  ["Object.freeze", 1, "print(Object.freeze({}));", /Object\.freeze does not exist/],
  ["Number.isInteger", 1, "print(Number.isInteger(1));", /Number\.isInteger does not exist/],
  ["Array.from", 1, "print(Array.from('ab'));", /Array\.from does not exist/],
  ["Promise.race", 1, "Promise.race([]);", /Promise\.race does not exist/],
  ["Date.UTC", 1, "print(Date.UTC(2026, 1));", /Date\.UTC does not exist/],
  ["an unknown member of E", 1, "print(E.nonsense());", /E\.nonsense does not exist/],
  [
    "flatMap of something unknown",
    2,
    "export const f = (x) =>\n  x.flatMap(() => [])\nglobal.f = f;",
    /no built-in has a method flatMap/,
  ],
  [
    "finally of a promise",
    1,
    "global.later = (p) => p.finally(() => 0);",
    /no built-in has a method finally/,
  ],
  [
    "Array.prototype.slice",
    2,
    "global.f = function () {\n  return Array.prototype.slice.call(arguments); };",
    /Array\.prototype\.slice reads as undefined/,
  ],
  [
    "Object.prototype.toString",
    1,
    "print(Object.prototype.toString.call([]));",
    /Object\.prototype\.toString/,
  ],
  ["assigning length", 2, "const a = [1];\na.length = 0;\nprint(a);", /assigning length throws/],
  ["Map", 1, "global.m = new Map();", /Map does not exist/],
  ["Symbol", 1, "print(Symbol.iterator);", /Symbol does not exist/],
  ["undeclared assignment", 2, "print(1);\nleaked = 5;", /leaked is assigned but never declared/],
  ["undeclared name", 1, "print(nothing);", /nothing does not exist on esp32s3/],
  ["unknown module", 2, "print(1);\nrequire('bluetooth-magic');", /no module "bluetooth-magic"/],
  ["module by expression", 1, "global.r = (n) => require(n);", /require needs the module's name/],
  ["eval", 1, "print(eval('1'));", /eval runs code/],
  ["bad code in a string", 1, "setTimeout('Math.trunc(1)', 5);", /in the text to run: Math\.trunc/],
  [
    "? in a pattern",
    3,
    "global.f = (s) => {\n  const t = s.trim();\n  return /-?\\d+/.test(t); };",
    /the \? quantifier/,
  ],
  ["{n} in a pattern", 1, "print(/\\d{4}/.test('2026'));", /a \{n\} quantifier/],
  ["\\b in a pattern", 1, "print(/\\bx/.test('x'));", /\\b/],
  ["(?: in a pattern", 1, "print(/(?:a)b/.test('ab'));", /groups that begin with \(\?/],
  ["lookahead", 1, "print(/a(?=b)/.test('ab'));", /groups that begin with \(\?/],
  ["quantified group", 1, "print(/(ab)+c/.test('abc'));", /a quantifier after a group/],
  ["alternatives in a group", 1, "print(/x(ab|cd)/.test('xcd'));", /alternatives inside a group/],
  ["flag m", 1, "print(/^a/m.test('a'));", /flag "m"/],
  ["pattern at run time", 1, "global.f = (p) => new RegExp(p);", /a pattern made at run time/],
  ["bad pattern in a string", 1, "print(new RegExp('a?').test('a'));", /the \? quantifier/],
  ["$& in a replacement", 1, "print('a'.replace(/a/, '<$&>'));", /knows \$1 to \$9 only/],
  [
    "replace of a text by a function",
    1,
    "print('a'.replace('a', () => 'b'));",
    /inserts the function's source/,
  ],
  ["split with a limit", 1, "print('a,b'.split(',', 1));", /split ignores its second argument/],
  [
    "JSON.stringify with a replacer",
    1,
    "print(JSON.stringify({}, ['a']));",
    /ignores its second argument/,
  ],
  [
    "JSON.parse with a reviver",
    1,
    "print(JSON.parse('1', (k, v) => v));",
    /ignores its second argument/,
  ],
  [
    "instanceof Error",
    1,
    "try { print(1); } catch (e) { print(e instanceof Error); }",
    /instanceof Error is false/,
  ],
  ["clearTimeout without argument", 1, "clearTimeout();", /clears everything/],
  [
    "case after a default that falls",
    4,
    `global.f = (x) => {
  switch (x) {
    case 0: print('0'); break;
    default: print('d');
    case 1: print('1'); break;
    case 2: print('2'); } };`,
    /default: must be the last case/,
  ],
  ["BigInt", 1, "print(5n);", /BigInt/],
  ["a name that is cut", 1, `global.f = { ${"n".repeat(70)}: 1 };`, /names are cut/],
  [
    "arguments.callee",
    1,
    "global.f = function () { return arguments.callee; };",
    /arguments\.callee/,
  ],
];

const found = new Map<string, Finding[]>();

/** Compile all rows of a stage as one program and sort the findings by row. */
async function collect(rows: Row[], prefix: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-"));
  const fileOf = (index: number) => `${prefix}${index}.js`;
  for (const [index, [, , source]] of rows.entries()) {
    writeFileSync(join(folder, fileOf(index)), source);
  }
  const entry = join(folder, "main.js");
  writeFileSync(entry, rows.map((_row, index) => `import "./${fileOf(index)}";`).join("\n"));
  const { findings } = await compile(entry, "esp32s3");
  for (const [index, [name]] of rows.entries()) {
    found.set(
      name,
      findings.filter(({ file }) => file.endsWith(`/${fileOf(index)}`)),
    );
  }
  rmSync(folder, { recursive: true, force: true });
}

await collect(ON_SOURCE, "s");
await collect(IN_BYTES, "b");

for (const [name, line, source, message] of [...ON_SOURCE, ...IN_BYTES]) {
  test(`refuses ${name}`, () => {
    const findings = found.get(name) ?? [];
    const match = findings.find((finding) => message.test(finding.message));
    assert.ok(match, `${source}\nfound only: ${JSON.stringify(findings)}`);
    assert.is(match.line, line, `line of ${JSON.stringify(match)}`);
  });
}

test.run();
