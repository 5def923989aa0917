/** String: byte strings, with the methods that exist. */
import { toInt } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { define } from "../properties.ts";
import { join, toText } from "../text.ts";
import {
  EspArray,
  EspFunction,
  type EspObject,
  isString,
  MemoryString,
  type Value,
} from "../value.ts";
import { classOf, type Members, methods } from "./define.ts";
import { execRegExp, hasFlag, isRegExp, setLastIndex } from "./regexp.ts";

const LONG = 0x7fffffff;

export function installString(e: Engine): void {
  methods(e, "String", { ...parts(e), ...searches(e), ...changes(e) });
  classOf(e, "String", (_self, args) => (args.length ? toText(e, args[0]) : ""), {
    fromCharCode: (_self, args) => String.fromCharCode(...args.map((arg) => toInt(e, arg) & 255)),
  });
}

const optionalInt = (e: Engine, value: Value): number =>
  value === undefined ? LONG : toInt(e, value);

/** A window on native memory stays one; of a flat string, long parts are flat again. */
function part(e: Engine, self: Value, from: number, count: number): Value {
  const text = toText(e, self);
  const out = text.substring(from, from + count);
  if (self instanceof MemoryString) {
    if (self.kind === "native") return new MemoryString(out, "native", self.loan);
    if (out.length >= e.layout.flatMin) return new MemoryString(out, "flat");
  }
  e.allocated += 1 + out.length / 10;
  return out;
}

function parts(e: Engine): Members {
  return {
    length: { get: (self) => toText(e, self).length },
    charAt: (self, [index]) => toText(e, self)[toInt(e, index)] ?? "",
    charCodeAt: (self, [index]) => toText(e, self).charCodeAt(toInt(e, index)),
    substr: (self, [start, length]) => {
      let from = toInt(e, start);
      if (from < 0) from += toText(e, self).length;
      return part(e, self, Math.max(0, from), Math.max(0, optionalInt(e, length)));
    },
    substring: (self, [start, end]) => {
      const a = Math.max(0, toInt(e, start));
      const b = Math.max(0, optionalInt(e, end));
      return part(e, self, Math.min(a, b), Math.abs(b - a));
    },
    slice: (self, [start, end]) => {
      const { length } = toText(e, self);
      let a = toInt(e, start);
      let b = optionalInt(e, end);
      if (a < 0) a = Math.max(0, a + length);
      if (b < 0) b = Math.max(0, b + length);
      return b <= a ? "" : part(e, self, a, b - a);
    },
    split: (self, [by]) => split(e, self, by),
  };
}

function searches(e: Engine): Members {
  const isAt = (self: Value, search: Value, position: number): boolean =>
    position >= 0 && toText(e, self).startsWith(toText(e, search), position);
  return {
    indexOf: (self, [search, from]) => indexOf(e, self, search, from),
    lastIndexOf: (self, [search, from]) => {
      const text = toText(e, self);
      const wanted = toText(e, search);
      if (wanted.length > text.length) return -1;
      let at = text.length - wanted.length;
      if (typeof from === "number") at = Math.max(0, Math.min(at, toInt(e, from)));
      for (; at >= 0; at--) if (text.startsWith(wanted, at)) return at;
      return -1;
    },
    includes: (self, [search, from]) => indexOf(e, self, search, from) >= 0,
    startsWith: (self, [search, position]) => {
      const at = toInt(e, position);
      return at + toText(e, search).length <= toText(e, self).length && isAt(self, search, at);
    },
    endsWith: (self, [search, length]) => {
      const end = typeof length === "number" ? toInt(e, length) : toText(e, self).length;
      const at = end - toText(e, search).length;
      return end <= toText(e, self).length && isAt(self, search, at);
    },
    match: (self, [search]) => match(e, toText(e, self), search),
    replace: (self, [search, by]) => replace(e, self, search, by, false),
    replaceAll: (self, [search, by]) => replace(e, self, search, by, true),
  };
}

function changes(e: Engine): Members {
  const pad = (self: Value, target: Value, filler: Value, isStart: boolean): Value => {
    const text = toText(e, self);
    const missing = toInt(e, target) - text.length;
    if (missing <= 0) return self;
    const unit = filler === undefined ? " " : toText(e, filler);
    if (unit === "") return text;
    const padding = unit.repeat(Math.ceil(missing / unit.length)).substring(0, missing);
    e.allocated += 1 + (missing + text.length) / 10;
    return isStart ? padding + text : text + padding;
  };
  return {
    concat: (self, args) => toText(e, self) + join(e, new EspArray(args), undefined, false),
    padStart: (self, [length, filler]) => pad(self, length, filler, true),
    padEnd: (self, [length, filler]) => pad(self, length, filler, false),
    repeat: (self, [count]) => {
      const times = toInt(e, count);
      if (times < 0) throw e.error("Error", "Invalid count value");
      const text = toText(e, self);
      e.reserve(1 + (text.length * times) / 10);
      return text.repeat(times);
    },
    toLowerCase: (self) => toText(e, self).replace(/[A-Z]/g, (c) => c.toLowerCase()),
    toUpperCase: (self) => toText(e, self).replace(/[a-z]/g, (c) => c.toUpperCase()),
    trim: (self) => toText(e, self).replace(/^[\t-\r ]+|[\t-\r ]+$/g, ""),
    removeAccents: (self) => removeAccents(toText(e, self)),
    toString: (self: Value) => self,
  };
}

function indexOf(e: Engine, self: Value, search: Value, from: Value): number {
  const text = toText(e, self);
  const wanted = toText(e, search);
  if (wanted.length > text.length) return -1;
  let at = 0;
  if (typeof from === "number") {
    at = Math.max(0, Math.min(text.length - wanted.length + 1, toInt(e, from)));
  }
  // At the very end there is no character left to start from.
  return at >= text.length ? -1 : text.indexOf(wanted, at);
}

function split(e: Engine, self: Value, by: Value): Value {
  const text = toText(e, self);
  if (by === undefined) return e.array([self]);
  if (isRegExp(e, by)) return e.array(splitByRegExp(e, text, by));
  const wanted = toText(e, by);
  if (wanted === "") return e.array(Array.from(text));
  // The real loop never starts then.
  if (wanted.length > text.length + 1) return e.array([]);
  return e.array(text.split(wanted));
}

function splitByRegExp(e: Engine, text: string, by: EspObject): Value[] {
  const out: Value[] = [];
  let last = 0;
  setLastIndex(by, 0);
  for (;;) {
    const found = execRegExp(e, by, text);
    if (!found) break;
    const start = found.index;
    out.push(text.substring(last, start));
    const end = start + found.text.length;
    // An empty match is found again and again, until memory is full.
    if (out.length % 256 === 0) e.reserve(2 * out.length);
    last = end;
    setLastIndex(by, last);
  }
  setLastIndex(by, 0);
  if (last <= text.length) out.push(text.substring(last));
  return out;
}

function match(e: Engine, text: string, search: Value): Value {
  if (search === undefined) return undefined;
  if (!isRegExp(e, search)) {
    const wanted = toText(e, search);
    const index = indexOf(e, text, wanted, undefined);
    if (index < 0) return null;
    const array = e.array([wanted]);
    define(array, "index", index);
    define(array, "input", wanted);
    return array;
  }
  setLastIndex(search, 0);
  let found = execRegExp(e, search, text);
  if (!hasFlag(e, search, "g")) return found ? found.result : null;
  const all: Value[] = [];
  while (found) {
    all.push(found.text);
    setLastIndex(search, found.index + found.text.length + (found.text.length ? 0 : 1));
    found = execRegExp(e, search, text);
  }
  setLastIndex(search, 0);
  return e.array(all);
}

function replace(e: Engine, self: Value, search: Value, by: Value, isAll: boolean): Value {
  const text = toText(e, self);
  if (isRegExp(e, search)) return replaceRegExp(e, text, search, by, isAll);
  const wanted = toText(e, search);
  const replacement = toText(e, by);
  let out = text;
  for (let at = indexOf(e, out, wanted, undefined); at >= 0; ) {
    out = out.substring(0, at) + replacement + out.substring(at + wanted.length);
    at = isAll ? indexOf(e, out, wanted, at + replacement.length) : -1;
    // Nothing is found without end: that goes on until memory is full or Ctrl-C comes.
    e.countWork(replacement.length / 5);
  }
  e.allocated += 1 + out.length / 10;
  return out;
}

function replaceRegExp(
  e: Engine,
  text: string,
  search: EspObject,
  by: Value,
  isAll: boolean,
): Value {
  const isGlobal = isAll || hasFlag(e, search, "g");
  const template = by instanceof EspFunction ? "" : toText(e, by);
  let out = "";
  let last = 0;
  setLastIndex(search, 0);
  for (let found = execRegExp(e, search, text); found; ) {
    out += text.substring(last, found.index);
    if (by instanceof EspFunction) {
      const groups = found.result.items.slice(1, 11);
      const args = [found.text, ...groups, found.index, found.input];
      out += toText(e, e.call(by, undefined, args));
    } else out += expand(template, found.result.items);
    last = found.index + found.text.length;
    if (!isGlobal) break;
    setLastIndex(search, last + (found.text.length ? 0 : 1));
    found = execRegExp(e, search, text);
  }
  if (isGlobal) setLastIndex(search, 0);
  e.allocated += 1 + out.length / 10;
  return out + text.substring(last);
}

/** `$1` to `$9` only. */
const expand = (template: string, groups: Value[]): string =>
  template.replace(/\$([1-9])/g, (whole, digit) => {
    const group = groups[Number(digit)];
    return isString(group) ? String(group) : whole;
  });

const ACCENTS: [number, number, string][] = [
  [0xc0, 0xc5, "A"],
  [0xc6, 0xc6, "AE"],
  [0xc7, 0xc7, "C"],
  [0xc8, 0xcb, "E"],
  [0xcc, 0xcf, "I"],
  [0xd0, 0xd0, "D"],
  [0xd1, 0xd1, "N"],
  [0xd2, 0xd6, "O"],
  [0xd8, 0xd8, "O"],
  [0xd9, 0xdc, "U"],
  [0xdd, 0xdd, "Y"],
  [0xde, 0xde, "P"],
  [0xdf, 0xdf, "SS"],
];

function removeAccents(text: string): string {
  return text.replace(/[\xc0-\xff]/g, (c) => {
    const code = c.charCodeAt(0);
    const isLower = code >= 0xe0;
    const base = isLower ? code - 32 : code;
    if (code === 0xff) return "y";
    const found = ACCENTS.find(([from, to]) => base >= from && base <= to);
    if (!found) return c;
    return isLower ? found[2].toLowerCase() : found[2];
  });
}
