// Frames: shape checks, exposure figures, and the few buffers that are lent out by handle.
#include "pixels.h"

#define DARK_MAX        8
#define BRIGHT_MIN      247
#define HANDLE_TURN_MAX 0x1fffffff
// An edge: this much change within so many pixels.
#define EDGE_GREY 32
#define EDGE_SPAN 4
// Below these a picture is flat, or has no edges worth the name. docs/camera.md has the figures.
#define FLAT_DEVIATION     6
#define EDGES_PERMILLE_MIN 2
#define CRISP_PERMILLE_MIN 400

int thicket_frame_check(const thicket_frame *frame) {
  if (!frame || !frame->pixels) return THICKET_E_ARGUMENT;
  if ((int)frame->format < THICKET_PIXEL_RGB565 || frame->format > THICKET_PIXEL_YUV422)
    return THICKET_E_PIXEL_FORMAT;
  if (frame->width < 1 || frame->width > THICKET_VISION_SIDE_MAX) return THICKET_E_SHAPE;
  if (frame->height < 1 || frame->height > THICKET_VISION_SIDE_MAX) return THICKET_E_SHAPE;
  // Half a pair of pixels has no colour.
  if (frame->format == THICKET_PIXEL_YUV422 && frame->width % 2) return THICKET_E_SHAPE;
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

typedef struct {
  uint64_t sum, squares, steps, dark, bright;
  uint64_t edges, risen, steepest;
} sums;

static uint32_t apart(uint32_t a, uint32_t b) { return a > b ? a - b : b - a; }

static void measure_row(const thicket_frame *frame, const uint8_t *row, sums *all) {
  uint32_t step[EDGE_SPAN] = {0};
  uint32_t before[EDGE_SPAN] = {0};
  uint32_t last = 0;
  for (size_t x = 0; x < (size_t)frame->width; x++) {
    uint32_t grey = thicket_x_grey_at(row, x, frame->format);
    all->sum += grey;
    all->squares += grey * grey;
    all->dark += grey <= DARK_MAX;
    all->bright += grey >= BRIGHT_MIN;
    size_t at = x % EDGE_SPAN;
    step[at] = x ? apart(grey, last) : 0;
    all->steps += step[at];
    if (x >= EDGE_SPAN) {
      uint32_t risen = apart(grey, before[at]);
      if (risen >= EDGE_GREY) {
        uint32_t steepest = 0;
        for (int i = 0; i < EDGE_SPAN; i++)
          if (step[i] > steepest) steepest = step[i];
        all->edges++;
        all->risen += risen;
        all->steepest += steepest < risen ? steepest : risen;
      }
    }
    before[at] = grey;
    last = grey;
  }
}

static thicket_lens lens_of(const thicket_frame_stats *stats) {
  if (stats->deviation < FLAT_DEVIATION) return THICKET_LENS_COVERED;
  if (stats->edge_permille < EDGES_PERMILLE_MIN || stats->crisp_permille < CRISP_PERMILLE_MIN)
    return THICKET_LENS_BLURRED;
  return THICKET_LENS_CLEAR;
}

int thicket_frame_measure(const thicket_frame *frame, thicket_frame_stats *stats) {
  if (!stats) return THICKET_E_ARGUMENT;
  int code = thicket_frame_check(frame);
  if (code) return code;
  sums all = {0};
  size_t stride = (size_t)frame->width * thicket_x_pixel_bytes(frame->format);
  for (int32_t y = 0; y < frame->height; y++)
    measure_row(frame, frame->pixels + (size_t)y * stride, &all);
  uint64_t count = (uint64_t)frame->width * (uint64_t)frame->height;
  uint64_t pairs = count - (uint64_t)frame->height;
  // n * sum(x^2) - sum(x)^2 = n^2 * variance; below 2^61 for the largest frame.
  uint64_t variance = (count * all.squares - all.sum * all.sum) / (count * count);
  stats->mean = (uint8_t)((all.sum + count / 2) / count);
  stats->deviation = (uint8_t)square_root(variance);
  stats->dark_permille = (uint16_t)(all.dark * 1000 / count);
  stats->bright_permille = (uint16_t)(all.bright * 1000 / count);
  stats->sharpness = (uint16_t)(pairs ? all.steps * 16 / pairs : 0);
  stats->edge_permille = (uint16_t)(all.edges * 1000 / count);
  stats->crisp_permille = (uint16_t)(all.risen ? all.steepest * 1000 / all.risen : 0);
  stats->lens = lens_of(stats);
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
