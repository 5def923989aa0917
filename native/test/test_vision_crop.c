// Crop and resize against a slow area average in floating point, box rules, quantisation, and what
// must be refused.
#include "check.h"
#include "thicket.h"

#include <stdlib.h>
#include <string.h>

static uint32_t seed = 1;

static uint32_t random_below(uint32_t limit) {
  seed = seed * 1664525U + 1013904223U;
  return (uint32_t)(((uint64_t)seed * limit) >> 32);
}

static double value_at(const thicket_frame *f, int x, int y, int channel) {
  size_t index = (size_t)y * (size_t)f->width + (size_t)x;
  if (f->format == THICKET_PIXEL_GREY) return f->pixels[index];
  if (f->format == THICKET_PIXEL_RGB888) return f->pixels[index * 3 + (size_t)channel];
  unsigned word = (unsigned)f->pixels[index * 2] << 8 | f->pixels[index * 2 + 1];
  unsigned five = channel == 0 ? word >> 11 : word & 31U;
  unsigned six = word >> 5 & 63U;
  return channel == 1 ? (double)(six << 2 | six >> 4) : (double)(five << 3 | five >> 2);
}

static double overlap(double a0, double a1, double b0, double b1) {
  double low = a0 > b0 ? a0 : b0;
  double high = a1 < b1 ? a1 : b1;
  return high > low ? high - low : 0;
}

static double area_average(const thicket_frame *f, const thicket_box *box, int out_w, int out_h,
                           int x, int y, int c) {
  double x0 = (double)x * box->width / out_w, x1 = (double)(x + 1) * box->width / out_w;
  double y0 = (double)y * box->height / out_h, y1 = (double)(y + 1) * box->height / out_h;
  double sum = 0, weight = 0;
  for (int sy = (int)y0; sy < box->height && sy < y1; sy++)
    for (int sx = (int)x0; sx < box->width && sx < x1; sx++) {
      double w = overlap(sx, sx + 1, x0, x1) * overlap(sy, sy + 1, y0, y1);
      sum += w * value_at(f, box->left + sx, box->top + sy, c);
      weight += w;
    }
  return sum / weight;
}

static void averages_areas_exactly(void) {
  static uint32_t scratch[512 * 6];
  int worst_over = 0;
  for (int turn = 0; turn < 60; turn++) {
    thicket_pixel_format format = (thicket_pixel_format)(turn % 3);
    size_t step = format == THICKET_PIXEL_RGB565 ? 2 : format == THICKET_PIXEL_RGB888 ? 3 : 1;
    int width = 1 + (int)random_below(90), height = 1 + (int)random_below(90);
    size_t bytes = (size_t)width * (size_t)height * step;
    uint8_t *pixels = malloc(bytes);  // exactly as large as the frame: a byte beyond is caught
    for (size_t i = 0; i < bytes; i++) pixels[i] = (uint8_t)random_below(256);
    thicket_frame frame = {pixels, bytes, width, height, format};
    thicket_box box = {(int)random_below((uint32_t)width), (int)random_below((uint32_t)height), 0,
                       0};
    box.width = 1 + (int)random_below((uint32_t)(width - box.left));
    box.height = 1 + (int)random_below((uint32_t)(height - box.top));
    thicket_vision_input input;
    int out_w = 1 + (int)random_below(40), out_h = 1 + (int)random_below(40);
    CHECK(thicket_vision_input_init(&input, out_w, out_h, 3, 1.0 / 255, -128, 1) == THICKET_OK);
    size_t out_bytes = (size_t)out_w * (size_t)out_h * 3;
    uint8_t *out = malloc(out_bytes);
    CHECK(thicket_vision_crop(&frame, &box, &input, out, out_bytes, scratch, sizeof scratch / 4) ==
          THICKET_OK);
    for (int y = 0; y < out_h; y++)
      for (int x = 0; x < out_w; x++)
        for (int c = 0; c < 3; c++) {
          double off = area_average(&frame, &box, out_w, out_h, x, y, c) - 128 -
                       (int8_t)out[(y * out_w + x) * 3 + c];
          if (off > 0.5001 || off < -0.5001) worst_over++;
        }
    free(out);
    free(pixels);
  }
  CHECK(worst_over == 0);
}

static void survives_the_largest_frame(void) {
  static uint32_t scratch[512 * 6];
  size_t bytes = (size_t)2048 * 2048;
  uint8_t *pixels = malloc(bytes);
  memset(pixels, 255, bytes);
  thicket_frame frame = {pixels, bytes, 2048, 2048, THICKET_PIXEL_GREY};
  thicket_vision_input input;
  uint8_t out[3];
  CHECK(thicket_vision_input_init(&input, 1, 1, 3, 1.0 / 255, -128, 1) == THICKET_OK);
  CHECK(thicket_vision_crop(&frame, NULL, &input, out, sizeof out, scratch, sizeof scratch / 4) ==
        THICKET_OK);
  CHECK(out[0] == 127 && out[1] == 127 && out[2] == 127);
  free(pixels);
}

static void makes_grey_from_colour(void) {
  static const uint8_t pixels[] = {0xf8, 0x00, 0x07, 0xe0, 0x00, 0x1f, 0xff, 0xff};
  thicket_frame frame = {pixels, sizeof pixels, 4, 1, THICKET_PIXEL_RGB565};
  thicket_vision_input input;
  uint32_t scratch[8];
  uint8_t out[4];
  CHECK(thicket_vision_input_init(&input, 4, 1, 1, 1.0 / 255, 0, 0) == THICKET_OK);
  CHECK(thicket_vision_crop(&frame, NULL, &input, out, 4, scratch, 8) == THICKET_OK);
  CHECK(out[0] == 77 && out[1] == 149 && out[2] == 29 && out[3] == 255);
}

static void quantises_to_each_convention(void) {
  // scale, zero point, signed; bytes of pixels 0, 128 and 255
  static const struct {
    double scale;
    int zero_point, is_signed, black, middle, white;
  } rows[] = {
      {1.0 / 255, -128, 1, -128, 0, 127}, {0.003922, -128, 1, -128, 0, 127},
      {1.0 / 255, 0, 0, 0, 128, 255},     {0.007843, -1, 1, -128, 0, 127},
      {1.0, -128, 1, -128, 0, 127},       {0.00390625, 0, 0, 0, 128, 255},
      {0.01863, -14, 1, -128, 0, 127},    {0.0078125, 128, 0, 0, 128, 255},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    thicket_vision_input input;
    CHECK(thicket_vision_input_init(&input, 8, 8, 3, rows[i].scale, rows[i].zero_point,
                                    rows[i].is_signed) == 0);
    int sign = rows[i].is_signed;
    int black = sign ? (int8_t)input.bytes_of[0] : input.bytes_of[0];
    int middle = sign ? (int8_t)input.bytes_of[128] : input.bytes_of[128];
    int white = sign ? (int8_t)input.bytes_of[255] : input.bytes_of[255];
    CHECK(black - rows[i].black <= 1 && rows[i].black - black <= 1);
    CHECK(middle - rows[i].middle <= 1 && rows[i].middle - middle <= 1);
    CHECK(white - rows[i].white <= 1 && rows[i].white - white <= 1);
  }
  thicket_vision_input input;
  CHECK(thicket_vision_input_init(&input, 8, 8, 3, 0.0, 0, 1) == THICKET_E_ARGUMENT);
  CHECK(thicket_vision_input_init(&input, 8, 8, 3, -1.0, 0, 1) == THICKET_E_ARGUMENT);
  CHECK(thicket_vision_input_init(&input, 8, 8, 3, 1.0, 128, 1) == THICKET_E_ARGUMENT);
  CHECK(thicket_vision_input_init(&input, 8, 8, 3, 1.0, -1, 0) == THICKET_E_ARGUMENT);
  CHECK(thicket_vision_input_init(&input, 8, 8, 2, 1.0, 0, 0) == THICKET_E_SHAPE);
  CHECK(thicket_vision_input_init(&input, 0, 8, 3, 1.0, 0, 0) == THICKET_E_SHAPE);
  CHECK(thicket_vision_input_init(&input, 8, 513, 3, 1.0, 0, 0) == THICKET_E_SHAPE);
  CHECK(thicket_vision_input_init(NULL, 8, 8, 3, 1.0, 0, 0) == THICKET_E_ARGUMENT);
}

static void check_widened(thicket_box box, thicket_box want) {
  thicket_box out = {0, 0, 0, 0};
  CHECK(thicket_vision_widen(320, 240, &box, 25, &out) == THICKET_OK);
  CHECK(out.left == want.left && out.top == want.top && out.width == want.width &&
        out.height == want.height);
}

static void widens_boxes_to_squares(void) {
  check_widened((thicket_box){100, 100, 40, 40}, (thicket_box){90, 90, 60, 60});
  check_widened((thicket_box){100, 100, 80, 40}, (thicket_box){80, 60, 120, 120});
  check_widened((thicket_box){0, 0, 40, 80}, (thicket_box){0, 0, 120, 120});
  check_widened((thicket_box){280, 200, 40, 40}, (thicket_box){260, 180, 60, 60});
  check_widened((thicket_box){20, 100, 280, 60}, (thicket_box){0, 0, 320, 240});
  check_widened((thicket_box){-50, -50, 90, 90}, (thicket_box){0, 0, 60, 60});
  check_widened((thicket_box){0, 0, 320, 240}, (thicket_box){0, 0, 320, 240});
  check_widened((thicket_box){319, 239, 1, 1}, (thicket_box){319, 239, 1, 1});
  thicket_box out;
  CHECK(thicket_vision_widen(320, 240, &(thicket_box){320, 0, 5, 5}, 25, &out) == THICKET_E_BOX);
  CHECK(thicket_vision_widen(320, 240, &(thicket_box){-5, 0, 5, 5}, 25, &out) == THICKET_E_BOX);
  CHECK(thicket_vision_widen(320, 240, &(thicket_box){0, 0, 0, 5}, 25, &out) == THICKET_E_BOX);
  CHECK(thicket_vision_widen(320, 240, &(thicket_box){0, 0, INT32_MAX, INT32_MAX}, 200, &out) ==
        THICKET_OK);
  CHECK(thicket_vision_widen(320, 240, &(thicket_box){INT32_MIN, 0, INT32_MAX, 1}, 25, &out) ==
        THICKET_E_BOX);
  CHECK(thicket_vision_widen(0, 240, &(thicket_box){0, 0, 5, 5}, 25, &out) == THICKET_E_SHAPE);
  CHECK(thicket_vision_widen(320, 2049, &(thicket_box){0, 0, 5, 5}, 25, &out) == THICKET_E_SHAPE);
  CHECK(thicket_vision_widen(320, 240, NULL, 25, &out) == THICKET_E_ARGUMENT);
  CHECK(thicket_vision_widen(320, 240, &(thicket_box){0, 0, 5, 5}, 201, &out) ==
        THICKET_E_ARGUMENT);
}

static void refuses_hostile_calls(void) {
  uint8_t pixels[2 * 4 * 4] = {0};
  uint8_t out[12];
  uint32_t scratch[12];
  thicket_vision_input input;
  CHECK(thicket_vision_input_init(&input, 2, 2, 3, 1.0, 0, 0) == THICKET_OK);
  thicket_frame frame = {pixels, sizeof pixels, 4, 4, THICKET_PIXEL_RGB565};
  thicket_box box = {0, 0, 4, 4};
  CHECK(thicket_vision_crop(&frame, &box, &input, out, 12, scratch, 12) == THICKET_OK);
  CHECK(thicket_vision_crop(&frame, &box, &input, out, 11, scratch, 12) == THICKET_E_SIZE);
  CHECK(thicket_vision_crop(&frame, &box, &input, out, 12, scratch, 11) == THICKET_E_SIZE);
  CHECK(thicket_vision_crop(NULL, &box, &input, out, 12, scratch, 12) == THICKET_E_ARGUMENT);
  CHECK(thicket_vision_crop(&frame, &box, NULL, out, 12, scratch, 12) == THICKET_E_ARGUMENT);
  CHECK(thicket_vision_crop(&frame, &box, &input, NULL, 12, scratch, 12) == THICKET_E_ARGUMENT);
  CHECK(thicket_vision_crop(&frame, &(thicket_box){4, 0, 1, 1}, &input, out, 12, scratch, 12) ==
        THICKET_E_BOX);
  CHECK(thicket_vision_crop(&frame, &(thicket_box){0, 0, -3, 1}, &input, out, 12, scratch, 12) ==
        THICKET_E_BOX);
  CHECK(thicket_vision_crop(&frame, &(thicket_box){-9, -9, INT32_MAX, INT32_MAX}, &input, out, 12,
                            scratch, 12) == 0);
  frame.bytes--;
  CHECK(thicket_vision_crop(&frame, &box, &input, out, 12, scratch, 12) == THICKET_E_SIZE);
  frame.width = -4;
  CHECK(thicket_vision_crop(&frame, &box, &input, out, 12, scratch, 12) == THICKET_E_SHAPE);
  frame.width = INT32_MAX;
  frame.height = INT32_MAX;
  CHECK(thicket_vision_crop(&frame, &box, &input, out, 12, scratch, 12) == THICKET_E_SHAPE);
  frame = (thicket_frame){pixels, sizeof pixels, 4, 4, (thicket_pixel_format)7};
  CHECK(thicket_vision_crop(&frame, &box, &input, out, 12, scratch, 12) == THICKET_E_PIXEL_FORMAT);
  CHECK(thicket_vision_scratch_words(513, 3) == 0);
  CHECK(thicket_vision_scratch_words(96, 2) == 0);
  CHECK(thicket_vision_scratch_words(96, 3) == 576);
}

int main(void) {
  averages_areas_exactly();
  survives_the_largest_frame();
  makes_grey_from_colour();
  quantises_to_each_convention();
  widens_boxes_to_squares();
  refuses_hostile_calls();
  return check_report("vision_crop");
}
