/** The real quicksort, step for step, since its order of equal elements can be seen (not stable). */
import { toNumber, typeName } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { toText } from "../text.ts";
import { EspArray, EspFunction, EspView, type Value } from "../value.ts";
import { indexedEntries, putElement } from "./lists.ts";

type Compare = (a: Value, b: Value) => number;
const MEDIAN_FROM = 10;

export function sortArray(e: Engine, self: Value, compareFn: Value): Value {
  if (compareFn !== undefined && !(compareFn instanceof EspFunction)) {
    throw e.error("Error", `Expecting compare function, got ${typeName(compareFn)}`);
  }
  const values = Array.from(indexedEntries(self), ([, value]) => value);
  sortRange(values, 0, values.length, comparison(e, self, compareFn));
  if (self instanceof EspArray) {
    const { length } = self.items;
    self.items = values;
    self.items.length = length;
  } else for (const [i, value] of values.entries()) putElement(e, self, i, value);
  return self;
}

function comparison(e: Engine, self: Value, fn: EspFunction | undefined): Compare {
  const isNumeric = fn === undefined && self instanceof EspView;
  return (a, b) => {
    if (a === undefined) return 1;
    if (b === undefined) return -1;
    if (fn) {
      const order = toNumber(e, e.call(fn, undefined, [a, b]));
      return order === 0 ? 0 : order < 0 ? -1 : 1;
    }
    if (isNumeric) return Math.sign(toNumber(e, a) - toNumber(e, b));
    const x = toText(e, a);
    const y = toText(e, b);
    return x < y ? -1 : x > y ? 1 : 0;
  };
}

function sortRange(v: Value[], head: number, count: number, compare: Compare): void {
  if (count < 2) return;
  if (count > MEDIAN_FROM) takeMedian(v, head, count, compare);
  let pivot = head;
  const pivotValue = v[pivot];
  let isLowest = true;
  let low = 0;
  let high = 0;
  for (let it = head + 1; it < head + count; it++) {
    const value = v[it];
    const order = compare(value, pivotValue);
    if (order > 0) {
      high++;
      continue;
    }
    if (order < 0) isLowest = false;
    low++;
    v[pivot] = value;
    pivot++;
    v[it] = v[pivot];
    v[pivot] = pivotValue;
  }
  sortRange(v, pivot + 1, high, compare);
  if (!isLowest) sortRange(v, head, low, compare);
}

/** Of the first, middle and last, put the median first. */
function takeMedian(v: Value[], head: number, count: number, compare: Compare): void {
  const mid = head + (count >> 1);
  const last = head + count - 1;
  const [a, b, c] = [v[head], v[mid], v[last]];
  const lowMid = compare(a, b);
  const midHigh = compare(b, c);
  const lowHigh = compare(a, c);
  if ((lowMid <= 0 && midHigh <= 0) || (lowHigh <= 0 && midHigh >= 0)) {
    v[head] = b;
    v[mid] = a;
  } else if ((lowMid >= 0 && lowHigh <= 0) || (midHigh >= 0 && lowHigh >= 0)) {
    v[head] = c;
    v[last] = a;
  }
}
