// What the files of motion share. Cells are the 160x120 grid of thicket_motion. Internal to
// src/vision.
#ifndef THICKET_X_MOTION_H
#define THICKET_X_MOTION_H

#include "thicket_vision.h"

#define WIDTH  THICKET_MOTION_WIDTH
#define HEIGHT THICKET_MOTION_HEIGHT
#define CELLS  THICKET_MOTION_CELLS

// Values of the mask.
enum {
  STILL = 0,
  CHANGED = 1,
  GAP = 2,    // not changed, but between or around changed cells
  GHOST = 3,  // a learnt thing that has gone
  WEAK = 4,   // off by less than a changed cell; only before the mask is cleaned
};

// How the frame at hand is lit compared with the background: grey = (gain * usual + offset) / 1024.
typedef struct {
  int32_t gain, offset;
  int32_t noise;  // median of what remains, grey steps
} thicket_x_light;

static inline int32_t thicket_x_lit(const thicket_x_light *light, int32_t usual) {
  int32_t grey = (light->gain * usual + light->offset + 512) >> 10;
  return grey < 0 ? 0 : grey > 255 ? 255 : grey;
}

static inline int32_t thicket_x_apart(int32_t a, int32_t b) { return a < b ? b - a : a - b; }

// Scale a checked frame down into motion->grey and smooth it a little.
void thicket_x_grid(thicket_motion *motion, const thicket_frame *frame);

// Fit the light to the cells that most agree with the background, and fill motion->lit with what
// the background would show in it. Returns the light over the whole picture.
thicket_x_light thicket_x_light_fit(thicket_motion *motion);

// The value at cell (x, y) of a map of THICKET_X_PATCHES values: between the middles of four
// patches.
int32_t thicket_x_between(const int32_t *values, int x, int y);

// Whether the edges of the frame run as the background's do. If not, the camera or the lamp is
// another one.
int thicket_x_same_view(const thicket_motion *motion);

// Clean motion->mask (STILL, WEAK and CHANGED) and join it to regions. Fills all of `result` but
// the light.
void thicket_x_regions(thicket_motion *motion, const thicket_x_light *light,
                       thicket_motion_result *result);

#endif
