// Reading a picture file: binary PPM (P6, 8 bits), and JPEG where libjpeg was there to build with.
#ifndef THICKET_PICTURE_H
#define THICKET_PICTURE_H

#include <stdint.h>

typedef struct {
  int32_t width, height;
  uint8_t *rgb;  // [height][width][red, green, blue], to be freed
} thicket_picture;

// Read a file. A JPEG larger than the limits is halved, or cut to an eighth, until it fits.
// Returns THICKET_OK, or THICKET_E_PIXEL_FORMAT (not such a file), THICKET_E_SIZE (too large, or no
// memory).
int32_t thicket_picture_read(const char *path, int32_t width_max, int32_t height_max,
                             thicket_picture *picture);

#endif
