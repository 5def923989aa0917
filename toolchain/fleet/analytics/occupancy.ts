/**
 * Single-season occupancy, ψ(.)p(.): the share of sites with the species, corrected for not seeing it where it is.
 * L = Π [ψ p^y (1−p)^(n−y) + (1−ψ)·1(y = 0)] over sites with n visits and y detections, logit links, maximum likelihood;
 * standard errors from the Hessian, of ψ and p by the delta method, intervals symmetric on the logit scale.
 * Source: MacKenzie et al. 2002; checked against wiqid::occSS0 and PRESENCE.
 */
import { firstRefusal, tooFew } from "./answer.ts";
import type { Detection } from "./history.ts";
import { zOf } from "./numerics/distributions.ts";
import { hessian, invert, minimise } from "./numerics/optimise.ts";

/** One site: visits with the camera working, and detections among them. */
export interface SiteVisits {
  /** Whole number 0..n. */
  y: number;
  /** Visits that are not null, >= 0. */
  n: number;
}

export interface Occupancy {
  sites: number;
  detectedSites: number;
  /** Sites with a detection / sites visited, 0..1. */
  naive: number;
  psi: number;
  p: number;
  sePsi: number;
  seP: number;
  /** On the logit scale: [ψ, p]. */
  beta: [number, number];
  seBeta: [number, number];
  intervalPsi: [number, number];
  intervalP: [number, number];
  logLikelihood: number;
  aic: number;
  /** P(occupied | history), by site: 1 where seen, ψ(1−p)^n / (ψ(1−p)^n + 1−ψ) where not; null without a visit. */
  conditional: (number | null)[];
  /** Visits for a 95 % chance to see it where it is: ln 0.05 / ln(1−p). */
  visitsFor95: number;
}

export const visitsOf = (history: readonly (readonly Detection[])[]): SiteVisits[] =>
  history.map((row) => {
    const visited = row.filter((cell) => cell !== null);
    return { y: visited.filter((cell) => cell === 1).length, n: visited.length };
  });

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Why the data cannot carry an estimate, or undefined. */
export function occupancyRefusal(visits: readonly SiteVisits[]): string | undefined {
  const visited = visits.filter(({ n }) => n > 0);
  const detected = visited.filter(({ y }) => y > 0);
  const all = visited.every(({ y, n }) => y === n);
  return firstRefusal(
    tooFew("occupancySites", visited.length),
    tooFew("occupancyOccasions", Math.max(0, ...visited.map(({ n }) => n))),
    detected.length === 0
      ? "never detected: occupancy and detection cannot be told apart"
      : undefined,
    all ? "detected at every visit of every site: there is nothing to correct" : undefined,
    tooFew("occupancyDetected", detected.length),
  );
}

/**
 * @param visits one per site; sites without a visit do not count
 * @returns the estimate, or a refusal as text
 */
export function occupancy(visits: readonly SiteVisits[], level = 0.95): Occupancy | string {
  const refusal = occupancyRefusal(visits);
  if (refusal !== undefined) return refusal;
  const visited = visits.filter(({ n }) => n > 0);
  const kinds = kindsOf(visited);
  const loss = ([a = 0, b = 0]: readonly number[]) =>
    -logLikelihood(kinds, logistic(a), logistic(b));
  const detectedSites = visited.filter(({ y }) => y > 0).length;
  const naive = detectedSites / visited.length;
  const best = starts(visited, naive)
    .map((start) => minimise(loss, start))
    .filter(({ isConverged }) => isConverged)
    .sort((a, b) => a.value - b.value)[0];
  const covariance = best && invert(hessian(loss, best.at));
  const variances = covariance?.map((row, i) => row[i]!);
  if (!best || !variances?.every((v) => v > 0 && v < 100)) {
    return "the likelihood has no maximum inside: ψ or p runs to 0 or 1";
  }
  const beta = best.at as [number, number];
  const seBeta = variances.map(Math.sqrt) as [number, number];
  const [psi, p] = beta.map(logistic) as [number, number];
  const z = zOf(level);
  const ends = (i: 0 | 1) =>
    [logistic(beta[i] - z * seBeta[i]), logistic(beta[i] + z * seBeta[i])] as [number, number];
  return {
    sites: visited.length,
    detectedSites,
    naive,
    psi,
    p,
    sePsi: psi * (1 - psi) * seBeta[0],
    seP: p * (1 - p) * seBeta[1],
    beta,
    seBeta,
    intervalPsi: ends(0),
    intervalP: ends(1),
    logLikelihood: -best.value,
    aic: 2 * best.value + 4,
    conditional: visits.map(({ y, n }) => conditional(psi, p, y, n)),
    visitsFor95: Math.log(0.05) / Math.log(1 - p),
  };
}

interface Kind extends SiteVisits {
  sites: number;
}

/** Sites of equal y and n add equally to the likelihood. */
function kindsOf(visits: readonly SiteVisits[]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { y, n } of visits) {
    const kind = kinds.get(`${y}/${n}`);
    if (kind) kind.sites++;
    else kinds.set(`${y}/${n}`, { y, n, sites: 1 });
  }
  return [...kinds.values()];
}

const logLikelihood = (kinds: readonly Kind[], psi: number, p: number): number =>
  kinds.reduce((sum, { y, n, sites }) => {
    const one =
      y > 0
        ? Math.log(psi) + y * Math.log(p) + (n - y) * Math.log1p(-p)
        : Math.log(psi * (1 - p) ** n + 1 - psi);
    return sum + sites * one;
  }, 0);

/** Two starts: from the naive answer, and from rarely seen but common. */
function starts(visits: readonly SiteVisits[], naive: number): [number, number][] {
  const n = visits.reduce((sum, v) => sum + v.n, 0);
  const y = visits.reduce((sum, v) => sum + v.y, 0);
  const logit = (v: number) => Math.log(v / (1 - v));
  const inside = (v: number) => Math.min(0.95, Math.max(0.05, v));
  return [
    [logit(inside(naive)), logit(inside(y / (n * naive)))],
    [logit(0.8), logit(inside(y / n))],
  ];
}

function conditional(psi: number, p: number, y: number, n: number): number | null {
  if (n === 0) return null;
  if (y > 0) return 1;
  const missed = psi * (1 - p) ** n;
  return missed / (missed + 1 - psi);
}
