/**
 * From light on the canvas to what the sensor delivers: darker corners, noise, RGB565; a smaller picture where the
 * camera was opened with less than 320x240.
 */
import { type SensorFrame, toRgb565 } from "../native/frame-source.ts";
import { type Canvas, HEIGHT, PIXELS, WIDTH } from "./canvas.ts";
import type { Light } from "./light.ts";
import { createRandom } from "./random.ts";

const NOISE_VALUES = 8192;

export type Sensor = (
  canvas: Canvas,
  light: Light,
  nowMs: number,
  limit: { width: number; height: number },
) => SensorFrame;

export function createSensor(seed: number): Sensor {
  const noise = normalNoise(seed);
  const byDay = vignette(0.14);
  const byNight = vignette(0.55);
  const rgb = new Uint8ClampedArray(PIXELS * 3);
  return (canvas, light, nowMs, limit) => {
    const shade = light.isInfrared ? byNight : byDay;
    const random = createRandom(seed ^ Math.floor(nowMs));
    for (let y = 0; y < HEIGHT; y++) {
      let at = Math.floor(random() * NOISE_VALUES);
      for (let i = y * WIDTH; i < (y + 1) * WIDTH; i++) {
        at = (at + 1) & (NOISE_VALUES - 1);
        const grain = (noise[at] as number) * light.noise;
        // Colour noise is weaker than brightness noise; infrared has none.
        const tint = light.isInfrared ? 0 : 0.4 * (noise[(at * 7) & (NOISE_VALUES - 1)] as number);
        const dim = shade[i] as number;
        rgb[3 * i] = (canvas.rgb[3 * i] as number) * dim + grain + tint * light.noise;
        rgb[3 * i + 1] = (canvas.rgb[3 * i + 1] as number) * dim + grain;
        rgb[3 * i + 2] = (canvas.rgb[3 * i + 2] as number) * dim + grain - tint * light.noise;
      }
    }
    return toFrame(rgb, limit);
  };
}

function toFrame(rgb: Uint8ClampedArray, limit: { width: number; height: number }): SensorFrame {
  const step = Math.max(1, Math.ceil(WIDTH / limit.width), Math.ceil(HEIGHT / limit.height));
  const width = Math.floor(WIDTH / step);
  const height = Math.floor(HEIGHT / step);
  if (step === 1) return { width, height, rgb565: toRgb565(rgb, PIXELS) };
  const small = new Uint8ClampedArray(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let dy = 0; dy < step; dy++)
          for (let dx = 0; dx < step; dx++)
            sum += rgb[((y * step + dy) * WIDTH + x * step + dx) * 3 + c] as number;
        small[(y * width + x) * 3 + c] = sum / (step * step);
      }
  return { width, height, rgb565: toRgb565(small, width * height) };
}

/** Factor per pixel, 1 in the middle and 1 - `depth` in the corners. */
function vignette(depth: number): Float32Array {
  const factors = new Float32Array(PIXELS);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const off = ((x / WIDTH - 0.5) ** 2 + (y / HEIGHT - 0.5) ** 2) * 2;
      factors[y * WIDTH + x] = 1 - depth * off;
    }
  return factors;
}

/** Sums of twelve even numbers less six: normal to the eye. */
function normalNoise(seed: number): Float32Array {
  const random = createRandom(seed + 9);
  return Float32Array.from({ length: NOISE_VALUES }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random();
    return sum;
  });
}
