// DEPTHWISE_CONV_2D on int8. Pixels and weights are read where they lie (padding reads a row of
// zero points, and the input's zero point is folded into the bias), so products fit 16 bits and
// blocks of channels add up in registers. With several outputs per input channel, the taps of one
// input channel are gathered and spread over its outputs.
#include "infer/channels.h"
#include "thicket_error.h"

#include <string.h>

enum {
  DW_PADDING,
  DW_STRIDE_W,
  DW_STRIDE_H,
  DW_MULTIPLIER,
  DW_ACTIVATION,
  DW_DILATION_W,
  DW_DILATION_H
};

#define TAPS_MAX    4096u
#define WEIGHTS_MAX (4u << 20)
#define BLOCK       8u
#define SUMS_MAX    64u  // channels that are rescaled together

// Scratch memory, in this order; each part is a multiple of 8 bytes.
struct parts {
  uint32_t channels;  // bias and multipliers
  uint32_t taps;      // pointers to the pixels of the window; or the gathered taps
  uint32_t padding;   // a pixel of zero points
  uint32_t total;
};

// How many outputs an input channel has.
static uint32_t spread_of(const struct op *op) { return op->window.out_c / op->window.in_c; }

static struct parts parts_of(const struct op *op) {
  const struct window *w = &op->window;
  uint32_t taps = w->k_h * w->k_w;
  struct parts parts = {.channels = channels_bytes(w->out_c)};
  if (spread_of(op) == 1) {
    parts.taps = round_up(taps * (uint32_t)sizeof(void *), 8);
    parts.padding = round_up(w->in_c, 8);
  } else {
    parts.taps = round_up(taps, 8);
  }
  parts.total = parts.channels + parts.taps + parts.padding;
  return parts;
}

int32_t depthwise_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  struct fb_file *file = &graph->file;
  const struct tensor *filter = &op->in[1];
  struct window *w = &op->window;
  int32_t padding = fb_i8(file, options, DW_PADDING, 0, "padding");
  w->stride_w = (uint32_t)fb_i32(file, options, DW_STRIDE_W, 0, "stride_w");
  w->stride_h = (uint32_t)fb_i32(file, options, DW_STRIDE_H, 0, "stride_h");
  w->dilation_w = (uint32_t)fb_i32(file, options, DW_DILATION_W, 1, "dilation_w_factor");
  w->dilation_h = (uint32_t)fb_i32(file, options, DW_DILATION_H, 1, "dilation_h_factor");
  int32_t depth_multiplier = fb_i32(file, options, DW_MULTIPLIER, 0, "depth_multiplier");
  int32_t activation = fb_i8(file, options, DW_ACTIVATION, 0, "fused_activation_function");
  if (file->error != THICKET_OK) return graph_fail(graph, file->error, 0, file->field);
  int32_t status = check_quantised(graph, &op->in[0], THICKET_INT8);
  if (status == THICKET_OK) status = check_quantised(graph, &op->out, THICKET_INT8);
  if (status != THICKET_OK) return status;
  if (filter->rank != 4 || filter->dims[0] != 1) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, filter, "Tensor.shape");
  }
  w->k_h = filter->dims[1];
  w->k_w = filter->dims[2];
  status = prepare_window(graph, op, padding);
  if (status != THICKET_OK) return status;
  if (filter->dims[3] != w->out_c || w->out_c % w->in_c != 0) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, filter, "filter channels");
  }
  // The shapes decide; the option only repeats them.
  if (depth_multiplier < 0 ||
      (depth_multiplier != 0 && (uint32_t)depth_multiplier != spread_of(op))) {
    return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "depth_multiplier");
  }
  if ((uint64_t)w->k_h * w->k_w > TAPS_MAX || filter->elements > WEIGHTS_MAX) {
    return graph_fail(graph, THICKET_E_MODEL_LIMIT, filter, "filter size");
  }
  op->macs = op->work = (uint64_t)op->out.elements * w->k_h * w->k_w;
  op->scratch_bytes = parts_of(op).total;
  status = channels_prepare(graph, op, 3, w->out_c);
  return status == THICKET_OK ? prepare_range(graph, &op->out, activation, &op->range) : status;
}

// bias += -zero_point * sum of the channel's weights
static void fold_zero_point(const struct op *op, struct channels *channels) {
  const int8_t *weights = (const int8_t *)op->in[1].constant;
  uint32_t count = op->window.out_c;
  uint32_t taps = op->window.k_h * op->window.k_w;
  for (uint32_t tap = 0; tap < taps; tap++, weights += count) {
    for (uint32_t c = 0; c < count; c++) {
      channels->bias[c] = wrap_sub(channels->bias[c], op->in[0].zero_point * weights[c]);
    }
  }
}

// Pointers to the pixels under the window at output (y, x); `padding` for those outside the image.
static void point_taps(const struct window *w, const int8_t *image, uint32_t y, uint32_t x,
                       const int8_t *padding, const int8_t **taps) {
  int64_t top = (int64_t)y * w->stride_h - w->pad_h;
  int64_t left = (int64_t)x * w->stride_w - w->pad_w;
  for (uint32_t ky = 0; ky < w->k_h; ky++) {
    int64_t row = top + (int64_t)ky * w->dilation_h;
    for (uint32_t kx = 0; kx < w->k_w; kx++) {
      int64_t column = left + (int64_t)kx * w->dilation_w;
      int32_t is_inside = row >= 0 && row < w->in_h && column >= 0 && column < w->in_w;
      *taps++ = is_inside ? image + (row * w->in_w + column) * w->in_c : padding;
    }
  }
}

struct pass {
  const struct op *op;
  struct channels channels;
  const int8_t *weights;  // [tap][output channel], in the file
  const int8_t **taps;    // one output per input channel: pixels under the window
  int8_t *values;         // several: their values in one channel
  int8_t *padding;
};

// Sums of one channel.
static int32_t add_taps(const struct pass *pass, uint32_t taps, uint32_t channel) {
  const int8_t *weights = pass->weights + channel;
  int32_t sum = 0;
  for (uint32_t tap = 0; tap < taps; tap++, weights += pass->op->window.out_c)
    sum += pass->taps[tap][channel] * *weights;
  return sum;
}

// One output pixel, one output per input channel.
static void run_pixel(const struct pass *pass, int8_t *to) {
  uint32_t count = pass->op->window.out_c;
  uint32_t taps = pass->op->window.k_h * pass->op->window.k_w;
  int32_t sums[SUMS_MAX];
  for (uint32_t first = 0; first < count; first += SUMS_MAX) {
    uint32_t end = count - first < SUMS_MAX ? count - first : SUMS_MAX;
    uint32_t c = 0;
    for (; c + 16 <= end; c += 16)
      lanes_taps_16(pass->taps, taps, first + c, pass->weights, count, sums + c);
    for (; c + 8 <= end; c += 8)
      lanes_taps_8(pass->taps, taps, first + c, pass->weights, count, sums + c);
    for (; c < end; c++) sums[c] = add_taps(pass, taps, first + c);
    channels_store(&pass->channels, &pass->op->range, first, end, sums, to + first);
  }
}

// The values of input channel `group` under the window.
static void gather_taps(const struct pass *pass, const int8_t *image, uint32_t y, uint32_t x,
                        uint32_t group) {
  const struct window *w = &pass->op->window;
  int8_t *value = pass->values;
  int64_t top = (int64_t)y * w->stride_h - w->pad_h;
  int64_t left = (int64_t)x * w->stride_w - w->pad_w;
  for (uint32_t ky = 0; ky < w->k_h; ky++) {
    int64_t row = top + (int64_t)ky * w->dilation_h;
    for (uint32_t kx = 0; kx < w->k_w; kx++) {
      int64_t column = left + (int64_t)kx * w->dilation_w;
      int32_t is_inside = row >= 0 && row < w->in_h && column >= 0 && column < w->in_w;
      *value++ = is_inside ? image[(row * w->in_w + column) * w->in_c + group]
                           : (int8_t)pass->op->in[0].zero_point;
    }
  }
}

// Sums of `n` outputs of the gathered input channel; inlined with n a constant.
static inline void spread_taps(const struct pass *pass, uint32_t channel, uint32_t n,
                               int32_t *restrict to) {
  const struct window *w = &pass->op->window;
  const int8_t *weights = pass->weights + channel;
  uint32_t taps = w->k_h * w->k_w;
  int32_t sums[BLOCK] = {0};
  for (uint32_t tap = 0; tap < taps; tap++, weights += w->out_c) {
    int8_t value = pass->values[tap];
    for (uint32_t c = 0; c < n; c++) sums[c] += (int16_t)(value * weights[c]);
  }
  memcpy(to, sums, 4 * (size_t)n);
}

// One output pixel, several outputs per input channel.
static void run_pixel_spread(const struct pass *pass, const int8_t *image, uint32_t y, uint32_t x,
                             int8_t *to) {
  uint32_t spread = spread_of(pass->op);
  int32_t sums[BLOCK];
  for (uint32_t group = 0; group < pass->op->window.in_c; group++) {
    gather_taps(pass, image, y, x, group);
    for (uint32_t first = 0; first < spread; first += BLOCK) {
      uint32_t n = spread - first < BLOCK ? spread - first : BLOCK;
      uint32_t channel = group * spread + first;
      if (n == BLOCK)
        spread_taps(pass, channel, BLOCK, sums);
      else
        spread_taps(pass, channel, n, sums);
      channels_store(&pass->channels, &pass->op->range, channel, n, sums, to + channel);
    }
  }
}

// Tables and constant pixels.
static void open_pass(struct pass *pass, const struct op *op, uint8_t *scratch) {
  struct parts parts = parts_of(op);
  pass->op = op;
  pass->weights = (const int8_t *)op->in[1].constant;
  channels_fill(&pass->channels, op, 0, op->window.out_c, scratch);
  fold_zero_point(op, &pass->channels);
  scratch += parts.channels;
  pass->taps = (const int8_t **)(void *)scratch;
  pass->values = (int8_t *)scratch;
  pass->padding = (int8_t *)scratch + parts.taps;
  memset(pass->padding, op->in[0].zero_point, parts.padding);
}

void depthwise_run(const struct op *op, uint8_t *scratch) {
  const struct window *w = &op->window;
  const int8_t *image = (const int8_t *)op->in[0].data;
  int8_t *to = (int8_t *)op->out.data;
  struct pass pass;
  open_pass(&pass, op, scratch);
  for (uint32_t batch = 0; batch < w->batches; batch++) {
    for (uint32_t y = 0; y < w->out_h; y++) {
      for (uint32_t x = 0; x < w->out_w; x++, to += w->out_c) {
        if (spread_of(op) > 1) {
          run_pixel_spread(&pass, image, y, x, to);
        } else {
          point_taps(w, image, y, x, pass.padding, pass.taps);
          run_pixel(&pass, to);
        }
      }
    }
    image += (size_t)w->in_h * w->in_w * w->in_c;
  }
}
