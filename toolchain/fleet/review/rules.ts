/**
 * From a machine's guesses to the label that is shown: the decision rule of SpeciesNet. It refuses upward in taxonomy rather than
 * guess, and leaves out what cannot be at a place. Pure functions; the thresholds are the published ones, in their order.
 * Source: google/cameratrapai ensemble_prediction_combiner, geofence_utils (facts §4.10); github.com/google/cameratrapai
 */
import { type Geofence, isFenced, type Place } from "./geofence.ts";

/** Lineage from class to species, "" from the first rank that is not known; all "" is "some animal". */
export type Lineage = readonly [
  taxonClass: string,
  order: string,
  family: string,
  genus: string,
  species: string,
];

export type Guess = {
  /** What the machine called it. */
  label: string;
  /** 0..1; of the guesses about one thing the sum is at most 1. */
  score: number;
} & ({ kind: "blank" | "human" | "vehicle" | "unknown" } | { kind: "animal"; lineage: Lineage });

/** Something found in the picture, before it was named. */
export interface Detection {
  kind: "animal" | "human" | "vehicle";
  /** 0..1 */
  confidence: number;
}

export interface Decision {
  kind: "blank" | "human" | "vehicle" | "animal" | "unknown";
  /** Only of an animal: as far down as it is sure. */
  lineage?: Lineage;
  score: number;
  /** Which rule spoke, in SpeciesNet's words: "classifier", "detector", "classifier+rollup_to_family", ... */
  source: string;
}

export interface Rules {
  geofence: Geofence;
  /** Undefined: no geofence. */
  place?: Place;
}

export const THRESHOLDS = {
  humanDetection: 0.7,
  vehicleDetection: 0.7,
  /** Of a detection that a classification supports. */
  someDetection: 0.2,
  humanClass: 0.5,
  vehicleClass: 0.4,
  blankClass: 0.5,
  blankClassAlone: 0.99,
  animalClassAlone: 0.8,
  animalClass: 0.65,
  rollUp: 0.65,
  animalDetection: 0.5,
} as const;

/** "kingdom" is any animal. */
export type Rank = "kingdom" | "class" | "order" | "family" | "genus";
/** How many names of a lineage each rank keeps. */
const KEPT: Record<Rank, number> = { kingdom: 0, class: 1, order: 2, family: 3, genus: 4 };
const BY_RULE: Rank[] = ["genus", "family", "order", "class", "kingdom"];
const BY_FENCE: Rank[] = ["family", "order", "class", "kingdom"];

/** The lineage cut off below a rank; undefined where it does not reach down to it. */
export function ancestor(lineage: Lineage, rank: Rank): Lineage | undefined {
  const kept = KEPT[rank];
  if (kept > 0 && !lineage[kept - 1]) return undefined;
  return lineage.map((name, index) => (index < kept ? name : "")) as unknown as Lineage;
}

export const lineageText = (lineage: Lineage): string => lineage.join(";");

/**
 * The first rank at which guesses that agree there sum up to more than a threshold.
 * @param ranks tried in this order
 */
export function rollUp(
  guesses: readonly Guess[],
  { geofence, place }: Rules,
  ranks: readonly Rank[] = BY_RULE,
  threshold: number = THRESHOLDS.rollUp,
): Decision | undefined {
  for (const rank of ranks) {
    const sums = new Map<string, { lineage: Lineage; score: number }>();
    for (const guess of guesses) {
      const lineage = guess.kind === "animal" ? ancestor(guess.lineage, rank) : undefined;
      if (!lineage) continue;
      const sum = sums.get(lineageText(lineage));
      if (sum) sum.score += guess.score;
      else sums.set(lineageText(lineage), { lineage, score: guess.score });
    }
    let best: { lineage: Lineage; score: number } | undefined;
    for (const sum of sums.values()) {
      const isBetter = sum.score > (best?.score ?? 0);
      if (isBetter && !isFenced(lineageText(sum.lineage), geofence, place)) best = sum;
    }
    if (best && best.score > threshold) {
      return { kind: "animal", ...best, source: `classifier+rollup_to_${rank}` };
    }
  }
  return undefined;
}

/** A trusted animal, unless it cannot be there: then what is left of it further up. */
function fenced(guesses: readonly Guess[], rules: Rules): Decision {
  const top = guesses[0] as Guess;
  const lineage = top.kind === "animal" ? top.lineage : undefined;
  if (!lineage || !isFenced(lineageText(lineage), rules.geofence, rules.place)) {
    const kind = lineage ? "animal" : "unknown";
    return { kind, ...(lineage && { lineage }), score: top.score, source: "classifier" };
  }
  // No less sure than the top guess was, but for the rounding of sums.
  const rolled = rollUp(guesses, rules, BY_FENCE, top.score - 1e-10);
  if (!rolled) {
    return { kind: "unknown", score: top.score, source: "classifier+geofence+rollup_failed" };
  }
  return { ...rolled, source: rolled.source.replace("classifier+", "classifier+geofence+") };
}

/**
 * The label to show for one thing in a picture.
 * @param guesses the most probable first
 * @param detection undefined: nothing was found, or nobody looked
 */
export function decide(
  guesses: readonly Guess[],
  detection: Detection | undefined,
  rules: Rules,
): Decision {
  const { kind: found, confidence } = detection ?? { kind: "animal", confidence: 0 };
  const { kind: top, score } = guesses[0] ?? { kind: "unknown", score: 0 };
  const seen = confidence > THRESHOLDS.someDetection;
  const by = (kind: Decision["kind"], source: "classifier" | "detector"): Decision => ({
    ...{ kind, source },
    score: source === "detector" ? confidence : score,
  });
  if (found === "human") {
    if (confidence > THRESHOLDS.humanDetection) return by("human", "detector");
    const isSupported = top === "human" || top === "vehicle";
    if (seen && isSupported && score > THRESHOLDS.humanClass) return by("human", "classifier");
  }
  if (found === "vehicle") {
    if (seen && top === "human" && score > THRESHOLDS.humanClass) return by("human", "classifier");
    if (confidence > THRESHOLDS.vehicleDetection) return by("vehicle", "detector");
    if (seen && top === "vehicle" && score > THRESHOLDS.vehicleClass) {
      return by("vehicle", "classifier");
    }
  }
  if (top === "blank") {
    const isEmpty = confidence < THRESHOLDS.someDetection && score > THRESHOLDS.blankClass;
    if (isEmpty || score > THRESHOLDS.blankClassAlone) return by("blank", "classifier");
  } else if (top !== "human" && top !== "vehicle") {
    const isSupported = found === "animal" && seen && score > THRESHOLDS.animalClass;
    if (score > THRESHOLDS.animalClassAlone || isSupported) return fenced(guesses, rules);
  }
  const rolled = rollUp(guesses, rules);
  if (rolled) return rolled;
  const isAnimal = found === "animal" && confidence > THRESHOLDS.animalDetection;
  return isAnimal ? by("animal", "detector") : by("unknown", "classifier");
}
