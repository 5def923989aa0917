/** People, birds and vehicles as figures. Measures in metres, by eye. */
import { type Colour, scaled } from "./canvas.ts";
import type { Figure, Paint, Part } from "./figure.ts";
import { createNoise } from "./random.ts";

const noise = createNoise(1203);
const rad = (degrees: number) => (degrees * Math.PI) / 180;

/** Cloth with folds. */
const cloth =
  (colour: Colour): Paint =>
  (x, y) =>
    scaled(colour, 0.82 + 0.36 * noise(x * 14, y * 7));

const plain =
  (colour: Colour): Paint =>
  () =>
    colour;

type Point = [x: number, y: number, r: number];

const limb = (from: Point, to: Point, near: number, paint: Paint, flat = 0): Part => ({
  x0: from[0],
  y0: from[1],
  r0: from[2],
  x1: to[0],
  y1: to[1],
  r1: to[2],
  near,
  paint,
  flat,
});

export interface Dress {
  skin: Colour;
  shirt: Colour;
  trousers: Colour;
  hat: Colour | undefined;
  pack: Colour | undefined;
  heightM: number;
}

const DRESSES: Dress[] = [
  {
    skin: [112, 76, 56],
    shirt: [104, 112, 70],
    trousers: [92, 96, 64],
    hat: [98, 104, 66],
    pack: [58, 62, 46],
    heightM: 1.76,
  },
  {
    skin: [96, 66, 50],
    shirt: [186, 60, 52],
    trousers: [48, 54, 76],
    hat: undefined,
    pack: undefined,
    heightM: 1.7,
  },
  {
    skin: [206, 160, 134],
    shirt: [206, 198, 180],
    trousers: [138, 124, 98],
    hat: [196, 180, 140],
    pack: [70, 84, 120],
    heightM: 1.8,
  },
  {
    skin: [120, 82, 60],
    shirt: [70, 104, 156],
    trousers: [56, 56, 58],
    hat: undefined,
    pack: undefined,
    heightM: 1.64,
  },
];

export const dressOf = (index: number): Dress => DRESSES[index % DRESSES.length] as Dress;

/** A walking person. `step`: walked metres. */
export function person(dress: Dress, step: number): Figure {
  const k = dress.heightM / 1.76;
  const phase = (step / (1.45 * k)) * 2 * Math.PI;
  const parts: Figure = [];
  for (const side of [1, -1]) {
    parts.push(...leg(dress, k, phase + (side > 0 ? 0 : Math.PI), side));
    parts.push(...arm(dress, k, phase + (side > 0 ? Math.PI : 0), side));
  }
  const shirt = cloth(dress.shirt);
  const lean = 0.03;
  parts.push(
    limb([0, 0.92 * k, 0.14 * k], [lean, 1.12 * k, 0.135 * k], 0, (x, y) =>
      y < 0.95 * k ? cloth(dress.trousers)(x, y) : shirt(x, y),
    ),
    limb([lean, 1.12 * k, 0.135 * k], [lean * 1.6, 1.38 * k, 0.155 * k], 0, shirt),
    limb(
      [lean * 2, 1.45 * k, 0.06 * k],
      [0.07, 1.54 * k, 0.055 * k],
      0,
      plain(scaled(dress.skin, 0.85)),
    ),
    limb([0.07, 1.6 * k, 0.098 * k], [0.085, 1.66 * k, 0.095 * k], 0.02, (x, y) =>
      x < 0.06 || y > 1.67 * k
        ? [34, 28, 26]
        : scaled(dress.skin, 0.9 + 0.2 * noise(x * 30, y * 30)),
    ),
    limb([0.165 * k, 1.59 * k, 0.022], [0.17 * k, 1.585 * k, 0.018], 0.05, plain(dress.skin)),
  );
  if (dress.hat)
    parts.push(
      limb([-0.03, 1.7 * k, 0.025], [0.2, 1.69 * k, 0.02], 0.08, plain(dress.hat)),
      limb([0.06, 1.71 * k, 0.1 * k], [0.07, 1.75 * k, 0.08 * k], 0.06, plain(dress.hat)),
    );
  if (dress.pack)
    parts.push(limb([-0.16, 1.08 * k, 0.1], [-0.14, 1.36 * k, 0.11], 0.03, cloth(dress.pack)));
  return parts;
}

function leg(dress: Dress, k: number, phase: number, side: number): Part[] {
  const paint = cloth(side > 0 ? dress.trousers : scaled(dress.trousers, 0.7));
  const swing = rad(24) * Math.sin(phase);
  const bend = rad(38) * Math.max(0, Math.cos(phase));
  const kneeX = Math.sin(swing) * 0.44 * k;
  const kneeY = 0.9 * k - Math.cos(swing) * 0.44 * k;
  const low = swing - bend;
  const footX = kneeX + Math.sin(low) * 0.4 * k;
  const footY = Math.max(0.06, kneeY - Math.cos(low) * 0.4 * k);
  const near = side * 0.1;
  return [
    limb([0, 0.9 * k, 0.105 * k], [kneeX, kneeY, 0.075 * k], near, paint),
    limb([kneeX, kneeY, 0.07 * k], [footX, footY, 0.05 * k], near, paint),
    limb(
      [footX - 0.03, footY - 0.02, 0.045],
      [footX + 0.15, footY - 0.025, 0.035],
      near,
      plain([46, 38, 32]),
    ),
  ];
}

function arm(dress: Dress, k: number, phase: number, side: number): Part[] {
  const shirt = cloth(side > 0 ? dress.shirt : scaled(dress.shirt, 0.7));
  const skin = plain(side > 0 ? dress.skin : scaled(dress.skin, 0.7));
  const swing = rad(22) * Math.sin(phase);
  const elbowX = 0.04 + Math.sin(swing) * 0.28 * k;
  const elbowY = 1.4 * k - Math.cos(swing) * 0.28 * k;
  const low = swing + rad(22);
  const handX = elbowX + Math.sin(low) * 0.26 * k;
  const handY = elbowY - Math.cos(low) * 0.26 * k;
  const near = side * 0.19;
  return [
    limb([0.04, 1.4 * k, 0.065 * k], [elbowX, elbowY, 0.05 * k], near, shirt),
    limb([elbowX, elbowY, 0.045 * k], [handX, handY, 0.035 * k], near, skin),
    limb([handX, handY, 0.045 * k], [handX + 0.01, handY - 0.05, 0.035 * k], near, skin),
  ];
}

/** A guineafowl: the bird that walks in flocks. */
export function guineafowl(step: number): Figure {
  const paint: Paint = (x, y) => (noise(x * 70, y * 70) > 0.68 ? [176, 178, 184] : [58, 60, 68]);
  const bob = 0.02 * Math.sin(step * 30);
  const legs = [0, Math.PI].flatMap((offset, i) => {
    const swing = 0.07 * Math.sin(step * 18 + offset);
    return [limb([0, 0.2, 0.02], [swing, 0.02, 0.01], i ? -0.03 : 0.03, plain([70, 62, 54]))];
  });
  return [
    ...legs,
    limb([-0.14, 0.3, 0.11], [0.08, 0.32, 0.13], 0, paint),
    limb([-0.2, 0.26, 0.07], [-0.3, 0.18, 0.03], 0, paint),
    limb([0.14, 0.38, 0.05], [0.19 + bob, 0.5, 0.025], 0, plain([70, 84, 120])),
    limb([0.2 + bob, 0.53, 0.035], [0.25 + bob, 0.52, 0.015], 0.01, plain([110, 140, 170])),
    limb([0.2 + bob, 0.56, 0.018], [0.19 + bob, 0.6, 0.01], 0.02, plain([160, 110, 70])),
  ];
}

const box = (
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  round: number,
  near: number,
  paint: Paint,
  flat = 0.6,
): Part => ({ x0, y0, r0: round, x1, y1, r1: round, near, paint, flat, isBox: true });

const COATS: Colour[] = [
  [206, 204, 196],
  [88, 104, 74],
  [176, 156, 118],
];

/** An open-country 4x4 seen from the side. `step`: driven metres. */
export function car(index: number, step: number): Figure {
  const coat = COATS[index % COATS.length] as Colour;
  const steel: Paint = (x, y) =>
    scaled(coat, (y > 1.0 ? 1.04 : 0.86) * (0.94 + 0.1 * noise(x * 3, y * 12)));
  const glass: Paint = (x, y) =>
    x * 0.6 + y > 1.9 && x * 0.6 + y < 2.1 ? [150, 168, 180] : [44, 54, 62];
  const rubber = plain([34, 32, 32]);
  const parts: Figure = [
    box(-2.15, 0.55, 2.2, 1.08, 0.12, 0.3, steel),
    box(-2.1, 0.95, 0.75, 1.85, 0.16, 0.2, steel),
    box(0.6, 1.0, 2.12, 1.16, 0.08, 0.28, steel),
    box(-1.95, 1.2, -0.75, 1.7, 0.06, 0.5, glass, 1),
    box(-0.62, 1.2, 0.5, 1.7, 0.06, 0.5, glass, 1),
    box(-2.2, 0.5, 2.28, 0.62, 0.05, 0.45, plain([52, 52, 52])),
    box(-1.9, 1.88, 0.5, 1.94, 0.02, 0.3, plain([60, 60, 60])),
    box(2.08, 0.86, 2.2, 1.02, 0.04, 0.6, plain([236, 232, 214]), 1),
    box(-2.2, 0.86, -2.1, 1.04, 0.03, 0.6, plain([150, 40, 36]), 1),
    box(-0.7, 0.6, -0.66, 1.2, 0.01, 0.55, plain(scaled(coat, 0.5)), 1),
    box(0.5, 0.6, 0.54, 1.2, 0.01, 0.55, plain(scaled(coat, 0.5)), 1),
  ];
  for (const x of [-1.35, 1.4]) {
    const turn = step / 0.38;
    parts.push(
      limb([x, 0.42, 0.47], [x, 0.42, 0.47], 0.2, plain([24, 24, 24]), 1),
      limb([x, 0.38, 0.38], [x, 0.38, 0.38], 0.6, rubber, 0.6),
      limb(
        [x, 0.38, 0.2],
        [x, 0.38, 0.2],
        1.0,
        (px, py) =>
          Math.sin(Math.atan2(py - 0.38, px - x) * 5 + turn) > 0 ? [164, 164, 162] : [92, 92, 92],
        0.8,
      ),
    );
  }
  return parts;
}
