/**
 * Times of day as angles: moments, Rayleigh's test, and the von Mises kernel density with its bandwidth rule. Midnight is 0,
 * noon π, a day 2π radians.
 * κ̂ = max over k = 1..3 of the root of I_k(κ)/I_0(κ) = R_k; bw = (3 n κ̂² I_2(2κ̂) / (4 √π I_0(κ̂)²))^(2/5);
 * f(t) = 1/(n 2π I_0(bw)) Σ exp(bw cos(t − t_i)).
 * Source: Taylor 2008; Ridout & Linkie 2009; CRAN overlap and activity, which find the root to 1e-4 only; circular::rayleigh.test.
 */
import { findRoot } from "./numerics/optimise.ts";
import type { Random } from "./numerics/random.ts";
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
  const sums = multiplesOf(angles, 4);
  const kappas = [1, 2, 3].map((k) => {
    const length = Math.hypot(sums[2 * k]!, sums[2 * k + 1]!) / angles.length;
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
  const end = terms.length;
  const sums = multiplesOf(angles, end);
  for (let k = 1; k < end; k++) {
    sums[2 * k]! *= terms[k]! / angles.length;
    sums[2 * k + 1]! *= terms[k]! / angles.length;
  }
  // Every multiple of a point of the grid is a point of the grid.
  const steps = points - 1;
  const cosines = Float64Array.from({ length: steps }, (_, i) => Math.cos((i * TURN) / steps));
  const sines = Float64Array.from({ length: steps }, (_, i) => Math.sin((i * TURN) / steps));
  return Array.from({ length: points }, (_, step) => {
    let sum = 0.5;
    let place = 0;
    for (let k = 1; k < end; k++) {
      place += step;
      if (place >= steps) place -= steps;
      sum += sums[2 * k]! * cosines[place]! + sums[2 * k + 1]! * sines[place]!;
    }
    return Math.max(0, sum / Math.PI);
  });
}

/** Sums of the cosines, at 2k, and sines, at 2k + 1, of k times the angles; k from 1 to below `end`. */
function multiplesOf(angles: readonly number[], end: number): Float64Array {
  const sums = new Float64Array(2 * end);
  for (const angle of angles) addMultiples(sums, angle);
  return sums;
}

/** Each multiple from the one before. Of all analyses this takes the most time; begun with whole numbers it takes seven times as long. */
function addMultiples(sums: Float64Array, angle: number): void {
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  let ck = cosine;
  let sk = sine;
  for (let at = 2; at < sums.length; at += 2) {
    sums[at]! += ck;
    sums[at + 1]! += sk;
    const next = ck * cosine - sk * sine;
    sk = ck * sine + sk * cosine;
    ck = next;
  }
}

/** I_k(bw) / I_0(bw) from k = 0 to where 1e-10 is left, by Miller's recurrence downwards. */
function kernelTerms(bw: number): Float64Array {
  const terms = new Float64Array(Math.ceil(6.8 * Math.sqrt(bw)) + 10);
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

/** Larger samples are resampled by this many: their interval is then too wide rather than long in coming. */
const RESAMPLE_AT_MOST = 2000;
const FINE = 4096;

/**
 * Samples from the kernel density (smoothed bootstrap), by the inverse of its distribution function on a grid of 21 seconds.
 * @returns draws a sample of the size of `angles`, or of RESAMPLE_AT_MOST, radians 0..2π
 */
export function smoothedSampler(
  angles: readonly number[],
  bw: number,
  random: Random,
): () => number[] {
  const fit = gridDensity(angles, bw, FINE + 1);
  const below = new Float64Array(FINE + 1);
  for (let i = 0; i < FINE; i++) below[i + 1] = below[i]! + (fit[i]! + fit[i + 1]!) / 2;
  const all = below[FINE]!;
  // Where to begin to look: the last cell that starts at or below each share.
  const starts = new Uint16Array(FINE);
  for (let share = 0, cell = 0; share < FINE; share++) {
    while (below[cell + 1]! <= (share / FINE) * all) cell++;
    starts[share] = cell;
  }
  const size = Math.min(angles.length, RESAMPLE_AT_MOST);
  const draw = (): number => {
    const share = random();
    const at = share * all;
    let cell = starts[Math.floor(share * FINE)]!;
    while (below[cell + 1]! <= at) cell++;
    const inside = (at - below[cell]!) / (below[cell + 1]! - below[cell]!);
    return ((cell + inside) / FINE) * TURN;
  };
  return () => Array.from({ length: size }, draw);
}
