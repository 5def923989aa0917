/** Times of day to try analyses with. Source: Best & Fisher 1979. */
import type { Random } from "../../../../toolchain/fleet/analytics/numerics/random.ts";

/**
 * Draws from a von Mises distribution with mean 0.
 * @param kappa concentration, > 0
 * @returns a source of angles in radians, -π..π
 */
export function vonMises(random: Random, kappa: number): () => number {
  const tau = 1 + Math.sqrt(1 + 4 * kappa * kappa);
  const rho = (tau - Math.sqrt(2 * tau)) / (2 * kappa);
  const r = (1 + rho * rho) / (2 * rho);
  return () => {
    for (;;) {
      const z = Math.cos(Math.PI * random());
      const f = (1 + r * z) / (r + z);
      const c = kappa * (r - f);
      const u = random();
      if (c * (2 - c) > u || Math.log(c / u) + 1 >= c) {
        return Math.sign(random() - 0.5) * Math.acos(Math.min(1, Math.max(-1, f)));
      }
    }
  };
}
