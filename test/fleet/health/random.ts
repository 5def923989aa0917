/** Reproducible chance for simulated cameras. */
import { createRandom as numbersFrom } from "../../../toolchain/emulator/world/random.ts";

export interface Random {
  next(): number;
  chance(share: number): boolean;
  /** Mean 0, deviation 1. */
  normal(): number;
  poisson(mean: number): number;
}

export function createRandom(seed: number): Random {
  const next = numbersFrom((seed * 2654435761) >>> 0);
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
