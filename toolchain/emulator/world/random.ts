/**
 * Seeded randomness and smooth noise of the drawn world: the same seed gives the same world.
 */

/** Numbers 0 <= x < 1 from a seed (the mulberry32 step, public domain, Tommy Ettinger). */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A whole number below `count`. */
export const pick = (random: () => number, count: number): number => Math.floor(random() * count);

export const between = (random: () => number, low: number, high: number): number =>
  low + (high - low) * random();

const TILE = 128;

/** Smooth noise 0..1, repeating every 128 units: a table of random values with smooth steps between them. */
export type Noise = (x: number, y: number) => number;

export function createNoise(seed: number): Noise {
  const random = createRandom(seed);
  const table = Float32Array.from({ length: TILE * TILE }, random);
  const at = (x: number, y: number) => table[(y & (TILE - 1)) * TILE + (x & (TILE - 1))] as number;
  return (x, y) => {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const u = x - column;
    const v = y - row;
    const su = u * u * (3 - 2 * u);
    const sv = v * v * (3 - 2 * v);
    const top = at(column, row) + (at(column + 1, row) - at(column, row)) * su;
    const low = at(column, row + 1) + (at(column + 1, row + 1) - at(column, row + 1)) * su;
    return top + (low - top) * sv;
  };
}

/** Several octaves of noise, 0..1. */
export function layered(noise: Noise, x: number, y: number, octaves: number): number {
  let sum = 0;
  let weight = 0;
  let share = 1;
  let scale = 1;
  for (let i = 0; i < octaves; i++) {
    sum += share * noise(x * scale + 17 * i, y * scale + 31 * i);
    weight += share;
    share *= 0.5;
    scale *= 2.1;
  }
  return sum / weight;
}
