/** E.FFT: in place, single precision, forward transform scaled by 1/N. Method: iterative radix-2 (Bourke). */
import { typeName } from "../convert.ts";
import type { Engine } from "../engine.ts";
import type { Value } from "../value.ts";
import { isIterable, listLength, numbersIn, putElement } from "./lists.ts";
import { root } from "./math.ts";

const single = Math.fround;

export function fourier(e: Engine, re: Value, im: Value, isInverse: boolean): Value {
  if (!isIterable(re) || !(im === undefined || isIterable(im))) {
    throw e.error(
      "Error",
      `Expecting first 2 arguments to be iterable or undefined, not ${typeName(re)} and ${typeName(im)}`,
    );
  }
  const length = listLength(re);
  let size = 1;
  while (size < length) size *= 2;
  const x = new Float32Array(size);
  const y = new Float32Array(size);
  x.set(numbersIn(e, re).slice(0, size));
  if (im !== undefined) y.set(numbersIn(e, im).slice(0, size));
  transform(x, y, isInverse);
  for (let i = 0; i < length; i++) {
    const real = x[i]!;
    putElement(e, re, i, im === undefined ? root(single(real * real + y[i]! * y[i]!)) : real);
    if (im !== undefined) putElement(e, im, i, y[i]!);
  }
  return undefined;
}

function transform(x: Float32Array, y: Float32Array, isInverse: boolean): void {
  const n = x.length;
  for (let i = 0, j = 0; i < n - 1; i++) {
    if (i < j) {
      [x[i], x[j]] = [x[j]!, x[i]!];
      [y[i], y[j]] = [y[j]!, y[i]!];
    }
    let k = n >> 1;
    for (; k <= j; k >>= 1) j -= k;
    j += k;
  }
  let c1 = -1;
  let c2 = 0;
  for (let half = 1; half < n; half *= 2) {
    let u1 = 1;
    let u2 = 0;
    for (let j = 0; j < half; j++) {
      for (let i = j; i < n; i += half * 2) {
        const k = i + half;
        const t1 = single(u1 * x[k]! - u2 * y[k]!);
        const t2 = single(u1 * y[k]! + u2 * x[k]!);
        x[k] = x[i]! - t1;
        y[k] = y[i]! - t2;
        x[i]! += t1;
        y[i]! += t2;
      }
      const z = single(u1 * c1 - u2 * c2);
      u2 = single(u1 * c2 + u2 * c1);
      u1 = z;
    }
    c2 = single(root((1 - c1) / 2)) * (isInverse ? 1 : -1);
    c1 = single(root((1 + c1) / 2));
  }
  if (!isInverse) {
    for (let i = 0; i < n; i++) {
      x[i]! /= n;
      y[i]! /= n;
    }
  }
}
