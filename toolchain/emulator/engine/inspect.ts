/**
 * Values as text: what print shows, JSON.stringify and E.toJS. One routine with flags, as in the real interpreter.
 * Source: Espruino 2v29, measured.
 */
import { basicName, isIndexKey, viewGet } from "./convert.ts";
import type { Engine } from "./engine.ts";
import { functionText } from "./function-text.ts";
import { find, MISSING } from "./properties.ts";
import { quote } from "./quote.ts";
import { toText } from "./text.ts";
import {
  EspArray,
  EspBuffer,
  EspFunction,
  EspObject,
  EspPin,
  EspView,
  MemoryString,
  PLAIN,
  type Value,
} from "./value.ts";

export interface TextStyle {
  /** Newlines around what is not simple. */
  someNewlines?: boolean;
  allNewlines?: boolean;
  pretty?: boolean;
  /** Shorten long strings and arrays. */
  limit?: boolean;
  noFunctions?: boolean;
  noUndefined?: boolean;
  buffersAsArrays?: boolean;
  showClass?: boolean;
  dropQuotes?: boolean;
  /** JSON escapes only, NaN as null. */
  strictJson?: boolean;
  useToJson?: boolean;
}

const PRINT: TextStyle = { someNewlines: true, pretty: true, showClass: true };
const LIMITED = { from: 15, shown: 5, stringFrom: 60, stringShown: 27, text: " ... " };
const ITEMS_PER_LINE = 4;

/** What print and console.log show for a value; strings are shown bare. */
export function inspect(e: Engine, value: Value, style: TextStyle = PRINT): string {
  if (typeof value === "string") return value;
  if (value instanceof MemoryString) return value.bytes;
  return new Writer(e, "  ").value(value, undefined, style, 0);
}

/** As the console echoes a result: with limits and quotes. */
export function inspectResult(e: Engine, value: Value): string {
  return new Writer(e, "  ").value(
    value,
    undefined,
    { ...PRINT, limit: true, dropQuotes: true },
    0,
  );
}

export function stringify(e: Engine, value: Value, space = ""): string {
  const style: TextStyle = {
    noFunctions: true,
    noUndefined: true,
    buffersAsArrays: true,
    strictJson: true,
    useToJson: true,
  };
  if (space) Object.assign(style, { allNewlines: true, pretty: true });
  return new Writer(e, space).value(value, undefined, style, 0);
}

export function toJS(e: Engine, value: Value): string {
  const style: TextStyle = {
    dropQuotes: true,
    noUndefined: true,
    buffersAsArrays: true,
    useToJson: true,
  };
  return new Writer(e, "  ").value(value, undefined, style, 0);
}

const isSimple = (value: Value): boolean =>
  value === undefined || value === null || typeof value === "number" || typeof value === "boolean";

class Writer {
  private readonly e: Engine;
  private readonly indent: string;

  constructor(e: Engine, indent: string) {
    this.e = e;
    this.indent = indent;
  }

  value(value: Value, key: string | undefined, style: TextStyle, depth: number): string {
    if (value === undefined) return style.noUndefined ? "null" : "undefined";
    if (typeof value === "string") return this.string(value, style);
    if (value instanceof MemoryString) return this.string(value.bytes, style);
    if (typeof value === "number" && style.strictJson && !Number.isFinite(value)) return "null";
    if (value instanceof EspPin) return style.strictJson ? quote(value.name, true) : value.name;
    if (!(value instanceof EspObject)) return toText(this.e, value);
    if (value.isVisited) return LIMITED.text;
    value.isVisited = true;
    try {
      return this.object(value, key, style, depth);
    } finally {
      value.isVisited = false;
    }
  }

  private string(text: string, style: TextStyle): string {
    const json = !!style.strictJson;
    if (!style.limit || text.length <= LIMITED.stringFrom) return quote(text, json);
    const { stringShown } = LIMITED;
    return `${quote(text.substring(0, stringShown), false)}${LIMITED.text}${quote(text.substring(text.length - stringShown), false)}`;
  }

  private object(
    value: EspObject,
    key: string | undefined,
    style: TextStyle,
    depth: number,
  ): string {
    if (value instanceof EspArray) return this.array(value, style, depth);
    if (value instanceof EspView || value instanceof EspBuffer)
      return this.buffer(value, style, depth);
    if (value instanceof EspFunction) {
      return style.noFunctions ? "undefined" : `function ${functionText(value, !!style.limit)}`;
    }
    let out = "";
    if (style.showClass) {
      const shown = this.className(value);
      if (shown.text !== undefined) return shown.name + shown.text;
      out = shown.name;
    }
    const toJson = style.useToJson ? find(this.e, value, "toJSON") : MISSING;
    if (toJson instanceof EspFunction) {
      const result = this.e.call(toJson, value, key === undefined ? [undefined] : [key]);
      if (result === value) value.isVisited = false;
      return out + this.value(result, undefined, { ...style, useToJson: false }, depth);
    }
    return out + this.braces(value, style, depth);
  }

  /** `Name: ` of a global class, and the text of its own toString if it has one. */
  private className(value: EspObject): { name: string; text: string | undefined } {
    const maker = value.proto?.props?.get("constructor");
    if (maker === undefined) return { name: "", text: undefined };
    let name = "";
    for (const [key, global] of this.e.global.props ?? []) {
      if (global === maker) {
        name = `${key}: `;
        break;
      }
    }
    const method = find(this.e, value, "toString");
    if (method instanceof EspFunction && method !== this.e.objectToString) {
      return { name, text: toText(this.e, this.e.call(method, value, [])) };
    }
    return { name, text: undefined };
  }

  private line(depth: number): string {
    return `\n${this.indent.repeat(depth)}`;
  }

  private braces(value: EspObject, style: TextStyle, depth: number): string {
    const state = { out: style.pretty ? "{ " : "{", isFirst: true, needsLine: false };
    this.members(value, style, depth, state);
    if (state.needsLine) state.out += this.line(depth);
    return state.out + (style.pretty ? " }" : "}");
  }

  private members(
    value: EspObject,
    style: TextStyle,
    depth: number,
    state: { out: string; isFirst: boolean; needsLine: boolean },
  ): void {
    let onLine = 0;
    state.needsLine = false;
    for (const [key, item] of value.props ?? []) {
      const accessor = value.accessors?.get(key);
      if (
        key.charCodeAt(0) === 255 ||
        key === "constructor" ||
        (accessor && accessor !== "readonly") ||
        (style.noFunctions && item instanceof EspFunction) ||
        (style.noUndefined && item === undefined)
      ) {
        continue;
      }
      onLine++;
      if (!state.isFirst) state.out += style.pretty ? ", " : ",";
      let after = !!style.someNewlines && !isSimple(item);
      if (style.someNewlines && onLine > ITEMS_PER_LINE) state.needsLine = true;
      if (style.allNewlines) {
        state.needsLine = true;
        after = true;
      }
      if (state.needsLine || after) {
        state.out += this.line(depth + 1);
        onLine = 0;
      }
      state.out += this.key(key, style) + (style.pretty ? ": " : ":");
      state.isFirst = false;
      state.out += this.value(item, key, style, depth + 1);
      state.needsLine = after;
    }
  }

  private key(key: string, style: TextStyle): string {
    if (style.dropQuotes && (isIndexKey(key) || /^[A-Za-z_$][\w$]*$/.test(key)) && key.length < 63)
      return key;
    return quote(key, !!style.strictJson);
  }

  private array(value: EspArray, style: TextStyle, depth: number): string {
    const { items } = value;
    const { length } = items;
    const isLimited = !!style.limit && length > LIMITED.from;
    const state = { out: style.pretty ? "[ " : "[", isFirst: true, needsLine: false };
    for (let i = 0; i < length; i++) {
      if (isLimited && i >= LIMITED.shown && i < length - LIMITED.shown) continue;
      if (!state.isFirst) state.out += style.pretty ? ", " : ",";
      state.isFirst = false;
      if (isLimited && i === length - LIMITED.shown) state.out += LIMITED.text;
      const item = items[i];
      let after = !!style.someNewlines && !isSimple(this.fromHere(items, i));
      if (style.allNewlines) {
        state.needsLine = true;
        after = true;
      }
      if (state.needsLine || after) state.out += this.line(depth + 1);
      state.out += this.value(item, String(i), style, depth + 1);
      state.needsLine = after;
    }
    const needsLine = state.needsLine;
    if (style.pretty) this.members(value, style, depth, state);
    if (needsLine) state.out += this.line(depth);
    return state.out + (style.pretty ? " ]" : "]");
  }

  /** Whether a hole is on a line of its own goes by the element that comes after it. */
  private fromHere(items: Value[], index: number): Value {
    let at = index;
    while (at < items.length && !(at in items)) at++;
    return items[at];
  }

  private buffer(value: EspView | EspBuffer, style: TextStyle, depth: number): string {
    const length = value instanceof EspView ? value.length : value.bytes.length;
    const at = (i: number): number =>
      value instanceof EspView ? (viewGet(value, i) ?? 0) : value.bytes[i]!;
    let isZero = true;
    for (let i = 0; i < length && isZero; i++) isZero = at(i) === 0;
    const name = basicName(value)!;
    if (isZero && !style.buffersAsArrays) return `new ${name}(${length})`;
    const isPlain = value instanceof EspBuffer;
    let out = style.buffersAsArrays ? "[" : `new ${isPlain ? "Uint8Array" : name}([`;
    if (style.allNewlines) out += this.line(depth + 1);
    const isLimited = !!style.limit && length > LIMITED.from;
    for (let i = 0; i < length; i++) {
      if (isLimited && i >= LIMITED.shown && i < length - LIMITED.shown) continue;
      if (i > 0) out += style.pretty ? ", " : ",";
      if (style.allNewlines) out += this.line(depth + 1);
      if (isLimited && i === length - LIMITED.shown) out += LIMITED.text;
      out += this.value(at(i), undefined, style, depth + 1);
    }
    if (style.allNewlines) out += this.line(depth);
    out += style.buffersAsArrays ? "]" : "])";
    return isPlain && !style.buffersAsArrays ? `${out}.buffer` : out;
  }
}

export const isPlainObject = (value: Value): value is EspObject =>
  value instanceof EspObject && value.kind === PLAIN;
