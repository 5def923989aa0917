/** An animal of animals.ts put together from parts, with a walking gait or its head down to feed. */
import { type AnimalKind, fur } from "./animals.ts";
import { mix, scaled } from "./canvas.ts";
import type { Figure, Paint, Part } from "./figure.ts";

const rad = (degrees: number) => (degrees * Math.PI) / 180;

function capsule(
  from: [number, number, number],
  to: [number, number, number],
  near: number,
  paint: Paint,
): Part {
  return {
    x0: from[0],
    y0: from[1],
    r0: from[2],
    x1: to[0],
    y1: to[1],
    r1: to[2],
    near,
    paint,
  };
}

/** Parts of a walking or feeding animal, its middle at x = 0. `step`: walked metres. `grazing` 0..1: head down. */
export function quadruped(kind: AnimalKind, step: number, grazing: number): Figure {
  const half = kind.lengthM / 2;
  const middleM = (kind.hipM + kind.shoulderM) / 2 - kind.bellyM * 0.12;
  const body: Paint = (x, y) => {
    const low = (middleM - kind.bellyM * 0.55 - y) / (kind.bellyM * 0.35);
    return low <= 0 ? kind.paint(x, y) : mix(kind.paint(x, y), kind.belly, Math.min(1, low));
  };
  return [
    ...legsOf(kind, step),
    capsule([-half, kind.hipM, kind.rumpM], [0, middleM, kind.bellyM], 0, body),
    capsule([0, middleM, kind.bellyM], [half, kind.shoulderM, kind.chestM], 0, body),
    ...headOf(kind, grazing, step),
    ...tailOf(kind, step),
  ];
}

function legsOf(kind: AnimalKind, step: number): Part[] {
  const strideM = (kind.hipM + kind.shoulderM) * 0.75;
  const parts: Part[] = [];
  const legs: [number, number, number][] = [
    [-1, 1, 0],
    [1, 1, 0.25],
    [-1, -1, 0.5],
    [1, -1, 0.75],
  ];
  for (const [end, side, offset] of legs) {
    const phase = (step / strideM + offset) * 2 * Math.PI;
    const swing = rad(20) * Math.sin(phase);
    const bend = rad(26) * Math.max(0, Math.cos(phase));
    const topM = (end < 0 ? kind.hipM : kind.shoulderM) - kind.chestM * 0.25;
    const x = end * (kind.lengthM / 2) * 0.92;
    const upper = topM * 0.5;
    const kneeX = x + Math.sin(swing) * upper;
    const kneeY = topM - Math.cos(swing) * upper;
    const lowSwing = swing - bend * (end < 0 ? 0.8 : 1);
    const footX = kneeX + Math.sin(lowSwing) * (kneeY - kind.legs.footM) * 0.95;
    const footY = Math.max(kind.legs.footM, kneeY - Math.cos(lowSwing) * (kneeY - kind.legs.footM));
    const { topM: top, footM: foot } = kind.legs;
    const near = side * kind.chestM * 0.55;
    const paint: Paint =
      side > 0
        ? (px, py) => kind.paint(px - footX * 0.2, py)
        : (px, py) => scaled(kind.paint(px, py), 0.72);
    parts.push(capsule([x, topM, top], [kneeX, kneeY, top * 0.55], near, paint));
    parts.push(capsule([kneeX, kneeY, top * 0.5], [footX, footY, foot], near, paint));
  }
  return parts;
}

function headOf(kind: AnimalKind, grazing: number, step: number): Part[] {
  const { neck, head, ear, paint } = kind;
  const nod = 3 * Math.sin(step * 6);
  const up = rad(neck.upDeg * (1 - grazing) - 52 * grazing + nod);
  const x0 = kind.lengthM / 2 + kind.chestM * 0.3;
  const y0 = kind.shoulderM + kind.chestM * 0.3;
  const x1 = x0 + Math.cos(up) * neck.lengthM;
  const y1 = y0 + Math.sin(up) * neck.lengthM;
  const down = rad(head.downDeg + 25 * grazing);
  const x2 = x1 + Math.cos(down) * head.lengthM;
  const y2 = y1 - Math.sin(down) * head.lengthM;
  const front = kind.chestM * 0.2;
  const parts = [
    capsule([x0, y0, neck.rM], [x1, y1, neck.headEndM], 0, paint),
    capsule([x1, y1, head.rM], [x2, y2, head.noseM], front, paint),
    capsule(
      [x1 - ear.lengthM * 0.2, y1 + head.rM * 0.6, ear.rM],
      [
        x1 - ear.lengthM * 0.6,
        y1 + head.rM * 0.6 + ear.lengthM * (kind.trunkM ? -0.7 : 0.7),
        ear.rM * 0.6,
      ],
      kind.trunkM ? kind.chestM * 0.9 : front + 0.02,
      (x, y) => scaled(paint(x, y), 0.82),
    ),
    capsule(
      [x1 + head.rM * 0.5, y1 + head.rM * 0.25, head.rM * 0.13],
      [x1 + head.rM * 0.5, y1 + head.rM * 0.25, head.rM * 0.13],
      kind.chestM,
      () => [22, 18, 16],
    ),
  ];
  if (kind.maneM && kind.mane)
    parts.push(
      capsule(
        [x0 + 0.05, y0 - 0.1, kind.maneM * 0.8],
        [x1 - 0.06, y1 - 0.05, kind.maneM * 0.8],
        -0.05,
        fur(kind.mane, 0.6, 25),
      ),
    );
  else if (kind.mane)
    parts.push(
      capsule(
        [x0 - 0.1, y0 + neck.rM * 0.8, 0.05],
        [x1, y1 + head.rM * 0.9, 0.05],
        0.02,
        fur(kind.mane, 0.5),
      ),
    );
  if (kind.horns) parts.push(...polyline(kind.horns, x1, y1, front + 0.05));
  if (kind.trunkM) parts.push(...elephantFace(kind, x2, y2, step));
  return parts;
}

function polyline(
  horns: NonNullable<AnimalKind["horns"]>,
  x: number,
  y: number,
  near: number,
): Part[] {
  return horns.points.slice(1).map((to, i) => {
    const from = horns.points[i] as [number, number];
    const taper = 1 - (0.7 * (i + 1)) / horns.points.length;
    return capsule(
      [x + from[0], y + from[1], horns.rM * (taper + 0.2)],
      [x + to[0], y + to[1], horns.rM * taper],
      near,
      () => horns.colour,
    );
  });
}

/** Trunk and tusk. */
function elephantFace(kind: AnimalKind, x: number, y: number, step: number): Part[] {
  const length = kind.trunkM as number;
  const parts: Part[] = [];
  let atX = x - 0.1;
  let atY = y;
  for (let i = 0; i < 5; i++) {
    const turn = rad(-82 + 14 * Math.sin(step * 1.3 + i * 0.7) - (i === 4 ? 40 : 0));
    const nextX = atX + (Math.cos(turn) * length) / 5;
    const nextY = Math.max(0.1, atY + (Math.sin(turn) * length) / 5);
    const r = 0.26 - 0.04 * i;
    parts.push(capsule([atX, atY, r], [nextX, nextY, r - 0.04], kind.chestM * 0.2, kind.paint));
    atX = nextX;
    atY = nextY;
  }
  parts.push(
    capsule([x - 0.1, y - 0.1, 0.07], [x + 0.45, y - 0.45, 0.03], kind.chestM * 0.5, () => [
      226, 214, 190,
    ]),
  );
  return parts;
}

function tailOf(kind: AnimalKind, step: number): Part[] {
  const { lengthM, rM, upDeg } = kind.tail;
  const turn = rad(180 - upDeg + 8 * Math.sin(step * 2.5));
  const x = -kind.lengthM / 2 - kind.rumpM * 0.85;
  const y = kind.hipM + kind.rumpM * 0.4;
  const endX = x + Math.cos(turn) * lengthM;
  const endY = y + Math.sin(turn) * lengthM;
  return [
    capsule([x, y, rM], [endX, endY, rM * 0.8], 0, kind.paint),
    capsule([endX, endY, rM * 1.5], [endX, endY - rM, rM * 1.2], 0, (px, py) =>
      scaled(kind.paint(px, py), 0.5),
    ),
  ];
}
