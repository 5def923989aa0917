/**
 * Light of a moment: day, dusk, or night with the camera's infrared lamp. Decides how colours reach the sensor; the
 * camera's automatic exposure is part of it.
 */
import { type Canvas, type Colour, HEIGHT, HORIZON, mix, PIXELS, SKY_M, WIDTH } from "./canvas.ts";
import type { Noise } from "./random.ts";
import { sunPosition } from "./sun.ts";

/** Below this height of the sun the camera takes its infrared filter away and lights its lamp. */
const INFRARED_BELOW_DEG = -3;
/** Distance at which the lamp gives the exposure's middle grey. */
const LAMP_M = 5;

export interface Light {
  isInfrared: boolean;
  /** Factor for each colour of a surface. */
  gain: Colour;
  sky: { top: Colour; low: Colour };
  /** 0..1: how dark shadows on the ground are, and how far they lean (figure widths). */
  shadow: number;
  shadowLean: number;
  /** Standard deviation of the sensor's noise, grey steps. */
  noise: number;
  /** How much of the clouds is seen, 0..1. */
  clouds: number;
  /** Brightness of a surface with this normal (right, up, towards the camera). */
  shade(x: number, y: number, z: number, flat: number): number;
}

export function lightAt(
  nowMs: number,
  place: { latitude: number; longitude: number },
  weather: Noise,
): Light {
  const { altitudeDeg, azimuthDeg } = sunPosition(nowMs, place.latitude, place.longitude);
  if (altitudeDeg < INFRARED_BELOW_DEG) return infrared();
  const hours = nowMs / 3_600_000;
  const cover = Math.min(1, Math.max(0, weather(hours * 0.35, 1) * 2 - 0.5));
  const passing = cover * (weather(hours * 14, 7) > 0.5 ? 1 : 0.3);
  const high = Math.min(1, Math.max(0, (altitudeDeg + 3) / 18));
  const direct = high * (1 - 0.75 * passing);
  const warm: Colour = mix([1.08, 0.84, 0.66], [1.02, 1, 0.95], high);
  const level = (0.62 + 0.38 * high) * (1 - 0.22 * passing);
  // The camera looks south-west; what counts is where the sun stands across the picture.
  const across = Math.sin(((azimuthDeg - 225) * Math.PI) / 180);
  const up = Math.sin((Math.max(4, altitudeDeg) * Math.PI) / 180);
  const ambient = 0.62 + 0.12 * (1 - direct);
  return {
    isInfrared: false,
    gain: [warm[0] * level, warm[1] * level, warm[2] * level],
    sky: {
      top: mix([96, 104, 140], [92, 142, 206], high),
      low: mix([226, 168, 124], [204, 220, 232], high),
    },
    shadow: 0.15 + 0.4 * direct,
    shadowLean: -across * (1 - up) * 0.5,
    noise: 2 + 4 * (1 - high),
    clouds: cover,
    shade: (x, y, z, flat) => {
      const sun = Math.max(0, 0.55 * across * (1 - up) * x + (0.35 + 0.65 * up) * y + 0.42 * z);
      const lit = ambient + 0.55 * direct * sun + 0.12 * y;
      return lit + (0.95 - lit) * flat;
    },
  };
}

function infrared(): Light {
  return {
    isInfrared: true,
    gain: [1, 1, 1],
    sky: { top: [4, 4, 4], low: [10, 10, 10] },
    shadow: 0,
    shadowLean: 0,
    noise: 5,
    clouds: 0,
    shade: (_x, _y, z, flat) => (0.35 + 0.65 * z) * (1 - flat) + 0.9 * flat,
  };
}

/** Share of the lamp's light that comes back from a distance. */
export const lampAt = (distanceM: number): number =>
  distanceM >= SKY_M ? 0 : Math.min(0.95, (LAMP_M / (distanceM + 1)) ** 1.35);

/** Put the light of a moment on the bare terrain. */
export function drawLit(
  from: Canvas,
  to: Canvas,
  light: Light,
  weather: Noise,
  nowMs: number,
): void {
  to.distance.set(from.distance);
  drawSky(to, light, weather, nowMs);
  const [red, green, blue] = light.gain;
  for (let i = 0, at = 0; i < PIXELS; i++, at += 3) {
    const distanceM = from.distance[i] as number;
    if (distanceM >= SKY_M) continue;
    const r = from.rgb[at] as number;
    const g = from.rgb[at + 1] as number;
    const b = from.rgb[at + 2] as number;
    if (light.isInfrared) {
      // Leaves and grass throw infrared back more than they do red.
      const grey = (0.3 * r + 0.6 * g + 0.1 * b) * lampAt(distanceM);
      to.rgb[at] = to.rgb[at + 1] = to.rgb[at + 2] = grey;
    } else {
      to.rgb[at] = r * red;
      to.rgb[at + 1] = g * green;
      to.rgb[at + 2] = b * blue;
    }
  }
}

function drawSky(to: Canvas, light: Light, weather: Noise, nowMs: number): void {
  const drift = nowMs / 240_000;
  const { rgb, distance } = to;
  for (let y = 0; y < HEIGHT; y++) {
    const [red, green, blue] = mix(light.sky.top, light.sky.low, Math.min(1, y / HORIZON));
    const depth = 30 / (HORIZON + 14 - Math.min(y, HORIZON));
    let puff = 0;
    for (let x = 0; x < WIDTH; x++) {
      const i = y * WIDTH + x;
      if ((distance[i] as number) < SKY_M) continue;
      // Clouds are soft: every fourth column is enough.
      if (light.clouds && (x & 3) === 0) {
        const thick = weather((x / 60) * depth + drift, depth * 9) * 2.2 - 0.9;
        puff = Math.min(0.85, light.clouds * Math.max(0, thick));
      }
      rgb[3 * i] = red + (236 - red) * puff;
      rgb[3 * i + 1] = green + (236 - green) * puff;
      rgb[3 * i + 2] = blue + (238 - blue) * puff;
    }
  }
}
