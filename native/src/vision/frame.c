// Frames: shape checks, exposure figures, and the few buffers that are lent out by handle.
#include "pixels.h"

#define DARK_MAX        8
#define BRIGHT_MIN      247
#define HANDLE_TURN_MAX 0x1fffffff

int thicket_frame_check(const thicket_frame *frame) {
  if (!frame || !frame->pixels) return THICKET_E_ARGUMENT;
  if (frame->format != THICKET_PIXEL_RGB565 && frame->format != THICKET_PIXEL_RGB888 &&
      frame->format != THICKET_PIXEL_GREY)
    return THICKET_E_PIXEL_FORMAT;
  if (frame->width < 1 || frame->width > THICKET_VISION_SIDE_MAX) return THICKET_E_SHAPE;
  if (frame->height < 1 || frame->height > THICKET_VISION_SIDE_MAX) return THICKET_E_SHAPE;
  size_t wanted =
      (size_t)frame->width * (size_t)frame->height * thicket_x_pixel_bytes(frame->format);
  return frame->bytes < wanted ? THICKET_E_SIZE : THICKET_OK;
}

static uint32_t square_root(uint64_t value) {
  uint64_t low = 0;
  uint64_t high = 65536;
  while (high - low > 1) {
    uint64_t middle = (low + high) / 2;
    if (middle * middle <= value)
      low = middle;
    else
      high = middle;
  }
  return (uint32_t)low;
}

int thicket_frame_measure(const thicket_frame *frame, thicket_frame_stats *stats) {
  if (!stats) return THICKET_E_ARGUMENT;
  int code = thicket_frame_check(frame);
  if (code) return code;
  size_t step = thicket_x_pixel_bytes(frame->format);
  uint64_t sum = 0, squares = 0, edges = 0, dark = 0, bright = 0;
  const uint8_t *at = frame->pixels;
  for (int32_t y = 0; y < frame->height; y++) {
    uint32_t before = 0;
    for (int32_t x = 0; x < frame->width; x++, at += step) {
      uint32_t grey = thicket_x_grey_of(thicket_x_colour_at(at, frame->format));
      sum += grey;
      squares += grey * grey;
      dark += grey <= DARK_MAX;
      bright += grey >= BRIGHT_MIN;
      if (x > 0) edges += grey > before ? grey - before : before - grey;
      before = grey;
    }
  }
  uint64_t count = (uint64_t)frame->width * (uint64_t)frame->height;
  uint64_t pairs = count - (uint64_t)frame->height;
  // n * sum(x^2) - sum(x)^2 = n^2 * variance; below 2^61 for the largest frame.
  uint64_t variance = (count * squares - sum * sum) / (count * count);
  stats->mean = (uint8_t)((sum + count / 2) / count);
  stats->deviation = (uint8_t)square_root(variance);
  stats->dark_permille = (uint16_t)(dark * 1000 / count);
  stats->bright_permille = (uint16_t)(bright * 1000 / count);
  stats->sharpness = (uint16_t)(pairs ? edges * 16 / pairs : 0);
  return THICKET_OK;
}

int thicket_frames_init(thicket_frames *frames, uint8_t *memory, size_t memory_bytes) {
  if (!frames || !memory || memory_bytes < THICKET_FRAMES_MAX) return THICKET_E_ARGUMENT;
  size_t share = memory_bytes / THICKET_FRAMES_MAX;
  frames->buffer_bytes = share;
  frames->turn = 0;
  for (int slot = 0; slot < THICKET_FRAMES_MAX; slot++) {
    frames->buffer[slot] = memory + share * (size_t)slot;
    frames->handle[slot] = 0;
  }
  return THICKET_OK;
}

int thicket_frames_take(thicket_frames *frames, int32_t width, int32_t height,
                        thicket_pixel_format format, uint8_t **pixels) {
  if (!frames || !pixels) return THICKET_E_ARGUMENT;
  for (int slot = 0; slot < THICKET_FRAMES_MAX; slot++) {
    if (frames->handle[slot]) continue;
    thicket_frame frame = {frames->buffer[slot], frames->buffer_bytes, width, height, format};
    int code = thicket_frame_check(&frame);
    if (code) return code;
    frames->turn = frames->turn >= HANDLE_TURN_MAX ? 1 : frames->turn + 1;
    frames->frame[slot] = frame;
    frames->handle[slot] = frames->turn;
    *pixels = frames->buffer[slot];
    return frames->turn;
  }
  return THICKET_E_NO_BUFFER;
}

const thicket_frame *thicket_frames_get(const thicket_frames *frames, int32_t handle) {
  if (!frames || handle <= 0) return NULL;
  for (int slot = 0; slot < THICKET_FRAMES_MAX; slot++)
    if (frames->handle[slot] == handle) return &frames->frame[slot];
  return NULL;
}

int thicket_frames_release(thicket_frames *frames, int32_t handle) {
  if (!frames || handle <= 0) return THICKET_E_HANDLE;
  for (int slot = 0; slot < THICKET_FRAMES_MAX; slot++) {
    if (frames->handle[slot] != handle) continue;
    frames->handle[slot] = 0;
    return THICKET_OK;
  }
  return THICKET_E_HANDLE;
}

int thicket_frames_lent(const thicket_frames *frames) {
  int lent = 0;
  for (int slot = 0; frames && slot < THICKET_FRAMES_MAX; slot++) lent += frames->handle[slot] != 0;
  return lent;
}
