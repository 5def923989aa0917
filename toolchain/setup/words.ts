/** Figures of a camera in words that a person in the field can act on: signal, battery, clock. */
import type { Chemistry } from "./questions.ts";

interface Judgement {
  words: string;
  isGood: boolean;
}

/** [dBm at least, words, good enough]. Usual figures for Wi-Fi; below -85 a link holds by luck. */
const SIGNALS: [number, string, boolean][] = [
  [-60, "excellent", true],
  [-70, "good", true],
  [-80, "fair: bad weather and leaves will cost some contacts", true],
  [-85, "weak: expect lost contacts", true],
  [-Infinity, "too weak", false],
];

export function signalWords(dBm: number): Judgement {
  const [, words, isGood] = SIGNALS.find(([least]) => dBm >= least) as (typeof SIGNALS)[number];
  return { words: `${dBm} dBm, ${words}`, isGood };
}

/**
 * Volts of a resting cell: [full at least, half at least, low at least]; below is empty. From the usual discharge curves
 * of each chemistry at rest and 20 degrees; LiFePO4's is so flat that its half is a guess.
 */
const CELLS: Record<Chemistry, { volts: [number, number, number]; usualCells: number }> = {
  "li-ion": { volts: [4.0, 3.7, 3.5], usualCells: 1 },
  lifepo4: { volts: [3.32, 3.25, 3.1], usualCells: 1 },
  nimh: { volts: [1.3, 1.22, 1.15], usualCells: 4 },
  sla: { volts: [2.11, 2.04, 1.96], usualCells: 3 },
};

export const usualCells = (chemistry: Chemistry): number => CELLS[chemistry].usualCells;

export function batteryWords(milliVolts: number, chemistry: Chemistry, cells: number): Judgement {
  const perCell = milliVolts / 1000 / cells;
  const [full, half, low] = CELLS[chemistry].volts;
  const level =
    perCell >= full
      ? "full or nearly so"
      : perCell >= half
        ? "half or more"
        : perCell >= low
          ? "below half: charge it before you leave"
          : "empty, or another battery than said";
  const pack = `${cells} × ${chemistry}`;
  return {
    words: `${(milliVolts / 1000).toFixed(2)} V, ${pack}, ${level}`,
    isGood: perCell >= low,
  };
}

/** The camera sets its own clock at a contact when it is off by more than 2 s. */
const CLOCK_S_MAX = 5;

/** @param aheadS of this machine's clock */
export function clockWords(aheadS: number): Judgement {
  const by = Math.abs(aheadS);
  const isGood = by <= CLOCK_S_MAX;
  if (by < 1) return { words: "within a second of this machine's", isGood };
  const size =
    by < 120
      ? `${Math.round(by)} s`
      : by < 172_800
        ? `${Math.round(by / 60)} min`
        : `${Math.round(by / 86_400)} days`;
  return { words: `${size} ${aheadS > 0 ? "ahead of" : "behind"} this machine's`, isGood };
}
