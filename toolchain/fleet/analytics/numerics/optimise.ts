/**
 * Roots and minima of smooth functions: Brent's root finder, BFGS with numeric gradient, numeric Hessian, small linear systems.
 * Every search says whether it converged; callers refuse to answer when it did not.
 * Source: Brent 1973, ch. 4; Nocedal & Wright 2006, algorithms 3.1 and 6.1.
 */

/**
 * Zero of a continuous function between two points of opposite sign. Where both have one sign, the end nearer zero.
 * @returns x, to about 1e-14 relative
 */
export function findRoot(f: (x: number) => number, from: number, to: number): number {
  let [a, b, fa, fb] = [from, to, f(from), f(to)];
  if (fa === 0 || fb === 0 || fa > 0 === fb > 0) return Math.abs(fa) < Math.abs(fb) ? a : b;
  let [c, fc] = [a, fa];
  let step = b - a;
  let before = step;
  for (let i = 0; i < 200; i++) {
    if (Math.abs(fc) < Math.abs(fb)) [a, b, c, fa, fb, fc] = [b, c, b, fb, fc, fb];
    const tolerance = 2 * Number.EPSILON * Math.abs(b) + 1e-300;
    const middle = (c - b) / 2;
    if (Math.abs(middle) <= tolerance || fb === 0) return b;
    const next = interpolated([a, b, c], [fa, fb, fc], middle);
    if (next !== undefined && Math.abs(2 * next) < Math.abs(before)) {
      before = step;
      step = next;
    } else {
      step = middle;
      before = middle;
    }
    [a, fa] = [b, fb];
    b += Math.abs(step) > tolerance ? step : Math.sign(middle) * tolerance;
    fb = f(b);
    if (fb > 0 === fc > 0) {
      [c, fc] = [a, fa];
      step = b - a;
      before = step;
    }
  }
  return b;
}

type Three = [number, number, number];

/** Step by secant or inverse quadratic interpolation, or undefined where it leaves the bracket. */
function interpolated([a, b, c]: Three, [fa, fb, fc]: Three, middle: number): number | undefined {
  const s = fb / fa;
  let p = 2 * middle * s;
  let q = 1 - s;
  if (a !== c) {
    const r = fb / fc;
    const t = fa / fc;
    p = s * (2 * middle * t * (t - r) - (b - a) * (r - 1));
    q = (t - 1) * (r - 1) * (s - 1);
  }
  const step = p / -q;
  const isInside = step * middle > 0 && Math.abs(step) < 1.5 * Math.abs(middle);
  return Number.isFinite(step) && isInside ? step : undefined;
}

export interface Minimum {
  at: number[];
  value: number;
  /** The gradient is as good as zero: no component above 1e-5 per unit of the parameter. */
  isConverged: boolean;
  iterations: number;
}

type Objective = (x: readonly number[]) => number;

/** Central differences; error about 1e-9 for functions of order 100. */
export function gradient(f: Objective, x: readonly number[], step = 1e-5): number[] {
  return x.map((value, i) => {
    const h = step * Math.max(1, Math.abs(value));
    return (f(shifted(x, i, h)) - f(shifted(x, i, -h))) / (2 * h);
  });
}

/** Matrix of second derivatives by central differences, [k][k], symmetric. */
export function hessian(f: Objective, x: readonly number[], step = 1e-3): number[][] {
  const h = x.map((value) => step * Math.max(1, Math.abs(value)));
  const middle = f(x);
  return x.map((_, i) =>
    x.map((_, j) => {
      const [hi, hj] = [h[i]!, h[j]!];
      if (i === j) return (f(shifted(x, i, hi)) - 2 * middle + f(shifted(x, i, -hi))) / (hi * hi);
      const corner = (a: number, b: number) => f(shifted(shifted(x, i, a), j, b));
      return (
        (corner(hi, hj) - corner(hi, -hj) - corner(-hi, hj) + corner(-hi, -hj)) / (4 * hi * hj)
      );
    }),
  );
}

const shifted = (x: readonly number[], at: number, by: number): number[] =>
  x.map((value, i) => (i === at ? value + by : value));

/** Minimum of a smooth function of few parameters (BFGS, backtracking line search). */
export function minimise(f: Objective, start: readonly number[]): Minimum {
  let x = [...start];
  let value = f(x);
  let slope = gradient(f, x);
  let inverse = identity(x.length);
  let iterations = 0;
  const isFlat = () => slope.every((g, i) => Math.abs(g) < 1e-7 * Math.max(1, Math.abs(x[i]!)));
  for (; iterations < 200 && !isFlat(); iterations++) {
    let direction = times(inverse, slope).map((d) => -d);
    if (dot(direction, slope) >= 0) {
      inverse = identity(x.length);
      direction = slope.map((g) => -g);
    }
    const next = lineSearch(f, x, value, direction, dot(direction, slope));
    if (!next) break;
    const nextSlope = gradient(f, next.at);
    const s = next.at.map((v, i) => v - x[i]!);
    const y = nextSlope.map((v, i) => v - slope[i]!);
    inverse = updated(inverse, s, y);
    [x, value, slope] = [next.at, next.value, nextSlope];
  }
  const isConverged = slope.every((g, i) => Math.abs(g) < 1e-5 * Math.max(1, Math.abs(x[i]!)));
  return { at: x, value, isConverged, iterations };
}

function lineSearch(f: Objective, x: number[], value: number, direction: number[], fall: number) {
  for (let scale = 1; scale > 1e-12; scale /= 2) {
    const at = x.map((v, i) => v + scale * direction[i]!);
    const there = f(at);
    if (Number.isFinite(there) && there <= value + 1e-4 * scale * fall) return { at, value: there };
  }
  return undefined;
}

function updated(inverse: number[][], s: number[], y: number[]): number[][] {
  const sy = dot(s, y);
  if (sy <= 1e-12) return inverse;
  const hy = times(inverse, y);
  const factor = (1 + dot(y, hy) / sy) / sy;
  return inverse.map((row, i) =>
    row.map((v, j) => v + factor * s[i]! * s[j]! - (hy[i]! * s[j]! + s[i]! * hy[j]!) / sy),
  );
}

const identity = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i]!, 0);
const times = (m: number[][], v: readonly number[]): number[] => m.map((row) => dot(row, v));

/** Inverse of a small square matrix by Gauss-Jordan with pivots, or undefined where it is singular. */
export function invert(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...(identity(n)[i] ?? [])]);
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c; r < n; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r;
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    const head = rows[c]![c]!;
    if (!(Math.abs(head) > 1e-12)) return undefined;
    rows[c] = rows[c]!.map((v) => v / head);
    for (let r = 0; r < n; r++) {
      const factor = rows[r]![c]!;
      if (r !== c) rows[r] = rows[r]!.map((v, j) => v - factor * rows[c]![j]!);
    }
  }
  return rows.map((row) => row.slice(n));
}
