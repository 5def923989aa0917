/** Literals with an eye on edges: numbers around the limits of 8 to 64 bits, byte strings, patterns, times, JSON texts. */
import type { Dice } from "./dice.ts";

const INTS =
  "0 1 2 3 5 7 8 9 10 15 16 31 32 33 63 64 99 100 127 128 255 256 1000 8191 8192 -8192 -8193 32767 65535 65536 46341 2147483647 -2147483648 -1 -2 -7 -128";
const NUMBERS =
  "0.1 0.5 1.5 2.5 -0.5 -1.5 1e3 1e-7 1e21 1.45 3.999999 123456789.123 4294967296 2147483648 4294967295 0.1234567890123 1e10 -1e-3 99.995 1e100 5e-324 0x7f 0b1011 0o17 017 .25 1_000 NaN Infinity -Infinity 16777217 9007199254740993";
const TEXTS = [
  "",
  "a",
  "b",
  "abc",
  "Hello World",
  "  trim me ",
  "x,y,,z",
  "12",
  "-3.5",
  "0x1F",
  "1e3",
  "007",
  "a\\nb",
  "tab\\there",
  'qu\\"ote',
  "it's",
  "\\x00\\x01\\xff",
  "\\u20ac",
  "aAbBcC",
  "the quick brown fox jumps over the lazy dog",
  "aaaa",
  "abcabcabc",
  '[1,2,{\\"a\\":3}]',
  "NaN",
  "true",
  " 7",
  "9 ",
  "length",
];
const DATES = [
  "0",
  "1700000000000",
  "951782400000",
  "-86400000",
  "1e12",
  "2024,1,29",
  "2023,11,31,23,59,59,999",
  "1999,0",
  "2000,13,40",
  "'2024-02-29T12:34:56Z'",
  "'2024-02-29T12:34:56.789+02:00'",
  "'2011-10-05'",
  "'Tue, 01 Feb 2011 10:20:30 GMT'",
  "'12:00'",
  "'nonsense'",
  "70,0,1",
];
const ATOMS =
  "a b c \\d \\w \\s . x [abc] [^a] [a-c] [0-9] \\D \\W \\S , \\. \\/ A Z \\x41 l o".split(" ");

export const int = (dice: Dice): string =>
  dice.chance(50) ? String(dice.below(12) - 2) : dice.pick(INTS.split(" "));

export const number = (dice: Dice): string =>
  dice.chance(40) ? int(dice) : dice.pick(NUMBERS.split(" "));

export function text(dice: Dice): string {
  const body = dice.chance(80) ? dice.pick(TEXTS) : dice.many(6, () => dice.pick(TEXTS)).join("");
  if (dice.chance(12)) return `'${body.replaceAll("'", "\\'")}'`;
  return `"${body}"`;
}

export const date = (dice: Dice): string => `new Date(${dice.pick(DATES)})`;

/** Mostly what the matcher supports; now and then what it gets wrong. */
export function regexp(dice: Dice): string {
  const piece = (depth: number): string => {
    if (depth > 0 && dice.chance(20)) {
      const inner = dice.many(2, () => piece(depth - 1), 1).join("");
      const other = dice.chance(40) ? `|${piece(depth - 1)}` : "";
      return `(${inner}${other})`;
    }
    const atom = dice.pick(ATOMS);
    if (dice.chance(25)) return `${atom}${dice.pick(["*", "+", "+", "*"])}`;
    if (dice.chance(6)) return `${atom}${dice.pick(["?", "{2}", "*?", "+?"])}`;
    return atom;
  };
  const body = dice.many(4, () => piece(2), 1).join("");
  const start = dice.chance(12) ? "^" : "";
  const end = dice.chance(12) ? "$" : "";
  const other = dice.chance(12) ? `|${piece(1)}` : "";
  return `/${start}${body}${end}${other}/${dice.pick(["", "", "g", "i", "gi"])}`;
}

export const json = (dice: Dice): string =>
  dice
    .pick([
      `'{"a":1,"b":[true,null,"x"]}'`,
      `'[1,2,3]'`,
      `'[1,]'`,
      `'{a:1}'`,
      `'{"a":01,"b":.5}'`,
      `'"te\\\\u0041xt"'`,
      `'-'`,
      `'-12.5e3'`,
      `'nul'`,
      `'[1 2]'`,
      `'{"a" 1}'`,
      `''`,
      `'\\x01'`,
      `'{"a":{"b":{"c":[[]]}}} rest'`,
      `"{'q':'v'}"`,
      `'[undefined]'`,
      `'[`,
    ])
    .replace(/^'\[$/, "'['");
