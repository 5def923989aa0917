/**
 * The place a camera looks at, drawn once per world as it would look under an even sky: hills, grassland with a worn
 * path, trees, bushes, stones, tufts. The sky and everything that moves are drawn per frame.
 */
import {
  blend,
  blob,
  type Canvas,
  type Colour,
  createCanvas,
  groundDistance,
  groundRow,
  HEIGHT,
  HORIZON,
  mix,
  scaleAt,
  scaled,
  stroke,
  WIDTH,
} from "./canvas.ts";
import { between, createNoise, createRandom, layered, type Noise } from "./random.ts";

const HAZE: Colour = [176, 186, 194];

interface Palette {
  straw: Colour;
  green: Colour;
  soil: Colour;
  leaf: Colour;
}

const PALETTES: Palette[] = [
  { straw: [178, 154, 100], green: [116, 122, 64], soil: [150, 116, 82], leaf: [84, 100, 48] },
  { straw: [160, 150, 96], green: [96, 118, 58], soil: [128, 104, 80], leaf: [66, 92, 44] },
  { straw: [186, 160, 116], green: [132, 128, 78], soil: [164, 112, 76], leaf: [96, 104, 60] },
];

export function drawTerrain(seed: number): Canvas {
  const canvas = createCanvas();
  const random = createRandom(seed);
  const noise = createNoise(seed + 1);
  const palette = PALETTES[Math.floor(random() * PALETTES.length)] as Palette;
  const path = { near: between(random, 3.5, 5), far: between(random, 6.5, 8.5) };
  drawHills(canvas, noise, palette);
  drawGround(canvas, noise, palette, path);
  drawTufts(canvas, random, noise, palette, path);
  const things = Array.from({ length: 16 }, () => ({
    distanceM: 7 + 45 * random() * random() + 2,
    x: between(random, -20, WIDTH + 20),
    kind: random(),
  })).sort((a, b) => b.distanceM - a.distanceM);
  for (const { distanceM, x, kind } of things) {
    if (kind < 0.4) drawTree(canvas, random, palette, x, distanceM + 6);
    else if (kind < 0.85) drawBush(canvas, random, palette, x, distanceM);
    else drawStone(canvas, random, noise, x, distanceM);
  }
  return canvas;
}

const hazy = (colour: Colour, distanceM: number): Colour =>
  mix(colour, HAZE, Math.min(0.75, 1 - Math.exp(-distanceM / 160)));

function drawHills(canvas: Canvas, noise: Noise, palette: Palette): void {
  for (let range = 0; range < 3; range++) {
    const distanceM = 3000 / (1 + 3 * range);
    const tone = hazy(mix(palette.leaf, palette.soil, 0.3), distanceM / (3 + 2 * range));
    for (let x = 0; x < WIDTH; x++) {
      const height = (26 - 7 * range) * layered(noise, x / (70 - 15 * range) + 40 * range, 5, 4);
      for (let y = Math.round(HORIZON - height); y <= HORIZON; y++) {
        const grain = 0.85 + 0.3 * noise(x / 2 + 9 * range, y / 2);
        blend(canvas, x, y, scaled(tone, grain), 1, distanceM);
      }
    }
  }
}

function drawGround(
  canvas: Canvas,
  noise: Noise,
  palette: Palette,
  path: { near: number; far: number },
): void {
  for (let y = HORIZON + 1; y < HEIGHT; y++) {
    const distanceM = groundDistance(y);
    for (let x = 0; x < WIDTH; x++) {
      const across = (x - WIDTH / 2) / scaleAt(distanceM);
      const patches = layered(noise, across * 0.45, distanceM * 0.45, 3);
      const grain = layered(noise, across * 9, distanceM * 5, 3);
      let tone = mix(palette.straw, palette.green, Math.min(1, Math.max(0, patches * 2.4 - 0.7)));
      const onPath = pathShare(across, distanceM, path, noise);
      const bare = Math.min(1, Math.max(onPath, (noise(across, distanceM * 2) - 0.72) * 4));
      tone = mix(tone, palette.soil, Math.max(0, bare));
      const streaks = 0.82 + 0.36 * noise(x * 0.9, y * 0.3);
      const shade = (0.7 + 0.55 * grain) * streaks;
      blend(canvas, x, y, hazy(scaled(tone, shade), distanceM), 1, distanceM);
    }
  }
}

function pathShare(
  across: number,
  distanceM: number,
  path: { near: number; far: number },
  noise: Noise,
): number {
  const middle = (path.near + path.far) / 2 + 1.4 * (noise(across * 0.25, 3) - 0.5);
  const off = Math.abs(distanceM - middle) / ((path.far - path.near) / 3.5);
  return off > 1.2 ? 0 : Math.max(0, 1.1 - off) * 0.9;
}

/** Thousands of short strokes, far to near: what makes ground look like grass. */
function drawTufts(
  canvas: Canvas,
  random: () => number,
  noise: Noise,
  palette: Palette,
  path: { near: number; far: number },
): void {
  for (let y = HORIZON + 3; y < HEIGHT + 20; y++) {
    const distanceM = groundDistance(y);
    const scale = scaleAt(distanceM);
    const count = Math.min(60, 8 + 260 / scale + (y - HORIZON) / 4);
    for (let i = 0; i < count; i++) {
      const x = random() * WIDTH;
      const across = (x - WIDTH / 2) / scale;
      const thick = layered(noise, across * 0.7 + 60, distanceM * 0.7, 2);
      if (thick < 0.42 || pathShare(across, distanceM, path, noise) > 0.3 * random()) continue;
      const tone = mix(palette.straw, palette.green, random() * (thick * 1.8 - 0.4));
      const shade = between(random, 0.55, 1.25);
      const length = scale * between(random, 0.06, 0.3) * thick;
      const bend = scale * between(random, -0.08, 0.08);
      const colour = hazy(scaled(tone, shade), distanceM);
      stroke(canvas, { x, y: y - 1 }, length, bend, scale * 0.012, colour, distanceM);
    }
  }
}

function drawTree(
  canvas: Canvas,
  random: () => number,
  palette: Palette,
  x: number,
  distanceM: number,
): void {
  const scale = scaleAt(distanceM);
  const foot = groundRow(distanceM);
  const heightM = between(random, 3.5, 7);
  const trunk = hazy([92, 78, 62], distanceM);
  const lean = between(random, -0.15, 0.15);
  for (let branch = 0; branch < 4; branch++) {
    const bend = (lean + (branch ? between(random, -0.35, 0.35) : 0)) * heightM * scale;
    const wide = scale * (branch ? 0.1 : 0.3);
    stroke(canvas, { x, y: foot }, heightM * 0.8 * scale, bend, wide, trunk, distanceM);
  }
  const crownX = x + lean * heightM * scale;
  const crownY = foot - heightM * scale * 0.85;
  const wideM = heightM * between(random, 0.45, 0.7);
  drawLeaves(canvas, random, palette.leaf, distanceM, 260, () => {
    const turn = random() * 2 * Math.PI;
    const out = Math.sqrt(random());
    const dy = Math.sin(turn) * out;
    return {
      x: crownX + Math.cos(turn) * out * wideM * scale,
      y: crownY + dy * heightM * 0.2 * scale,
      light: 1.05 - 0.4 * dy,
    };
  });
}

function drawBush(
  canvas: Canvas,
  random: () => number,
  palette: Palette,
  x: number,
  distanceM: number,
): void {
  const scale = scaleAt(distanceM);
  const foot = groundRow(distanceM);
  const wideM = between(random, 0.5, 1.6);
  const highM = wideM * between(random, 0.5, 0.9);
  for (let i = -3; i <= 3; i++)
    blob(
      canvas,
      { x: x + i * wideM * 0.3 * scale, y: foot },
      wideM * 0.4 * scale,
      0.12 * scale,
      hazy([52, 50, 32], distanceM),
      distanceM,
    );
  drawLeaves(canvas, random, palette.leaf, distanceM, 180, () => {
    const turn = random() * Math.PI;
    const out = Math.sqrt(random());
    const up = Math.sin(turn) * out;
    return {
      x: x + Math.cos(turn) * out * wideM * scale,
      y: foot - up * highM * scale,
      light: 0.65 + 0.55 * up,
    };
  });
}

function drawLeaves(
  canvas: Canvas,
  random: () => number,
  leaf: Colour,
  distanceM: number,
  count: number,
  place: () => { x: number; y: number; light: number },
): void {
  const scale = scaleAt(distanceM);
  const places = Array.from({ length: count }, place).sort((a, b) => a.light - b.light);
  for (const { x, y, light } of places) {
    const radius = Math.max(1, scale * between(random, 0.05, 0.16));
    const tone = scaled(
      mix(leaf, [150, 146, 84], random() * 0.35),
      light * between(random, 0.7, 1.25),
    );
    blob(canvas, { x, y }, radius, radius * 0.7, hazy(tone, distanceM), distanceM);
  }
}

function drawStone(
  canvas: Canvas,
  random: () => number,
  noise: Noise,
  x: number,
  distanceM: number,
): void {
  const scale = scaleAt(distanceM);
  const foot = groundRow(distanceM);
  const wideM = between(random, 0.25, 0.9);
  for (let i = 0; i < 5; i++) {
    const tone = scaled([140, 132, 122], 0.75 + 0.5 * noise(i * 3 + x, distanceM));
    const centre = {
      x: x + between(random, -0.5, 0.5) * wideM * scale,
      y: foot - wideM * between(random, 0.1, 0.3) * scale,
    };
    const radius = wideM * between(random, 0.4, 0.7) * scale;
    blob(canvas, centre, radius, radius * 0.6, hazy(tone, distanceM), distanceM);
  }
}
