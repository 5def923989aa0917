// From a frame of any size to 160x120 grey cells: the average of the pixels under each cell, then a
// 3x3 binomial that takes out half of the noise that is left.
#include "motion.h"
#include "pixels.h"

// Whole pixels under each cell, the usual case. RGB565 is summed by colour and weighted once per
// cell: (77, 150, 29)/256 for 8 bits are these for 5, 6 and 5 bits, in 1/65536.
static void average(const thicket_frame *frame, uint8_t *grey) {
  size_t across = (size_t)(frame->width / WIDTH);
  size_t down = (size_t)(frame->height / HEIGHT);
  size_t stride = (size_t)frame->width * thicket_x_pixel_bytes(frame->format);
  uint32_t pixels = (uint32_t)(across * down);
  for (size_t y = 0; y < HEIGHT; y++)
    for (size_t x = 0; x < WIDTH; x++) {
      const uint8_t *row = frame->pixels + y * down * stride;
      uint32_t sum = 0, red = 0, green = 0, blue = 0;
      for (size_t j = 0; j < down; j++, row += stride)
        for (size_t i = x * across; i < (x + 1) * across; i++) {
          if (frame->format != THICKET_PIXEL_RGB565) {
            sum += thicket_x_grey_at(row, i, frame->format);
            continue;
          }
          uint32_t word = ((uint32_t)row[2 * i] << 8) | row[2 * i + 1];
          red += word >> 11;
          green += (word >> 5) & 63U;
          blue += word & 31U;
        }
      if (frame->format == THICKET_PIXEL_RGB565)
        // At most 163 pixels under a cell, 2048 x 2048 in 160 x 120: below 2^32 with 255 << 16
        // each.
        sum = (uint32_t)(((uint64_t)162147 * red + (uint64_t)155429 * green +
                          (uint64_t)61068 * blue + 32768) >>
                         16);
      *grey++ = (uint8_t)((sum + pixels / 2) / pixels);
    }
}

// In place, with the two rows before kept in `rows`.
static void smooth(uint8_t *grey, uint8_t *rows) {
  uint8_t *above = rows;
  uint8_t *here = rows + WIDTH;
  for (int x = 0; x < WIDTH; x++) above[x] = here[x] = grey[x];
  for (int y = 0; y < HEIGHT; y++) {
    uint8_t *row = grey + y * WIDTH;
    const uint8_t *below = y + 1 < HEIGHT ? row + WIDTH : here;
    for (int x = 0; x < WIDTH; x++) here[x] = row[x];
    uint32_t before = above[0] + 2U * here[0] + below[0];
    uint32_t middle = before;
    for (int x = 0; x < WIDTH; x++) {
      int next = x + 1 < WIDTH ? x + 1 : x;
      uint32_t after = above[next] + 2U * here[next] + below[next];
      row[x] = (uint8_t)((before + 2U * middle + after + 8U) >> 4);
      before = middle;
      middle = after;
    }
    uint8_t *free = above;
    above = here;
    here = free;
  }
}

void thicket_x_grid(thicket_motion *motion, const thicket_frame *frame) {
  if (frame->width % WIDTH == 0 && frame->height % HEIGHT == 0) {
    average(frame, motion->grey);
  } else {
    thicket_vision_input cells = {.width = WIDTH, .height = HEIGHT, .channels = 1};
    for (int value = 0; value < 256; value++) cells.bytes_of[value] = (uint8_t)value;
    // Cannot fail: the frame was checked and the buffers are sized for these cells.
    (void)thicket_vision_crop(frame, NULL, &cells, motion->grey, CELLS, motion->scratch, 2 * WIDTH);
  }
  smooth(motion->grey, (uint8_t *)motion->scratch);
}
