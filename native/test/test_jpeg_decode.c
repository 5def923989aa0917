// thicket_jpeg_decode of this port, on JPEGs of our own encoder: what comes back is what went in,
// smaller; and no bytes, whole or broken, do any harm.
#include "check.h"
#include "thicket.h"
#include "thicket_jpeg.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 325, HEIGHT = 243 };
static uint8_t rgb[WIDTH * HEIGHT * 3];
static uint8_t jpeg[WIDTH * HEIGHT * 2];
static uint8_t pixels[WIDTH * HEIGHT * 2];

static int32_t draw(void) {
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      uint8_t *at = rgb + 3 * (y * WIDTH + x);
      at[0] = (uint8_t)(40 + x / 2);
      at[1] = (uint8_t)(200 - y / 2);
      at[2] = (uint8_t)(x > WIDTH / 2 ? 180 : 60);
    }
  thicket_frame frame = {rgb, sizeof rgb, WIDTH, HEIGHT, THICKET_PIXEL_RGB888};
  return thicket_jpeg_encode(&frame, 90, jpeg, sizeof jpeg);
}

// Mean difference of a channel from the area average of the original.
static int off(const thicket_frame *got) {
  thicket_frame whole = {rgb, sizeof rgb, WIDTH, HEIGHT, THICKET_PIXEL_RGB888};
  thicket_vision_input input;
  static uint8_t wanted[WIDTH * HEIGHT * 3], seen[WIDTH * HEIGHT * 3];
  static uint32_t scratch[2 * WIDTH * 3];
  thicket_box box = {0, 0, WIDTH, HEIGHT};
  thicket_vision_input_init(&input, got->width, got->height, 3, 1.0, 0, 0);
  CHECK(thicket_vision_crop(&whole, &box, &input, wanted, sizeof wanted, scratch, 2 * WIDTH * 3) ==
        0);
  CHECK(thicket_vision_crop(got, NULL, &input, seen, sizeof seen, scratch, 2 * WIDTH * 3) == 0);
  int64_t sum = 0;
  int count = got->width * got->height * 3;
  for (int i = 0; i < count; i++) sum += abs(wanted[i] - seen[i]);
  return (int)(sum / count);
}

static void gives_the_picture_back_at_every_scale(int32_t bytes) {
  for (int scale = 0; scale <= 3; scale++) {
    thicket_frame got;
    int by = 1 << scale;
    CHECK(thicket_jpeg_decode(jpeg, (size_t)bytes, scale, pixels, sizeof pixels, &got) == 0);
    CHECK(got.width == (WIDTH + by - 1) / by && got.height == (HEIGHT + by - 1) / by);
    CHECK(got.format == THICKET_PIXEL_RGB565 && got.pixels == pixels);
    CHECK(off(&got) <= 4);
  }
}

static void says_what_is_wrong(int32_t bytes) {
  thicket_frame got;
  size_t all = (size_t)bytes;
  CHECK(thicket_jpeg_decode(NULL, all, 0, pixels, sizeof pixels, &got) == THICKET_E_ARGUMENT);
  CHECK(thicket_jpeg_decode(jpeg, 0, 0, pixels, sizeof pixels, &got) == THICKET_E_ARGUMENT);
  CHECK(thicket_jpeg_decode(jpeg, all, 4, pixels, sizeof pixels, &got) == THICKET_E_ARGUMENT);
  CHECK(thicket_jpeg_decode(jpeg, all, -1, pixels, sizeof pixels, &got) == THICKET_E_ARGUMENT);
  CHECK(thicket_jpeg_decode(jpeg, all, 0, pixels, WIDTH * HEIGHT * 2 - 1, &got) == THICKET_E_SIZE);
  CHECK(thicket_jpeg_decode(jpeg, all / 2, 0, pixels, sizeof pixels, &got) == THICKET_E_JPEG);
  CHECK(thicket_jpeg_decode(rgb, sizeof rgb, 0, pixels, sizeof pixels, &got) == THICKET_E_JPEG);
}

// Bytes changed at random: a code comes back, the sanitizers judge the rest.
static void survives_damage(int32_t bytes) {
  uint32_t seed = 3;
  uint8_t *copy = malloc((size_t)bytes);
  for (int turn = 0; turn < 200; turn++) {
    thicket_frame got;
    memcpy(copy, jpeg, (size_t)bytes);
    for (int i = 0; i < 1 + turn % 6; i++) {
      seed = seed * 1664525U + 1013904223U;
      copy[(seed >> 8) % (uint32_t)(turn % 2 ? bytes : 700)] = (uint8_t)(seed >> 24);
    }
    int code = thicket_jpeg_decode(copy, (size_t)bytes, turn % 4, pixels, sizeof pixels, &got);
    CHECK(code == 0 || code == THICKET_E_JPEG || code == THICKET_E_SIZE || code == THICKET_E_SHAPE);
  }
  free(copy);
}

int main(void) {
  int32_t bytes = draw();
  CHECK(bytes > 1000);
  gives_the_picture_back_at_every_scale(bytes);
  says_what_is_wrong(bytes);
  survives_damage(bytes);
  return check_report("jpeg_decode");
}
