/**
 * Four-legged animals as data: measures in metres, colours, and what makes each recognisable. quadruped.ts draws them.
 * Proportions by eye; no picture was traced.
 */
import { type Colour, scaled } from "./canvas.ts";
import type { Paint } from "./figure.ts";
import { createNoise } from "./random.ts";

export interface AnimalKind {
  /** Common name, shown as the truth of an event. */
  name: string;
  scientificName: string;
  /** Middle of the trunk above the ground at hip and shoulder, distance between them. */
  hipM: number;
  shoulderM: number;
  lengthM: number;
  /** Radii of rump, belly and chest. */
  rumpM: number;
  bellyM: number;
  chestM: number;
  neck: { lengthM: number; upDeg: number; rM: number; headEndM: number };
  head: { lengthM: number; rM: number; noseM: number; downDeg: number };
  legs: { topM: number; footM: number };
  tail: { lengthM: number; rM: number; upDeg: number };
  ear: { lengthM: number; rM: number };
  paint: Paint;
  belly: Colour;
  /** Further parts on the head: points from its middle, forward and up, with radius and colour. */
  horns?: { points: [number, number][]; rM: number; colour: Colour };
  trunkM?: number;
  maneM?: number;
  mane?: Colour;
  /** Walking speed, metres per second. */
  speed: number;
}

const noise = createNoise(4711);

export const fur =
  (colour: Colour, grain = 0.3, size = 30): Paint =>
  (x, y) =>
    scaled(colour, 1 - grain / 2 + grain * noise(x * size, y * size));

const striped: Paint = (x, y) => {
  const wave = Math.sin((x * 0.9 + 0.35 * y * (x > 0 ? -1 : 1)) * 34 + 5 * noise(x * 3, y * 3));
  return wave > 0.05 ? [226, 220, 208] : [38, 34, 32];
};

const spotted =
  (ground: Colour, spot: Colour, size: number, threshold: number): Paint =>
  (x, y) => {
    const rough = noise(x * size, y * size) + 0.25 * noise(x * size * 3, y * size * 3);
    return rough > threshold ? spot : scaled(ground, 0.85 + 0.3 * noise(x * 40, y * 40));
  };

export const ANIMALS: Record<string, AnimalKind> = {
  elephant: {
    name: "elephant",
    scientificName: "Loxodonta africana",
    hipM: 1.75,
    shoulderM: 1.85,
    lengthM: 1.7,
    rumpM: 0.78,
    bellyM: 0.92,
    chestM: 0.85,
    neck: { lengthM: 0.75, upDeg: 28, rM: 0.72, headEndM: 0.6 },
    head: { lengthM: 0.45, rM: 0.56, noseM: 0.36, downDeg: 55 },
    legs: { topM: 0.36, footM: 0.25 },
    tail: { lengthM: 1, rM: 0.05, upDeg: -80 },
    ear: { lengthM: 0.75, rM: 0.42 },
    paint: fur([124, 114, 106], 0.35, 14),
    belly: [104, 94, 88],
    trunkM: 1.9,
    speed: 1.1,
  },
  buffalo: {
    name: "buffalo",
    scientificName: "Syncerus caffer",
    hipM: 1.05,
    shoulderM: 1.12,
    lengthM: 1.25,
    rumpM: 0.4,
    bellyM: 0.48,
    chestM: 0.47,
    neck: { lengthM: 0.5, upDeg: 5, rM: 0.38, headEndM: 0.28 },
    head: { lengthM: 0.42, rM: 0.24, noseM: 0.17, downDeg: 48 },
    legs: { topM: 0.19, footM: 0.09 },
    tail: { lengthM: 0.75, rM: 0.03, upDeg: -78 },
    ear: { lengthM: 0.3, rM: 0.08 },
    paint: fur([66, 56, 50], 0.4, 26),
    belly: [48, 42, 38],
    horns: {
      points: [
        [0.02, 0.2],
        [-0.3, 0.1],
        [-0.36, 0.28],
        [-0.22, 0.4],
      ],
      rM: 0.07,
      colour: [58, 52, 48],
    },
    speed: 1,
  },
  zebra: {
    name: "zebra",
    scientificName: "Equus quagga",
    hipM: 1.0,
    shoulderM: 1.0,
    lengthM: 1.05,
    rumpM: 0.33,
    bellyM: 0.36,
    chestM: 0.33,
    neck: { lengthM: 0.62, upDeg: 48, rM: 0.24, headEndM: 0.15 },
    head: { lengthM: 0.46, rM: 0.15, noseM: 0.1, downDeg: 42 },
    legs: { topM: 0.16, footM: 0.06 },
    tail: { lengthM: 0.6, rM: 0.04, upDeg: -75 },
    ear: { lengthM: 0.18, rM: 0.05 },
    paint: striped,
    belly: [222, 214, 200],
    mane: [60, 54, 50],
    speed: 1.1,
  },
  impala: {
    name: "impala",
    scientificName: "Aepyceros melampus",
    hipM: 0.74,
    shoulderM: 0.74,
    lengthM: 0.7,
    rumpM: 0.19,
    bellyM: 0.2,
    chestM: 0.2,
    neck: { lengthM: 0.42, upDeg: 58, rM: 0.12, headEndM: 0.08 },
    head: { lengthM: 0.22, rM: 0.09, noseM: 0.05, downDeg: 30 },
    legs: { topM: 0.09, footM: 0.028 },
    tail: { lengthM: 0.25, rM: 0.025, upDeg: -70 },
    ear: { lengthM: 0.15, rM: 0.035 },
    paint: (x, y) => (y > 0.72 ? fur([164, 104, 60])(x, y) : fur([196, 148, 98])(x, y)),
    belly: [226, 212, 188],
    horns: {
      points: [
        [0, 0.07],
        [-0.12, 0.25],
        [-0.06, 0.42],
        [-0.12, 0.55],
      ],
      rM: 0.018,
      colour: [52, 46, 42],
    },
    speed: 0.9,
  },
  wildebeest: {
    name: "wildebeest",
    scientificName: "Connochaetes taurinus",
    hipM: 0.92,
    shoulderM: 1.02,
    lengthM: 1.05,
    rumpM: 0.28,
    bellyM: 0.33,
    chestM: 0.36,
    neck: { lengthM: 0.45, upDeg: 18, rM: 0.26, headEndM: 0.16 },
    head: { lengthM: 0.5, rM: 0.15, noseM: 0.1, downDeg: 62 },
    legs: { topM: 0.13, footM: 0.05 },
    tail: { lengthM: 0.7, rM: 0.05, upDeg: -78 },
    ear: { lengthM: 0.2, rM: 0.04 },
    paint: fur([106, 98, 92], 0.45, 22),
    belly: [84, 76, 70],
    mane: [40, 36, 34],
    horns: {
      points: [
        [0.05, 0.12],
        [-0.18, 0.08],
        [-0.22, 0.26],
        [-0.1, 0.34],
      ],
      rM: 0.035,
      colour: [48, 44, 40],
    },
    speed: 1,
  },
  warthog: {
    name: "warthog",
    scientificName: "Phacochoerus africanus",
    hipM: 0.5,
    shoulderM: 0.52,
    lengthM: 0.62,
    rumpM: 0.2,
    bellyM: 0.24,
    chestM: 0.23,
    neck: { lengthM: 0.24, upDeg: -5, rM: 0.2, headEndM: 0.16 },
    head: { lengthM: 0.36, rM: 0.15, noseM: 0.08, downDeg: 38 },
    legs: { topM: 0.09, footM: 0.035 },
    tail: { lengthM: 0.35, rM: 0.015, upDeg: 75 },
    ear: { lengthM: 0.14, rM: 0.04 },
    paint: fur([122, 104, 88], 0.45, 30),
    belly: [104, 88, 74],
    mane: [72, 58, 46],
    horns: {
      points: [
        [0.2, -0.16],
        [0.28, -0.1],
        [0.26, 0],
      ],
      rM: 0.018,
      colour: [226, 218, 200],
    },
    speed: 1,
  },
  lion: {
    name: "lion",
    scientificName: "Panthera leo",
    hipM: 0.74,
    shoulderM: 0.78,
    lengthM: 0.95,
    rumpM: 0.24,
    bellyM: 0.25,
    chestM: 0.28,
    neck: { lengthM: 0.32, upDeg: 22, rM: 0.24, headEndM: 0.17 },
    head: { lengthM: 0.22, rM: 0.17, noseM: 0.11, downDeg: 20 },
    legs: { topM: 0.14, footM: 0.075 },
    tail: { lengthM: 0.85, rM: 0.035, upDeg: -48 },
    ear: { lengthM: 0.06, rM: 0.06 },
    paint: fur([192, 152, 100], 0.25, 34),
    belly: [214, 188, 150],
    maneM: 0.36,
    mane: [122, 82, 46],
    speed: 0.9,
  },
  leopard: {
    name: "leopard",
    scientificName: "Panthera pardus",
    hipM: 0.5,
    shoulderM: 0.5,
    lengthM: 0.8,
    rumpM: 0.16,
    bellyM: 0.17,
    chestM: 0.18,
    neck: { lengthM: 0.22, upDeg: 12, rM: 0.15, headEndM: 0.12 },
    head: { lengthM: 0.16, rM: 0.12, noseM: 0.075, downDeg: 15 },
    legs: { topM: 0.1, footM: 0.05 },
    tail: { lengthM: 0.8, rM: 0.035, upDeg: -25 },
    ear: { lengthM: 0.04, rM: 0.045 },
    paint: spotted([206, 164, 104], [66, 48, 32], 34, 0.74),
    belly: [226, 212, 184],
    speed: 0.8,
  },
  hyena: {
    name: "spotted hyena",
    scientificName: "Crocuta crocuta",
    hipM: 0.54,
    shoulderM: 0.68,
    lengthM: 0.75,
    rumpM: 0.18,
    bellyM: 0.22,
    chestM: 0.23,
    neck: { lengthM: 0.38, upDeg: 30, rM: 0.19, headEndM: 0.13 },
    head: { lengthM: 0.25, rM: 0.14, noseM: 0.08, downDeg: 18 },
    legs: { topM: 0.11, footM: 0.045 },
    tail: { lengthM: 0.3, rM: 0.045, upDeg: -65 },
    ear: { lengthM: 0.09, rM: 0.06 },
    paint: spotted([158, 132, 96], [84, 66, 48], 24, 0.82),
    belly: [140, 116, 88],
    speed: 1.2,
  },
  jackal: {
    name: "black-backed jackal",
    scientificName: "Lupulella mesomelas",
    hipM: 0.34,
    shoulderM: 0.35,
    lengthM: 0.42,
    rumpM: 0.09,
    bellyM: 0.095,
    chestM: 0.105,
    neck: { lengthM: 0.17, upDeg: 35, rM: 0.08, headEndM: 0.06 },
    head: { lengthM: 0.15, rM: 0.065, noseM: 0.025, downDeg: 10 },
    legs: { topM: 0.05, footM: 0.02 },
    tail: { lengthM: 0.32, rM: 0.045, upDeg: -55 },
    ear: { lengthM: 0.09, rM: 0.025 },
    paint: (x, y) => (y > 0.38 ? fur([78, 70, 62], 0.6)(x, y) : fur([186, 134, 84])(x, y)),
    belly: [206, 176, 136],
    speed: 1.3,
  },
};
