// Decoding a JPEG at reduced scale: one function that every port with a decoder has (port/esp32 on
// ESP-IDF's component, port/posix on libjpeg). The wasm build has none: its host decodes pictures
// with a library of its own and hands over pixels.
#ifndef THICKET_JPEG_H
#define THICKET_JPEG_H

#include "thicket_vision.h"

// Decode a baseline JPEG to RGB565 (high byte first), scaled down while it is decoded.
//   jpeg     jpeg_bytes bytes; read only
//   scale    0..3: each side divided by 1, 2, 4 or 8, rounded up
//   dst      room for the picture, 2 bytes per pixel
//   out      filled with the picture; its pixels are dst
// Returns OK, E_ARGUMENT (a null pointer, or a scale out of range), E_JPEG (not a JPEG that the
// decoder takes, or cut short), E_SHAPE (wider or higher than THICKET_VISION_SIDE_MAX after
// scaling; on the chip also sides that the divisor does not divide), or E_SIZE (dst too small).
int thicket_jpeg_decode(const uint8_t *jpeg, size_t jpeg_bytes, int32_t scale, uint8_t *dst,
                        size_t dst_bytes, thicket_frame *out);

#endif
