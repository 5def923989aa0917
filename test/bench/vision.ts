/**
 * Microseconds of vision per QVGA frame in wasm: motion against the background, regions, a crop for the model. Peer:
 * sharp (libvips) doing the like in the same run: shrink to 160x120, greyscale, smooth, difference, threshold; and
 * extract, resize for the crop. Minima of both, since other work on the machine only adds.
 */
import sharp from "sharp";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { NativeCamera } from "../../toolchain/emulator/native/native-camera.ts";
import { createRandom } from "../../toolchain/emulator/world/random.ts";
import {
  animal,
  drawnStill,
  frameOf,
  HEIGHT,
  type Picture,
  WIDTH,
} from "../native/support/scenes.ts";
import type { Figure } from "./run.ts";

const ROUNDS = 60;
const SIDE = 96;
const GRID = { width: 160, height: 120 };

async function leastUs(run: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    await run();
    least = Math.min(least, performance.now() - start);
  }
  return Math.round(least * 1000);
}

export async function figures(): Promise<Figure[]> {
  const random = createRandom(3);
  const still = drawnStill(10, false);
  const creature = animal(still, random);
  const busy = still.slice();
  creature.draw(busy);
  const [left, top, width, height] = creature.box;

  const thicket = loadThicket();
  const camera = new NativeCamera(thicket);
  camera.open({ width: WIDTH, height: HEIGHT });
  const take = (picture: Picture) =>
    camera.take({ width: WIDTH, height: HEIGHT, rgb565: frameOf(picture, 3, random) });
  camera.learn(take(still));
  const handle = take(busy);
  const input = { pointer: thicket.alloc(SIDE * SIDE), bytes: SIDE * SIDE };
  thicket.native.thicket_wasm_input!(SIDE, SIDE, 1, 1 / 255, -128, 1);
  const motion = () => {
    camera.motion(handle);
    camera.regions();
  };
  const crop = () => camera.crop(handle, [left, top, width, height], 25, input);

  const raw = { width: WIDTH, height: HEIGHT, channels: 3 as const };
  const rgb = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => busy[Math.floor(i / 3)]!);
  const background = await sharp(rgb, { raw }).greyscale().resize(GRID).png().toBuffer();
  const peerMotion = async () => {
    const grey = await sharp(rgb, { raw }).resize(GRID).greyscale().blur(0.7).raw().toBuffer();
    await sharp(grey, { raw: { ...GRID, channels: 1 } })
      .composite([{ input: background, blend: "difference" }])
      .threshold(20)
      .raw()
      .toBuffer();
  };
  const peerCrop = () =>
    sharp(rgb, { raw })
      .extract({ left, top, width, height })
      .resize(SIDE, SIDE, { fit: "fill" })
      .greyscale()
      .raw()
      .toBuffer();

  const both = async (name: string, ours: () => unknown, theirs: () => unknown) => {
    const value = await leastUs(ours);
    const peer = await leastUs(theirs);
    return {
      name: `vision in wasm, ${name}, QVGA frame`,
      value,
      unit: "us",
      vs: `sharp ${sharp.versions.sharp}, the same steps: ${peer} us`,
      ratio: Number((peer / value).toPrecision(3)),
    };
  };
  return [
    await both("motion and regions", motion, peerMotion),
    await both("crop to 96x96", crop, peerCrop),
  ];
}
