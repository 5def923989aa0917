/** The state of a patch between its pieces, as bytes in native memory. What is in it is the C code's. */
import type { Thicket } from "../../../native/port/wasm/thicket.ts";
import { libraryError } from "./native-error.ts";

/** Of thicket_patch.h, held to it by vault_exports.c. */
const STATE_BYTES = 40;

/** Run `work` on a state, "" being the one before the first piece; the state after it and what `work` returned. */
export function withPatchState<T>(
  thicket: Thicket,
  state: Uint8Array,
  work: (pointer: number) => T,
): { state: Uint8Array; result: T } {
  const pointer = thicket.alloc(STATE_BYTES + 8);
  try {
    // Zeroes are no state: what has another length stays that.
    if (state.length === STATE_BYTES) thicket.bytes(pointer, STATE_BYTES).set(state);
    else if (state.length === 0) thicket.native.thicket_patch_begin!(pointer);
    const result = work(pointer);
    return { state: thicket.bytes(pointer, STATE_BYTES).slice(), result };
  } finally {
    thicket.free(pointer);
  }
}

/** Bytes of the patch taken, bytes of the image made. */
export function patchOffsets(thicket: Thicket, state: Uint8Array): number[] {
  return withPatchState(thicket, state, (at) => {
    const out = at + STATE_BYTES;
    const code = thicket.native.thicket_patch_offsets!(at, out, out + 4);
    if (code < 0) throw libraryError(thicket, "PATCH", code);
    return [thicket.view().getUint32(out, true), thicket.view().getUint32(out + 4, true)];
  }).result;
}
