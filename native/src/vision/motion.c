// What moved: an 80x60 grey background with its usual unrest, a comparison that ignores brightness
// changes of the whole picture, and the largest connected region of what remains.
#include "pixels.h"

#define WIDTH  THICKET_MOTION_WIDTH
#define HEIGHT THICKET_MOTION_HEIGHT
#define CELLS  THICKET_MOTION_CELLS

// Ratios of brightness are sorted into steps of 1/256, up to 4.
#define GAIN_ONE   256
#define GAIN_STEPS 1024
// Darker cells say nothing about the ratio.
#define GAIN_GREY_MIN 10
// Grey steps a cell average may be off without meaning anything: sensor noise and 5-bit colour.
#define NOISE_GREY 7
// A region must have this many cells to be boxed, and a changed cell this many changed neighbours
// to stay.
#define REGION_CELLS_MIN 4
#define NEIGHBOURS_MIN   3
#define REPLACE_PERMILLE 500

static void shrink(thicket_motion *motion, const thicket_frame *frame) {
  thicket_vision_input cells = {.width = WIDTH, .height = HEIGHT, .channels = 1};
  for (int value = 0; value < 256; value++) cells.bytes_of[value] = (uint8_t)value;
  // Cannot fail: the frame was checked and the buffers are sized for these cells.
  (void)thicket_vision_crop(frame, NULL, &cells, motion->grey, CELLS, motion->scratch, 2 * WIDTH);
}

// Median ratio of frame to background, 1/256 steps. Uses `label` as the histogram.
static uint32_t gain_of(thicket_motion *motion) {
  uint16_t *histogram = motion->label;
  uint32_t counted = 0;
  for (int i = 0; i < GAIN_STEPS; i++) histogram[i] = 0;
  for (int i = 0; i < CELLS; i++) {
    uint32_t mean = motion->mean[i];
    if (mean < GAIN_GREY_MIN * 256) continue;
    uint32_t ratio = ((uint32_t)motion->grey[i] * 256 * GAIN_ONE + mean / 2) / mean;
    histogram[ratio < GAIN_STEPS ? ratio : GAIN_STEPS - 1]++;
    counted++;
  }
  if (counted < CELLS / 20) return GAIN_ONE;
  uint32_t below = 0;
  for (uint32_t i = 0; i < GAIN_STEPS; i++) {
    below += histogram[i];
    if (below * 2 >= counted) return i;
  }
  return GAIN_ONE;
}

// What a cell should show if nothing but the brightness changed.
static int32_t expected_grey(uint16_t mean, uint32_t gain) {
  uint32_t grey = (uint32_t)(((uint64_t)mean * gain + 32768) >> 16);
  return grey < 255 ? (int32_t)grey : 255;
}

static int32_t absolute(int32_t value) { return value < 0 ? -value : value; }

// Fill `mask` with 1 where the cell changed.
static void mark(thicket_motion *motion, uint32_t gain) {
  for (int i = 0; i < CELLS; i++) {
    int32_t expected = expected_grey(motion->mean[i], gain);
    int32_t allowed = NOISE_GREY + expected / 16 + 3 * motion->unrest[i] / 4;
    motion->mask[i] = absolute(motion->grey[i] - expected) > allowed;
  }
}

static int neighbours(const uint8_t *mask, int x, int y) {
  int count = 0;
  for (int dy = -1; dy <= 1; dy++) {
    for (int dx = -1; dx <= 1; dx++) {
      int at_x = x + dx;
      int at_y = y + dy;
      if ((dx || dy) && at_x >= 0 && at_x < WIDTH && at_y >= 0 && at_y < HEIGHT)
        count += mask[at_y * WIDTH + at_x] != 0;
    }
  }
  return count;
}

// Drop lone cells. `grey` is no longer needed and takes the result, 1 changed, 2 a gap to bridge, 0
// neither.
static int32_t clean(thicket_motion *motion) {
  int32_t changed = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int i = y * WIDTH + x;
      int stays = motion->mask[i] && neighbours(motion->mask, x, y) >= NEIGHBOURS_MIN;
      motion->grey[i] = (uint8_t)stays;
      changed += stays;
    }
  for (int i = 0; i < CELLS; i++) motion->mask[i] = motion->grey[i];
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int i = y * WIDTH + x;
      if (!motion->mask[i] && neighbours(motion->mask, x, y) > 0) motion->grey[i] = 2;
    }
  return changed;
}

static uint16_t root_of(const uint16_t *parent, uint16_t label) {
  while (parent[label] != label) label = parent[label];
  return label;
}

static void join(uint16_t *parent, uint16_t first, uint16_t second) {
  uint16_t a = root_of(parent, first);
  uint16_t b = root_of(parent, second);
  if (a < b)
    parent[b] = a;
  else
    parent[a] = b;
}

// Connect cells (8 neighbours, gaps of one cell bridged). Returns the number of labels.
static uint16_t connect(thicket_motion *motion) {
  static const int back[4][2] = {{-1, 0}, {-1, -1}, {0, -1}, {1, -1}};
  uint16_t labels = 1;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int i = y * WIDTH + x;
      motion->label[i] = 0;
      if (!motion->grey[i]) continue;
      for (int n = 0; n < 4; n++) {
        int at_x = x + back[n][0];
        int at_y = y + back[n][1];
        if (at_x < 0 || at_x >= WIDTH || at_y < 0) continue;
        uint16_t other = motion->label[at_y * WIDTH + at_x];
        if (!other) continue;
        if (!motion->label[i])
          motion->label[i] = other;
        else
          join(motion->parent, motion->label[i], other);
      }
      if (motion->label[i]) continue;
      motion->label[i] = labels;
      motion->parent[labels] = labels;
      labels++;
    }
  return labels;
}

static thicket_box largest_region(thicket_motion *motion) {
  uint16_t labels = connect(motion);
  uint16_t best = 0;
  for (uint16_t label = 0; label < labels; label++) motion->area[label] = 0;
  for (int i = 0; i < CELLS; i++) {
    if (!motion->label[i]) continue;
    motion->label[i] = root_of(motion->parent, motion->label[i]);
    if (motion->grey[i] == 1) motion->area[motion->label[i]]++;
  }
  for (uint16_t label = 1; label < labels; label++)
    if (motion->area[label] > motion->area[best]) best = label;
  if (!best || motion->area[best] < REGION_CELLS_MIN) return (thicket_box){0, 0, 0, 0};

  int left = WIDTH, top = HEIGHT, right = 0, bottom = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int i = y * WIDTH + x;
      if (motion->label[i] != best || motion->grey[i] != 1) continue;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      if (y >= bottom) bottom = y + 1;
    }
  return (thicket_box){left, top, right - left, bottom - top};
}

// Cells to frame pixels, outwards.
static thicket_box to_pixels(const thicket_box *cells, int32_t width, int32_t height) {
  int32_t left = cells->left * width / WIDTH;
  int32_t top = cells->top * height / HEIGHT;
  int32_t right = ((cells->left + cells->width) * width + WIDTH - 1) / WIDTH;
  int32_t bottom = ((cells->top + cells->height) * height + HEIGHT - 1) / HEIGHT;
  return (thicket_box){left, top, right - left, bottom - top};
}

void thicket_motion_reset(thicket_motion *motion) {
  if (!motion) return;
  motion->frame_width = 0;
  motion->frame_height = 0;
}

static int has_background(const thicket_motion *motion, const thicket_frame *frame) {
  return motion->frame_width == frame->width && motion->frame_height == frame->height;
}

int thicket_motion_compare(thicket_motion *motion, const thicket_frame *frame,
                           thicket_motion_result *result) {
  if (!motion || !result) return THICKET_E_ARGUMENT;
  int code = thicket_frame_check(frame);
  if (code) return code;
  if (!has_background(motion, frame)) return THICKET_E_NO_BACKGROUND;
  shrink(motion, frame);
  uint32_t gain = gain_of(motion);
  mark(motion, gain);
  result->changed_permille = clean(motion) * 1000 / CELLS;
  result->gain_permille = (int32_t)(gain * 1000 / GAIN_ONE);
  thicket_box cells = largest_region(motion);
  result->box = cells.width ? to_pixels(&cells, frame->width, frame->height) : cells;
  return THICKET_OK;
}

static void replace(thicket_motion *motion, const thicket_frame *frame) {
  motion->frame_width = frame->width;
  motion->frame_height = frame->height;
  for (int i = 0; i < CELLS; i++) {
    motion->mean[i] = (uint16_t)(motion->grey[i] * 256);
    motion->unrest[i] = 0;
  }
}

int thicket_motion_learn(thicket_motion *motion, const thicket_frame *frame, int32_t weight_pct) {
  if (!motion || weight_pct < 1 || weight_pct > 100) return THICKET_E_ARGUMENT;
  int code = thicket_frame_check(frame);
  if (code) return code;
  shrink(motion, frame);
  if (!has_background(motion, frame)) {
    replace(motion, frame);
    return THICKET_OK;
  }
  uint32_t gain = gain_of(motion);
  int32_t changed = 0;
  mark(motion, gain);
  for (int i = 0; i < CELLS; i++) changed += motion->mask[i];
  if (changed * 1000 > CELLS * REPLACE_PERMILLE) {
    replace(motion, frame);
    return THICKET_OK;
  }
  for (int i = 0; i < CELLS; i++) {
    int32_t off = absolute(motion->grey[i] - expected_grey(motion->mean[i], gain)) * 4;
    int32_t unrest = motion->unrest[i];
    // Rises at once to half of what was seen and sinks slowly: wind comes in gusts.
    int32_t next = off > unrest ? (off + unrest) / 2 : unrest - (unrest - off + 15) / 16;
    int32_t mean = motion->mean[i];
    motion->unrest[i] = (uint8_t)(next > 255 ? 255 : next);
    motion->mean[i] = (uint16_t)(mean + (motion->grey[i] * 256 - mean) * weight_pct / 100);
  }
  return THICKET_OK;
}
