// SOFTMAX on int8, in fixed point.
#include "infer/op.h"
#include "thicket_error.h"

enum { SOFTMAX_BETA };

// Differences are Q5.26; sums of exponentials Q12.19, so at most 4095 of them.
#define DIFFERENCE_BITS 5
#define SUM_BITS        12
#define DEPTH_MAX       4095u

int32_t softmax_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  const struct tensor *in = &op->in[0];
  float beta = fb_f32(&graph->file, options, SOFTMAX_BETA, 0, "beta");
  if (graph->file.error != THICKET_OK)
    return graph_fail(graph, graph->file.error, 0, graph->file.field);
  int32_t status = check_quantised(graph, in, THICKET_INT8);
  if (status == THICKET_OK) status = check_quantised(graph, &op->out, THICKET_INT8);
  if (status == THICKET_OK) status = check_same_shape(graph, in, &op->out);
  if (status != THICKET_OK) return status;
  if (op->out.scale != 1.0f / 256 || op->out.zero_point != -128) {
    return graph_fail(graph, THICKET_E_MODEL_QUANT, &op->out, "QuantizationParameters.scale");
  }
  if (in->rank < 1) return graph_fail(graph, THICKET_E_MODEL_SHAPE, in, "Tensor.shape rank");
  op->depth = in->dims[in->rank - 1];
  op->rows = in->elements / op->depth;
  if (op->depth > DEPTH_MAX) return graph_fail(graph, THICKET_E_MODEL_LIMIT, in, "Tensor.shape");
  double real = (double)beta * (double)in->scale * (double)(1 << (31 - DIFFERENCE_BITS));
  if (real > 2147483647.0) real = 2147483647.0;
  if (!(real > 1)) return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "beta");
  status = prepare_multiplier(graph, in, real, &op->multiplier);
  op->radius = fixed_radius(DIFFERENCE_BITS, op->multiplier.shift);
  return status;
}

// e^(scaled difference), Q0.31; the difference is 0 or negative and within the radius.
static int32_t exponential(const struct op *op, int32_t difference) {
  return fixed_exp(fixed_scale(difference, op->multiplier), DIFFERENCE_BITS);
}

static int32_t leading_zeros(uint32_t value) {
  int32_t count = 0;
  while (count < 32 && (value & 0x80000000u) == 0) {
    value <<= 1;
    count++;
  }
  return count;
}

static void softmax_row(const struct op *op, const int8_t *from, int8_t *to) {
  int32_t highest = -128;
  for (uint32_t i = 0; i < op->depth; i++) highest = from[i] > highest ? from[i] : highest;
  int32_t sum = 0;
  for (uint32_t i = 0; i < op->depth; i++) {
    int32_t difference = from[i] - highest;
    if (difference >= -op->radius) sum += round_shift(exponential(op, difference), SUM_BITS);
  }
  int32_t headroom = leading_zeros((uint32_t)sum);
  int32_t reciprocal =
      fixed_one_over_one_plus((int32_t)(((uint32_t)sum << headroom) - 0x80000000u));
  int32_t shift = SUM_BITS - headroom + 31 - 8;
  for (uint32_t i = 0; i < op->depth; i++) {
    int32_t difference = from[i] - highest;
    to[i] = -128;
    if (difference >= -op->radius) {
      int32_t share = round_shift(high_mul(reciprocal, exponential(op, difference)), shift);
      to[i] = (int8_t)clamp(share - 128, -128, 127);
    }
  }
}

void softmax_run(const struct op *op, uint8_t *scratch) {
  (void)scratch;
  const int8_t *from = (const int8_t *)op->in[0].data;
  int8_t *to = (int8_t *)op->out.data;
  for (uint32_t row = 0; row < op->rows; row++)
    softmax_row(op, from + row * op->depth, to + row * op->depth);
}
