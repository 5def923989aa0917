/**
 * How well machine labels agree with human ones on the same picture or event. By class: precision = TP/(TP+FP),
 * recall = TP/(TP+FN), Wilson intervals. Overall: share with the same set of labels, and Cohen's κ where each side gave one label.
 * Source: Wilson 1927; Cohen 1960.
 */
import type { Observation } from "../research/camtrap-dp.ts";
import { wilsonInterval } from "./numerics/distributions.ts";
import { groupBy } from "./rows.ts";

/** Labels that both sides gave one subject. */
export interface LabelPair {
  human: ReadonlySet<string>;
  machine: ReadonlySet<string>;
}

/** The name of what was seen: a taxon, else the observationType. */
export const labelOf = ({ observationType, scientificName }: Observation): string =>
  observationType === "animal" ? (scientificName ?? "animal") : observationType;

/** Subjects (a medium, else an event) with labels of both methods. */
export function labelPairs(observations: Iterable<Observation>): LabelPair[] {
  const labelled: Observation[] = [];
  for (const row of observations) if (row.classificationMethod) labelled.push(row);
  const subjects = groupBy(labelled, (o) =>
    JSON.stringify([o.deploymentID, o.observationLevel, o.mediaID ?? o.eventID ?? o.eventStart]),
  );
  return [...subjects.values()].flatMap((rows) => {
    const by = (method: string) =>
      new Set(rows.filter((r) => r.classificationMethod === method).map(labelOf));
    const pair = { human: by("human"), machine: by("machine") };
    return pair.human.size > 0 && pair.machine.size > 0 ? [pair] : [];
  });
}

export interface ClassAccuracy {
  label: string;
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  /** 0..1, null where the machine never said it / a person never did. */
  precision: number | null;
  precisionInterval: [number, number] | null;
  recall: number | null;
  recallInterval: [number, number] | null;
}

/** One row per label that either side gave, the commonest first. */
export function classAccuracy(pairs: readonly LabelPair[], level = 0.95): ClassAccuracy[] {
  const labels = new Set(pairs.flatMap(({ human, machine }) => [...human, ...machine]));
  return [...labels]
    .map((label) => {
      const count = (wanted: [boolean, boolean]) =>
        pairs.filter((p) => p.human.has(label) === wanted[0] && p.machine.has(label) === wanted[1])
          .length;
      const [tp, fp, fn] = [count([true, true]), count([false, true]), count([true, false])];
      return {
        label,
        truePositives: tp,
        falsePositives: fp,
        falseNegatives: fn,
        precision: tp + fp > 0 ? tp / (tp + fp) : null,
        precisionInterval: tp + fp > 0 ? wilsonInterval(tp, tp + fp, level) : null,
        recall: tp + fn > 0 ? tp / (tp + fn) : null,
        recallInterval: tp + fn > 0 ? wilsonInterval(tp, tp + fn, level) : null,
      };
    })
    .sort((a, b) => b.truePositives + b.falseNegatives - a.truePositives - a.falseNegatives);
}

export interface Agreement {
  n: number;
  /** Subjects with the same labels. */
  same: number;
  share: number;
  interval: [number, number];
  /** Beyond chance, −1..1; null where no subject has one label of each, or all have the same one. */
  kappa: number | null;
}

export function agreement(pairs: readonly LabelPair[], level = 0.95): Agreement {
  const same = pairs.filter(
    ({ human, machine }) => human.size === machine.size && [...human].every((l) => machine.has(l)),
  ).length;
  return {
    n: pairs.length,
    same,
    share: same / pairs.length,
    interval: wilsonInterval(same, pairs.length, level),
    kappa: kappa(pairs),
  };
}

function kappa(pairs: readonly LabelPair[]): number | null {
  const single = pairs
    .filter(({ human, machine }) => human.size === 1 && machine.size === 1)
    .map(({ human, machine }) => [[...human][0]!, [...machine][0]!] as const);
  const n = single.length;
  const share = (side: 0 | 1, label: string) => single.filter((p) => p[side] === label).length / n;
  const observed = single.filter(([a, b]) => a === b).length / n;
  const labels = new Set(single.flat());
  const chance = [...labels].reduce((sum, l) => sum + share(0, l) * share(1, l), 0);
  return n > 0 && chance < 1 ? (observed - chance) / (1 - chance) : null;
}
