// Per-channel bias and multipliers; see channels.h.
#include "infer/channels.h"

#include "thicket_error.h"

#include <string.h>

// Scale of output channel `index`, as TensorFlow Lite Micro forms it: in doubles, from the float
// scales.
static double channel_scale(const struct fb_file *file, const struct op *op, uint32_t index) {
  const struct tensor *filter = &op->in[1];
  float scale = filter->scales.count > 1 ? fb_f32_in(file, filter->scales, index) : filter->scale;
  return (double)op->in[0].scale * (double)scale / (double)op->out.scale;
}

int32_t channels_prepare(struct graph *graph, const struct op *op, int32_t dim, uint32_t count) {
  const struct tensor *filter = &op->in[1];
  const struct tensor *bias = &op->in[2];
  int32_t status = check_constant(graph, filter, THICKET_INT8);
  if (status != THICKET_OK) return status;
  if (filter->scales.count != 1) {
    if (filter->scales.count != count) {
      return graph_fail(graph, THICKET_E_MODEL_QUANT, filter, "QuantizationParameters.scale");
    }
    if (count > 1 && filter->channel_dim != dim) {
      return graph_fail(graph, THICKET_E_MODEL_QUANT, filter,
                        "QuantizationParameters.quantized_dimension");
    }
  }
  for (uint32_t i = 0; i < filter->zero_points.count; i++) {
    if (fb_i64_in(&graph->file, filter->zero_points, i) != 0) {
      return graph_fail(graph, THICKET_E_MODEL_QUANT, filter, "QuantizationParameters.zero_point");
    }
  }
  struct multiplier multiplier;
  for (uint32_t i = 0; i < filter->scales.count; i++) {
    status = prepare_multiplier(graph, filter, channel_scale(&graph->file, op, i), &multiplier);
    if (status != THICKET_OK) return status;
  }
  if (bias->index < 0) return THICKET_OK;
  status = check_constant(graph, bias, THICKET_INT32);
  if (status == THICKET_OK && bias->elements != count) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, bias, "bias");
  }
  return status;
}

void channels_fill(struct channels *channels, const struct op *op, uint32_t first, uint32_t count,
                   uint8_t *scratch) {
  uint32_t stride = round_up(count, LANES_STEP) + LANES_STEP;
  channels->bias = (int32_t *)(void *)scratch;
  channels->significand = channels->bias + stride;
  channels->right = channels->significand + stride;
  channels->is_fast = 1;
  memset(scratch, 0, channels_bytes(count));
  if (op->in[2].constant != 0)
    memcpy(channels->bias, op->in[2].constant + 4 * (size_t)first, 4 * (size_t)count);
  for (uint32_t i = 0; i < count; i++) {
    struct multiplier multiplier = op->multiplier;
    if (!op->is_single) multiplier_of(channel_scale(op->file, op, first + i), &multiplier);
    channels->significand[i] = multiplier.significand;
    channels->right[i] = multiplier.shift;
    if (multiplier.shift > 0 || multiplier.shift < -30) channels->is_fast = 0;
  }
  if (!channels->is_fast) return;
  for (uint32_t i = 0; i < count; i++) channels->right[i] = 1 << (30 + channels->right[i]);
}

void channels_store(const struct channels *channels, const struct output_range *range,
                    uint32_t first, uint32_t count, const int32_t *sums, int8_t *to) {
  if (channels->is_fast) {
    lanes_store_row(sums, channels->bias + first, channels->significand + first,
                    channels->right + first, count, range, to);
    return;
  }
  for (uint32_t i = 0; i < count; i++) {
    uint32_t c = first + i;
    struct multiplier multiplier = {channels->significand[c], channels->right[c]};
    int32_t value = fixed_scale(wrap_add(sums[i], channels->bias[c]), multiplier);
    to[i] = (int8_t)clamp(wrap_add(value, range->zero_point), range->low, range->high);
  }
}
