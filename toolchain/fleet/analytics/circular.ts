/**
 * Times of day as angles: moments, Rayleigh's test, and the von Mises kernel density with its bandwidth rule. Midnight is 0,
 * noon π, a day 2π radians.
 * κ̂ = max over k = 1..3 of the root of I_k(κ)/I_0(κ) = R_k; bw = (3 n κ̂² I_2(2κ̂) / (4 √π I_0(κ̂)²))^(2/5);
 * f(t) = 1/(n 2π I_0(bw)) Σ exp(bw cos(t − t_i)).
 * Source: Taylor 2008; Ridout & Linkie 2009; CRAN overlap and activity, which find the root to 1e-4 only; circular::rayleigh.test.
 */
import { findRoot } from "./numerics/optimise.ts";
import { besselIScaled } from "./numerics/special.ts";

export const TURN = 2 * Math.PI;

/** An angle brought to 0..2π. */
export const wrapped = (angle: number): number => ((angle % TURN) + TURN) % TURN;

/** The k-th trigonometric moment. @returns direction 0..2π and resultant length 0..1 */
export function moment(angles: readonly number[], k = 1): { direction: number; length: number } {
  let [c, s] = [0, 0];
  for (const angle of angles) {
    c += Math.cos(k * angle);
    s += Math.sin(k * angle);
  }
  return { direction: wrapped(Math.atan2(s, c)), length: Math.hypot(c, s) / angles.length };
}

/** Mean direction, 0..2π radians. */
export const circularMean = (angles: readonly number[]): number => moment(angles).direction;

/** P-value of Rayleigh's test that times have no preferred direction; small-sample correction below 50. */
export function rayleigh(angles: readonly number[]): number {
  const n = angles.length;
  const z = n * moment(angles).length ** 2;
  const correction =
    n >= 50
      ? 1
      : 1 +
        (2 * z - z * z) / (4 * n) -
        (24 * z - 132 * z ** 2 + 76 * z ** 3 - 9 * z ** 4) / (288 * n * n);
  return Math.min(1, Math.max(0, Math.exp(-z) * correction));
}

const KAPPA_RANGE = [1e-4, 345] as const;

/**
 * Concentration of the smoothing kernel: larger is narrower.
 * @param angles radians, at least 2
 */
export function bandwidth(angles: readonly number[]): number {
  const kappas = [1, 2, 3].map((k) => {
    const { length } = moment(angles, k);
    return findRoot(
      (kappa) => besselIScaled(k, kappa) / besselIScaled(0, kappa) - length,
      ...KAPPA_RANGE,
    );
  });
  const kappa = Math.max(...kappas);
  // The scaled functions' e^(-2κ) cancels e^(-κ) squared.
  const ratio = besselIScaled(2, 2 * kappa) / besselIScaled(0, kappa) ** 2;
  return ((3 * angles.length * kappa ** 2 * ratio) / (4 * Math.sqrt(Math.PI))) ** 0.4;
}

/**
 * Kernel density of times of day.
 * @param angles radians
 * @param bw concentration of the kernel, > 0
 * @param at where to evaluate, radians
 * @returns density per radian, of the length of `at`; over a whole turn it integrates to 1
 */
export function density(angles: readonly number[], bw: number, at: readonly number[]): number[] {
  // cos(t − p) from products: one exponential is then all that a pair costs.
  const cosines = Float64Array.from(angles, Math.cos);
  const sines = Float64Array.from(angles, Math.sin);
  const scale = 1 / (angles.length * TURN * besselIScaled(0, bw));
  return at.map((t) => {
    const [c, s] = [bw * Math.cos(t), bw * Math.sin(t)];
    let sum = 0;
    for (let i = 0; i < angles.length; i++) {
      sum += Math.exp(c * cosines[i]! + s * sines[i]! - bw);
    }
    return sum * scale;
  });
}

/**
 * The density on `grid(points)`, as a Fourier series: f(t) = 1/2π (1 + 2 Σ I_k(bw)/I_0(bw) mean cos k(t − t_i)). As good as term by
 * term, and a grid costs no more than a few points.
 */
export function gridDensity(angles: readonly number[], bw: number, points: number): number[] {
  const terms = kernelTerms(bw);
  const sums = new Float64Array(2 * terms.length);
  for (const angle of angles) {
    eachMultiple(angle, terms.length, (k, cosine, sine) => {
      sums[2 * k]! += cosine;
      sums[2 * k + 1]! += sine;
    });
  }
  return grid(points).map((t) => {
    let sum = 0;
    eachMultiple(t, terms.length, (k, cosine, sine) => {
      sum += terms[k]! * (sums[2 * k]! * cosine + sums[2 * k + 1]! * sine);
    });
    return Math.max(0, (1 + (2 * sum) / angles.length) / TURN);
  });
}

/** Cosine and sine of k times an angle, k from 1 to below `end`. */
function eachMultiple(
  angle: number,
  end: number,
  see: (k: number, cosine: number, sine: number) => void,
): void {
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  let ck = 1;
  let sk = 0;
  for (let k = 1; k < end; k++) {
    const next = ck * cosine - sk * sine;
    sk = ck * sine + sk * cosine;
    ck = next;
    see(k, ck, sk);
  }
}

/** I_k(bw) / I_0(bw) from k = 0 to where 1e-14 is left, by Miller's recurrence downwards. */
function kernelTerms(bw: number): Float64Array {
  const terms = new Float64Array(Math.ceil(8 * Math.sqrt(bw)) + 16);
  let [above, here] = [0, 1e-280];
  for (let k = terms.length - 1; k > 0; k--) {
    terms[k] = here;
    [above, here] = [here, above + ((2 * k) / bw) * here];
  }
  terms[0] = here;
  return terms.map((term) => term / here);
}

/** n points from 0 to 2π, both ends included. */
export const grid = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => (i * TURN) / (n - 1));

export const hoursOf = (angle: number): number => (angle * 24) / TURN;
