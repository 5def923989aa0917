/**
 * The picture being drawn and how things in the world become pixels: a level pinhole camera on a post, one distance per
 * pixel so that nearer things hide farther ones.
 */
export const WIDTH = 320;
export const HEIGHT = 240;
export const PIXELS = WIDTH * HEIGHT;
/** Pixels; an OV2640's usual lens sees 66 degrees across. */
export const FOCAL = 246;
/** Height of the lens above the ground, metres. */
export const LENS_M = 0.9;
/** Row of the horizon. */
export const HORIZON = 88;
/** Distance of the sky. */
export const SKY_M = 1e6;

export type Colour = [red: number, green: number, blue: number];

export interface Canvas {
  /** [HEIGHT][WIDTH][3], 0..255. */
  rgb: Uint8ClampedArray;
  /** [HEIGHT][WIDTH], metres to what the pixel shows. */
  distance: Float32Array;
}

export const createCanvas = (): Canvas => ({
  rgb: new Uint8ClampedArray(PIXELS * 3),
  distance: new Float32Array(PIXELS).fill(SKY_M),
});

/** Pixels per metre at a distance. */
export const scaleAt = (distanceM: number): number => FOCAL / distanceM;
/** Row where things at a distance stand. */
export const groundRow = (distanceM: number): number => HORIZON + LENS_M * scaleAt(distanceM);
/** Distance of the ground that a row shows; only below the horizon. */
export const groundDistance = (row: number): number => (FOCAL * LENS_M) / (row - HORIZON);

export const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

export const scaled = (colour: Colour, factor: number): Colour => [
  colour[0] * factor,
  colour[1] * factor,
  colour[2] * factor,
];

/** Blend one pixel if nothing nearer is there; opaque enough, it takes over the distance. */
export function blend(
  canvas: Canvas,
  x: number,
  y: number,
  colour: Colour,
  share: number,
  distanceM: number,
): void {
  if (x < 0 || x >= WIDTH || y < 0 || y >= HEIGHT) return;
  const index = y * WIDTH + x;
  if ((canvas.distance[index] as number) < distanceM) return;
  const at = index * 3;
  const { rgb } = canvas;
  rgb[at] = (rgb[at] as number) + (colour[0] - (rgb[at] as number)) * share;
  rgb[at + 1] = (rgb[at + 1] as number) + (colour[1] - (rgb[at + 1] as number)) * share;
  rgb[at + 2] = (rgb[at + 2] as number) + (colour[2] - (rgb[at + 2] as number)) * share;
  if (share > 0.5) canvas.distance[index] = distanceM;
}

/** A bent stroke from the ground up, such as a blade of grass; 1 pixel wide at the tip. */
export function stroke(
  canvas: Canvas,
  from: { x: number; y: number },
  lengthPx: number,
  bendPx: number,
  widthPx: number,
  colour: Colour,
  distanceM: number,
): void {
  const steps = Math.max(1, Math.round(lengthPx));
  for (let i = 0; i < steps; i++) {
    const along = i / steps;
    const x = from.x + bendPx * along * along;
    const y = Math.round(from.y - i);
    const wide = Math.max(1, widthPx * (1 - along));
    const left = Math.floor(x - wide / 2 + 0.5);
    const shade = scaled(colour, 0.72 + 0.4 * along);
    for (let k = 0; k < wide; k++)
      blend(canvas, left + k, y, shade, wide < 1.5 ? 0.8 : 1, distanceM);
  }
}

/** A soft-edged ellipse, lit from above: a leaf cluster, a stone. */
export function blob(
  canvas: Canvas,
  centre: { x: number; y: number },
  radiusX: number,
  radiusY: number,
  colour: Colour,
  distanceM: number,
): void {
  const low = Math.max(0, Math.floor(centre.y - radiusY));
  const high = Math.min(HEIGHT - 1, Math.ceil(centre.y + radiusY));
  const left = Math.max(0, Math.floor(centre.x - radiusX));
  const right = Math.min(WIDTH - 1, Math.ceil(centre.x + radiusX));
  for (let y = low; y <= high; y++)
    for (let x = left; x <= right; x++) {
      const dx = (x - centre.x) / radiusX;
      const dy = (y - centre.y) / radiusY;
      const off = dx * dx + dy * dy;
      if (off >= 1) continue;
      const share = Math.min(1, (1 - off) * 2.5);
      blend(canvas, x, y, scaled(colour, 1 - 0.25 * dy), share, distanceM);
    }
}
