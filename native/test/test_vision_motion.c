// Motion on drawn scenes: a thing is found where it is; light, noise and waving leaves are not
// things.
#include "check.h"
#include "thicket.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 320, HEIGHT = 240 };
static uint8_t scene[WIDTH * HEIGHT];
static uint8_t pixels[WIDTH * HEIGHT];
static thicket_motion motion;
static uint32_t seed = 7;

static int noise(int span) {
  seed = seed * 1664525U + 1013904223U;
  return (int)(seed >> 16) % (2 * span + 1) - span;
}

static void draw_scene(void) {
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int patch = ((x / 16) * 37 + (y / 12) * 61) % 50;
      scene[y * WIDTH + x] = (uint8_t)(50 + y / 3 + patch);
    }
}

// The scene at a brightness, with sensor noise.
static thicket_frame shot(int gain_pct, int noise_span) {
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    int value = scene[i] * gain_pct / 100 + noise(noise_span);
    pixels[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
  }
  return (thicket_frame){pixels, sizeof pixels, WIDTH, HEIGHT, THICKET_PIXEL_GREY};
}

static void paint(int left, int top, int width, int height, int value) {
  for (int y = top; y < top + height; y++) memset(pixels + y * WIDTH + left, value, (size_t)width);
}

static void learn_scene(void) {
  thicket_motion_reset(&motion);
  for (int i = 0; i < 4; i++) {
    thicket_frame frame = shot(100, 10);
    CHECK(thicket_motion_learn(&motion, &frame, 25) == THICKET_OK);
  }
}

static void boxes_a_thing_within_a_cell(void) {
  thicket_motion_result result;
  learn_scene();
  thicket_frame frame = shot(100, 10);
  paint(120, 100, 60, 40, 20);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.box.left >= 116 && result.box.left <= 124);
  CHECK(result.box.top >= 96 && result.box.top <= 104);
  CHECK(result.box.left + result.box.width >= 176 && result.box.left + result.box.width <= 184);
  CHECK(result.box.top + result.box.height >= 136 && result.box.top + result.box.height <= 144);
  CHECK(result.changed_permille >= 20 && result.changed_permille <= 40);
  CHECK(result.gain_permille > 970 && result.gain_permille < 1030);
}

static void takes_the_larger_of_two_things(void) {
  thicket_motion_result result;
  learn_scene();
  thicket_frame frame = shot(100, 5);
  paint(20, 20, 24, 24, 250);
  paint(220, 150, 60, 60, 10);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.box.left >= 216 && result.box.top >= 146 && result.box.width <= 68);
}

static void ignores_light_and_noise(void) {
  static const int gains[] = {50, 70, 85, 100, 120, 150};
  for (size_t i = 0; i < sizeof gains / sizeof gains[0]; i++) {
    thicket_motion_result result;
    learn_scene();
    thicket_frame frame = shot(gains[i], 12);
    CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
    CHECK(result.changed_permille <= 3);
    CHECK(result.box.width == 0);
  }
}

static void finds_a_thing_in_changed_light(void) {
  thicket_motion_result result;
  learn_scene();
  thicket_frame frame = shot(60, 8);
  paint(60, 80, 48, 80, 160);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.box.left >= 56 && result.box.left <= 64 && result.box.width >= 44 &&
        result.box.width <= 56);
}

static void learns_waving_leaves(void) {
  thicket_motion_result result;
  int first = 0;
  thicket_motion_reset(&motion);
  for (int i = 0; i < 12; i++) {
    thicket_frame frame = shot(100, 5);
    paint(200 + 10 * (i % 4), 0, 40, 60, i % 2 ? 60 : 120);
    if (i == 1) {
      CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
      first = result.changed_permille;
    }
    CHECK(thicket_motion_learn(&motion, &frame, 20) == THICKET_OK);
  }
  thicket_frame frame = shot(100, 5);
  paint(210, 0, 40, 60, 60);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(first > 25);
  CHECK(result.changed_permille < first / 3);
}

static void reports_each_thing_with_area_and_centroid(void) {
  thicket_motion_result result;
  learn_scene();
  thicket_frame frame = shot(100, 5);
  paint(40, 40, 40, 40, 250);
  paint(200, 60, 30, 50, 5);
  paint(120, 180, 24, 24, 250);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.region_count == 3);
  static const int wanted[3][3] = {{1600, 60, 60}, {1500, 215, 85}, {576, 132, 192}};
  for (int i = 0; i < 3; i++) {
    const thicket_motion_region *region = &result.regions[i];
    // The soft rim of a thing of strong contrast counts: a cell more on each side.
    CHECK(abs(region->area - wanted[i][0]) <= wanted[i][0] * 2 / 5);
    CHECK(abs(region->x - wanted[i][1]) <= 2 && abs(region->y - wanted[i][2]) <= 2);
  }
  CHECK(result.box.left == result.regions[0].box.left);
  int permille = (1600 + 1500 + 576) * 1000 / (WIDTH * HEIGHT);
  CHECK(abs(result.changed_permille - permille) <= permille / 4);
}

static void keeps_the_eight_largest(void) {
  thicket_motion_result result;
  learn_scene();
  thicket_frame frame = shot(100, 5);
  for (int i = 0; i < 12; i++) paint(10 + 78 * (i % 4), 10 + 80 * (i / 4), 14 + i, 14 + i, 250);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.region_count == THICKET_REGIONS_MAX);
  for (int i = 1; i < result.region_count; i++)
    CHECK(result.regions[i].area <= result.regions[i - 1].area);
  CHECK(result.regions[0].x > 244 && result.regions[0].y > 170);
  CHECK(result.regions[7].area > 16 * 16);
}

// A comb and a spiral: branches that join late are one region.
static void joins_what_meets_further_down(void) {
  thicket_motion_result result;
  learn_scene();
  thicket_frame frame = shot(100, 3);
  for (int i = 0; i < 8; i++) paint(20 + 34 * i, 20 + 9 * (i % 3), 8, 180, 250);
  paint(20, 196, 246, 10, 250);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.region_count == 1);
  CHECK(result.box.left <= 22 && result.box.left + result.box.width >= 262);
  CHECK(result.box.top <= 24 && result.box.top + result.box.height >= 202);
}

// Half of the picture in the shade of a cloud, with the soft edge that clouds have.
static void ignores_the_shade_of_a_cloud(void) {
  thicket_motion_result result;
  learn_scene();
  thicket_frame frame = shot(100, 5);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int shade_pct = x < 100 ? 60 : x > 180 ? 100 : 60 + (x - 100) / 2;
      pixels[y * WIDTH + x] = (uint8_t)(pixels[y * WIDTH + x] * shade_pct / 100);
    }
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.changed_permille == 0 && result.region_count == 0);
  CHECK(result.light_permille > 100);
  // Somebody in that shade is still seen.
  paint(40, 100, 30, 60, 10);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.changed_permille > 15);
}

// A thing that was learnt goes away: not motion, and the next picture learnt puts it right.
static void knows_a_ghost_and_forgets_it(void) {
  thicket_motion_result result;
  thicket_frame frame;
  for (int i = 0; i < WIDTH * HEIGHT; i++) scene[i] = 110;
  thicket_motion_reset(&motion);
  for (int i = 0; i < 3; i++) {
    frame = shot(100, 4);
    paint(130, 90, 50, 50, 20);
    CHECK(thicket_motion_learn(&motion, &frame, 30) == THICKET_OK);
  }
  frame = shot(100, 4);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.ghost_permille > 20 && result.changed_permille == 0);
  CHECK(thicket_motion_learn(&motion, &frame, 20) == THICKET_OK);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.ghost_permille == 0 && result.changed_permille == 0);
  paint(130, 90, 50, 50, 20);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.changed_permille > 20);
  draw_scene();
}

static void measures_gain_and_offset(void) {
  thicket_motion_result result;
  learn_scene();
  thicket_frame frame = shot(80, 5);
  for (int i = 0; i < WIDTH * HEIGHT; i++) pixels[i] = (uint8_t)(pixels[i] + 25);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(abs(result.gain_permille - 800) <= 30 && abs(result.offset_grey - 25) <= 4);
  CHECK(result.changed_permille == 0);
}

static void starts_over_when_nothing_fits(void) {
  thicket_motion_result result;
  learn_scene();
  thicket_frame frame = shot(100, 5);
  for (int i = 0; i < WIDTH * HEIGHT; i++) pixels[i] = (uint8_t)(255 - pixels[i]);
  CHECK(thicket_motion_learn(&motion, &frame, 10) == THICKET_OK);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
  CHECK(result.changed_permille == 0);
}

static void needs_a_background_of_the_same_size(void) {
  thicket_motion_result result;
  thicket_frame frame = shot(100, 5);
  thicket_motion_reset(&motion);
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_E_NO_BACKGROUND);
  CHECK(thicket_motion_learn(&motion, &frame, 10) == THICKET_OK);
  frame.height = 100;
  CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_E_NO_BACKGROUND);
  CHECK(thicket_motion_learn(&motion, &frame, 0) == THICKET_E_ARGUMENT);
  CHECK(thicket_motion_learn(&motion, &frame, 101) == THICKET_E_ARGUMENT);
  CHECK(thicket_motion_learn(NULL, &frame, 10) == THICKET_E_ARGUMENT);
  CHECK(thicket_motion_compare(&motion, NULL, &result) == THICKET_E_ARGUMENT);
  frame.width = 0;
  CHECK(thicket_motion_learn(&motion, &frame, 10) == THICKET_E_SHAPE);
  thicket_motion_reset(NULL);
}

// Random pictures of every awkward size: only the sanitizers judge, and the ranges of the result.
static void stays_in_range_on_any_frame(void) {
  static const int sides[] = {1, 2, 7, 59, 60, 61, 79, 80, 81, 319, 640, 480};
  enum { SIDES = sizeof sides / sizeof sides[0] };
  for (int a = 0; a < SIDES; a++)
    for (int b = 0; b < SIDES; b++) {
      size_t bytes = (size_t)sides[a] * (size_t)sides[b] * 2;
      uint8_t *memory = malloc(bytes);
      thicket_frame frame = {memory, bytes, sides[a], sides[b], THICKET_PIXEL_RGB565};
      thicket_motion_result result;
      thicket_motion_reset(&motion);
      for (int turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < bytes; i++) memory[i] = (uint8_t)noise(127);
        CHECK(thicket_motion_learn(&motion, &frame, 50) == THICKET_OK);
        for (size_t i = 0; i < bytes; i++) memory[i] = (uint8_t)noise(127);
        CHECK(thicket_motion_compare(&motion, &frame, &result) == THICKET_OK);
        CHECK(result.changed_permille >= 0 && result.changed_permille <= 1000);
        CHECK(result.box.left >= 0 && result.box.left + result.box.width <= sides[a]);
        CHECK(result.box.top >= 0 && result.box.top + result.box.height <= sides[b]);
        for (int i = 0; i < result.region_count; i++)
          CHECK(result.regions[i].x >= 0 && result.regions[i].x < sides[a] &&
                result.regions[i].y >= 0 && result.regions[i].y < sides[b]);
      }
      free(memory);
    }
}

int main(void) {
  draw_scene();
  boxes_a_thing_within_a_cell();
  takes_the_larger_of_two_things();
  ignores_light_and_noise();
  finds_a_thing_in_changed_light();
  learns_waving_leaves();
  reports_each_thing_with_area_and_centroid();
  keeps_the_eight_largest();
  joins_what_meets_further_down();
  ignores_the_shade_of_a_cloud();
  knows_a_ghost_and_forgets_it();
  measures_gain_and_offset();
  starts_over_when_nothing_fits();
  needs_a_background_of_the_same_size();
  stays_in_range_on_any_frame();
  return check_report("vision_motion");
}
