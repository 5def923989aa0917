// Reading pixels of the formats as 8-bit colour or grey. Internal to src/vision.
#ifndef THICKET_X_PIXELS_H
#define THICKET_X_PIXELS_H

#include "thicket_vision.h"

typedef struct {
  uint32_t red, green, blue;  // 0..255
} thicket_x_colour;

static inline size_t thicket_x_pixel_bytes(thicket_pixel_format format) {
  return format == THICKET_PIXEL_GREY ? 1U : format == THICKET_PIXEL_RGB888 ? 3U : 2U;
}

// 5 and 6 bits are widened by repeating their top bits, so that 31 and 63 become 255.
static inline thicket_x_colour thicket_x_rgb565(const uint8_t *at) {
  uint32_t red = at[0] >> 3;
  uint32_t green = ((uint32_t)(at[0] & 7U) << 3) | (at[1] >> 5);
  uint32_t blue = at[1] & 31U;
  return (thicket_x_colour){(red << 3) | (red >> 2), (green << 2) | (green >> 4),
                            (blue << 3) | (blue >> 2)};
}

static inline uint32_t thicket_x_clip(int32_t value) {
  return value < 0 ? 0U : value > 255 ? 255U : (uint32_t)value;
}

// JFIF's full-range BT.601 in 1/65536: 1.402, 0.344136, 0.714136, 1.772.
static inline thicket_x_colour thicket_x_yuv(int32_t y, int32_t u, int32_t v) {
  u -= 128;
  v -= 128;
  return (thicket_x_colour){thicket_x_clip(y + (91881 * v + 32768) / 65536),
                            thicket_x_clip(y - (22553 * u + 46802 * v + 32768) / 65536),
                            thicket_x_clip(y + (116130 * u + 32768) / 65536)};
}

// Pixel `x` of a row. Two neighbours of YUV422 share one U and one V, so the column counts.
static inline thicket_x_colour thicket_x_colour_at(const uint8_t *row, size_t x,
                                                   thicket_pixel_format format) {
  if (format == THICKET_PIXEL_RGB565) return thicket_x_rgb565(row + 2 * x);
  if (format == THICKET_PIXEL_RGB888)
    return (thicket_x_colour){row[3 * x], row[3 * x + 1], row[3 * x + 2]};
  if (format == THICKET_PIXEL_YUV422) {
    const uint8_t *pair = row + 4 * (x / 2);
    return thicket_x_yuv(pair[2 * (x & 1U)], pair[1], pair[3]);
  }
  return (thicket_x_colour){row[x], row[x], row[x]};
}

// 0..255; the weights sum to 256.
static inline uint32_t thicket_x_grey_of(thicket_x_colour colour) {
  return (77U * colour.red + 150U * colour.green + 29U * colour.blue + 128U) >> 8;
}

static inline uint32_t thicket_x_grey_at(const uint8_t *row, size_t x,
                                         thicket_pixel_format format) {
  if (format == THICKET_PIXEL_GREY) return row[x];
  if (format == THICKET_PIXEL_YUV422) return row[2 * x];
  return thicket_x_grey_of(thicket_x_colour_at(row, x, format));
}

#endif
