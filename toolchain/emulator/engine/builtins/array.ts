/** Array: what exists of it, with callbacks over live elements and a sort that is not stable. */
import { elements, toInt } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { strictEqual } from "../operators.ts";
import { join, toText } from "../text.ts";
import {
  EspArray,
  EspBuffer,
  EspFunction,
  EspObject,
  EspView,
  isString,
  type NativeFunction,
  PLAIN,
  type Value,
} from "../value.ts";
import { classOf, type Members, methods } from "./define.ts";
import { fill, indexedEntries, isIterable, listLength, reverse } from "./lists.ts";
import { sortArray } from "./sort.ts";

export function installArray(e: Engine): void {
  methods(e, "Array", { ...sharedMethods(e), ...arrayOnly(e) });
  classOf(
    e,
    "Array",
    (_self, args) => {
      const [first] = args;
      if (args.length === 1 && (typeof first === "number" || typeof first === "boolean")) {
        const count = Number(first);
        if (count !== toInt(e, first) || count < 0) throw e.error("Error", "Invalid array length");
        const array = new EspArray([]);
        array.items.length = count;
        e.allocated++;
        return array;
      }
      return e.array(args);
    },
    { isArray: (_self, [value]) => value instanceof EspArray },
  );
}

/** Methods that typed arrays borrow. */
export function sharedMethods(e: Engine): Members {
  const iterate =
    (kind: Iteration): NativeFunction =>
    (self, [fn, target]) =>
      iterateWith(e, self, fn, target, kind);
  return {
    forEach: iterate("forEach"),
    map: iterate("map"),
    filter: iterate("filter"),
    find: iterate("find"),
    findIndex: iterate("findIndex"),
    some: iterate("some"),
    every: iterate("every"),
    reduce: (self, args) => reduce(e, self, args),
    join: (self, [filler]) => {
      if (!isIterable(self)) return undefined;
      return join(e, self, filler === undefined ? "," : toText(e, filler), true);
    },
    indexOf: (self, [value, from]) => {
      const start = toInt(e, from);
      for (const [index, item] of indexedEntries(self)) {
        if (index >= start && strictEqual(e, item, value)) return index;
      }
      return -1;
    },
    includes: (self, [value, from]) => includes(e, self, value, toInt(e, from)),
    slice: (self, [start, end]) => slice(e, self, toInt(e, start), end),
    fill: (self, [value, start, end]) => fill(e, self, value, toInt(e, start), end),
    reverse: (self) => reverse(self),
    sort: (self, [compare]) => sortArray(e, self, compare),
    toString: (self: Value) => toText(e, self),
  };
}

function arrayOnly(e: Engine): Members {
  return {
    length: { get: (self) => listLength(self) },
    push: (self, args) => {
      if (!(self instanceof EspArray)) return -1;
      for (const arg of args) self.items.push(arg);
      e.allocated += 2 * args.length;
      return self.items.length;
    },
    pop: (self) => (self instanceof EspArray ? self.items.pop() : undefined),
    shift: (self) => (self instanceof EspArray ? self.items.shift() : undefined),
    unshift: (self, args) => {
      if (!(self instanceof EspArray)) return listLength(self);
      self.items.unshift(...args);
      e.allocated += 2 * args.length;
      return self.items.length;
    },
    splice: (self, [start, count, ...added]) => {
      if (!(self instanceof EspArray)) return undefined;
      const { length } = self.items;
      let from = toInt(e, start);
      if (from < 0) from += length;
      from = Math.max(0, Math.min(length, from));
      const many =
        typeof count === "number" || typeof count === "boolean" ? toInt(e, count) : length;
      const removed = self.items.splice(from, Math.max(0, Math.min(many, length - from)), ...added);
      e.allocated += 1 + 2 * (removed.length + added.length);
      // Holes are not copied; the removed elements close up.
      return new EspArray(Object.values(removed));
    },
    concat: (self, args) => {
      const out: Value[] = [];
      for (const part of [self, ...args]) {
        if (part === undefined) break;
        if (part instanceof EspArray) out.push(...Object.values(part.items));
        else out.push(part);
      }
      return e.array(out);
    },
  };
}

type Iteration = "forEach" | "map" | "filter" | "find" | "findIndex" | "some" | "every";

function iterateWith(e: Engine, self: Value, fn: Value, target: Value, kind: Iteration): Value {
  if (!isIterable(self)) throw e.error("Error", "Must be called on something iterable");
  if (!(fn instanceof EspFunction)) throw e.error("Error", "First argument must be a function");
  if (target !== undefined && !(target instanceof EspObject && target.kind === PLAIN)) {
    throw e.error("Error", "Second argument must be Object or undefined");
  }
  const out: Value[] = [];
  for (const [index, item] of indexedEntries(self)) {
    const result = e.call(fn, target, [item, index, self]);
    if (kind === "map") out[index] = result;
    else if (kind !== "forEach") {
      const isTrue = e.truthy(result);
      if (kind === "filter" && isTrue) out.push(item);
      else if (kind === "find" && isTrue) return item;
      else if (kind === "findIndex" && isTrue) return index;
      else if (kind === "some" && isTrue) return true;
      else if (kind === "every" && !isTrue) return false;
    }
  }
  switch (kind) {
    case "map":
    case "filter":
      return e.array(out);
    case "findIndex":
      return -1;
    case "some":
      return false;
    case "every":
      return true;
    default:
      return undefined;
  }
}

function reduce(e: Engine, self: Value, args: Value[]): Value {
  const [fn, initial] = args;
  if (!isIterable(self)) throw e.error("Error", "Must be called on something iterable");
  if (!(fn instanceof EspFunction)) throw e.error("Error", "First argument must be a function");
  let previous = initial;
  let needsFirst = initial === undefined;
  for (const [index, item] of indexedEntries(self)) {
    if (needsFirst) {
      previous = item;
      needsFirst = false;
    } else previous = e.call(fn, undefined, [previous, item, index, self]);
  }
  if (needsFirst) throw e.error("Error", "Used on empty array with no initial value");
  return previous;
}

function includes(e: Engine, self: Value, value: Value, from: number): boolean {
  if (!isIterable(self)) return false;
  const start = Math.max(0, from < 0 ? from + listLength(self) : from);
  const wantsNaN = typeof value === "number" && Number.isNaN(value);
  const list = value === undefined ? elements(self).entries() : indexedEntries(self);
  for (const [index, item] of list) {
    if (index < start) continue;
    if (strictEqual(e, item, value)) return true;
    if (wantsNaN && typeof item === "number" && Number.isNaN(item)) return true;
  }
  return false;
}

/** A plain array, whatever it was called on. */
function slice(e: Engine, self: Value, start: number, endValue: Value): Value {
  const length = listLength(self);
  const clamp = (at: number): number => (at < 0 ? Math.max(length + at, 0) : Math.min(at, length));
  const end = endValue === undefined ? length : toInt(e, endValue);
  if (
    self instanceof EspView ||
    self instanceof EspBuffer ||
    self instanceof EspArray ||
    isString(self)
  ) {
    return e.array(elements(self).slice(clamp(start), clamp(end)));
  }
  return e.array([]);
}
