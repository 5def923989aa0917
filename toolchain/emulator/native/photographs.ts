/**
 * A folder of photographs before the lens. Files are decoded by sharp, turned upright as their EXIF says, and scaled
 * down to what the sensor delivers; small ones are not enlarged.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { inputError, interruptedError } from "../../errors.ts";
import { type FrameSource, type SensorFrame, toRgb565 } from "./frame-source.ts";

const PICTURE = /\.(jpe?g|png)$/i;

/** 8-bit pixels before the sensor's colour depth: [height][width][red, green, blue]. */
export interface Picture {
  width: number;
  height: number;
  rgb: Uint8Array;
}

/**
 * Names of the pictures in a folder, sorted.
 *
 * **Errors:** NO_PICTURES when the folder is missing, is no folder, or holds none.
 */
export function listPhotographs(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
    throw inputError("NO_PICTURES", `the folder ${folder} ${reason}`);
  }
  const pictures = names.filter((name) => PICTURE.test(name) && !name.startsWith(".")).sort();
  if (pictures.length === 0)
    throw inputError(
      "NO_PICTURES",
      `the folder ${folder} holds no photographs`,
      "files must end in .jpg, .jpeg or .png",
    );
  return pictures;
}

/**
 * Decode one photograph at the size the sensor would deliver.
 *
 * **Errors:** BAD_PICTURE, naming the file and the decoder's reason.
 */
export async function decodePhotograph(
  file: string,
  limit: { width: number; height: number },
): Promise<Picture> {
  // Loaded late: programs without photographs need not load libvips.
  const { default: sharp } = await import("sharp");
  try {
    const { data, info } = await sharp(file, { failOn: "error" })
      .rotate()
      .resize({ ...limit, fit: "inside", withoutEnlargement: true })
      .flatten({ background: "#808080" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`${info.channels} colour channels`);
    return { width: info.width, height: info.height, rgb: data };
  } catch (error) {
    const reason = String((error as Error).message).split("\n")[0];
    throw inputError("BAD_PICTURE", `${file} is not a readable picture: ${reason}`);
  }
}

/** Small: only to find out whether the file can be read. */
export const CHECK_SIZE = { width: 32, height: 32 };

/**
 * Every photograph of the folder, checked before the first is shown: a broken file is reported as such, and at once.
 *
 * **Errors:** NO_PICTURES, BAD_PICTURE
 */
export async function checkPhotographs(folder: string, signal?: AbortSignal): Promise<string[]> {
  const names = listPhotographs(folder);
  for (const name of names) {
    if (signal?.aborted) throw interruptedError("INTERRUPTED", "interrupted");
    await decodePhotograph(join(folder, name), CHECK_SIZE);
  }
  return names;
}

/** Shows one photograph of the folder at a time, as a still scene. */
export class PhotographSource implements FrameSource {
  readonly folder: string;
  readonly names: string[];
  private current: string;
  private readonly decoded = new Map<string, SensorFrame>();

  /** @param names relative to the folder; without them all that it holds */
  constructor(folder: string, names = listPhotographs(folder)) {
    this.folder = folder;
    this.names = names;
    this.current = this.names[0] as string;
  }

  /** Put a photograph before the lens. */
  show(name: string): void {
    if (name !== this.current) this.decoded.clear();
    this.current = name;
  }

  async next(_nowMs: number, limit: { width: number; height: number }): Promise<SensorFrame> {
    const key = `${limit.width}x${limit.height}`;
    const known = this.decoded.get(key);
    if (known) return known;
    const { width, height, rgb } = await decodePhotograph(join(this.folder, this.current), limit);
    const frame = { width, height, rgb565: toRgb565(rgb, width * height), name: this.current };
    this.decoded.set(key, frame);
    return frame;
  }
}
