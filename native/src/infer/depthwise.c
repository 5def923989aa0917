// DEPTHWISE_CONV_2D on int8. With one output per input channel the pixels are read where they lie
// (padding reads a row of zero points, and the input's zero point is folded into the bias) and
// weights are packed two taps at a time, so that one multiply-add does both. With several, the taps
// of one input channel are gathered and spread over its outputs.
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

#define TAPS_MAX     4096u
#define WEIGHTS_MAX  (4u << 20)
#define BLOCK        8u   // channels computed together
#define PAIR_WEIGHTS 16u  // two taps of one block

// Scratch memory, in this order; each part is a multiple of 8 bytes.
struct parts {
  uint32_t channels;  // bias and multipliers
  uint32_t weights;   // packed
  uint32_t taps;      // pointers to the pixels of the window
  uint32_t padding;   // a pixel of zero points
  uint32_t edge;      // the last, incomplete block of every tap; or the gathered taps
  uint32_t total;
  uint32_t pairs;
};

// How many outputs an input channel has.
static uint32_t spread_of(const struct op *op) { return op->window.out_c / op->window.in_c; }

static struct parts parts_of(const struct op *op) {
  const struct window *w = &op->window;
  uint32_t taps = round_up(w->k_h * w->k_w, 2);
  uint32_t spread = spread_of(op);
  struct parts parts = {.channels = channels_bytes(w->out_c), .pairs = taps / 2};
  if (spread == 1) {
    parts.weights = round_up(w->out_c, BLOCK) / BLOCK * parts.pairs * PAIR_WEIGHTS * 2;
    parts.taps = round_up(taps * (uint32_t)sizeof(void *), 8);
    parts.padding = round_up(w->in_c, 8);
    parts.edge = taps * BLOCK;
  } else {
    // Weights can stay where they are when every block is whole.
    if (spread % BLOCK != 0) parts.weights = w->in_c * round_up(spread, BLOCK) * w->k_h * w->k_w;
    parts.edge = round_up(taps * 2, 8);
  }
  parts.total = parts.channels + parts.weights + parts.taps + parts.padding + parts.edge;
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

// [block][pair][channel of the block][tap of the pair]; zero where the file has no weight.
static void pack_pairs(const struct op *op, const struct parts *parts, int16_t *to) {
  const int8_t *from = (const int8_t *)op->in[1].constant;
  uint32_t count = op->window.out_c;
  uint32_t taps = op->window.k_h * op->window.k_w;
  memset(to, 0, parts->weights);
  for (uint32_t first = 0; first < count; first += BLOCK, to += parts->pairs * PAIR_WEIGHTS) {
    uint32_t channels = count - first < BLOCK ? count - first : BLOCK;
    for (uint32_t tap = 0; tap < taps; tap++) {
      int16_t *pair = to + tap / 2 * PAIR_WEIGHTS + tap % 2;
      for (uint32_t c = 0; c < channels; c++) pair[2 * c] = from[(size_t)tap * count + first + c];
    }
  }
}

// [input channel][block][tap][channel of the block]; zero where the file has no weight.
static void pack_blocks(const struct op *op, const struct parts *parts, int8_t *to) {
  const int8_t *from = (const int8_t *)op->in[1].constant;
  uint32_t spread = spread_of(op);
  uint32_t taps = op->window.k_h * op->window.k_w;
  memset(to, 0, parts->weights);
  for (uint32_t group = 0; group < op->window.in_c; group++) {
    for (uint32_t first = 0; first < spread; first += BLOCK) {
      uint32_t channels = spread - first < BLOCK ? spread - first : BLOCK;
      for (uint32_t tap = 0; tap < taps; tap++, to += BLOCK) {
        memcpy(to, from + (size_t)tap * op->window.out_c + group * spread + first, channels);
      }
    }
  }
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
  struct parts parts;
  struct channels channels;
  uint8_t *weights;
  const int8_t **taps;
  int8_t *padding;
  uint8_t *edge;
};

static void store_block(const struct pass *pass, uint32_t first, uint32_t count,
                        const lanes sums[2], int8_t *to) {
  const struct output_range *range = &pass->op->range;
  channels_store(&pass->channels, range, first, count < 4 ? count : 4, sums[0], to);
  if (count > 4) channels_store(&pass->channels, range, first + 4, count - 4, sums[1], to + 4);
}

// One output pixel, one output per input channel.
static void run_pixel(const struct pass *pass, int8_t *to) {
  uint32_t count = pass->op->window.out_c;
  uint32_t pairs = pass->parts.pairs;
  const int16_t *weights = (const int16_t *)(const void *)pass->weights;
  uint32_t first = 0;
  for (; first + BLOCK <= count; first += BLOCK, weights += pairs * PAIR_WEIGHTS) {
    lanes sums[2] = {lanes_splat(0), lanes_splat(0)};
    lanes_depthwise_8(pass->taps, pairs, first, weights, sums);
    store_block(pass, first, BLOCK, sums, to + first);
  }
  if (first == count) return;
  // Whole blocks are read, so the last channels are copied to where that stays inside.
  const int8_t *edges[2];
  lanes sums[2] = {lanes_splat(0), lanes_splat(0)};
  for (uint32_t pair = 0; pair < pairs; pair++, weights += PAIR_WEIGHTS) {
    for (uint32_t i = 0; i < 2; i++) {
      uint8_t *edge = pass->edge + (2 * pair + i) * BLOCK;
      memset(edge, 0, BLOCK);
      memcpy(edge, pass->taps[2 * pair + i] + first, count - first);
      edges[i] = (const int8_t *)edge;
    }
    lanes_depthwise_8(edges, 1, 0, weights, sums);
  }
  store_block(pass, first, count - first, sums, to + first);
}

// One output pixel, several outputs per input channel.
static void run_pixel_spread(const struct pass *pass, const int8_t *image, uint32_t y, uint32_t x,
                             int8_t *to) {
  const struct op *op = pass->op;
  const struct window *w = &op->window;
  int16_t *values = (int16_t *)(void *)pass->edge;
  uint32_t spread = spread_of(op);
  uint32_t taps = w->k_h * w->k_w;
  int32_t is_packed = pass->parts.weights != 0;
  const int8_t *packed = (const int8_t *)pass->weights;
  int64_t top = (int64_t)y * w->stride_h - w->pad_h;
  int64_t left = (int64_t)x * w->stride_w - w->pad_w;
  for (uint32_t group = 0; group < w->in_c; group++) {
    int16_t *value = values;
    for (uint32_t ky = 0; ky < w->k_h; ky++) {
      for (uint32_t kx = 0; kx < w->k_w; kx++) {
        int64_t row = top + (int64_t)ky * w->dilation_h,
                column = left + (int64_t)kx * w->dilation_w;
        int32_t is_inside = row >= 0 && row < w->in_h && column >= 0 && column < w->in_w;
        *value++ = is_inside ? (int16_t)(image[(row * w->in_w + column) * w->in_c + group] -
                                         op->in[0].zero_point)
                             : 0;
      }
    }
    for (uint32_t first = 0; first < spread; first += BLOCK) {
      uint32_t count = spread - first < BLOCK ? spread - first : BLOCK;
      uint32_t channel = group * spread + first;
      lanes sums[2] = {lanes_splat(0), lanes_splat(0)};
      if (is_packed) {
        lanes_spread_8(values, taps, packed, BLOCK, sums);
        packed += taps * BLOCK;
      } else {
        lanes_spread_8(values, taps, (const int8_t *)op->in[1].constant + channel, w->out_c, sums);
      }
      store_block(pass, channel, count, sums, to + channel);
    }
  }
}

// Tables, packed weights and constant pixels.
static void open_pass(struct pass *pass, const struct op *op, uint8_t *scratch) {
  struct parts parts = parts_of(op);
  pass->op = op;
  pass->parts = parts;
  channels_fill(&pass->channels, op, 0, op->window.out_c, scratch);
  pass->weights = scratch + parts.channels;
  pass->taps = (const int8_t **)(void *)(pass->weights + parts.weights);
  pass->padding = (int8_t *)pass->weights + parts.weights + parts.taps;
  pass->edge = (uint8_t *)pass->padding + parts.padding;
  memset(pass->edge, 0, parts.edge);
  if (spread_of(op) > 1) {
    if (parts.weights != 0) pack_blocks(op, &parts, (int8_t *)pass->weights);
    return;
  }
  pack_pairs(op, &parts, (int16_t *)(void *)pass->weights);
  fold_zero_point(op, &pass->channels);
  memset(pass->padding, op->in[0].zero_point, parts.padding);
  for (uint32_t i = 0; i < 2 * parts.pairs; i++) pass->taps[i] = pass->padding;
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
