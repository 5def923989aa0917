// The vision library as one emulated camera sees it: numbers in, numbers out. This file holds the
// state that a board keeps in native memory (frame buffers, background, the open model's input);
// the host passes memory for the frames.
#include "thicket_vision.h"

#define LEARN_WEIGHT_PCT 20

static thicket_frames frames;
static thicket_motion motion;
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
  if (format < THICKET_PIXEL_RGB565 || format > THICKET_PIXEL_GREY) return THICKET_E_PIXEL_FORMAT;
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

// out: changed permille, left, top, width, height, gain permille.
THICKET_API int32_t thicket_wasm_motion(int32_t handle, int32_t out[6]) {
  const thicket_frame *frame = thicket_frames_get(&frames, handle);
  thicket_motion_result result;
  if (!frame) return THICKET_E_HANDLE;
  int32_t code = thicket_motion_compare(&motion, frame, &result);
  if (code) return code;
  out[0] = result.changed_permille;
  out[1] = result.box.left;
  out[2] = result.box.top;
  out[3] = result.box.width;
  out[4] = result.box.height;
  out[5] = result.gain_permille;
  return THICKET_OK;
}

THICKET_API int32_t thicket_wasm_learn(int32_t handle) {
  const thicket_frame *frame = thicket_frames_get(&frames, handle);
  return frame ? thicket_motion_learn(&motion, frame, LEARN_WEIGHT_PCT) : THICKET_E_HANDLE;
}

THICKET_API void thicket_wasm_motion_reset(void) { thicket_motion_reset(&motion); }

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
