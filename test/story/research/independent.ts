/**
 * The month's figures computed a second time, from the test's own ledger and by the definitions in textbooks: written plainly,
 * slowly, and with nothing of the product's code.
 * Sources: O'Brien 2011 (RAI), MacKenzie et al. 2002 (occupancy), Chao 1984 and Hill 1973 (diversity), Taylor 2008 and
 * Ridout & Linkie 2009 (activity and overlap).
 */
import type { Contact } from "./cameras.ts";
import { DAY_S, END_S, INTERVAL_S, type PlannedCamera, type Seen, START_S } from "./month.ts";

type Span = [fromS: number, toS: number];

/** When a camera could not have recorded, by the rules of docs/review.md. */
export function lostTime(plan: PlannedCamera, contacts: Contact[], seen: Seen[]): Span[] {
  const lost: Span[] = [];
  for (let n = 1; n < contacts.length; n++) {
    const before = contacts[n - 1] as Contact;
    const after = contacts[n] as Contact;
    if (after.bootCount === before.bootCount) continue;
    if (after.timeS - before.timeS <= 6 * INTERVAL_S) continue;
    const bootS = after.timeS - after.uptimeS;
    let signS = before.timeS;
    for (const { endS } of seen) if (endS > signS && endS < bootS) signS = endS;
    lost.push([signS, bootS]);
  }
  if (plan.unableDay !== undefined) {
    const midnightS = START_S + (plan.unableDay + 1) * DAY_S;
    lost.push([midnightS - 7200, midnightS]);
  }
  return lost;
}

/** Spans at work, and their length in days. */
export function atWork(plan: PlannedCamera, lost: Span[]): { spans: Span[]; days: number } {
  const spans: Span[] = [];
  let fromS = plan.installS;
  for (const [a, b] of [...lost].sort((one, other) => one[0] - other[0])) {
    spans.push([fromS, a]);
    fromS = b;
  }
  spans.push([fromS, END_S]);
  const days = spans.reduce((sum, [a, b]) => sum + (b - a) / DAY_S, 0);
  return { spans, days };
}

/** "0101." : seen or not in each occasion from the camera's start; a dot where it did not work at all. */
export function historyOf(plan: PlannedCamera, spans: Span[], timesS: number[], days: number) {
  let history = "";
  for (let fromS = plan.installS; fromS < END_S; fromS += days * DAY_S) {
    const toS = fromS + days * DAY_S;
    const isSeen = timesS.some((time) => time >= fromS && time < toS);
    const isWorking = spans.some(([a, b]) => a < toS && b > fromS);
    history += isSeen ? "1" : isWorking ? "0" : ".";
  }
  return history;
}

/** ψ and p that make the histories most likely, found by ever finer grids. */
export function occupancyOf(histories: string[]): { psi: number; p: number } {
  const sites = histories.map((history) => ({
    visits: history.replaceAll(".", "").length,
    hits: history.replaceAll(/[^1]/g, "").length,
  }));
  const logLikelihood = (psi: number, p: number) =>
    sites.reduce((sum, { visits, hits }) => {
      const present = psi * p ** hits * (1 - p) ** (visits - hits);
      return sum + Math.log(hits > 0 ? present : present + 1 - psi);
    }, 0);
  let best = { psi: 0.5, p: 0.5, value: Number.NEGATIVE_INFINITY };
  for (let width = 0.5; width > 1e-6; width *= 0.6) {
    const { psi: aroundPsi, p: aroundP } = best;
    for (let i = -6; i <= 6; i++) {
      for (let j = -6; j <= 6; j++) {
        const psi = aroundPsi + (i / 6) * width;
        const p = aroundP + (j / 6) * width;
        if (psi <= 0 || psi >= 1 || p <= 0 || p >= 1) continue;
        const value = logLikelihood(psi, p);
        if (value > best.value) best = { psi, p, value };
      }
    }
  }
  return best;
}

/** Richness, Chao1 with its factor for finite samples, and Hill numbers of order 0, 1, 2. */
export function diversityOf(records: string[]) {
  const counts = new Map<string, number>();
  for (const name of records) counts.set(name, (counts.get(name) ?? 0) + 1);
  const all = [...counts.values()];
  const n = records.length;
  const once = all.filter((count) => count === 1).length;
  const twice = all.filter((count) => count === 2).length;
  const unseen = twice > 0 ? (once * once) / (2 * twice) : (once * (once - 1)) / 2;
  const shares = all.map((count) => count / n);
  return {
    ...{ n, hill0: all.length, once, twice },
    chao1: all.length + ((n - 1) / n) * unseen,
    hill1: Math.exp(-shares.reduce((sum, share) => sum + share * Math.log(share), 0)),
    hill2: 1 / shares.reduce((sum, share) => sum + share * share, 0),
  };
}

/** Modified Bessel function I_k(x) e^-x, by its integral. */
function bessel(k: number, x: number): number {
  const steps = 4000;
  let sum = 0;
  for (let n = 0; n < steps; n++) {
    const angle = ((n + 0.5) / steps) * Math.PI;
    sum += Math.exp(x * (Math.cos(angle) - 1)) * Math.cos(k * angle);
  }
  return sum / steps;
}

/** Solar times of day as angles: midnight 0, noon π. */
export const solarAngles = (records: Seen[], cameras: PlannedCamera[]): number[] =>
  records.map(({ startS, camera }) => {
    const { longitude = 0 } = cameras[camera] ?? {};
    const days = startS / DAY_S + longitude / 360;
    return (days - Math.floor(days)) * 2 * Math.PI;
  });

/** Taylor's rule: as wide as suits a von Mises distribution as concentrated as the most concentrated of three moments. */
export function kernelOf(angles: number[]): number {
  let kappa = 0;
  for (const k of [1, 2, 3]) {
    const c = angles.reduce((sum, angle) => sum + Math.cos(k * angle), 0) / angles.length;
    const s = angles.reduce((sum, angle) => sum + Math.sin(k * angle), 0) / angles.length;
    const wanted = Math.sqrt(c * c + s * s);
    let [low, high] = [0, 345];
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (bessel(k, middle) / bessel(0, middle) < wanted) low = middle;
      else high = middle;
    }
    kappa = Math.max(kappa, low);
  }
  const ratio = bessel(2, 2 * kappa) / bessel(0, kappa) ** 2;
  return ((3 * angles.length * kappa * kappa * ratio) / (4 * Math.sqrt(Math.PI))) ** (2 / 5);
}

/** Density per radian at one time of day. */
export function densityAt(angles: number[], kernel: number, at: number): number {
  const sum = angles.reduce((all, angle) => all + Math.exp(kernel * (Math.cos(at - angle) - 1)), 0);
  return sum / (angles.length * 2 * Math.PI * bessel(0, kernel));
}

/** The area that two densities share: by its definition on a fine grid, which the estimators approach. */
export function sharedArea(a: number[], b: number[]): number {
  const [kernelA, kernelB] = [kernelOf(a), kernelOf(b)];
  const steps = 2000;
  const [scaleA, scaleB] = [a, b].map((angles, n) => {
    const kernel = n === 0 ? kernelA : kernelB;
    return 1 / (angles.length * 2 * Math.PI * bessel(0, kernel));
  }) as [number, number];
  const kernelSum = (angles: number[], kernel: number, at: number) =>
    angles.reduce((all, angle) => all + Math.exp(kernel * (Math.cos(at - angle) - 1)), 0);
  let area = 0;
  for (let n = 0; n < steps; n++) {
    const at = (n / steps) * 2 * Math.PI;
    const f = kernelSum(a, kernelA, at) * scaleA;
    const g = kernelSum(b, kernelB, at) * scaleB;
    area += (Math.min(f, g) * 2 * Math.PI) / steps;
  }
  return area;
}

/** In how many occasions of the survey each known animal was seen: how many were seen once, twice, ... */
export function captureFrequencies(sightings: Map<string, number[]>, startS: number, days: number) {
  const frequencies: number[] = [];
  for (const times of sightings.values()) {
    const occasions = new Set(times.map((time) => Math.floor((time - startS) / (days * DAY_S))));
    frequencies[occasions.size - 1] = (frequencies[occasions.size - 1] ?? 0) + 1;
  }
  return Array.from(frequencies, (count) => count ?? 0);
}
