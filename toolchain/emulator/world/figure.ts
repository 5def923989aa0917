/**
 * Living things and machines as round-edged parts with a shaded surface: each part is a tapering capsule or a box whose
 * height above the picture plane gives its shading and decides which part is in front.
 */
import { type Canvas, type Colour, groundRow, HEIGHT, PIXELS, scaleAt, WIDTH } from "./canvas.ts";
import { type Light, lampAt } from "./light.ts";

/** Colour of the surface at a point of the figure, metres right of its middle and above the ground. */
export type Paint = (x: number, y: number) => Colour;

/** A capsule from (x0, y0) with radius r0 to (x1, y1) with radius r1. Metres; x forward, y up. */
export interface Part {
  x0: number;
  y0: number;
  r0: number;
  x1: number;
  y1: number;
  r1: number;
  /** Metres towards the camera (near legs) or away from it (far legs). */
  near: number;
  paint: Paint;
  /** 0..1: how flat the surface is; 1 has no shading of its own. */
  flat?: number;
  /** A box with its corners at the two points instead of a capsule; r0 rounds its corners. */
  isBox?: boolean;
}

export type Figure = Part[];

export interface Placing {
  /** Column of the figure's middle. */
  x: number;
  distanceM: number;
  /** 1 looks right, -1 left. */
  facing: 1 | -1;
}

const height = new Float32Array(PIXELS);
const cover = new Float32Array(PIXELS);
const surface = new Float32Array(PIXELS * 3);

interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Draw a figure where it stands, hidden by what is nearer. */
export function drawFigure(canvas: Canvas, figure: Figure, placing: Placing, light: Light): void {
  const bounds = boundsOf(figure, placing);
  if (bounds.left >= bounds.right || bounds.top >= bounds.bottom) return;
  drawShadow(canvas, figure, placing, light);
  for (let y = bounds.top; y < bounds.bottom; y++)
    for (let i = y * WIDTH + bounds.left; i < y * WIDTH + bounds.right; i++) {
      height[i] = -1e9;
      cover[i] = 0;
    }
  for (const part of figure) raster(part, placing, light);
  compose(canvas, bounds, placing.distanceM, light);
}

/** Box around a figure in frame pixels, clipped; width 0 when it is out of the picture. */
export function figureBox(figure: Figure, placing: Placing): [number, number, number, number] {
  const { left, top, right, bottom } = boundsOf(figure, placing);
  return left >= right || top >= bottom ? [0, 0, 0, 0] : [left, top, right - left, bottom - top];
}

function boundsOf(figure: Figure, placing: Placing): Bounds {
  const bounds = { left: WIDTH, top: HEIGHT, right: 0, bottom: 0 };
  for (const part of figure) {
    const { left, top, right, bottom } = boundsOfPart(part, placing);
    bounds.left = Math.min(bounds.left, left);
    bounds.top = Math.min(bounds.top, top);
    bounds.right = Math.max(bounds.right, right);
    bounds.bottom = Math.max(bounds.bottom, bottom);
  }
  return bounds;
}

function boundsOfPart(part: Part, placing: Placing): Bounds {
  const scale = scaleAt(placing.distanceM);
  const foot = groundRow(placing.distanceM);
  const r = Math.max(part.r0, part.r1) * scale + 1.5;
  const xs = [part.x0, part.x1].map((x) => placing.x + placing.facing * x * scale);
  const ys = [part.y0, part.y1].map((y) => foot - y * scale);
  const inside = (value: number, limit: number) => Math.min(limit, Math.max(0, value));
  return {
    left: inside(Math.floor(Math.min(...xs) - r), WIDTH),
    right: inside(Math.ceil(Math.max(...xs) + r), WIDTH),
    top: inside(Math.floor(Math.min(...ys) - r), HEIGHT),
    bottom: inside(Math.ceil(Math.max(...ys) + r), HEIGHT),
  };
}

function raster(part: Part, placing: Placing, light: Light): void {
  const bounds = boundsOfPart(part, placing);
  const scale = scaleAt(placing.distanceM);
  const foot = groundRow(placing.distanceM);
  const { facing } = placing;
  const ax = placing.x + facing * part.x0 * scale;
  const ay = foot - part.y0 * scale;
  const bx = placing.x + facing * part.x1 * scale;
  const by = foot - part.y1 * scale;
  const ra = Math.max(0.6, part.r0 * scale);
  const rb = Math.max(0.6, part.r1 * scale);
  const lengthSquared = (bx - ax) ** 2 + (by - ay) ** 2 || 1e-6;
  const near = part.near * scale;
  const flat = part.flat ?? 0;
  for (let y = bounds.top; y < bounds.bottom; y++)
    for (let x = bounds.left; x < bounds.right; x++) {
      let offX: number;
      let offY: number;
      let r = ra;
      if (part.isBox) {
        offX = x - Math.min(Math.max(x, Math.min(ax, bx) + ra), Math.max(ax, bx) - ra);
        offY = y - Math.min(Math.max(y, Math.min(ay, by) + ra), Math.max(ay, by) - ra);
      } else {
        const along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / lengthSquared;
        const t = Math.min(1, Math.max(0, along));
        r = ra + (rb - ra) * t;
        offX = x - (ax + (bx - ax) * t);
        offY = y - (ay + (by - ay) * t);
      }
      const off = Math.sqrt(offX * offX + offY * offY);
      if (off >= r + 0.5) continue;
      const index = y * WIDTH + x;
      const up = Math.sqrt(Math.max(0, r * r - off * off));
      const share = Math.min(1, r + 0.5 - off);
      if (share > (cover[index] as number)) cover[index] = share;
      if (near + up <= (height[index] as number)) continue;
      height[index] = near + up;
      const colour = part.paint((facing * (x - placing.x)) / scale, (foot - y) / scale);
      const shade = light.shade(offX / r, -offY / r, up / r, flat);
      surface[index * 3] = colour[0] * shade;
      surface[index * 3 + 1] = colour[1] * shade;
      surface[index * 3 + 2] = colour[2] * shade;
    }
}

function compose(canvas: Canvas, bounds: Bounds, distanceM: number, light: Light): void {
  const { rgb, distance } = canvas;
  const lamp = 1.25 * lampAt(distanceM);
  for (let y = bounds.top; y < bounds.bottom; y++)
    for (let i = y * WIDTH + bounds.left; i < y * WIDTH + bounds.right; i++) {
      const share = cover[i] as number;
      if (share === 0 || (distance[i] as number) < distanceM) continue;
      const red = surface[3 * i] as number;
      const green = surface[3 * i + 1] as number;
      const blue = surface[3 * i + 2] as number;
      // Fur and cloth look alike in infrared: half of the difference in brightness goes.
      const grey = (0.5 * (0.3 * red + 0.6 * green + 0.1 * blue) + 62) * lamp;
      for (let c = 0; c < 3; c++) {
        const lit = light.isInfrared
          ? grey
          : (surface[3 * i + c] as number) * (light.gain[c] as number);
        const before = rgb[3 * i + c] as number;
        rgb[3 * i + c] = before + (lit - before) * share;
      }
      if (share > 0.5) distance[i] = distanceM;
    }
}

/** Darkened ground below the figure. */
function drawShadow(canvas: Canvas, figure: Figure, placing: Placing, light: Light): void {
  if (light.shadow <= 0) return;
  const scale = scaleAt(placing.distanceM);
  const xs = figure.flatMap((part) => [part.x0, part.x1]);
  const half = ((Math.max(...xs) - Math.min(...xs)) / 2) * scale * 1.05;
  const middle = placing.x + ((Math.max(...xs) + Math.min(...xs)) / 2) * scale * placing.facing;
  const centreX = middle + light.shadowLean * half;
  const centreY = groundRow(placing.distanceM);
  const radiusY = Math.max(2, half * 0.16);
  for (
    let y = Math.max(0, Math.floor(centreY - radiusY));
    y < HEIGHT && y <= centreY + radiusY;
    y++
  )
    for (let x = Math.max(0, Math.floor(centreX - half)); x < WIDTH && x <= centreX + half; x++) {
      const off = ((x - centreX) / half) ** 2 + ((y - centreY) / radiusY) ** 2;
      const index = y * WIDTH + x;
      if (off >= 1 || (canvas.distance[index] as number) < placing.distanceM - 1) continue;
      const keep = 1 - light.shadow * Math.min(1, (1 - off) * 1.6);
      for (let c = 3 * index; c < 3 * index + 3; c++)
        canvas.rgb[c] = (canvas.rgb[c] as number) * keep;
    }
}
