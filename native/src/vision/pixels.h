// Reading pixels of the three formats as 8-bit colour or grey. Internal to src/vision.
#ifndef THICKET_X_PIXELS_H
#define THICKET_X_PIXELS_H

#include "thicket_vision.h"

typedef struct {
  uint32_t red, green, blue;  // 0..255
} thicket_x_colour;

static inline size_t thicket_x_pixel_bytes(thicket_pixel_format format) {
  return format == THICKET_PIXEL_RGB565 ? 2U : format == THICKET_PIXEL_RGB888 ? 3U : 1U;
}

// 5 and 6 bits are widened by repeating their top bits, so that 31 and 63 become 255.
static inline thicket_x_colour thicket_x_rgb565(const uint8_t *at) {
  uint32_t red = at[0] >> 3;
  uint32_t green = ((uint32_t)(at[0] & 7U) << 3) | (at[1] >> 5);
  uint32_t blue = at[1] & 31U;
  return (thicket_x_colour){(red << 3) | (red >> 2), (green << 2) | (green >> 4),
                            (blue << 3) | (blue >> 2)};
}

static inline thicket_x_colour thicket_x_colour_at(const uint8_t *at, thicket_pixel_format format) {
  if (format == THICKET_PIXEL_RGB565) return thicket_x_rgb565(at);
  if (format == THICKET_PIXEL_RGB888) return (thicket_x_colour){at[0], at[1], at[2]};
  return (thicket_x_colour){at[0], at[0], at[0]};
}

// 0..255; the weights sum to 256.
static inline uint32_t thicket_x_grey_of(thicket_x_colour colour) {
  return (77U * colour.red + 150U * colour.green + 29U * colour.blue + 128U) >> 8;
}

#endif
