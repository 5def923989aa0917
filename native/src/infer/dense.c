// FULLY_CONNECTED on int8, quantised per tensor or per channel. Weights are used once per row, so
// both they and the inputs are read where they lie; tables are built for a block of channels at a
// time to keep scratch memory small.
#include "infer/channels.h"
#include "thicket_error.h"

#include <string.h>

enum { DENSE_ACTIVATION, DENSE_WEIGHTS_FORMAT };

#define BLOCK 32u
// 65536 * 255 * 128 still fits the accumulator.
#define DEPTH_MAX 65536u

// Filters quantised per tensor: the multiplier is formed from a product of floats, and the bias
// must have that scale.
static int32_t prepare_single_multiplier(struct graph *graph, struct op *op) {
  const struct tensor *filter = &op->in[1];
  const struct tensor *bias = &op->in[2];
  double product = (double)op->in[0].scale * (double)filter->scale;
  if (bias->index >= 0) {
    double difference = product - (double)bias->scale;
    if (difference < 0) difference = -difference;
    if (!(difference / (double)op->out.scale <= 0.02)) {
      return graph_fail(graph, THICKET_E_MODEL_QUANT, bias, "QuantizationParameters.scale");
    }
  }
  double real = (double)(op->in[0].scale * filter->scale) / (double)op->out.scale;
  return prepare_multiplier(graph, filter, real, &op->multiplier);
}

int32_t fully_connected_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  struct fb_file *file = &graph->file;
  const struct tensor *filter = &op->in[1];
  int32_t activation = fb_i8(file, options, DENSE_ACTIVATION, 0, "fused_activation_function");
  int32_t format = fb_i8(file, options, DENSE_WEIGHTS_FORMAT, 0, "weights_format");
  if (file->error != THICKET_OK) return graph_fail(graph, file->error, 0, file->field);
  if (format != 0) return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "weights_format");
  int32_t status = check_quantised(graph, &op->in[0], THICKET_INT8);
  if (status == THICKET_OK) status = check_quantised(graph, &op->out, THICKET_INT8);
  if (status != THICKET_OK) return status;
  if (filter->rank != 2)
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, filter, "Tensor.shape rank");
  uint32_t count = filter->dims[0];
  op->depth = filter->dims[1];
  if (op->depth > DEPTH_MAX) return graph_fail(graph, THICKET_E_MODEL_LIMIT, filter, "filter size");
  op->rows = op->in[0].elements / op->depth;
  if (op->rows * op->depth != op->in[0].elements) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, &op->in[0], "Tensor.shape");
  }
  if ((uint64_t)op->rows * count != op->out.elements) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, &op->out, "Tensor.shape");
  }
  op->macs = op->work = (uint64_t)op->rows * filter->elements;
  op->scratch_bytes = channels_bytes(count < BLOCK ? count : BLOCK);
  status = channels_prepare(graph, op, 0, count);
  op->is_single = filter->scales.count == 1;
  if (status == THICKET_OK && op->is_single) status = prepare_single_multiplier(graph, op);
  return status == THICKET_OK ? prepare_range(graph, &op->out, activation, &op->range) : status;
}

// Four outputs of one row: whole steps where they lie, then what is left over, padded with zeros.
static lanes dot(const struct op *op, const int8_t *x, const int8_t *const weights[4]) {
  uint32_t whole = op->depth / LANES_STEP * LANES_STEP;
  uint32_t rest = op->depth - whole;
  int32_t offset = -op->in[0].zero_point;
  lanes sums = lanes_dot_4x1(weights, x, offset, whole);
  if (rest == 0) return sums;
  int8_t padded[4][LANES_STEP], last[LANES_STEP];
  const int8_t *rows[4];
  memset(padded, 0, sizeof padded);
  memset(last, 0, sizeof last);
  memcpy(last, x + whole, rest);
  for (uint32_t i = 0; i < 4; i++) {
    memcpy(padded[i], weights[i] + whole, rest);
    rows[i] = padded[i];
  }
  return lanes_add(sums, lanes_dot_4x1(rows, last, offset, LANES_STEP));
}

void fully_connected_run(const struct op *op, uint8_t *scratch) {
  uint32_t count = op->in[1].dims[0];
  const int8_t *filter = (const int8_t *)op->in[1].constant;
  for (uint32_t block = 0; block < count; block += BLOCK) {
    uint32_t block_count = count - block < BLOCK ? count - block : BLOCK;
    struct channels channels;
    channels_fill(&channels, op, block, block_count, scratch);
    for (uint32_t first = 0; first < block_count; first += 4) {
      const int8_t *weights[4];
      for (uint32_t i = 0; i < 4; i++) {
        uint32_t channel = block + (first + i < block_count ? first + i : block_count - 1);
        weights[i] = filter + (size_t)channel * op->depth;
      }
      uint32_t wanted = block_count - first < 4 ? block_count - first : 4;
      for (uint32_t row = 0; row < op->rows; row++) {
        lanes sums = dot(op, (const int8_t *)op->in[0].data + (size_t)row * op->depth, weights);
        int32_t values[4];
        lanes_store(values, sums);
        channels_store(&channels, &op->range, first, wanted, values,
                       (int8_t *)op->out.data + (size_t)row * count + block + first);
      }
    }
  }
}
