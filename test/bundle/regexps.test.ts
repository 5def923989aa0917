/**
 * Accepted patterns match like JavaScript: random patterns and texts on Node and on the interpreter, as the build writes
 * them. Always on the emulator, which imitates the interpreter's matcher; on the real one when THICKET_ESPRUINO names it.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkPattern } from "../../toolchain/bundle/regexps.ts";
import { skip } from "../support/skip.ts";
import { ESPRUINO, onEmulator, onEspruino } from "./run-on.ts";

const REFUSED: [pattern: string, flags: string, problem: RegExp][] = [
  ["colou?r", "", /\? quantifier/],
  ["a*?", "", /lazy/],
  ["a{2}", "", /\{n\}/],
  ["a{2,}", "", /\{n\}/],
  ["\\bx", "", /\\b/],
  ["x\\B", "", /escape \\B/],
  ["(?:a)", "", /\(\?/],
  ["a(?=b)", "", /\(\?/],
  ["(?<n>a)", "", /\(\?/],
  ["(ab)*", "", /after a group/],
  ["(a|b)c", "", /inside a group/],
  ["((a)b)", "", /group inside a group/],
  ["(a)|b", "", /groups together with alternatives/],
  ["a+|b", "", /quantifier in any alternative/],
  ["^a|b", "", /\^ in some alternatives/],
  ["(a)\\1", "", /back-references/],
  ["\\u0041", "", /escape \\u/],
  ["a", "m", /flag "m"/],
  ["a", "y", /flag "y"/],
  ["[a-a]", "", /range/],
  ["\u00e9", "", /not ASCII/],
  ["abc$", "g", /never ends/],
  ["a*$", "", /match nothing/],
];

const REWRITTEN: [pattern: string, written: string][] = [
  ["\\d+", "\\d+"],
  ["a.b", "a[^\\n\\r]b"],
  ["\\S+", "\\S\\S*"],
  ["[^,]+", "[^,][^,]*"],
  ["\\d+5", "\\d\\d*5"],
  ["(\\d+)-(\\d+)", "(\\d+)-(\\d+)"],
  ["[/]", "[\\/]"],
  ["[a|b]", "[a\\|b]"],
  ["[+-.]", "[+-\\.]"],
];

for (const [pattern, flags, problem] of REFUSED) {
  test(`refuses /${pattern}/${flags}`, () => {
    assert.match(checkPattern(pattern, flags).problem ?? "", problem);
  });
}

for (const [pattern, written] of REWRITTEN) {
  test(`writes /${pattern}/ as /${written}/`, () => {
    assert.equal(checkPattern(pattern, ""), { problem: undefined, pattern: written });
  });
}

/** The cases that came out otherwise than on Node, each with its program line. */
function differences(printed: string[]): string[] {
  const calls = program.split("\n").slice(1);
  return expected.flatMap((line, index) =>
    printed[index] === line ? [] : [`${calls[index]} printed ${printed[index]}, Node ${line}`],
  );
}

/** A program that tries random accepted patterns, and what it prints according to Node. */
function randomCases(count: number, seed: number): { program: string; expected: string[] } {
  const random = generator(seed);
  const pick = (choices: string[]) => choices[random(choices.length)] as string;
  const atoms = ["a", "b", "1", ".", "\\d", "\\w", "\\s", "\\S", "\\D", "\\W", "-", "\\.", "\\/"];
  const classes = [
    "[ab]",
    "[^a]",
    "[a-c]",
    "[0-9.]",
    "[^\\d-]",
    "[\\w|]",
    "[/]",
    "[^/]",
    "[-a]",
    "[A-F]",
  ];
  const item = () => pick(random(3) ? atoms : classes) + pick(["", "", "", "*", "+"]);
  const items = (max: number) => Array.from({ length: 1 + random(max) }, item).join("");
  const shapes = [
    () => items(4),
    () => `^${items(3)}`,
    () => `${items(3)}$`,
    () => `^${items(4)}$`,
    () => `${items(2)}(${items(2)})${items(1)}`,
    () => `(${items(2)})-(${items(2)})`,
    () => `${pick(atoms)}${pick(atoms)}|${items(2)}`,
    () => `^${pick(atoms)}$|^${pick(classes)}${pick(atoms)}$`,
  ];
  const text = () =>
    Array.from({ length: random(9) }, () =>
      pick(["a", "b", "c", "1", "7", "-", ".", "/", "|", " ", "\n", "A", "F"]),
    ).join("");

  const lines: string[] = [];
  const wanted: string[] = [];
  while (lines.length < count) {
    const source = (shapes[random(shapes.length)] as () => string)();
    const flags = pick(["", "", "i", "g"]);
    const { problem, pattern } = checkPattern(source, flags);
    if (problem) continue;
    const subject = text();
    const call = pick(["match", "replace"]);
    const by = /(^|[^\\])\(/.test(pattern) ? "<$1>" : "<>";
    const what = call === "match" ? "0" : JSON.stringify(by);
    lines.push(`p(${JSON.stringify(subject)},/${pattern}/${flags},${what});`);
    const regexp = new RegExp(source, flags);
    const result =
      call === "match" ? subject.match(regexp)?.join("~") || "no" : subject.replace(regexp, by);
    wanted.push(`${lines.length} ${JSON.stringify(result)}`);
  }
  const show =
    'var n=0;function p(t,r,b){n++;print(n+" "+JSON.stringify(b?t.replace(r,b):t.match(r)&&t.match(r).join("~")||"no"))}';
  return { program: `${show}\n${lines.join("\n")}`, expected: wanted };
}

function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const CASES = 400;
const { program, expected } = randomCases(CASES, 20260601);

test("accepted patterns match like Node on the emulator", async () => {
  assert.equal(differences(await onEmulator(program)), []);
});

test("accepted patterns match like Node on the real interpreter", async () => {
  if (!ESPRUINO) return skip("real interpreter: THICKET_ESPRUINO is not set");
  assert.equal(differences(await onEspruino(program)), []);
});

test.run();
