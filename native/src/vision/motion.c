// What moved: a background of grey values and their usual unrest, and a comparison that ignores
// changes of light. Light is in light.c, views in view.c, regions in regions.c.
#include "motion.h"

// Grey steps a cell may be off without meaning anything, before the picture's own noise.
#define NOISE_GREY       5
#define REPLACE_PERMILLE 500
// Of 1024. A light that keeps so much of the contrast has changed for good: a dawn, a lamp. Spots
// of sun that wander leave no such light: 0.1 to 0.5 on tuning stills, where the first dawns had
// 0.7.
#define EXPLAINED_GAIN 512
// A weak cell is off by at least this share of what it may be.
#define WEAK_PCT 70

// Grey steps that a cell of this unrest may be off.
static int32_t allowed(const thicket_x_light *light, int32_t expected, int32_t unrest) {
  return NOISE_GREY + 2 * light->noise + expected / 16 + 3 * unrest / 4;
}

// The cell's own unrest or half as much again as its surroundings' mean, whichever is more: spots
// of sun wander and come to cells that have not met one yet.
static int32_t unrest_at(const thicket_motion *motion, int x, int y) {
  int32_t own = motion->unrest[y * WIDTH + x];
  int32_t around = thicket_x_between(motion->patch_unrest, x, y) * 3 / 2;
  return around > own ? around : own;
}

// Whether what cell (x, y) shows could have moved here from one of the cells around it: a leaf in
// the wind, a camera that trembles. `slack` is what the cell itself may be off.
static int is_nearby(const thicket_motion *motion, const thicket_x_light *light, int x, int y,
                     int32_t slack) {
  int32_t grey = motion->grey[y * WIDTH + x];
  int32_t low = 255;
  int32_t high = 0;
  for (int j = y > 0 ? y - 1 : y; j <= y + 1 && j < HEIGHT; j++)
    for (int i = x > 0 ? x - 1 : x; i <= x + 1 && i < WIDTH; i++) {
      int at = j * WIDTH + i;
      int32_t expected = motion->lit[at];
      int32_t room = allowed(light, expected, motion->unrest[at]);
      if (expected < low) low = expected;
      if (expected > high) high = expected;
      if (room > slack) slack = room;
    }
  return grey >= low - slack && grey <= high + slack;
}

// Fill `mask` with CHANGED, WEAK and STILL. Returns the number of changed cells.
static int32_t mark(thicket_motion *motion, const thicket_x_light *light) {
  int32_t changed = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int i = y * WIDTH + x;
      int32_t expected = motion->lit[i];
      int32_t off = thicket_x_apart(motion->grey[i], expected);
      int32_t room = allowed(light, expected, unrest_at(motion, x, y));
      int is_off = off > room && !is_nearby(motion, light, x, y, room);
      motion->mask[i] = is_off ? CHANGED : off * 100 > room * WEAK_PCT ? WEAK : STILL;
      changed += is_off;
    }
  return changed;
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
  thicket_x_grid(motion, frame);
  thicket_x_light light = thicket_x_light_fit(motion);
  (void)mark(motion, &light);
  thicket_x_regions(motion, &light, result);
  result->gain_permille = light.gain * 1000 / 1024;
  result->offset_grey = light.offset / 1024;
  return THICKET_OK;
}

static void replace(thicket_motion *motion, const thicket_frame *frame) {
  motion->frame_width = frame->width;
  motion->frame_height = frame->height;
  for (int i = 0; i < CELLS; i++) {
    motion->usual[i] = motion->grey[i];
    motion->unrest[i] = 0;
  }
}

// A step of `weight_pct` from a value towards another, at least one grey step: near its end a
// running median, which a single outlier moves by one.
static uint8_t nearer(int32_t from, int32_t to, int32_t weight_pct) {
  int32_t step = thicket_x_apart(from, to) * weight_pct / 100;
  if (!step && from != to) step = 1;
  return (uint8_t)(to < from ? from - step : from + step);
}

static void learn_cell(thicket_motion *motion, int i, int32_t weight_pct) {
  int32_t off = thicket_x_apart(motion->grey[i], motion->lit[i]) * 4;
  int32_t unrest = motion->unrest[i];
  int32_t weight = motion->mask[i] == CHANGED ? (weight_pct + 1) / 2 : weight_pct;
  if (motion->mask[i] == GHOST) {
    motion->usual[i] = motion->grey[i];
    return;
  }
  // Rises at once to half of what was seen and sinks slower: wind comes in gusts. Not too slow:
  // after a dawn every cell is restless, and the camera must see again within the hour.
  int32_t next = off > unrest ? (off + unrest) / 2 : unrest - (unrest - off + 3) / 4;
  motion->unrest[i] = (uint8_t)(next > 255 ? 255 : next);
  motion->usual[i] = nearer(motion->usual[i], motion->grey[i], weight);
}

int thicket_motion_learn(thicket_motion *motion, const thicket_frame *frame, int32_t weight_pct) {
  if (!motion || weight_pct < 1 || weight_pct > 100) return THICKET_E_ARGUMENT;
  int code = thicket_frame_check(frame);
  if (code) return code;
  thicket_x_grid(motion, frame);
  if (!has_background(motion, frame)) {
    replace(motion, frame);
    return THICKET_OK;
  }
  thicket_x_light light = thicket_x_light_fit(motion);
  if (mark(motion, &light) * 1000 > CELLS * REPLACE_PERMILLE &&
      (light.gain >= EXPLAINED_GAIN || !thicket_x_same_view(motion))) {
    replace(motion, frame);
    return THICKET_OK;
  }
  thicket_motion_result result;
  thicket_x_regions(motion, &light, &result);
  for (int i = 0; i < CELLS; i++) learn_cell(motion, i, weight_pct);
  return THICKET_OK;
}
