/**
 * What an animal looks like to the model: the features before its last layer, for comparing one animal with another. Never trained or
 * tested on individuals (device/model/model-card.md): an order of candidates for a person, not an answer.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type OpenModel, openModel } from "../../native/port/wasm/model.ts";
import { loadThicket } from "../../native/port/wasm/thicket.ts";

const FILE = fileURLToPath(
  new URL("../../device/model/thicket_96_embed_int8.tflite", import.meta.url),
);

export interface Embedder {
  /** Vectors of different models must not be compared. */
  model: string;
  /**
   * @param jpeg a whole picture
   * @param box x, y, width, height as parts of the picture; null: all of it
   * @returns one number per feature, not negative
   */
  embed(jpeg: Buffer, box: [number, number, number, number] | null): Promise<number[]>;
}

/** Undefined when the model is not there. */
export function openEmbedder(): Embedder | undefined {
  let file: Buffer;
  try {
    file = readFileSync(FILE);
  } catch {
    return undefined;
  }
  const thicket = loadThicket();
  let model: OpenModel | undefined;
  return {
    model: "thicket_96_embed_int8",
    async embed(jpeg, box) {
      // Opened at first use: most servers never compare animals.
      model ??= openModel(thicket, file);
      const [input] = model.inputs;
      if (!input) throw new Error("the embedding model has no input");
      const side = input.shape[1] as number;
      const pixels = await cropped(jpeg, box, side);
      // Quantised like the camera's crops: 0..255 to -128..127.
      const target = thicket.bytes(input.pointer, input.bytes);
      for (let index = 0; index < pixels.length; index++) {
        target[index] = ((pixels[index] as number) - 128) & 255;
      }
      model.invoke();
      const [output] = model.outputs;
      if (!output) throw new Error("the embedding model has no output");
      const bytes = thicket.bytes(output.pointer, output.bytes);
      return [...new Int8Array(bytes)].map((value) => value + 128);
    },
  };
}

const MARGIN = 0.25;

/** The box and a quarter of its side around it, widened to a square where the picture allows, averaged over areas. */
async function cropped(
  jpeg: Buffer,
  box: [number, number, number, number] | null,
  side: number,
): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const { data, info } = await sharp(jpeg, { failOn: "error" })
    .rotate()
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const [x, y, width, height] = box ?? [0, 0, 1, 1];
  const wide = width * info.width * (1 + 2 * MARGIN);
  const high = height * info.height * (1 + 2 * MARGIN);
  const across = Math.min(Math.max(wide, high), info.width);
  const down = Math.min(Math.max(wide, high), info.height);
  const within = (middle: number, length: number, limit: number) =>
    Math.min(Math.max(middle - length / 2, 0), limit - length);
  const left = within((x + width / 2) * info.width, across, info.width);
  const top = within((y + height / 2) * info.height, down, info.height);
  const made = new Uint8Array(side * side * 3);
  for (let row = 0; row < side; row++) {
    const [fromY, toY] = span(top, down, row, side, info.height);
    for (let column = 0; column < side; column++) {
      const [fromX, toX] = span(left, across, column, side, info.width);
      const sums = [0, 0, 0];
      for (let py = fromY; py < toY; py++) {
        for (let px = fromX; px < toX; px++) {
          const at = (py * info.width + px) * info.channels;
          for (let c = 0; c < 3; c++) {
            sums[c] = (sums[c] as number) + (data[at + Math.min(c, info.channels - 1)] as number);
          }
        }
      }
      const count = (toY - fromY) * (toX - fromX);
      const at = (row * side + column) * 3;
      sums.forEach((sum, c) => {
        made[at + c] = Math.round(sum / count);
      });
    }
  }
  return made;
}

/** Whole pixels behind one pixel of the crop, at least one. */
function span(start: number, length: number, index: number, side: number, limit: number) {
  const from = Math.min(Math.floor(start + (length * index) / side), limit - 1);
  const to = Math.max(from + 1, Math.min(Math.round(start + (length * (index + 1)) / side), limit));
  return [from, to] as const;
}
