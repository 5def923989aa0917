// Thicket vision: from a camera's frame to a model's input, and what moved since the background was
// learnt. Portable C11. The caller owns all memory; nothing here allocates, and the per-pixel work
// uses integers only. Every function returns THICKET_OK (0), a length >= 0, or a negative code of
// thicket_error.h.
#ifndef THICKET_VISION_H
#define THICKET_VISION_H

#include "thicket_error.h"

#include <stddef.h>
#include <stdint.h>

// Largest side of a frame. 2048 * 2048 * 255 fits 32 bits, so box sums cannot overflow.
#define THICKET_VISION_SIDE_MAX 2048
// Largest side of a model's input.
#define THICKET_VISION_INPUT_SIDE_MAX 512

typedef enum {
  THICKET_PIXEL_RGB565 = 0,  // 2 bytes, high byte first: RRRRRGGG GGGBBBBB, as OV sensors send it
  THICKET_PIXEL_RGB888 = 1,  // 3 bytes, red first
  THICKET_PIXEL_GREY = 2,    // 1 byte
  THICKET_PIXEL_YUV422 = 3   // 4 bytes for two neighbours: Y0 U Y1 V, full range; even width
} thicket_pixel_format;

// One picture, row-major [height][width], no padding between rows. Pixels are never modified.
typedef struct {
  const uint8_t *pixels;
  size_t bytes;    // size of the buffer behind `pixels`; may be larger than the picture
  int32_t width;   // 1..THICKET_VISION_SIDE_MAX
  int32_t height;  // 1..THICKET_VISION_SIDE_MAX
  thicket_pixel_format format;
} thicket_frame;

// Pixels. width 0 means "no box".
typedef struct {
  int32_t left, top, width, height;
} thicket_box;

// Check a frame's shape, format and buffer size.
// Returns OK, E_ARGUMENT, E_PIXEL_FORMAT, E_SHAPE or E_SIZE.
int thicket_frame_check(const thicket_frame *frame);

// What the lens looks like from behind.
typedef enum {
  THICKET_LENS_CLEAR = 0,
  THICKET_LENS_COVERED = 1,  // one flat tone: a hand, mud, a leaf on the glass, or no light at all
  THICKET_LENS_BLURRED = 2   // tones but no crisp edge: dew, dirt, fog, a web, or out of focus
} thicket_lens;

// What a glance at the exposure says.
typedef struct {
  uint8_t mean;              // 0..255
  uint8_t deviation;         // standard deviation of the grey values, 0..127
  uint16_t dark_permille;    // pixels of grey value <= 8
  uint16_t bright_permille;  // pixels of grey value >= 247
  uint16_t sharpness;       // mean absolute difference of horizontal neighbours, in 1/16 grey steps
  uint16_t edge_permille;   // places where the grey value changes much within 4 pixels
  uint16_t crisp_permille;  // of that change, the share of its steepest pixel; 250 = even ramp
  thicket_lens lens;
} thicket_frame_stats;

// Exposure, sharpness and state of the lens, over every pixel of a frame.
// Returns OK or what thicket_frame_check says.
int thicket_frame_measure(const thicket_frame *frame, thicket_frame_stats *stats);

// --- Cutting out and resizing ------------------------------------------------------------------

// The piece of the picture to show to a model for a thing seen at `box`: the box plus `margin_pct`
// of its own side on every side, widened to a square where the picture allows, moved inside and
// clipped to the picture.
//   frame_width, frame_height  pixels, 1..SIDE_MAX
//   box         pixels; is clipped to the frame first
//   margin_pct  0..200; the default model was trained with 25
// Returns OK, E_SHAPE, E_ARGUMENT, or E_BOX when the box lies outside.
int thicket_vision_widen(int32_t frame_width, int32_t frame_height, const thicket_box *box,
                         int32_t margin_pct, thicket_box *out);

// The input tensor of a model: [1][height][width][channels], and the byte for each pixel value.
typedef struct {
  int32_t width, height;  // 1..THICKET_VISION_INPUT_SIDE_MAX
  int32_t channels;       // 1 (grey) or 3 (red, green, blue)
  uint8_t bytes_of[256];  // tensor byte (int8 as two's complement) of pixel value 0..255
} thicket_vision_input;

// Prepare an input description. Pixel 0..255 stands for 0..1, -1..1 or 0..255, whichever spans what
// the tensor can represent (within 2 %); otherwise for exactly the span the tensor can represent.
//   scale       > 0, real value of one step
//   zero_point  within the type's range
//   is_signed   1 int8, 0 uint8
// Returns OK, E_SHAPE, or E_ARGUMENT. The only function here that uses floating point (256 values,
// once per model). Source: quantisation q = round(real/scale) + zero_point,
// https://ai.google.dev/edge/litert/models/quantization_spec
int thicket_vision_input_init(thicket_vision_input *input, int32_t width, int32_t height,
                              int32_t channels, double scale, int32_t zero_point, int is_signed);

// 32-bit words of scratch that thicket_vision_crop needs for one input; 0 when the shape is not
// allowed.
size_t thicket_vision_scratch_words(int32_t width, int32_t channels);

// Cut a box out of a frame, resize it by exact area average (every source pixel counts by the share
// of it that lies under the target pixel, also when enlarging), convert colours and quantise.
//   box      pixels, clipped to the frame; NULL or width 0: the whole frame
//   dst      [height][width][channels] bytes of `input`, HWC; dst_bytes at least that many
//   scratch  thicket_vision_scratch_words(input->width, input->channels) words
// Grey from colour: (77 R + 150 G + 29 B) / 256, ITU-R BT.601 weights.
// Returns OK, E_ARGUMENT, E_PIXEL_FORMAT, E_SHAPE, E_SIZE or E_BOX.
int thicket_vision_crop(const thicket_frame *frame, const thicket_box *box,
                        const thicket_vision_input *input, uint8_t *dst, size_t dst_bytes,
                        uint32_t *scratch, size_t scratch_words);

// --- Motion ------------------------------------------------------------------------------------

#define THICKET_MOTION_WIDTH  160
#define THICKET_MOTION_HEIGHT 120
#define THICKET_MOTION_CELLS  (THICKET_MOTION_WIDTH * THICKET_MOTION_HEIGHT)
#define THICKET_REGIONS_MAX   8
// Regions that can be open at once while rows are joined; see src/vision/regions.c.
#define THICKET_X_RUNS_MAX 40
// Patches in which the light is measured; see src/vision/light.c.
#define THICKET_X_PATCHES 192

// A connected piece of the picture that changed. Frame pixels.
typedef struct {
  thicket_box box;
  int32_t area;  // changed pixels in the box
  int32_t x, y;  // centroid
} thicket_motion_region;

// Sums over the cells of a region while it is gathered. Internal.
typedef struct {
  int32_t left, top, right, bottom;  // cells, right and bottom exclusive
  uint32_t cells, sum_x, sum_y;
  uint32_t edges;                          // cells where an edge came or went
  uint32_t rim_new, rim_old;               // steepness along the outline, now and in the background
  uint32_t now, old, now2, old2, product;  // of grey values, for their correlation
} thicket_x_region;

// Background of one camera in 2 bytes per cell, 160x120 cells whatever the frame's size, and the
// work space of one comparison (107 KB in all, of the caller).
typedef struct {
  int32_t frame_width, frame_height;     // of the learnt frames; 0: nothing learnt
  uint8_t usual[THICKET_MOTION_CELLS];   // grey value of the background, a running median
  uint8_t unrest[THICKET_MOTION_CELLS];  // usual deviation from it (leaves, grass), 1/4 grey steps
  uint8_t grey[THICKET_MOTION_CELLS];    // the frame at hand
  uint8_t lit[THICKET_MOTION_CELLS];     // the background in its light
  uint8_t mask[THICKET_MOTION_CELLS];    // see src/vision/motion.h
  int32_t patch_gain[THICKET_X_PATCHES], patch_offset[THICKET_X_PATCHES];
  int32_t patch_unrest[THICKET_X_PATCHES];  // mean around each, 1/4 grey steps
  uint32_t scratch[3 * THICKET_MOTION_WIDTH];
  thicket_x_region open[2 * THICKET_X_RUNS_MAX];
} thicket_motion;

typedef struct {
  int32_t changed_permille;  // cells of all regions, 0..1000
  thicket_box box;           // frame pixels around the largest region; width 0: none
  int32_t gain_permille;     // contrast of the frame relative to the background, 1000 = equal
  int32_t offset_grey;       // and its brightness beside that, grey steps
  int32_t light_permille;    // cells of regions that only the light changed: shade, sun, lamp
  int32_t ghost_permille;    // cells of regions whose thing is in the background, not in the frame
  int32_t region_count;      // 0..THICKET_REGIONS_MAX
  thicket_motion_region regions[THICKET_REGIONS_MAX];  // largest first
} thicket_motion_result;

// Forget the background.
void thicket_motion_reset(thicket_motion *motion);

// Compare a frame with the background. A change of brightness and contrast over the whole picture
// is taken out first; a cell has changed when what remains exceeds the picture's noise, the usual
// unrest of the cell and its surroundings, and what its neighbours show. The mask is cleaned (lone
// cells go), grown into cells beside it that are off by less, and joined to regions over small
// gaps; a region in which only the light changed, or that is the ghost of a thing learnt by
// mistake, is counted but not reported. Returns OK, E_NO_BACKGROUND, or what thicket_frame_check
// says. The background stays as it is.
int thicket_motion_compare(thicket_motion *motion, const thicket_frame *frame,
                           thicket_motion_result *result);

// Take a frame in which nothing is believed to move into the background.
//   weight_pct  share of the new frame, 1..100. The first frame, one of another size, and one that
//               has nothing in common with the background (more than half of the cells changed
//               and edges run other ways: lamp on, camera moved) replace it. Where a region moved
//               only half of the weight counts; where a ghost was, all of it does.
// Returns OK, E_ARGUMENT, or what thicket_frame_check says.
int thicket_motion_learn(thicket_motion *motion, const thicket_frame *frame, int32_t weight_pct);

// --- Tracks ------------------------------------------------------------------------------------

#define THICKET_TRACKS_MAX 8

// One thing followed through the pictures of a burst. All zero: free.
typedef struct {
  int32_t id;                    // from 1, in the order of appearance
  thicket_motion_region region;  // where it was seen last
  int32_t speed_x;               // pixels per second, times 16; to the right
  int32_t speed_y;               // down
  int32_t sightings;             // pictures in which it was seen
  int32_t missed;                // pictures since then
  int32_t first_x, first_y, first_ms, last_ms;
} thicket_track;

typedef struct {
  thicket_track track[THICKET_TRACKS_MAX];
  int32_t last_id;
  int32_t last_ms;
} thicket_tracks;

// Begin a burst.
void thicket_tracks_reset(thicket_tracks *tracks);

// Follow what moved in one more picture of the burst. A region goes on with the track whose box,
// moved on by its speed, it overlaps most, else with the nearest one within reach; what remains
// begins tracks while there are free ones. A track that is missed twice in a row ends. The same
// input gives the same tracks.
//   at_ms  since the burst's first picture; 0, or a time before the last one, begins a new burst
// Returns the number of tracks, or E_ARGUMENT.
int thicket_tracks_follow(thicket_tracks *tracks, const thicket_motion_result *seen, int32_t at_ms);

// --- Frame buffers and handles -----------------------------------------------------------------

#define THICKET_FRAMES_MAX 3

// A few frame buffers lent out by handle. A handle is never 0 and is not reused soon, so that use
// after release is noticed.
typedef struct {
  uint8_t *buffer[THICKET_FRAMES_MAX];
  size_t buffer_bytes;
  thicket_frame frame[THICKET_FRAMES_MAX];
  int32_t handle[THICKET_FRAMES_MAX];  // 0: free
  int32_t turn;
} thicket_frames;

// Share `memory` (frames_bytes, divided by THICKET_FRAMES_MAX) out as buffers. Forgets all lent
// frames. Returns OK or E_ARGUMENT.
int thicket_frames_init(thicket_frames *frames, uint8_t *memory, size_t memory_bytes);

// Reserve a buffer for a frame of this shape; `*pixels` is where to write it.
// Returns a handle > 0, or E_NO_BUFFER, E_SHAPE, E_PIXEL_FORMAT, E_SIZE (the frame is larger than a
// buffer).
int thicket_frames_take(thicket_frames *frames, int32_t width, int32_t height,
                        thicket_pixel_format format, uint8_t **pixels);

// The frame behind a handle, or NULL when it was released or never existed.
const thicket_frame *thicket_frames_get(const thicket_frames *frames, int32_t handle);

// Returns OK or E_HANDLE.
int thicket_frames_release(thicket_frames *frames, int32_t handle);

// Number of buffers lent out, 0..THICKET_FRAMES_MAX.
int thicket_frames_lent(const thicket_frames *frames);

// --- JPEG --------------------------------------------------------------------------------------

// Encode a frame as a baseline JPEG (JFIF, 4:2:0, standard Huffman tables; grey frames one
// component).
//   quality_pct  1..100, the scale of the Independent JPEG Group
//   dst          about 700 bytes of headers and tables plus the picture. Two bytes per pixel
//   suffice for photographs
//                (98 of them at VGA, RGB565: at most 0.17, 0.36 and 0.62 of that at quality 70, 95
//                and 100); pure noise can need more
// Uses about 5 KB of stack.
// Returns the length in bytes, or E_ARGUMENT, E_SIZE (dst too small), or what thicket_frame_check
// says. Source: ITU-T T.81 (tables of annex K; DCT of annex A.3.3 in integers).
int32_t thicket_jpeg_encode(const thicket_frame *frame, int32_t quality_pct, uint8_t *dst,
                            size_t dst_bytes);

#endif
