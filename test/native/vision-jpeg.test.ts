/** JPEGs made by the wasm build, judged by an independent decoder (libvips through sharp). */
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadThicket, type Thicket } from "../../native/port/wasm/thicket.ts";

const RGB888 = 1;
const GREY = 2;

/** A picture with edges, gradients and some grain. */
function drawing(width: number, height: number, channels: number): Uint8Array {
  const pixels = new Uint8Array(width * height * channels);
  let seed = 1;
  for (let i = 0; i < pixels.length; i++) {
    const pixel = Math.floor(i / channels);
    const [x, y, c] = [pixel % width, Math.floor(pixel / width), i % channels];
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    const grain = (seed >>> 28) - 8;
    const edge = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 3) ** 2 ? 70 : 0;
    const value = 40 + (x * (60 + 40 * c)) / width + (y * 50) / height + edge * (c === 1 ? 1 : 0.4);
    pixels[i] = Math.min(255, Math.max(0, value + grain));
  }
  return pixels;
}

function encode(
  thicket: Thicket,
  pixels: Uint8Array,
  size: { width: number; height: number; format: number; quality: number },
): Uint8Array {
  const room = pixels.length + 2048;
  const memory = thicket.alloc(3 * pixels.length);
  const out = thicket.alloc(room);
  assert.is(thicket.native.thicket_wasm_frames_open!(memory, 3 * pixels.length), 0);
  const handle = thicket.native.thicket_wasm_frame_take!(size.width, size.height, size.format);
  assert.ok(handle > 0);
  thicket.bytes(thicket.native.thicket_wasm_frame_pixels!(handle), pixels.length).set(pixels);
  const length = thicket.native.thicket_wasm_jpeg!(handle, size.quality, out, room);
  assert.ok(length > 0, `encoded: ${length}`);
  const jpeg = thicket.bytes(out, length).slice();
  thicket.free(out);
  thicket.free(memory);
  return jpeg;
}

/** Signal to noise, decibels, of a decoded JPEG against what was encoded. */
async function fidelity(jpeg: Uint8Array, pixels: Uint8Array, isGrey: boolean): Promise<number> {
  const { data, info } = await sharp(jpeg)
    .toColourspace(isGrey ? "b-w" : "srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.is(data.length, pixels.length, `decoded ${info.width}x${info.height}x${info.channels}`);
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += ((data[i] as number) - (pixels[i] as number)) ** 2;
  return 10 * Math.log10((255 * 255 * data.length) / sum);
}

const SIZES: [number, number][] = [
  [320, 240],
  [97, 61],
  [16, 16],
  [17, 9],
];

test("is decoded by libvips as well as libvips' own JPEG of the same quality", async () => {
  const thicket = loadThicket();
  for (const [width, height] of SIZES)
    for (const quality of [10, 50, 70, 95])
      for (const format of [RGB888, GREY]) {
        const channels = format === GREY ? 1 : 3;
        const pixels = drawing(width, height, channels);
        const ours = encode(thicket, pixels, { width, height, format, quality });
        const theirs = await sharp(pixels, { raw: { width, height, channels } })
          .toColourspace(format === GREY ? "b-w" : "srgb")
          .jpeg({ quality, chromaSubsampling: "4:2:0" })
          .toBuffer();
        const difference =
          (await fidelity(theirs, pixels, format === GREY)) -
          (await fidelity(ours, pixels, format === GREY));
        const what = `${width}x${height}x${channels} at ${quality}`;
        assert.ok(difference < 1.5, `${what}: ${difference.toFixed(2)} dB worse`);
      }
});

test("encodes a single pixel", async () => {
  const pixels = Uint8Array.of(200, 100, 50);
  const size = { width: 1, height: 1, format: RGB888, quality: 90 };
  assert.ok((await fidelity(encode(loadThicket(), pixels, size), pixels, false)) > 30);
});

test("says what is wrong with a quality, a handle or too little room", () => {
  const thicket = loadThicket();
  const memory = thicket.alloc(3 * 512);
  const nameOf = (code: number) => thicket.text(thicket.native.thicket_error_name!(code));
  thicket.native.thicket_wasm_frames_open!(memory, 3 * 512);
  const handle = thicket.native.thicket_wasm_frame_take!(16, 16, 0);
  const jpeg = thicket.native.thicket_wasm_jpeg!;
  assert.is(nameOf(jpeg(handle, 0, memory, 100)), "ARGUMENT");
  assert.is(nameOf(jpeg(handle, 101, memory, 100)), "ARGUMENT");
  assert.is(nameOf(jpeg(handle + 1, 50, memory, 100)), "HANDLE");
  assert.is(nameOf(jpeg(handle, 50, memory, 100)), "SIZE");
});

test.run();
