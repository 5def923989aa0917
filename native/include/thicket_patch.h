// Thicket patch: makes a new image in one slot out of the image in the other and a patch that comes
// in pieces of any size. The decoder's whole state is a string of bytes that may be kept after any
// piece, so that a patch goes on after a power cut where it was. Format: src/patch/FORMAT.md.
//
// Portable C11; nothing allocates, nothing is kept between calls.
#ifndef THICKET_PATCH_H
#define THICKET_PATCH_H

#include "thicket_vault.h"

#include <stdint.h>

// What is kept between pieces. Little-endian, the same on every machine.
#define THICKET_PATCH_STATE_BYTES 40

// The state before the first piece. The slot has been erased with thicket_slots_begin.
THICKET_API void thicket_patch_begin(uint8_t state[THICKET_PATCH_STATE_BYTES]);

// Take the next piece: read the other slot's image and what was written so far, write the new image
// in order. A piece is judged whole before anything is written: after E_PATCH_* flash is as before.
// After a cut the piece that was under way is given again, with the state before it: the same bytes
// are programmed again, over what was programmed of them.
//   slot   that is written; the other one is the base
//   state  of the piece before; unless OK is returned it is unchanged
//   bytes  of the piece, 0 allowed
// Returns OK, E_ARGUMENT, E_PATCH_STATE, E_PATCH_BASE, E_PATCH_FORMAT, E_PATCH_SIZE,
// E_PATCH_BOUNDS, E_PATCH_LENGTH, E_VAULT_STATE (begin first), E_VAULT_WRITE (begin anew: what is
// there is not this image), E_VAULT_READ.
int32_t thicket_patch_apply(const thicket_slots *slots, uint32_t slot,
                            uint8_t state[THICKET_PATCH_STATE_BYTES], const void *piece,
                            uint32_t bytes);

// How far a state is.
//   taken  bytes of the patch
//   made   bytes of the image; as many as it has when it is complete
// Returns OK, E_ARGUMENT or E_PATCH_STATE.
THICKET_API int32_t thicket_patch_offsets(const uint8_t state[THICKET_PATCH_STATE_BYTES],
                                          uint32_t *taken, uint32_t *made);

#endif
