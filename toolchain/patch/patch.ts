/** Makes patches: what a camera is sent instead of a whole image when it runs a known one. */
import { AssertionError } from "node:assert";
import { applyPatch, header, putToken } from "./format.ts";
import { type Effort, parseTokens } from "./parse.ts";

export { applyPatch } from "./format.ts";

/** Up to so many bytes a patch may take a second or two; firmware is larger. */
const SMALL_BYTES = 1 << 18;
const SMALL: Effort = {
  ways: 3,
  grams: [
    [4, 12],
    [8, 8],
    [16, 6],
    [32, 4],
  ],
  againTries: 12,
  long: 96,
};
const LARGE: Effort = {
  ways: 1,
  grams: [
    [8, 3],
    [24, 3],
  ],
  againTries: 3,
  long: 32,
};

/** A patch that makes `image` of `base`; it has been tried. `image` must not be empty. */
export function makePatch(base: Uint8Array, image: Uint8Array): Uint8Array {
  const out = header(image.length);
  const effort = image.length <= SMALL_BYTES ? SMALL : LARGE;
  for (const token of parseTokens(base, image, effort)) putToken(out, token);
  const patch = Uint8Array.from(out);
  if (!Buffer.from(applyPatch(base, patch)).equals(image))
    throw new AssertionError({ message: "a patch makes another image than it was made for" });
  return patch;
}

/** What is sent: the patch where it is smaller, else the image. */
export function smallestPayload(
  base: Uint8Array | undefined,
  image: Uint8Array,
): { payload: Uint8Array; isPatch: boolean } {
  const patch = base && image.length ? makePatch(base, image) : undefined;
  const isPatch = patch !== undefined && patch.length < image.length;
  return { payload: isPatch ? patch : image, isPatch };
}
