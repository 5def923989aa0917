/** Global functions of the language: eval, parseInt, btoa and friends. */
import { elements, toInt, toNumber, typeName } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { digitOf, parseDouble, parseInteger } from "../parser/numbers.ts";
import { toText } from "../text.ts";
import { EspArray, EspObject, isString, type Value } from "../value.ts";
import { globals } from "./define.ts";
import { bytesOf } from "./typed.ts";

const NUMBER_CHARS_MAX = 66;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function installGlobals(e: Engine): void {
  globals(e, {
    NaN: { get: () => Number.NaN },
    Infinity: { get: () => Number.POSITIVE_INFINITY },
    global: { get: () => e.global },
    globalThis: { get: () => e.global },
    arguments: { get: () => e.argumentsArray((values) => new EspArray(values)) },
    eval: (_self, [code]) => {
      if (code === undefined) return undefined;
      return e.evaluateHere(toText(e, code), e.nativeSource(code));
    },
    parseInt: (_self, [value, radix]) => integer(e, value, radix),
    parseFloat: (_self, [value]) => {
      const text = toText(e, value);
      if (text === "Infinity") return Number.POSITIVE_INFINITY;
      if (text === "-Infinity") return Number.NEGATIVE_INFINITY;
      const parsed = parseDouble(text.substring(0, NUMBER_CHARS_MAX));
      tooBig(e, parsed.end);
      return parsed.value;
    },
    isFinite: (_self, [value]) => Number.isFinite(toNumber(e, value)),
    isNaN: (_self, [value]) => isNotNumber(e, value),
    btoa: (_self, [value]) => {
      const isList = value instanceof EspObject || isString(value);
      if (!isList) throw e.error("Error", `Expecting String or Array, got ${typeName(value)}`);
      return encode(bytesOf(e, value) ?? Uint8Array.from(elements(value).map((v) => toInt(e, v))));
    },
    atob: (_self, [value]) => {
      if (!isString(value)) throw e.error("Error", `Expecting String, got ${typeName(value)}`);
      return decode(toText(e, value));
    },
    encodeURIComponent: (_self, [value]) =>
      toText(e, value).replace(/[^A-Za-z0-9_\-.!~*'()]/g, percent),
    decodeURIComponent: (_self, [value]) => decodeUri(e, toText(e, value)),
  });
}

const tooBig = (e: Engine, end: number): void => {
  if (end >= NUMBER_CHARS_MAX) throw e.error("Error", "String too big to convert to number");
};

function integer(e: Engine, value: Value, radixValue: Value): number {
  if (typeof value === "number" && !Number.isFinite(value)) return Number.NaN;
  const text = toText(e, value).substring(0, NUMBER_CHARS_MAX);
  let radix = typeof radixValue === "number" ? toInt(e, radixValue) : 0;
  let from = 0;
  if ((radix === 0 || radix === 16) && /^0[xX]/.test(text)) {
    radix = 16;
    from = 2;
  }
  const parsed = parseInteger(text.substring(from), radix || 10);
  tooBig(e, parsed.end + from);
  return parsed.isEmpty ? Number.NaN : parsed.value;
}

/** Characters are signed in the real code, so the first digit comes out odd above 127. */
function percent(c: string): string {
  const code = c.charCodeAt(0);
  const high = (code > 127 ? 0x0fffff00 | ((code << 24) >> 28) : code) >>> (code > 127 ? 0 : 4);
  const digit = (d: number): string => String.fromCharCode((d > 9 ? 55 + d : 48 + d) & 255);
  return `%${digit(high)}${digit(code & 15)}`;
}

function isNotNumber(e: Engine, value: Value): boolean {
  if (value === undefined) return true;
  if (value instanceof EspObject) {
    if (value.kind === 0) return true;
    return value instanceof EspArray && Number.isNaN(toNumber(e, value));
  }
  if (isString(value)) {
    const text = toText(e, value);
    return !/^[\t-\r ]*$/.test(text) && Number.isNaN(toNumber(e, text));
  }
  return typeof value === "number" && Number.isNaN(value);
}

function encode(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1], bytes[i + 2]];
    const triple = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    out += ALPHABET[triple >> 18]! + ALPHABET[(triple >> 12) & 63]!;
    out += b === undefined ? "=" : ALPHABET[(triple >> 6) & 63]!;
    out += c === undefined ? "=" : ALPHABET[triple & 63]!;
  }
  return out;
}

function decode(text: string): string {
  const clean = text.replace(/[\t-\r ]/g, "");
  let length = Math.trunc((clean.length * 3) / 4);
  if (clean.at(-1) === "=") length--;
  if (clean.at(-2) === "=") length--;
  let out = "";
  for (let at = 0; at < clean.length; at += 4) {
    let triple = 0;
    let valid = 0;
    for (let i = 0; i < 4; i++) {
      const six = ALPHABET.indexOf(clean[at + i] ?? "=");
      if (six < 0) continue;
      triple |= six << ((3 - i) * 6);
      valid = i;
    }
    for (let i = 0; i < valid; i++) out += String.fromCharCode((triple >> (16 - 8 * i)) & 255);
  }
  return out.substring(0, Math.max(0, length)).padEnd(Math.max(0, length), "\0");
}

function decodeUri(e: Engine, text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) throw e.error("Error", "ASCII only");
    if (text[i] !== "%") {
      out += text[i];
      continue;
    }
    const high = digitOf(text.charCodeAt(i + 1));
    const low = digitOf(text.charCodeAt(i + 2));
    const code = (high << 4) | low;
    if (high < 0 || low < 0 || code > 127) throw e.error("Error", "Invalid URI");
    out += String.fromCharCode(code & 255);
    i += 2;
  }
  return out;
}
