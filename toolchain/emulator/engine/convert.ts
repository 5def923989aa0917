/** Conversions between types, with the real interpreter's ideas of what is a number. Source: Espruino 2v29, measured. */
import type { Engine } from "./engine.ts";
import { digitOf, parseDouble, parseInteger } from "./parser/numbers.ts";
import {
  EspArray,
  EspBuffer,
  EspFunction,
  EspObject,
  EspPin,
  EspView,
  MemoryString,
  type Value,
  VIEW,
} from "./value.ts";

const INT_TEXT_MAX = 31;
const NUMBER_TEXT_MAX = 63;

export function truthy(value: Value): boolean {
  if (value instanceof MemoryString) return value.bytes.length > 0;
  return !!value;
}

/** The class name messages use; undefined for null, undefined. */
export function basicName(value: Value): string | undefined {
  if (value instanceof EspObject) {
    if (value.kind === VIEW) return (value as EspView).type.name;
    return ["Object", "Function", "Array", "ArrayBuffer", undefined, "Pin"][value.kind];
  }
  if (typeof value === "number" || typeof value === "boolean") return "Number";
  if (value === undefined || value === null) return undefined;
  return "String";
}

/** `%t` of messages. */
export const typeName = (value: Value): string =>
  value === null ? "null" : (basicName(value) ?? "undefined");

export function typeOf(value: Value): string {
  if (value instanceof EspFunction) return "function";
  if (value instanceof MemoryString) return "string";
  if (value instanceof EspPin) return "number";
  return typeof value;
}

/** Whole number in text, as the real one tests it before converting. */
export function isNumericText(text: string, allowsPoint: boolean): boolean {
  let at = 0;
  while (/[\t-\r ]/.test(text[at] ?? "")) at++;
  if (text[at] === "-" || text[at] === "+") at++;
  let radix = 0;
  if (text[at] === "0") {
    at++;
    const mark = { x: 16, o: 8, b: 2 }[(text[at] ?? "").toLowerCase()];
    if (mark) {
      radix = mark;
      at++;
    } else radix = /[89]/.test(text[at] ?? "") || text[at] === "." ? 10 : 8;
    // A lone zero has no digit left to count.
    if (at === text.length && !mark) return false;
  }
  const base = radix || 10;
  let hasPoint = !allowsPoint;
  const from = at;
  for (; at < text.length; at++) {
    if (text[at] === "." && !hasPoint) {
      hasPoint = true;
      continue;
    }
    const digit = digitOf(text.charCodeAt(at));
    if (digit < 0 || digit >= base) return false;
  }
  return at > from;
}

export function toNumber(e: Engine, value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === undefined) return Number.NaN;
  if (value === null) return 0;
  if (value instanceof EspPin) return value.pin;
  if (value instanceof EspObject) {
    const only = soleElement(value);
    if (only.isEmpty) return 0;
    return only.isSingle ? toNumber(e, only.value) : Number.NaN;
  }
  return textToNumber(e, value instanceof MemoryString ? value.bytes : value);
}

export function textToNumber(e: Engine, text: string): number {
  if (text.length > NUMBER_TEXT_MAX) throw e.error("Error", "String too big to convert to number");
  if (text === "") return 0;
  if (text === "Infinity") return Number.POSITIVE_INFINITY;
  if (text === "-Infinity") return Number.NEGATIVE_INFINITY;
  const parsed = parseDouble(text);
  return parsed.end === text.length ? parsed.value : Number.NaN;
}

function soleElement(object: EspObject): { isEmpty: boolean; isSingle: boolean; value: Value } {
  let length = -1;
  let value: Value;
  if (object instanceof EspArray) {
    length = object.items.length;
    value = object.items[0];
  } else if (object instanceof EspView) {
    length = object.length;
    value = length ? viewGet(object, 0) : undefined;
  } else if (object instanceof EspBuffer) {
    length = object.bytes.length;
    value = object.bytes[0];
  }
  return { isEmpty: length === 0, isSingle: length === 1, value };
}

export function viewGet(view: EspView, index: number): number | undefined {
  if (index < 0 || index >= view.length || !Number.isInteger(index)) return undefined;
  const at = view.byteOffset + index * view.type.size;
  if (at + view.type.size > view.buffer.bytes.length) return undefined;
  return view.type.read(view.data, at);
}

export function viewSet(view: EspView, index: number, value: number): void {
  if (index < 0 || index >= view.length || !Number.isInteger(index)) return;
  const at = view.byteOffset + index * view.type.size;
  if (at + view.type.size <= view.buffer.bytes.length) view.type.write(view.data, at, value);
}

/** A double cut to 32 bits through 64, as the C casts do. */
export function doubleToInt(value: number): number {
  if ((value | 0) === value) return value;
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) return 0;
  return value | 0;
}

export function toInt(e: Engine, value: Value): number {
  if (typeof value === "number") return doubleToInt(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === undefined || value === null) return 0;
  if (value instanceof EspPin) return value.pin;
  if (value instanceof EspObject) {
    const only = soleElement(value);
    return only.isSingle ? toInt(e, only.value) : 0;
  }
  const text = value instanceof MemoryString ? value.bytes : value;
  if (!isNumericText(text, true)) return 0;
  if (text.length > INT_TEXT_MAX) throw e.error("Error", "String too big to convert to number");
  return parseInteger(text).value | 0;
}

/** Unary plus and friends: integers stay integers. */
export function asNumber(e: Engine, value: Value): number {
  if (value === null) return 0;
  if (typeof value === "string" || value instanceof MemoryString) {
    const text = typeof value === "string" ? value : value.bytes;
    if (text !== "" && text.length <= NUMBER_TEXT_MAX && isNumericText(text, false)) {
      return parseInteger(text).value;
    }
  }
  return toNumber(e, value);
}

/** Elements of an array, typed array, buffer or string (as characters); values of an object's integer keys. */
export function elements(list: Value): Value[] {
  if (list instanceof EspArray) return Array.from(list.items);
  if (list instanceof EspView) {
    return Array.from({ length: list.length }, (_, i) => viewGet(list, i));
  }
  if (list instanceof EspBuffer) return Array.from(list.bytes);
  if (list instanceof EspObject) {
    return [...(list.props?.entries() ?? [])].flatMap(([key, v]) => (isIndexKey(key) ? [v] : []));
  }
  if (typeof list === "string" || list instanceof MemoryString) {
    return Array.from(typeof list === "string" ? list : list.bytes);
  }
  return [];
}

/** A key the real interpreter stores as an integer. */
export function isIndexKey(key: string): boolean {
  const c = key.charCodeAt(0);
  if (!(c >= 48 && c <= 57) || key.length > 10) return false;
  const n = Number(key);
  return (n | 0) === n && String(n) === key;
}
