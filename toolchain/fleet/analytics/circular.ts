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

/** Above this many times they are counted in bins first: the kernel is wider than a bin by far. */
const BIN_FROM = 20_000;
const BINS = 14_400;

/**
 * Kernel density of times of day.
 * @param angles radians
 * @param bw concentration of the kernel, > 0
 * @param at where to evaluate, radians
 * @returns density per radian, of the length of `at`; over a whole turn it integrates to 1
 */
export function density(angles: readonly number[], bw: number, at: readonly number[]): number[] {
  const { points, weights } = angles.length > BIN_FROM ? binned(angles) : plain(angles);
  // cos(t − p) from products: one exponential is then all that a pair costs.
  const cosines = Float64Array.from(points, Math.cos);
  const sines = Float64Array.from(points, Math.sin);
  const scale = 1 / (angles.length * TURN * besselIScaled(0, bw));
  return at.map((t) => {
    const [c, s] = [bw * Math.cos(t), bw * Math.sin(t)];
    let sum = 0;
    for (let i = 0; i < points.length; i++) {
      sum += weights[i]! * Math.exp(c * cosines[i]! + s * sines[i]! - bw);
    }
    return sum * scale;
  });
}

const GRID_BINS = 2048;
/** Below this many times, one by one is as quick. */
const GRID_FROM = 300;
/** A kernel this many powers of e below its peak adds nothing. */
const NOTHING = 30;

/** The density on `grid(points)` from times counted in bins: off by 1 in 1000 of itself at most, which resamples do not notice. */
export function gridDensity(angles: readonly number[], bw: number, points: number): number[] {
  if (angles.length < GRID_FROM) return density(angles, bw, grid(points));
  const steps = points - 1;
  const each = Math.ceil(GRID_BINS / steps);
  const bins = steps * each;
  const weights = inBins(angles, bins);
  const reach = bw > NOTHING / 2 ? Math.acos(1 - NOTHING / bw) : Math.PI;
  const half = Math.min(bins / 2, Math.ceil((reach / TURN) * bins));
  const kernel = Float64Array.from({ length: 2 * half }, (_, i) =>
    Math.exp(bw * (Math.cos(((i - half) / bins) * TURN) - 1)),
  );
  const scale = 1 / (angles.length * TURN * besselIScaled(0, bw));
  return Array.from({ length: points }, (_, step) => {
    let bin = (step * each - half + 2 * bins) % bins;
    let sum = 0;
    for (let i = 0; i < kernel.length; i++) {
      sum += weights[bin]! * kernel[i]!;
      if (++bin === bins) bin = 0;
    }
    return sum * scale;
  });
}

const plain = (angles: readonly number[]) => ({
  points: angles,
  weights: new Float64Array(angles.length).fill(1),
});

/** Each time is shared between its two neighbouring bins, by distance. */
function inBins(angles: readonly number[], bins: number): Float64Array {
  const weights = new Float64Array(bins);
  for (const angle of angles) {
    const place = (wrapped(angle) / TURN) * bins;
    const low = Math.floor(place);
    const part = place - low;
    weights[low % bins]! += 1 - part;
    weights[(low + 1) % bins]! += part;
  }
  return weights;
}

function binned(angles: readonly number[]) {
  const weights = inBins(angles, BINS);
  return { points: Array.from(weights, (_, i) => (i / BINS) * TURN), weights };
}

/** n points from 0 to 2π, both ends included. */
export const grid = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => (i * TURN) / (n - 1));

export const hoursOf = (angle: number): number => (angle * 24) / TURN;
