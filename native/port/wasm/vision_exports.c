// The vision library as one emulated camera sees it: numbers in, numbers out. This file holds the
// state that a board keeps in native memory (frame buffers, background, the open model's input);
// the host passes memory for the frames.
#include "thicket_vision.h"

#define LEARN_WEIGHT_PCT 20

static thicket_frames frames;
static thicket_motion motion;
static thicket_motion_result moved;  // of the last comparison
static thicket_tracks tracks;
static thicket_vision_input input;
static uint32_t scratch[THICKET_VISION_INPUT_SIDE_MAX * 3 * 2];

// Share memory out as THICKET_FRAMES_MAX frame buffers; frames lent before are forgotten.
THICKET_API int32_t thicket_wasm_frames_open(uint8_t *memory, int32_t bytes) {
  return thicket_frames_init(&frames, memory, bytes > 0 ? (size_t)bytes : 0);
}

// Forget all frames; no buffer can be taken until memory is shared out again.
THICKET_API void thicket_wasm_frames_close(void) { frames = (thicket_frames){0}; }

// A buffer for a frame to come. Returns its handle > 0 or a code.
THICKET_API int32_t thicket_wasm_frame_take(int32_t width, int32_t height, int32_t format) {
  uint8_t *pixels;
  if (format < THICKET_PIXEL_RGB565 || format > THICKET_PIXEL_YUV422) return THICKET_E_PIXEL_FORMAT;
  return thicket_frames_take(&frames, width, height, (thicket_pixel_format)format, &pixels);
}

// Where its pixels are, or NULL.
THICKET_API const uint8_t *thicket_wasm_frame_pixels(int32_t handle) {
  const thicket_frame *frame = thicket_frames_get(&frames, handle);
  return frame ? frame->pixels : NULL;
}

THICKET_API int32_t thicket_wasm_frame_release(int32_t handle) {
  return thicket_frames_release(&frames, handle);
}

THICKET_API int32_t thicket_wasm_frames_lent(void) { return thicket_frames_lent(&frames); }

// out: changed permille, left, top, width, height, permille that only the light changed or that a
// ghost left.
THICKET_API int32_t thicket_wasm_motion(int32_t handle, int32_t out[6]) {
  const thicket_frame *frame = thicket_frames_get(&frames, handle);
  moved = (thicket_motion_result){0};
  if (!frame) return THICKET_E_HANDLE;
  int32_t code = thicket_motion_compare(&motion, frame, &moved);
  if (code) return code;
  out[0] = moved.changed_permille;
  out[1] = moved.box.left;
  out[2] = moved.box.top;
  out[3] = moved.box.width;
  out[4] = moved.box.height;
  out[5] = moved.light_permille + moved.ghost_permille;
  return THICKET_OK;
}

// Regions of the last comparison; out: left, top, width, height, area, x, y of each. Returns how
// many.
THICKET_API int32_t thicket_wasm_regions(int32_t out[7 * THICKET_REGIONS_MAX]) {
  for (int i = 0; i < moved.region_count; i++, out += 7) {
    const thicket_motion_region *region = &moved.regions[i];
    out[0] = region->box.left;
    out[1] = region->box.top;
    out[2] = region->box.width;
    out[3] = region->box.height;
    out[4] = region->area;
    out[5] = region->x;
    out[6] = region->y;
  }
  return moved.region_count;
}

// Follow the regions of the last comparison. Returns the number of tracks.
THICKET_API int32_t thicket_wasm_follow(int32_t at_ms) {
  return thicket_tracks_follow(&tracks, &moved, at_ms);
}

// out: id, left, top, width, height, speed to the right and down in pixels/s times 16, sightings.
// Returns how many.
THICKET_API int32_t thicket_wasm_tracks(int32_t out[8 * THICKET_TRACKS_MAX]) {
  int32_t count = 0;
  for (int i = 0; i < THICKET_TRACKS_MAX; i++) {
    const thicket_track *track = &tracks.track[i];
    if (!track->id) continue;
    out[0] = track->id;
    out[1] = track->region.box.left;
    out[2] = track->region.box.top;
    out[3] = track->region.box.width;
    out[4] = track->region.box.height;
    out[5] = track->speed_x;
    out[6] = track->speed_y;
    out[7] = track->sightings;
    out += 8;
    count++;
  }
  return count;
}

// out: mean, deviation, dark permille, bright permille, crispness permille, lens (thicket_lens).
THICKET_API int32_t thicket_wasm_measure(int32_t handle, int32_t out[6]) {
  const thicket_frame *frame = thicket_frames_get(&frames, handle);
  thicket_frame_stats stats;
  if (!frame) return THICKET_E_HANDLE;
  int32_t code = thicket_frame_measure(frame, &stats);
  if (code) return code;
  out[0] = stats.mean;
  out[1] = stats.deviation;
  out[2] = stats.dark_permille;
  out[3] = stats.bright_permille;
  out[4] = stats.crisp_permille;
  out[5] = (int32_t)stats.lens;
  return THICKET_OK;
}

THICKET_API int32_t thicket_wasm_learn(int32_t handle) {
  const thicket_frame *frame = thicket_frames_get(&frames, handle);
  return frame ? thicket_motion_learn(&motion, frame, LEARN_WEIGHT_PCT) : THICKET_E_HANDLE;
}

// Forget the background, what was compared with it, and the tracks.
THICKET_API void thicket_wasm_motion_reset(void) {
  thicket_motion_reset(&motion);
  thicket_tracks_reset(&tracks);
  moved = (thicket_motion_result){0};
}

// What the open model takes; crops go there.
THICKET_API int32_t thicket_wasm_input(int32_t width, int32_t height, int32_t channels,
                                       double scale, int32_t zero_point, int32_t is_signed) {
  return thicket_vision_input_init(&input, width, height, channels, scale, zero_point, is_signed);
}

// Box width 0: the whole frame; else with margin_pct above 0 the box is widened first. dst: the
// model's input tensor.
THICKET_API int32_t thicket_wasm_crop(int32_t handle, int32_t left, int32_t top, int32_t width,
                                      int32_t height, int32_t margin_pct, uint8_t *dst,
                                      int32_t dst_bytes) {
  const thicket_frame *frame = thicket_frames_get(&frames, handle);
  thicket_box box = {left, top, width, height};
  if (!frame) return THICKET_E_HANDLE;
  if (margin_pct < 0) return THICKET_E_ARGUMENT;
  if (box.width && margin_pct) {
    int32_t code = thicket_vision_widen(frame->width, frame->height, &box, margin_pct, &box);
    if (code) return code;
  }
  return thicket_vision_crop(frame, &box, &input, dst, dst_bytes > 0 ? (size_t)dst_bytes : 0,
                             scratch, sizeof scratch / sizeof scratch[0]);
}

// Returns the length of the JPEG in bytes or a code.
THICKET_API int32_t thicket_wasm_jpeg(int32_t handle, int32_t quality_pct, uint8_t *dst,
                                      int32_t dst_bytes) {
  const thicket_frame *frame = thicket_frames_get(&frames, handle);
  if (!frame) return THICKET_E_HANDLE;
  return thicket_jpeg_encode(frame, quality_pct, dst, dst_bytes > 0 ? (size_t)dst_bytes : 0);
}
