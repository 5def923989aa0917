/** Makes patches: what a camera is sent instead of a whole image when it runs a known one. */
import { AssertionError } from "node:assert";
import { applyPatch, header, putToken } from "./format.ts";
import { parseTokens } from "./parse.ts";

export { applyPatch } from "./format.ts";

/** Ways kept at each place of an image up to so many bytes, and of a larger one. */
const SMALL_BYTES = 1 << 18;
const WAYS = { small: 3, large: 1 };

/** A patch that makes `image` of `base`; it has been tried. `image` must not be empty. */
export function makePatch(base: Uint8Array, image: Uint8Array): Uint8Array {
  const out = header(image.length);
  const ways = image.length <= SMALL_BYTES ? WAYS.small : WAYS.large;
  for (const token of parseTokens(base, image, ways)) putToken(out, token);
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
