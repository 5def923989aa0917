/**
 * From the model's probabilities to an answer: several views of one picture become one reading, several readings of
 * one burst become one verdict. Pure functions; the rules and their measured accuracy are in model/model-card.md.
 */
import type { ConfigValues } from "../protocol/config.ts";
import type { ObservationType } from "../protocol/records.ts";
import type { Verdict } from "./sighting.ts";

const BLANK = 0;
const ANIMAL = 3;
const TYPES: ObservationType[] = ["blank", "human", "vehicle", "animal"];

/** What one picture looks like. */
export interface Reading {
  type: ObservationType;
  /** 0..1; 0 when nothing was computed. */
  probability: number;
  /** Largest probability of each label over the views; [] when the model did not run. */
  kinds: number[];
  /** Smallest blank, largest human, vehicle and animal probability over the views. */
  groups: number[];
}

/** Group of each label: 0 blank, 1 human, 2 vehicle, 3 an animal of some kind. */
export function groupsOf(labels: string[]): number[] {
  return labels.map(function (label) {
    const group = TYPES.indexOf(label as ObservationType);
    return group < 0 ? ANIMAL : group;
  });
}

export function newReading(): Reading {
  return { type: "unclassified", probability: 0, kinds: [], groups: [] };
}

/** Add the model's output for one more view of the same picture. */
export function addView(reading: Reading, groupOfLabel: number[], output: number[]): void {
  const kinds = reading.kinds;
  const groups = [1, 0, 0, 0];
  output.forEach(function (probability, label) {
    const group = groupOfLabel[label] as number;
    if (group === ANIMAL) groups[ANIMAL] = (groups[ANIMAL] as number) + probability;
    else groups[group] = probability;
    if (!((kinds[label] as number) > probability)) kinds[label] = probability;
  });
  const before = reading.groups;
  if (before.length)
    groups.forEach(function (probability, group) {
      const old = before[group] as number;
      if (group === BLANK ? old < probability : old > probability) groups[group] = old;
    });
  reading.groups = groups;
}

/** Decide what the picture shows. A reading without views stays as it is. */
export function decide(reading: Reading, config: ConfigValues): void {
  if (!reading.groups.length) return;
  const blank = reading.groups[BLANK] as number;
  let top = 1;
  reading.groups.forEach(function (probability, group) {
    if (group > top && probability > (reading.groups[top] as number)) top = group;
  });
  const best = reading.groups[top] as number;
  // Blank against the best of the others; at 50 % this is "the largest wins", the rule of the model card.
  if (blank * (100 - config.blankMaxPct) > best * config.blankMaxPct) {
    reading.type = "blank";
    reading.probability = blank;
  } else {
    reading.type =
      best * 100 < config.confidenceMinPct ? "unknown" : (TYPES[top] as ObservationType);
    reading.probability = best;
  }
}

/** Vote over the readings of a burst: a type needs `burstVotes` of them, or all when there are fewer. */
export function vote(readings: Reading[], labels: string[], config: ConfigValues): Verdict {
  const verdict: Verdict = { type: "unknown", probability: 0, label: "" };
  const needed = Math.min(config.burstVotes, readings.length);
  let most = 0;
  readings.forEach(function (candidate) {
    const agreeing = readings.filter(function (reading) {
      return reading.type === candidate.type;
    });
    let sum = 0;
    agreeing.forEach(function (reading) {
      sum += reading.probability;
    });
    // By number first, then by probability, which is at most 1 for each.
    if (agreeing.length < needed || agreeing.length * 99 + sum <= most) return;
    most = agreeing.length * 99 + sum;
    verdict.type = candidate.type;
    verdict.probability = sum / agreeing.length;
    verdict.label = candidate.type === "animal" ? kindOf(agreeing, labels, config) : "";
  });
  return verdict;
}

/** The animal kind whose mean over these readings is high enough to be named, or "". */
function kindOf(readings: Reading[], labels: string[], config: ConfigValues): string {
  const enough = (readings.length * config.speciesMinPct) / 100;
  let most = enough;
  let name = "";
  groupsOf(labels).forEach(function (group, label) {
    let sum = 0;
    readings.forEach(function (reading) {
      sum += reading.kinds[label] as number;
    });
    // A rest class such as "other_animal" is no name.
    if (group !== ANIMAL || sum < most || (labels[label] as string).indexOf("other") === 0) return;
    most = sum;
    name = labels[label] as string;
  });
  return name;
}
