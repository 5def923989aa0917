// Frame buffers and handles, exposure figures, and the shape of the JPEG stream.
#include "check.h"
#include "thicket.h"

#include <stdlib.h>
#include <string.h>

static void lends_three_buffers_and_notices_use_after_release(void) {
  static uint8_t memory[3 * 64];
  thicket_frames frames;
  uint8_t *pixels = NULL;
  CHECK(thicket_frames_init(&frames, memory, sizeof memory) == THICKET_OK);
  int first = thicket_frames_take(&frames, 8, 4, THICKET_PIXEL_RGB565, &pixels);
  CHECK(first > 0 && pixels == memory);
  int second = thicket_frames_take(&frames, 8, 4, THICKET_PIXEL_RGB565, &pixels);
  int third = thicket_frames_take(&frames, 8, 4, THICKET_PIXEL_RGB565, &pixels);
  CHECK(second > first && third > second && pixels == memory + 128);
  CHECK(thicket_frames_lent(&frames) == 3);
  CHECK(thicket_frames_take(&frames, 1, 1, THICKET_PIXEL_GREY, &pixels) == THICKET_E_NO_BUFFER);
  CHECK(thicket_frames_get(&frames, second)->pixels == memory + 64);
  CHECK(thicket_frames_release(&frames, second) == THICKET_OK);
  CHECK(thicket_frames_get(&frames, second) == NULL);
  CHECK(thicket_frames_release(&frames, second) == THICKET_E_HANDLE);
  int fourth = thicket_frames_take(&frames, 1, 1, THICKET_PIXEL_GREY, &pixels);
  CHECK(fourth > third && pixels == memory + 64);
  CHECK(thicket_frames_get(&frames, second) == NULL);
  CHECK(thicket_frames_get(&frames, 0) == NULL && thicket_frames_get(&frames, -1) == NULL);
  CHECK(thicket_frames_release(&frames, 0) == THICKET_E_HANDLE);
}

static void refuses_frames_that_do_not_fit(void) {
  static uint8_t memory[3 * 64];
  thicket_frames frames;
  uint8_t *pixels;
  CHECK(thicket_frames_init(&frames, memory, 2) == THICKET_E_ARGUMENT);
  CHECK(thicket_frames_init(&frames, NULL, 64) == THICKET_E_ARGUMENT);
  CHECK(thicket_frames_init(&frames, memory, sizeof memory) == THICKET_OK);
  CHECK(thicket_frames_take(&frames, 8, 5, THICKET_PIXEL_RGB565, &pixels) == THICKET_E_SIZE);
  CHECK(thicket_frames_take(&frames, 0, 5, THICKET_PIXEL_RGB565, &pixels) == THICKET_E_SHAPE);
  CHECK(thicket_frames_take(&frames, 8, 4096, THICKET_PIXEL_GREY, &pixels) == THICKET_E_SHAPE);
  CHECK(thicket_frames_take(&frames, 8, 4, (thicket_pixel_format)9, &pixels) ==
        THICKET_E_PIXEL_FORMAT);
  CHECK(thicket_frames_lent(&frames) == 0);
}

static void measures_exposure_and_sharpness(void) {
  uint8_t grey[64];
  thicket_frame frame = {grey, sizeof grey, 8, 8, THICKET_PIXEL_GREY};
  thicket_frame_stats stats;
  memset(grey, 40, sizeof grey);
  CHECK(thicket_frame_measure(&frame, &stats) == THICKET_OK);
  CHECK(stats.mean == 40 && stats.deviation == 0 && stats.sharpness == 0 &&
        stats.dark_permille == 0);
  for (int i = 0; i < 64; i++) grey[i] = i % 2 ? 255 : 0;
  CHECK(thicket_frame_measure(&frame, &stats) == THICKET_OK);
  CHECK(stats.mean == 128 && stats.deviation == 127 && stats.sharpness == 255 * 16);
  CHECK(stats.dark_permille == 500 && stats.bright_permille == 500);
  frame.width = 1;
  CHECK(thicket_frame_measure(&frame, &stats) == THICKET_OK);
  CHECK(stats.sharpness == 0);
  frame.bytes = 7;
  CHECK(thicket_frame_measure(&frame, &stats) == THICKET_E_SIZE);
  CHECK(thicket_frame_measure(NULL, &stats) == THICKET_E_ARGUMENT);
  size_t bytes = (size_t)2048 * 2048;
  uint8_t *large = malloc(bytes);
  memset(large, 255, bytes);
  thicket_frame white = {large, bytes, 2048, 2048, THICKET_PIXEL_GREY};
  CHECK(thicket_frame_measure(&white, &stats) == THICKET_OK);
  CHECK(stats.mean == 255 && stats.deviation == 0 && stats.bright_permille == 1000);
  free(large);
}

static void writes_jpeg_streams(void) {
  enum { WIDTH = 37, HEIGHT = 21 };
  static uint8_t pixels[WIDTH * HEIGHT * 2];
  static uint8_t out[16384];
  for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i * 2654435761U >> 24);
  thicket_frame frame = {pixels, sizeof pixels, WIDTH, HEIGHT, THICKET_PIXEL_RGB565};
  int32_t before = 0;
  for (int quality = 1; quality <= 100; quality += 33) {
    int32_t length = thicket_jpeg_encode(&frame, quality, out, sizeof out);
    CHECK(length > before);
    CHECK(out[0] == 0xff && out[1] == 0xd8 && out[length - 2] == 0xff && out[length - 1] == 0xd9);
    before = length;
  }
  // Whatever the room, it stays within it.
  for (int32_t room = 0; room < before; room += 7) {
    uint8_t *small = malloc((size_t)room + 1);
    CHECK(thicket_jpeg_encode(&frame, 100, small, (size_t)room) == THICKET_E_SIZE);
    free(small);
  }
  CHECK(thicket_jpeg_encode(&frame, 0, out, sizeof out) == THICKET_E_ARGUMENT);
  CHECK(thicket_jpeg_encode(&frame, 101, out, sizeof out) == THICKET_E_ARGUMENT);
  CHECK(thicket_jpeg_encode(&frame, 50, NULL, 0) == THICKET_E_ARGUMENT);
  frame.height = 0;
  CHECK(thicket_jpeg_encode(&frame, 50, out, sizeof out) == THICKET_E_SHAPE);
}

// A scene of hard-edged tiles, blurred `rounds` times along the rows and columns.
static void draw_tiles(uint8_t *grey, int width, int height, int rounds) {
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      grey[y * width + x] = (uint8_t)(60 + ((x / 12) * 53 + (y / 10) * 71) % 120);
  for (int round = 0; round < rounds; round++) {
    for (int y = 0; y < height; y++)
      for (int x = 0; x + 2 < width; x++) {
        uint8_t *at = grey + y * width + x;
        at[0] = (uint8_t)((at[0] + at[1] + at[2] + 1) / 3);
      }
  }
}

static void says_when_the_lens_is_covered_or_blurred(void) {
  enum { W = 320, H = 240 };
  static uint8_t grey[W * H];
  thicket_frame frame = {grey, sizeof grey, W, H, THICKET_PIXEL_GREY};
  thicket_frame_stats stats;
  draw_tiles(grey, W, H, 0);
  CHECK(thicket_frame_measure(&frame, &stats) == THICKET_OK);
  CHECK(stats.lens == THICKET_LENS_CLEAR && stats.crisp_permille > 900);
  draw_tiles(grey, W, H, 12);
  CHECK(thicket_frame_measure(&frame, &stats) == THICKET_OK);
  CHECK(stats.lens == THICKET_LENS_BLURRED);
  for (int i = 0; i < W * H; i++) grey[i] = (uint8_t)(30 + (i * 7) % 5);
  CHECK(thicket_frame_measure(&frame, &stats) == THICKET_OK);
  CHECK(stats.lens == THICKET_LENS_COVERED);
}

// Grey, RGB565, RGB888 and YUV422 of the same grey ramp read alike.
static void reads_every_format_alike(void) {
  enum { W = 64, H = 8 };
  static uint8_t grey[W * H], rgb[W * H * 3], word[W * H * 2], yuv[W * H * 2];
  for (int i = 0; i < W * H; i++) {
    uint8_t value = (uint8_t)(i % W * 4);
    grey[i] = rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = yuv[2 * i] = value;
    yuv[2 * i + 1] = 128;
    word[2 * i] = (uint8_t)((value & 0xf8) | value >> 5);
    word[2 * i + 1] = (uint8_t)((value >> 2 & 7) << 5 | value >> 3);
  }
  const thicket_frame frames[4] = {{grey, sizeof grey, W, H, THICKET_PIXEL_GREY},
                                   {rgb, sizeof rgb, W, H, THICKET_PIXEL_RGB888},
                                   {yuv, sizeof yuv, W, H, THICKET_PIXEL_YUV422},
                                   {word, sizeof word, W, H, THICKET_PIXEL_RGB565}};
  thicket_frame_stats wanted, stats;
  CHECK(thicket_frame_measure(&frames[0], &wanted) == THICKET_OK);
  for (int i = 1; i < 4; i++) {
    int slack = i == 3 ? 4 : 0;
    CHECK(thicket_frame_measure(&frames[i], &stats) == THICKET_OK);
    CHECK(abs(stats.mean - wanted.mean) <= slack &&
          abs(stats.deviation - wanted.deviation) <= slack);
    CHECK(stats.lens == wanted.lens && (slack || stats.sharpness == wanted.sharpness));
  }
  thicket_frame odd = frames[2];
  odd.width = 63;
  CHECK(thicket_frame_check(&odd) == THICKET_E_SHAPE);
}

int main(void) {
  lends_three_buffers_and_notices_use_after_release();
  refuses_frames_that_do_not_fit();
  measures_exposure_and_sharpness();
  says_when_the_lens_is_covered_or_blurred();
  reads_every_format_alike();
  writes_jpeg_streams();
  return check_report("vision_frame");
}
