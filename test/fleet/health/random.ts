/** Reproducible chance for simulated cameras. */
export interface Random {
  next(): number;
  chance(share: number): boolean;
  /** Mean 0, deviation 1. */
  normal(): number;
  poisson(mean: number): number;
}

export function createRandom(seed: number): Random {
  let state = (seed * 2654435761) >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const poisson = (mean: number): number => {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let count = 0;
    for (let left = next(); left > Math.exp(-mean); left *= next()) count++;
    return count;
  };
  return { next, chance: (share) => next() < share, normal, poisson };
}
