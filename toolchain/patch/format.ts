/**
 * The format of patches as bytes: numbers, tokens, and what a patch makes of an image. The camera's decoder is
 * native/src/patch/patch.c, the format is native/src/patch/FORMAT.md.
 */
import { integrityError } from "../errors.ts";

export const FORMAT = 1;
/** A token's two bits and four bits say "and a number more". */
export const INSERT_MORE = 3;
export const COPY_MORE = 15;
/** Numbers of a patch have 28 bits at most. */
const NUMBER_BYTES_MAX = 4;

/** Where a token's copy comes from. */
export const SOURCES = {
  /** The base, where the last copy and the literals since would have led. */
  straight: 0,
  /** The base, elsewhere; the next straight copy goes on from there. */
  moved: 1,
  /** The base, elsewhere, as an aside. */
  quoted: 2,
  /** The image as far as it is made. */
  again: 3,
} as const;

export interface Token {
  source: number;
  literals: Uint8Array;
  copies: number;
  /** Signed distance from the end of the last copy for moved and quoted; distance back, from 1, for again. */
  address: number;
}

/** A signed number as one without a sign, small where it is near zero. */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

export function numberBytes(value: number): number {
  let bytes = 1;
  for (let left = value >>> 7; left; left >>>= 7) bytes++;
  return bytes;
}

function putNumber(out: number[], value: number): void {
  let left = value;
  for (; left > 127; left >>>= 7) out.push((left & 127) | 128);
  out.push(left);
}

export const header = (imageBytes: number): number[] => {
  const out = [FORMAT];
  putNumber(out, imageBytes);
  return out;
};

export function putToken(out: number[], token: Token): void {
  const { source, literals, copies, address } = token;
  const inserts = Math.min(literals.length, INSERT_MORE);
  out.push((source << 6) | (inserts << 4) | Math.min(copies, COPY_MORE));
  if (inserts === INSERT_MORE) putNumber(out, literals.length - INSERT_MORE);
  if (copies >= COPY_MORE) putNumber(out, copies - COPY_MORE);
  if (source === SOURCES.again) putNumber(out, address - 1);
  else if (source !== SOURCES.straight) putNumber(out, zigzag(address));
  for (const byte of literals) out.push(byte);
}

const damaged = (why: string) => integrityError("BAD_PATCH", `not a patch for this image: ${why}`);

/** What the camera will make of it. **Errors:** BAD_PATCH. */
export function applyPatch(base: Uint8Array, patch: Uint8Array): Uint8Array {
  let at = 0;
  const byte = (): number => {
    if (at >= patch.length) throw damaged("it ends too early");
    return patch[at++] as number;
  };
  const number = (): number => {
    let value = 0;
    for (let i = 0; i < NUMBER_BYTES_MAX; i++) {
      const next = byte();
      value |= (next & 127) << (7 * i);
      if (next < 128) return value;
    }
    throw damaged("a number is too long");
  };
  if (byte() !== FORMAT) throw damaged("another format");
  const image = new Uint8Array(number());
  let made = 0;
  let next = 0;
  while (made < image.length) {
    const token = byte();
    const source = token >> 6;
    let inserts = (token >> 4) & 3;
    let copies = token & 15;
    if (inserts === INSERT_MORE) inserts += number();
    if (copies === COPY_MORE) copies += number();
    if (inserts + copies === 0) throw damaged("a token without effect");
    if (inserts + copies > image.length - made) throw damaged("it makes more than it announced");
    let from = next + inserts;
    if (source === SOURCES.again) from = made + inserts - 1 - number();
    else if (source !== SOURCES.straight) {
      const value = number();
      from = next + (value & 1 ? -(value + 1) / 2 : value / 2);
    }
    for (; inserts; inserts--) image[made++] = byte();
    const end = source === SOURCES.again ? made + copies : base.length;
    if (copies && (from < 0 || from + copies > end || (source === SOURCES.again && from >= made)))
      throw damaged("it copies from outside");
    const origin = source === SOURCES.again ? image : base;
    for (let i = 0; i < copies; i++) image[made++] = origin[from + i] as number;
    if (copies && source <= SOURCES.moved) next = from + copies;
  }
  if (at !== patch.length) throw damaged("it goes on after the end");
  return image;
}
