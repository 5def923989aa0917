// AVERAGE_POOL_2D, MAX_POOL_2D and MEAN on int8.
#include "infer/channels.h"
#include "thicket_error.h"

#include <string.h>

enum { POOL_PADDING, POOL_STRIDE_W, POOL_STRIDE_H, POOL_FILTER_W, POOL_FILTER_H, POOL_ACTIVATION };

// Sums of this many elements, each at most 255 from the zero point, fit 32 bits.
#define MEAN_COUNT_MAX   (1u << 23)
#define CHANNELS_AT_ONCE 64u

int32_t pool_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  struct fb_file *file = &graph->file;
  const struct tensor *in = &op->in[0];
  struct window *w = &op->window;
  int32_t padding = fb_i8(file, options, POOL_PADDING, 0, "padding");
  w->stride_w = (uint32_t)fb_i32(file, options, POOL_STRIDE_W, 0, "stride_w");
  w->stride_h = (uint32_t)fb_i32(file, options, POOL_STRIDE_H, 0, "stride_h");
  w->k_w = (uint32_t)fb_i32(file, options, POOL_FILTER_W, 0, "filter_width");
  w->k_h = (uint32_t)fb_i32(file, options, POOL_FILTER_H, 0, "filter_height");
  w->dilation_w = w->dilation_h = 1;
  int32_t activation = fb_i8(file, options, POOL_ACTIVATION, 0, "fused_activation_function");
  if (file->error != THICKET_OK) return graph_fail(graph, file->error, 0, file->field);
  int32_t status = check_quantised(graph, in, THICKET_INT8);
  if (status == THICKET_OK) status = check_quantised(graph, &op->out, THICKET_INT8);
  if (status == THICKET_OK) status = prepare_window(graph, op, padding);
  if (status != THICKET_OK) return status;
  if (w->in_c != w->out_c)
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, &op->out, "Tensor.shape");
  float difference = in->scale - op->out.scale;
  if (difference > 1e-6f || difference < -1e-6f || in->zero_point != op->out.zero_point) {
    return graph_fail(graph, THICKET_E_MODEL_QUANT, &op->out, "QuantizationParameters.scale");
  }
  op->work = (uint64_t)op->out.elements * w->k_h * w->k_w;
  return prepare_range(graph, &op->out, activation, &op->range);
}

// The part of a window that lies inside the input.
struct view {
  uint32_t top, bottom, left, right;  // [top, bottom) x [left, right)
};

static uint32_t first_inside(uint32_t index, uint32_t stride, uint32_t pad) {
  uint64_t at = (uint64_t)index * stride;
  return at > pad ? (uint32_t)(at - pad) : 0;
}

static uint32_t end_inside(uint32_t index, uint32_t stride, uint32_t pad, uint32_t filter,
                           uint32_t size) {
  uint64_t end = (uint64_t)index * stride + filter;
  end = end > pad ? end - pad : 0;
  return end < size ? (uint32_t)end : size;
}

static struct view view_of(const struct window *w, uint32_t y, uint32_t x) {
  struct view view = {
      first_inside(y, w->stride_h, w->pad_h),
      end_inside(y, w->stride_h, w->pad_h, w->k_h, w->in_h),
      first_inside(x, w->stride_w, w->pad_w),
      end_inside(x, w->stride_w, w->pad_w, w->k_w, w->in_w),
  };
  return view;
}

static int32_t rounded_mean(int32_t sum, int32_t count) {
  return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

// Up to CHANNELS_AT_ONCE channels of one output pixel. `from` is the first channel of the image.
static void average_pixel(const struct op *op, const int8_t *from, struct view view,
                          uint32_t channels, int8_t *to) {
  const struct window *w = &op->window;
  int32_t sums[CHANNELS_AT_ONCE];
  memset(sums, 0, sizeof sums);
  for (uint32_t y = view.top; y < view.bottom; y++) {
    for (uint32_t x = view.left; x < view.right; x++) {
      const int8_t *pixel = from + ((size_t)y * w->in_w + x) * w->in_c;
      for (uint32_t c = 0; c < channels; c++) sums[c] += pixel[c];
    }
  }
  int32_t count = (int32_t)((view.bottom - view.top) * (view.right - view.left));
  for (uint32_t c = 0; c < channels; c++) {
    to[c] = (int8_t)clamp(rounded_mean(sums[c], count), op->range.low, op->range.high);
  }
}

static void max_pixel(const struct op *op, const int8_t *from, struct view view, uint32_t channels,
                      int8_t *to) {
  const struct window *w = &op->window;
  int8_t highest[CHANNELS_AT_ONCE];
  memset(highest, -128, sizeof highest);
  for (uint32_t y = view.top; y < view.bottom; y++) {
    for (uint32_t x = view.left; x < view.right; x++) {
      const int8_t *pixel = from + ((size_t)y * w->in_w + x) * w->in_c;
      for (uint32_t c = 0; c < channels; c++)
        highest[c] = pixel[c] > highest[c] ? pixel[c] : highest[c];
    }
  }
  for (uint32_t c = 0; c < channels; c++)
    to[c] = (int8_t)clamp(highest[c], op->range.low, op->range.high);
}

typedef void pixel_pool(const struct op *op, const int8_t *from, struct view view,
                        uint32_t channels, int8_t *to);

static void pool_run(const struct op *op, pixel_pool *pool) {
  const struct window *w = &op->window;
  const int8_t *image = (const int8_t *)op->in[0].data;
  int8_t *to = (int8_t *)op->out.data;
  for (uint32_t batch = 0; batch < w->batches; batch++) {
    for (uint32_t y = 0; y < w->out_h; y++) {
      for (uint32_t x = 0; x < w->out_w; x++, to += w->out_c) {
        struct view view = view_of(w, y, x);
        for (uint32_t c = 0; c < w->out_c; c += CHANNELS_AT_ONCE) {
          uint32_t channels = w->out_c - c < CHANNELS_AT_ONCE ? w->out_c - c : CHANNELS_AT_ONCE;
          pool(op, image + c, view, channels, to + c);
        }
      }
    }
    image += (size_t)w->in_h * w->in_w * w->in_c;
  }
}

void average_pool_run(const struct op *op, uint8_t *scratch) {
  (void)scratch;
  pool_run(op, average_pixel);
}

void max_pool_run(const struct op *op, uint8_t *scratch) {
  (void)scratch;
  pool_run(op, max_pixel);
}

int32_t mean_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  (void)options;  // keep_dims only shapes the output, which is given
  const struct tensor *in = &op->in[0];
  const struct tensor *axes = &op->in[1];
  int32_t status = check_quantised(graph, in, THICKET_INT8);
  if (status == THICKET_OK) status = check_quantised(graph, &op->out, THICKET_INT8);
  if (status == THICKET_OK) status = check_constant(graph, axes, THICKET_INT32);
  if (status != THICKET_OK) return status;
  struct fb_vector list = {(uint32_t)(axes->constant - graph->file.base), axes->elements};
  for (uint32_t i = 0; i < list.count; i++) {
    int32_t axis = fb_i32_in(&graph->file, list, i);
    if (axis < 0) axis += (int32_t)in->rank;
    if (axis < 0 || axis >= (int32_t)in->rank)
      return graph_fail(graph, THICKET_E_MODEL_OPTION, axes, "axis");
    op->reduced |= 1u << axis;
  }
  op->depth = 1;
  for (uint32_t i = 0; i < in->rank; i++) {
    if (op->reduced >> i & 1) op->depth *= in->dims[i];
  }
  if (op->depth > MEAN_COUNT_MAX)
    return graph_fail(graph, THICKET_E_MODEL_LIMIT, in, "Tensor.shape");
  if (in->elements / op->depth != op->out.elements) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, &op->out, "Tensor.shape");
  }
  op->scratch_bytes = 4 * op->out.elements;
  op->work = in->elements;
  op->range.zero_point = op->out.zero_point;
  return prepare_multiplier(graph, &op->out, (double)in->scale / (double)op->out.scale,
                            &op->multiplier);
}

// Add every input element to the sum it belongs to, walking the dimensions like an odometer.
static void add_up(const struct op *op, int32_t *sums) {
  const struct tensor *in = &op->in[0];
  const int8_t *from = (const int8_t *)in->data;
  uint32_t steps[THICKET_RANK_MAX] = {0};
  uint32_t at[THICKET_RANK_MAX] = {0};
  uint32_t step = 1;
  for (uint32_t i = in->rank; i-- > 0;) {
    if (op->reduced >> i & 1) continue;
    steps[i] = step;
    step *= in->dims[i];
  }
  uint32_t inner = in->rank == 0 ? 1 : in->dims[in->rank - 1];
  uint32_t inner_step = in->rank == 0 ? 0 : steps[in->rank - 1];
  uint32_t target = 0;
  for (uint32_t done = 0; done < in->elements; done += inner, from += inner) {
    if (inner_step == 0) {
      int32_t sum = 0;
      for (uint32_t i = 0; i < inner; i++) sum += from[i];
      sums[target] += sum;
    } else {
      for (uint32_t i = 0; i < inner; i++) sums[target + i] += from[i];
    }
    for (uint32_t i = in->rank; i-- > 1;) {
      uint32_t dim = i - 1;
      target += steps[dim];
      if (++at[dim] < in->dims[dim]) break;
      target -= steps[dim] * in->dims[dim];
      at[dim] = 0;
    }
  }
}

void mean_run(const struct op *op, uint8_t *scratch) {
  int32_t *sums = (int32_t *)(void *)scratch;
  int8_t *to = (int8_t *)op->out.data;
  memset(sums, 0, op->scratch_bytes);
  add_up(op, sums);
  // 1/count goes into the multiplier with as many bits as fit.
  int32_t count = (int32_t)op->depth;
  int32_t shift = 0;
  while (count >> (shift + 1) != 0) shift++;
  shift = shift < 31 + op->multiplier.shift ? shift : 31 + op->multiplier.shift;
  struct multiplier multiplier = {
      (int32_t)(op->multiplier.significand * (INT64_C(1) << shift) / count),
      op->multiplier.shift - shift,
  };
  for (uint32_t i = 0; i < op->out.elements; i++) {
    int32_t sum = sums[i] - op->in[0].zero_point * count;
    to[i] = (int8_t)clamp(wrap_add(fixed_scale(sum, multiplier), op->out.zero_point), -128, 127);
  }
}
