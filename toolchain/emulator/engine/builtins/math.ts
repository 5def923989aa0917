/** Math: arguments become doubles, results follow the real library's formulas where those show. */
import { toInt, toNumber } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { libraryOf, type Members } from "./define.ts";

/** Integer powers below ten are multiplied out, others go through exp and log. */
function power(x: number, y: number): number {
  if (Number.isInteger(y) && y >= 0 && y < 10) {
    if (y === 0) return 1;
    let p = x;
    for (let i = 1; i < y; i++) p *= x;
    return p;
  }
  if (x < 0 && Number.isInteger(y)) {
    const p = Math.exp(Math.log(-x) * y);
    return y % 2 === 0 ? p : -p;
  }
  return x !== 0 || y <= 0 ? Math.exp(Math.log(x) * y) : 0;
}

function round(x: number): number {
  if (!Number.isFinite(x)) return x;
  const rounded = Math.trunc(x + (x < 0 ? -0.5 : 0.5)) + 0;
  // Through a 64-bit integer.
  return Math.abs(rounded) < 2 ** 63 ? rounded : -(2 ** 63);
}

function wrap(x: number, size: number): number {
  if (size < 0) return 0;
  const turns = x / size;
  return (turns - Math.trunc(turns)) * size;
}

export function installMath(e: Engine): void {
  const one =
    (run: (x: number) => number): Members[string] =>
    (_self, [x]) =>
      run(toNumber(e, x));
  const two =
    (run: (x: number, y: number) => number): Members[string] =>
    (_self, [x, y]) =>
      run(toNumber(e, x), toNumber(e, y));
  const constant = (value: number): Members[string] => ({ get: () => value });
  const extreme =
    (start: number, isBetter: (x: number, best: number) => boolean): Members[string] =>
    (_self, args) => {
      let best = start;
      for (const arg of args) {
        const x = toNumber(e, arg);
        if (Number.isNaN(x)) return Number.NaN;
        if (isBetter(x, best)) best = x;
      }
      return best;
    };
  libraryOf(e, "Math", {
    E: constant(Math.E),
    PI: constant(Math.PI),
    LN2: constant(Math.LN2),
    LN10: constant(Math.LN10),
    LOG2E: constant(Math.LOG2E),
    LOG10E: constant(Math.LOG10E),
    SQRT2: constant(Math.SQRT2),
    SQRT1_2: constant(Math.SQRT1_2),
    abs: (_self, [x]) => Math.abs(toNumber(e, x)),
    acos: one((x) => Math.PI / 2 - Math.atan(x / root(1 - x * x))),
    asin: one((x) => Math.atan(x / root(1 - x * x))),
    atan: one(Math.atan),
    atan2: two(Math.atan2),
    cos: one((x) => Math.sin(x + Math.PI / 2)),
    sin: one(Math.sin),
    tan: one((x) => Math.sin(x) / Math.sin(x + Math.PI / 2)),
    exp: one(Math.exp),
    log: one(Math.log),
    sqrt: one(root),
    pow: two(power),
    ceil: one((x) => Math.ceil(x) + 0),
    floor: one(Math.floor),
    round: one(round),
    sign: one((x) => Math.sign(x) + 0),
    min: extreme(Number.POSITIVE_INFINITY, (x, best) => x < best),
    max: extreme(Number.NEGATIVE_INFINITY, (x, best) => x > best),
    clip: (_self, [x, low, high]) => clip(toNumber(e, x), toNumber(e, low), toNumber(e, high)),
    wrap: two(wrap),
    random: () => e.host.random(),
    randInt: (_self, [range]) => {
      const size = toInt(e, range);
      return size > 0
        ? Math.floor(e.host.random() * size)
        : Math.floor(e.host.random() * 2 ** 32) | 0;
    },
  });
}

/** The real library takes the root by logarithms; the last digit differs from the exact one at times. */
export function root(x: number): number {
  return x >= 0 ? Math.exp(Math.log(x) * 0.5) : Number.NaN;
}

export function clip(x: number, low: number, high: number): number {
  let v = x;
  if (v < low) v = low;
  if (v > high) v = high;
  return v;
}
