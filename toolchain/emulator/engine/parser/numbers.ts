/**
 * Text to number the way the real interpreter does it: integers wrap at 64 bits, fractions are summed digit by digit,
 * exponents are applied by repeated multiplication (so the last digits can differ from a correctly rounded value).
 */

export function digitOf(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  if (c >= 97 && c <= 122) return c - 87;
  if (c >= 65 && c <= 90) return c - 55;
  return -1;
}

const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13);

interface Prefix {
  radix: number;
  at: number;
}

/** 0x, 0o, 0b, and a bare leading zero for octal unless an 8, 9 or point follows. */
function radixAt(text: string, at: number): Prefix {
  if (text[at] !== "0") return { radix: 10, at };
  const mark = text[at + 1]?.toLowerCase();
  if (mark === "o") return { radix: 8, at: at + 2 };
  if (mark === "x") return { radix: 16, at: at + 2 };
  if (mark === "b") return { radix: 2, at: at + 2 };
  const digits = /^[0-9.]*/.exec(text.substring(at + 1))![0];
  return { radix: /[.89]/.test(digits) ? 10 : 8, at: at + 1 };
}

export interface Parsed {
  value: number;
  /** Offset of the first character not used. */
  end: number;
  /** No digit was found. */
  isEmpty: boolean;
}

function sign(text: string): { at: number; isNegative: boolean } {
  let at = 0;
  while (isSpace(text.charCodeAt(at))) at++;
  const isNegative = text[at] === "-";
  if (isNegative || text[at] === "+") at++;
  return { at, isNegative };
}

/** As a 64-bit integer; `radix` 0 means: look at the prefix. */
export function parseInteger(text: string, radix = 0): Parsed {
  const { at: from, isNegative } = sign(text);
  const prefix = radix ? { radix, at: from } : radixAt(text, from);
  let at = prefix.at;
  let value = 0;
  let exact: bigint | undefined;
  for (; at < text.length; at++) {
    const digit = digitOf(text.charCodeAt(at));
    if (digit < 0 || digit >= prefix.radix) break;
    if (exact === undefined && value > 2 ** 45) exact = BigInt(value);
    if (exact === undefined) value = value * prefix.radix + digit;
    else exact = BigInt.asIntN(64, exact * BigInt(prefix.radix) + BigInt(digit));
  }
  if (exact !== undefined) value = Number(exact);
  return { value: isNegative ? 0 - value : value, end: at, isEmpty: at === from };
}

/** As a double. `value` is NaN when nothing could be read. */
export function parseDouble(text: string): Parsed {
  const { at: from, isNegative } = sign(text);
  const prefix = radixAt(text, from);
  let { at } = prefix;
  let value = 0;
  for (; at < text.length; at++) {
    const digit = digitOf(text.charCodeAt(at));
    if (digit < 0 || digit >= prefix.radix) break;
    value = value * prefix.radix + digit;
  }
  if (prefix.radix === 10) {
    if (text[at] === ".") {
      let scale = 0.1;
      for (at++; at < text.length; at++) {
        const digit = text.charCodeAt(at) - 48;
        if (digit < 0 || digit > 9) break;
        value += scale * digit;
        scale /= 10;
      }
    }
    if (text[at] === "e" || text[at] === "E") {
      const match = /^[eE]([-+]?)(\d*)/.exec(text.substring(at))!;
      at += match[0].length;
      const power = Math.min(Number(match[2] || 0), 5000);
      for (let i = 0; i < power; i++) value = match[1] === "-" ? value / 10 : value * 10;
    }
  }
  const isEmpty = at === from || (text[from] === "." && at === from + 1);
  return { value: isEmpty ? Number.NaN : isNegative ? -value : value, end: at, isEmpty };
}

export const literalNumber = (text: string, isFloat: boolean): number =>
  isFloat ? parseDouble(text).value : parseInteger(text).value;
