/** What arrays, typed arrays, strings and objects have in common when a built-in walks over them. */
import { elements, isIndexKey, toInt, toNumber, viewGet, viewSet } from "../convert.ts";
import type { Engine } from "../engine.ts";
import {
  EspArray,
  EspBuffer,
  EspFunction,
  EspObject,
  EspView,
  isString,
  MemoryString,
  type Value,
} from "../value.ts";

export const isIterable = (value: Value): boolean => value instanceof EspObject || isString(value);

export function listLength(value: Value): number {
  if (value instanceof EspArray) return value.items.length;
  if (value instanceof EspView) return value.length;
  if (value instanceof EspBuffer) return value.bytes.length;
  if (value instanceof MemoryString) return value.bytes.length;
  if (typeof value === "string") return value.length;
  if (value instanceof EspFunction) return value.code?.params.length ?? 0;
  if (value instanceof EspObject) return value.props?.size ?? 0;
  return 1;
}

/** Elements that exist, with their indices; those added meanwhile are met too. */
export function* indexedEntries(list: Value): Generator<[number, Value]> {
  if (list instanceof EspArray) {
    for (let i = 0; i < list.items.length; i++) {
      const item = list.items[i];
      if (item !== undefined || i in list.items) yield [i, item];
    }
  } else if (list instanceof EspView) {
    for (let i = 0; i < list.length; i++) yield [i, viewGet(list, i)];
  } else if (list instanceof EspObject && !(list instanceof EspBuffer)) {
    for (const [key, value] of list.props ?? []) if (isIndexKey(key)) yield [Number(key), value];
  } else yield* elements(list).entries();
}

/** Store an element of an array or typed array. */
export function putElement(e: Engine, list: Value, index: number, value: Value): void {
  if (list instanceof EspArray) list.items[index] = value;
  else if (list instanceof EspView) {
    viewSet(list, index, list.type.isFloat ? toNumber(e, value) : toInt(e, value));
  } else if (list instanceof EspBuffer) list.bytes[index] = toInt(e, value);
}

export function fill(e: Engine, self: Value, value: Value, from: number, endValue: Value): Value {
  if (!isIterable(self)) return undefined;
  const length = listLength(self);
  const start = from < 0 ? from + length : from;
  let end = typeof endValue === "number" ? toInt(e, endValue) : length;
  if (end < 0) end += length;
  if (start < 0 || end < 0) return undefined;
  for (let i = start; i < Math.min(end, length); i++) putElement(e, self, i, value);
  e.allocated += 2 * (end - start);
  return self;
}

export function reverse(self: Value): Value {
  if (self instanceof EspArray) {
    const { items } = self;
    const turned: Value[] = [];
    turned.length = items.length;
    items.forEach((item, i) => {
      turned[items.length - 1 - i] = item;
    });
    self.items = turned;
    return self;
  }
  if (self instanceof EspView) {
    const values = Array.from({ length: self.length }, (_, i) => viewGet(self, i)!);
    values.forEach((value, i) => {
      viewSet(self, self.length - 1 - i, value);
    });
    return self;
  }
  if (self instanceof EspBuffer) self.bytes.reverse();
  return isString(self) || self instanceof EspBuffer ? self : undefined;
}

/** Elements as numbers; characters count as their codes. */
export function numbersIn(e: Engine, list: Value): number[] {
  if (isString(list)) return Array.from(e.text(list), (c) => c.charCodeAt(0));
  return elements(list).map((v) => toNumber(e, v));
}
