/**
 * What a camera's motion detection must not take for an animal, and animals it must see: sequences made from a still
 * picture by moving its foliage, its light and its shade, and by adding noise and rain. Everything comes from a seed.
 */
import { createNoise, createRandom, type Noise } from "../../../toolchain/emulator/world/random.ts";

export const WIDTH = 320;
export const HEIGHT = 240;
const PIXELS = WIDTH * HEIGHT;

/** Grey values 0..255 as floats; what a lens would show without noise. */
export type Picture = Float32Array;

export interface Moment {
  /** Seconds since the sequence began. */
  seconds: number;
  /** 0 while the background is learnt .. 1 while it is judged: gusts, deep shade. */
  strength: number;
  random: () => number;
  noise: Noise;
}

export interface Condition {
  name: string;
  /** Standard deviation of the sensor's noise, grey steps. */
  grain: number;
  /** May be shown with photographs of the night only, of the day only, or both. */
  time: "day" | "night" | "any";
  apply(still: Picture, moment: Moment): Picture;
}

const at = (still: Picture, x: number, y: number): number => {
  const cx = Math.min(WIDTH - 1, Math.max(0, Math.round(x)));
  const cy = Math.min(HEIGHT - 1, Math.max(0, Math.round(y)));
  return still[cy * WIDTH + cx] as number;
};

function each(run: (x: number, y: number, i: number) => number): Picture {
  const out = new Float32Array(PIXELS);
  for (let y = 0, i = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++, i++) out[i] = run(x, y, i);
  return out;
}

/** Foliage: a band along the top and clumps along the bottom, swaying by up to `reach` pixels. */
function sway(still: Picture, { seconds, noise }: Moment, reach: number): Picture {
  return each((x, y) => {
    const leafy = Math.max(0, noise(x / 45, 11) - 0.15 + Math.abs(y / HEIGHT - 0.5) * 1.3 - 0.5);
    const share = Math.min(1, 3 * leafy);
    const dx = reach * share * Math.sin(seconds * 4.2 + noise(x / 20, y / 20) * 6);
    const dy = 0.5 * reach * share * Math.sin(seconds * 6.1 + noise(x / 16, 50 + y / 16) * 6);
    return at(still, x + dx, y + dy);
  });
}

const lit = (still: Picture, gain: (x: number, y: number) => number, offset = 0): Picture =>
  each((x, y, i) => (still[i] as number) * gain(x, y) + offset);

const smooth = (from: number, to: number, value: number): number => {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
};

export const CONDITIONS: Condition[] = [
  { name: "nothing but noise by day", grain: 3, time: "any", apply: (still) => still },
  { name: "noise at night", grain: 8, time: "night", apply: (still) => still },
  {
    name: "rain at night",
    grain: 6,
    time: "night",
    apply(still, { random, strength }) {
      const out = still.slice();
      for (let drop = 0; drop < 60 * strength; drop++) {
        const [x, y, long] = [random() * WIDTH, random() * HEIGHT, 8 + random() * 18];
        for (let i = 0; i < long; i++) {
          const to = Math.floor(y + i) * WIDTH + Math.floor(x + i * 0.15);
          if (to < PIXELS) out[to] = Math.min(255, (out[to] as number) + 70);
        }
      }
      return out;
    },
  },
  {
    name: "wind in foliage",
    grain: 3,
    time: "any",
    apply: (still, moment) => sway(still, moment, 2.5 + 3 * moment.strength),
  },
  {
    name: "a trembling post",
    grain: 3,
    time: "any",
    apply(still, { random, strength }) {
      const [dx, dy] = [(random() - 0.5) * 5 * strength, (random() - 0.5) * 3 * strength];
      return each((x, y) => at(still, x + dx, y + dy));
    },
  },
  {
    name: "sun flicker through leaves",
    grain: 3,
    time: "day",
    apply: (still, { seconds, noise }) =>
      lit(still, (x, y) => {
        const spot = noise(x / 26 + Math.sin(seconds * 1.7) * 0.8, y / 22 + seconds * 0.4);
        return 0.8 + 0.5 * smooth(0.45, 0.65, spot);
      }),
  },
  {
    name: "automatic exposure",
    grain: 3,
    time: "any",
    apply(still, { random, strength }) {
      const gain = 1 + strength * (random() * 0.9 - 0.45);
      return lit(still, () => gain, strength * (random() * 30 - 15));
    },
  },
  {
    name: "shadow of a cloud",
    grain: 3,
    time: "day",
    apply(still, { random, strength }) {
      const angle = random() * 2 * Math.PI;
      const [edge, soft, dark] = [
        (random() - 0.5) * 160,
        50 + random() * 60,
        0.45 + random() * 0.3,
      ];
      return lit(still, (x, y) => {
        const along = (x - WIDTH / 2) * Math.cos(angle) + (y - HEIGHT / 2) * Math.sin(angle) - edge;
        return 1 - strength * (1 - dark) * smooth(-soft / 2, soft / 2, along);
      });
    },
  },
  {
    name: "sun an hour further",
    grain: 3,
    time: "day",
    apply: (still, { strength }) =>
      lit(still, (x, y) => 1 + strength * (0.35 * (x / WIDTH - 0.5) - 0.25 * (y / HEIGHT))),
  },
];

export interface Animal {
  /** Left, top, width, height in pixels. */
  box: [number, number, number, number];
  draw(picture: Picture): void;
}

/** A four-legged thing with a coat of its own, 40 to 110 pixels long, clearly darker or lighter than what it hides. */
export function animal(still: Picture, random: () => number): Animal {
  const long = 40 + random() * 70;
  const high = long * (0.55 + random() * 0.2);
  const left = Math.round(5 + random() * (WIDTH - 10 - long));
  const top = Math.round(30 + random() * (HEIGHT - 40 - high));
  let mean = 0;
  for (let i = 0; i < 400; i++)
    mean += at(still, left + random() * long, top + random() * high) / 400;
  const away = 25 + random() * 35;
  const coat = mean > 100 || random() < 0.3 ? mean - away : mean + away;
  const stripes = random() * 10;
  const covers = (x: number, y: number): boolean => {
    const [u, v] = [(x - left) / long, (y - top) / high];
    const isBody = ((u - 0.45) / 0.42) ** 2 + ((v - 0.42) / 0.3) ** 2 < 1;
    const isHead = ((u - 0.88) / 0.12) ** 2 + ((v - 0.18) / 0.18) ** 2 < 1;
    const isLeg = v > 0.5 && v < 1 && (Math.abs(u - 0.16) < 0.05 || Math.abs(u - 0.72) < 0.05);
    return isBody || isHead || isLeg;
  };
  return {
    box: [left, top, Math.round(long), Math.round(high)],
    draw(picture) {
      for (let y = top; y < top + high; y++)
        for (let x = left; x < left + long; x++)
          if (covers(x, y))
            picture[y * WIDTH + x] = Math.max(4, coat + stripes * Math.sin(x * 0.7 + y * 0.2));
    },
  };
}

/** RGB565 as a sensor sends it, noise added. */
export function frameOf(picture: Picture, grain: number, random: () => number): Uint8Array {
  const out = new Uint8Array(PIXELS * 2);
  for (let i = 0; i < PIXELS; i++) {
    const value = (picture[i] as number) + grain * (random() + random() + random() - 1.5) * 2;
    const grey = Math.min(255, Math.max(0, Math.round(value)));
    const word = (Math.round((grey * 31) / 255) << 11) | (Math.round((grey * 63) / 255) << 5);
    const full = word | Math.round((grey * 31) / 255);
    out[2 * i] = full >> 8;
    out[2 * i + 1] = full & 255;
  }
  return out;
}

/** A savanna of noise: sky, tufts and trunks. `night`: lit by a lamp in the middle. */
export function drawnStill(seed: number, night: boolean): Picture {
  const noise = createNoise(seed);
  return each((x, y) => {
    const ground = 95 + 50 * noise(x / 9, y / 7) + 40 * noise(x / 40, y / 30) + y / 8;
    const trunk = noise(x / 14, 99) > 0.72 && y > 40 && y < 170 ? -60 : 0;
    const sky = 185 + 20 * noise(x / 60, y / 30);
    const day = y < 70 + 10 * noise(x / 30, 5) ? sky + trunk : ground + trunk;
    const lamp = Math.exp(-(((x - 160) / 150) ** 2) - ((y - 140) / 120) ** 2);
    return Math.min(250, Math.max(4, night ? 8 + day * 0.8 * lamp : day));
  });
}

export interface Judge {
  forget(): void;
  learn(rgb565: Uint8Array): void;
  /** [changedPermille, left, top, width, height] */
  motion(rgb565: Uint8Array): number[];
}

export interface Score {
  shots: number;
  falseTriggers: number;
  crossings: number;
  seen: number;
}

const SHOTS = 4;
const MOTION_MIN_PERMILLE = 4;

function overlap(box: number[], wanted: readonly number[]): number {
  const span = (a: number, la: number, b: number, lb: number) =>
    Math.max(0, Math.min(a + la, b + lb) - Math.max(a, b));
  const [l = 0, t = 0, w = 0, h = 0] = box;
  const [L = 0, T = 0, W = 0, H = 0] = wanted;
  const shared = span(l, w, L, W) * span(t, h, T, H);
  return shared / (w * h + W * H - shared || 1);
}

/** Learn the condition at half strength ten minutes apart, then judge shots without and with an animal. */
export function score(judge: Judge, condition: Condition, still: Picture, seed: number): Score {
  const random = createRandom(seed);
  const noise = createNoise(seed + 1);
  const shoot = (seconds: number, strength: number, creature?: Animal) => {
    const picture = condition.apply(still, { seconds, strength, random, noise }).slice();
    creature?.draw(picture);
    return frameOf(picture, condition.grain, random);
  };
  judge.forget();
  for (let i = 0; i < 6; i++) judge.learn(shoot(i * 600.3, 0.5 * (i & 1)));
  const result = { shots: 0, falseTriggers: 0, crossings: 0, seen: 0 };
  for (let i = 0; i < SHOTS; i++) {
    result.shots++;
    const [without = 0] = judge.motion(shoot(4000 + i * 0.7, 1));
    if (without >= MOTION_MIN_PERMILLE) result.falseTriggers++;
    const creature = animal(still, random);
    const [permille = 0, ...box] = judge.motion(shoot(4500 + i * 0.7, 1, creature));
    result.crossings++;
    if (permille >= MOTION_MIN_PERMILLE && overlap(box.slice(0, 4), creature.box) > 0.3)
      result.seen++;
  }
  return result;
}
