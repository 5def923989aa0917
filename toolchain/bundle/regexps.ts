/**
 * Which regular expressions the interpreter's hand-written matcher gets right, and how to write the others.
 * It fails without an error, so everything not known to match like JavaScript is refused. Source:
 * Espruino src/jswrap_regexp.c, read; every rule confirmed on the interpreter (test/bundle/regexps.test.ts
 * compares random accepted patterns with Node).
 */

export interface PatternResult {
  /** Why the pattern cannot be used, or undefined. */
  problem: string | undefined;
  /** The pattern written so that the interpreter matches what JavaScript matches. */
  pattern: string;
}

interface Item {
  kind: "atom" | "(" | ")" | "^" | "$";
  text: string;
  quantifier: "" | "*" | "+";
}

class Refusal extends Error {}
const refuse = (why: string): never => {
  throw new Refusal(why);
};

const GROUPS_MAX = 9;
/** Matched without being written, or as `\` plus itself. */
const SAFE_ESCAPES = /[^A-Za-z0-9]|[dwsDWSnrtvf]/;
const QUANTIFIER = /^\{\d+(,\d*)?\}/;

export function checkPattern(source: string, flags: string): PatternResult {
  try {
    const bad = flags.replace(/[gi]/g, "");
    if (bad) refuse(`flag "${bad[0]}" is not supported`);
    if (source === "(?:)" || source === "") refuse("an empty pattern");
    const alternatives = read(source, flags);
    checkAlternatives(alternatives);
    if (flags.includes("g") && /^[^.[\]()|^*+$]*\$$/.test(source)) {
      refuse("flag g on a pattern that is plain text and $ never ends");
    }
    if (alternatives.some(matchesNothingAtEnd)) {
      refuse("a pattern that can match nothing, at the end of the text");
    }
    const pattern = alternatives.map((items) => write(items, flags)).join("|");
    return { problem: undefined, pattern };
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.message, pattern: source };
    throw error;
  }
}

function read(source: string, flags: string): Item[][] {
  const alternatives: Item[][] = [[]];
  let depth = 0;
  let groups = 0;
  for (let at = 0; at < source.length; ) {
    const items = alternatives[alternatives.length - 1] as Item[];
    const rest = source.slice(at);
    const char = rest[0] as string;
    if (char === "|") {
      if (depth) refuse("alternatives inside a group");
      alternatives.push([]);
      at += 1;
    } else if (char === "(") {
      if (rest[1] === "?") refuse("groups that begin with (?");
      if (depth) refuse("a group inside a group");
      groups += 1;
      if (groups > GROUPS_MAX) refuse(`more than ${GROUPS_MAX} groups`);
      depth += 1;
      items.push({ kind: "(", text: "(", quantifier: "" });
      at += 1;
    } else if (char === ")") {
      depth -= 1;
      if (/^\)([*+?]|\{\d)/.test(rest)) refuse("a quantifier after a group");
      items.push({ kind: ")", text: ")", quantifier: "" });
      at += 1;
    } else if (char === "^" || char === "$") {
      const before = source[at - 1];
      const isPlaced = char === "^" ? at === 0 || before === "|" : /^\$(\)?$|\|)/.test(rest);
      if (!isPlaced) refuse(`${char} in the middle of a pattern`);
      items.push({ kind: char, text: char, quantifier: "" });
      at += 1;
    } else {
      const [text, length] = atom(rest, flags);
      at += length;
      const quantifier = readQuantifier(source.slice(at));
      at += quantifier.length;
      items.push({ kind: "atom", text, quantifier });
    }
  }
  return alternatives;
}

/** The matcher looks at the end of the text only when the text is empty. */
function matchesNothingAtEnd(items: Item[]): boolean {
  const isNullable = items.every(({ kind, quantifier }) => kind !== "atom" || quantifier === "*");
  return isNullable && items[0]?.kind !== "^" && items.some(({ kind }) => kind === "$");
}

function readQuantifier(rest: string): "" | "*" | "+" {
  const char = rest[0];
  if (char === "?") refuse("the ? quantifier");
  if (QUANTIFIER.test(rest)) refuse("a {n} quantifier");
  if (char !== "*" && char !== "+") return "";
  if (rest[1] === "?") refuse("lazy quantifiers");
  return char;
}

/** One atom: how to write it for the interpreter, and its length in the source. */
function atom(rest: string, flags: string): [string, number] {
  const char = rest[0] as string;
  // The interpreter's dot matches line ends too.
  if (char === ".") return ["[^\\n\\r]", 1];
  if (char === "[") return characterClass(rest, flags);
  if (char === "\\") {
    const length = escapeLength(rest);
    if (rest[1] === "b") refuse("\\b");
    return [rest.slice(0, length), length];
  }
  if (char === "?" || char === "*" || char === "+") refuse(`a ${char} without anything before it`);
  if (QUANTIFIER.test(rest)) refuse("a {n} quantifier");
  if (char > "\x7e") refuse("characters that are not ASCII");
  return [char, 1];
}

function escapeLength(rest: string): number {
  const char = rest[1] ?? refuse("a lone backslash");
  if (char === "b") return 2;
  if (char === "0" && !/\d/.test(rest[2] ?? "")) return 2;
  if (/\d/.test(char)) refuse("back-references");
  if (char === "x" && /^\\x[0-7][0-9a-fA-F]/.test(rest)) return 4;
  if (char > "\x7e") refuse("characters that are not ASCII");
  if (!SAFE_ESCAPES.test(char)) refuse(`the escape \\${char}`);
  return 2;
}

function characterClass(rest: string, flags: string): [string, number] {
  let at = 1;
  let text = "[";
  if (rest[1] === "^") {
    text += "^";
    at += 1;
  }
  if (rest[at] === "]") refuse("an empty character class");
  while (rest[at] !== "]") {
    const [low, lowLength] = classCharacter(rest.slice(at));
    at += lowLength;
    text += low;
    if (rest[at] !== "-" || rest[at + 1] === "]") continue;
    const [high, highLength] = classCharacter(rest.slice(at + 1));
    if (!isSameRange(low, high, flags)) refuse(`the range ${low}-${high}`);
    at += 1 + highLength;
    text += `-${high}`;
  }
  return [`${text}]`, at + 1];
}

function classCharacter(rest: string): [string, number] {
  const char = rest[0] as string;
  if (char === "\\") {
    const length = escapeLength(rest);
    return [rest.slice(0, length), length];
  }
  if (char > "\x7e") refuse("characters that are not ASCII");
  // Bare, these would be taken for the end of the literal, a nested class, any character, an alternative.
  return [/[/[.|]/.test(char) ? `\\${char}` : char, 1];
}

/** Does the interpreter's comparison of a range agree with JavaScript's for every ASCII character? */
function isSameRange(low: string, high: string, flags: string): boolean {
  if (/^\\[dwsDWS]/.test(low + high) || /^\\[dwsDWS]/.test(high)) return false;
  const plain = (text: string) => {
    for (let code = 0; code < 128; code += 1) {
      if (new RegExp(`^[${text}]$`).test(String.fromCharCode(code)))
        return String.fromCharCode(code);
    }
    return "";
  };
  const fold = (text: string) => (flags.includes("i") ? text.toLowerCase() : text);
  const [from, to] = [fold(plain(low)), fold(plain(high))];
  const range = new RegExp(`^[${low}-${high}]$`, flags.includes("i") ? "i" : "");
  for (let code = 0; code < 128; code += 1) {
    const char = String.fromCharCode(code);
    const here = fold(char) >= from && fold(char) <= to && from < to;
    if (here !== range.test(char)) return false;
  }
  return true;
}

function checkAlternatives(alternatives: Item[][]): void {
  if (alternatives.length === 1) return;
  const isAnchored = (items: Item[] | undefined) => items?.[0]?.kind === "^";
  alternatives.forEach((items, index) => {
    if (items.some(({ kind }) => kind === "(")) refuse("groups together with alternatives");
    if (index === alternatives.length - 1) return;
    if (items.some(({ quantifier }) => quantifier)) {
      refuse("a quantifier in any alternative but the last");
    }
    if (isAnchored(items) && !alternatives.slice(index).every(isAnchored)) {
      refuse("^ in some alternatives only");
    }
  });
}

/**
 * `X+` is tried with no character first, and matches at the end of the text when X matches a NUL. Where one of
 * the two can be seen, `XX*` says the same and is matched right.
 */
function write(items: Item[], flags: string): string {
  return items
    .map(({ text, quantifier }, index) => {
      if (quantifier !== "+") return text + quantifier;
      const accepts = matcher(text, flags);
      const isWrong = accepts("\0") || overlaps(accepts, items.slice(index + 1), flags);
      return isWrong ? `${text}${text}*` : `${text}+`;
    })
    .join("");
}

type Matcher = (char: string) => boolean;

function matcher(text: string, flags: string): Matcher {
  const pattern = new RegExp(`^(?:${text})$`, flags.includes("i") ? "i" : "");
  return (char) => pattern.test(char);
}

function overlaps(accepts: Matcher, rest: Item[], flags: string): boolean {
  for (const { kind, text, quantifier } of rest) {
    if (kind !== "atom") continue;
    const other = matcher(text, flags);
    for (let code = 0; code < 128; code += 1) {
      const char = String.fromCharCode(code);
      if (accepts(char) && other(char)) return true;
    }
    if (quantifier !== "*") return false;
  }
  return false;
}
