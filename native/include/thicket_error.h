// Error codes of the native library: one table, from which the codes and their names are made.
// Functions return THICKET_OK or a positive value when they succeed and one of these when they do
// not. A code is never renumbered: JavaScript on the camera compares the numbers.
#ifndef THICKET_ERROR_H
#define THICKET_ERROR_H

#include "thicket_api.h"

#include <stdint.h>

// X(name without THICKET_E_, code, what it means)
#define THICKET_ERRORS(X)                                                                 \
  X(ARGUMENT, -1, "a pointer is null, a size is 0, or memory is not aligned")             \
  X(SIZE, -2, "a buffer is too small for what it must hold")                              \
  X(SHAPE, -3, "a width, height or channel count is out of range")                        \
  X(MODEL_FORMAT, -100, "not a TensorFlow Lite model, or of an unknown schema version")   \
  X(MODEL_BOUNDS, -101, "an offset or length points outside the file")                    \
  X(MODEL_INDEX, -102, "an index names a tensor, buffer or operator that is not there")   \
  X(MODEL_OP, -103, "an operator that this runtime does not have")                        \
  X(MODEL_TYPE, -104, "a tensor type that the operator does not take")                    \
  X(MODEL_SHAPE, -105, "tensor shapes that do not fit the operator or each other")        \
  X(MODEL_QUANT, -106, "quantisation that is missing, not finite, or not supported")      \
  X(MODEL_OPTION, -107, "an operator option that is missing, out of range or unknown")    \
  X(MODEL_CONSTANT, -108, "a tensor that must be constant has no data, or the reverse")   \
  X(MODEL_ORDER, -109, "an operator reads a tensor that nothing has written yet")         \
  X(MODEL_LIMIT, -110, "more tensors, operators, memory or work than this runtime takes") \
  X(MODEL_ARENA, -111, "the arena is too small for the model")                            \
  X(BOX, -200, "a box that does not overlap the picture")                                 \
  X(PIXEL_FORMAT, -201, "a pixel format that is not known")                               \
  X(NO_BACKGROUND, -202, "no background learnt for frames of this size")                  \
  X(NO_BUFFER, -210, "all frame buffers are lent out")                                    \
  X(HANDLE, -211, "not a frame's handle, or the frame was released")                      \
  X(JPEG, -212, "not a JPEG that the decoder takes, or one cut short")                    \
  X(VAULT_EMPTY, -300, "nothing is stored in this flash region; it must be formatted")    \
  X(VAULT_FULL, -301, "no room, and nothing of less value to give up")                    \
  X(VAULT_WRITE, -302, "the flash refused to erase or program, or kept other bytes")      \
  X(VAULT_READ, -303, "the flash refused to read")                                        \
  X(VAULT_NAME, -304, "a cell's name is empty, too long, or clashes with another one")    \
  X(VAULT_NONE, -305, "no such cell, record or slot")                                     \
  X(VAULT_DAMAGED, -306, "what is stored does not match its checksum")                    \
  X(VAULT_STATE, -307, "the slot's state does not allow this")                            \
  X(VAULT_DIGEST, -308, "the image does not match its digest")                            \
  X(VAULT_RELEASE, -309, "the release counter is not above the confirmed one")            \
  X(VAULT_CLOSED, -310, "the vault is not open")                                          \
  X(CRYPTO_KEY, -400, "a private key out of range, or a public key off the curve")        \
  X(CRYPTO_AUTH, -401, "not what was sealed with this key, nonce and associated data")    \
  X(CRYPTO_SIGNATURE, -402, "not a signature of this message by this key")                \
  X(CRYPTO_RANDOM, -403, "the generator of random bytes failed")                          \
  X(CRYPTO_PORT, -404, "the platform's crypto library failed, perhaps without memory")    \
  X(RADIO_CHANNEL, -500, "Wi-Fi holds another channel")                                   \
  X(RADIO_PEERS, -501, "no room for another peer")                                        \
  X(RADIO_PEER, -502, "not one of the peers")                                             \
  X(RADIO_PORT, -503, "the radio failed")                                                 \
  X(FIRMWARE_PARTITION, -600, "this board has no second firmware partition")              \
  X(FIRMWARE_STATE, -601, "out of turn: begin, write, end, activate; confirm first")      \
  X(FIRMWARE_SIZE, -602, "not as many bytes as announced, or as there is room for")       \
  X(FIRMWARE_DIGEST, -603, "the image does not match its digest")                         \
  X(FIRMWARE_IMAGE, -604, "not a firmware image for this chip")                           \
  X(FIRMWARE_WRITE, -605, "the flash refused to erase or program")                        \
  X(FIRMWARE_ROLLBACK, -606, "there is no other image to go back to")                     \
  X(PATCH_FORMAT, -700, "not a patch of this format")                                     \
  X(PATCH_STATE, -701, "not the state of a patch that is under way")                      \
  X(PATCH_BASE, -702, "the other slot does not hold the image that the patch began with") \
  X(PATCH_SIZE, -703, "the new image is empty or larger than the slot")                   \
  X(PATCH_BOUNDS, -704, "it copies from outside an image, or makes more than announced")  \
  X(PATCH_LENGTH, -705, "the patch goes on after the end of the image")

enum thicket_error {
  THICKET_OK = 0,
#define THICKET_ERROR_ROW(name, code, text) THICKET_E_##name = (code),
  THICKET_ERRORS(THICKET_ERROR_ROW)
#undef THICKET_ERROR_ROW
};

// Name of an error code without its prefix, for example "MODEL_BOUNDS".
//   code   any value a function of this library returned
// Returns a static zero-terminated ASCII string; "OK" for 0 and above, "UNKNOWN" for a code not in
// the table.
THICKET_API const char *thicket_error_name(int32_t code);

// What an error code means, one clause in lower case.
// Returns a static zero-terminated ASCII string; "" for a code that is not in the table.
THICKET_API const char *thicket_error_text(int32_t code);

#endif
