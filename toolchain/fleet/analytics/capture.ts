/**
 * Closed-population abundance from known individuals, model M0: every animal has the same chance p at every occasion.
 * ln L = ln N!/(N−M)! + C ln p + (N k − C) ln(1−p), M individuals, C captures, k occasions; maximised over ln(N−M) and logit p, so
 * that the interval of N never falls below M. Mt (p by occasion) is not offered.
 * Source: Otis et al. 1978; checked against wiqid::closedCapM0 and MARK.
 */
import { firstRefusal, tooFew } from "./answer.ts";
import { zOf } from "./numerics/distributions.ts";
import { hessian, invert, minimise } from "./numerics/optimise.ts";
import { logGamma } from "./numerics/special.ts";
import { logistic } from "./occupancy.ts";

export interface Abundance {
  individuals: number;
  captures: number;
  occasions: number;
  n: number;
  intervalN: [number, number];
  p: number;
  seP: number;
  intervalP: [number, number];
  aic: number;
}

/**
 * @param frequencies [i] = individuals caught on exactly i+1 occasions; may be shorter than occasions
 * @param occasions whole number >= 2
 * @returns the estimate, or a refusal as text
 */
export function abundanceM0(
  frequencies: readonly number[],
  occasions: number,
  level = 0.95,
): Abundance | string {
  const individuals = frequencies.reduce((sum, f) => sum + f, 0);
  const captures = frequencies.reduce((sum, f, i) => sum + f * (i + 1), 0);
  const refusal = firstRefusal(
    tooFew("occupancyOccasions", occasions),
    tooFew("captured", individuals),
    tooFew("recaptures", captures - individuals),
    captures === individuals * occasions
      ? "every individual was seen on every occasion: nothing to estimate"
      : undefined,
  );
  if (refusal !== undefined) return refusal;
  const loss = ([logUnseen = 0, logitP = 0]: readonly number[]) => {
    const n = individuals + Math.exp(logUnseen);
    const p = logistic(logitP);
    return -(
      logGamma(n + 1) -
      logGamma(n - individuals + 1) +
      captures * Math.log(p) +
      (n * occasions - captures) * Math.log1p(-p)
    );
  };
  const rate = captures / (individuals * occasions * 1.3);
  const best = minimise(loss, [Math.log(0.3 * individuals + 1), Math.log(rate / (1 - rate))]);
  const variances = invert(hessian(loss, best.at))?.map((row, i) => row[i]!);
  if (!best.isConverged || !variances?.every((v) => v > 0 && v < 100)) {
    return "the likelihood has no maximum inside: every animal is known already, or too few were seen again";
  }
  const [logUnseen, logitP] = best.at as [number, number];
  const [seUnseen, seLogit] = variances.map(Math.sqrt) as [number, number];
  const z = zOf(level);
  const p = logistic(logitP);
  return {
    individuals,
    captures,
    occasions,
    n: individuals + Math.exp(logUnseen),
    intervalN: [
      individuals + Math.exp(logUnseen - z * seUnseen),
      individuals + Math.exp(logUnseen + z * seUnseen),
    ],
    p,
    seP: p * (1 - p) * seLogit,
    intervalP: [logistic(logitP - z * seLogit), logistic(logitP + z * seLogit)],
    aic: 2 * best.value + 4,
  };
}
