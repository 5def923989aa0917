// Element by element: RELU, RELU6, LOGISTIC, QUANTIZE, DEQUANTIZE; and the movers RESHAPE and PAD.
#include "infer/op.h"
#include "thicket_error.h"

#include <string.h>

#define LOGISTIC_BITS 4  // inputs are Q4.27
#define VALUES        256u

// int8 in and out with the same shape.
static int32_t check_elementwise(struct graph *graph, const struct op *op) {
  int32_t status = check_quantised(graph, &op->in[0], THICKET_INT8);
  if (status == THICKET_OK) status = check_quantised(graph, &op->out, THICKET_INT8);
  return status == THICKET_OK ? check_same_shape(graph, &op->in[0], &op->out) : status;
}

// A function of one byte: large tensors go through a table of all 256 answers in scratch memory.
typedef uint8_t byte_map(const struct op *op, uint8_t q);

static uint32_t map_scratch(uint32_t elements) { return elements > VALUES ? VALUES : 0; }

static void map_bytes(const struct op *op, byte_map *map, uint8_t *table) {
  const uint8_t *from = op->in[0].data;
  uint8_t *to = op->out.data;
  uint32_t n = op->out.elements;
  if (n <= VALUES) {
    for (uint32_t i = 0; i < n; i++) to[i] = map(op, from[i]);
    return;
  }
  for (uint32_t q = 0; q < VALUES; q++) table[q] = map(op, (uint8_t)q);
  for (uint32_t i = 0; i < n; i++) to[i] = table[from[i]];
}

int32_t relu_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  (void)options;
  int32_t status = check_elementwise(graph, op);
  if (status != THICKET_OK) return status;
  op->range.zero_point = op->range.low = op->out.zero_point;
  op->range.high = 127;
  op->scratch_bytes = map_scratch(op->out.elements);
  // The quotient is formed in float, as the reference does.
  return prepare_multiplier(graph, &op->out, (double)(op->in[0].scale / op->out.scale),
                            &op->multiplier);
}

static uint8_t relu_byte(const struct op *op, uint8_t q) {
  int32_t value = fixed_scale((int8_t)q - op->in[0].zero_point, op->multiplier);
  return (uint8_t)clamp(wrap_add(value, op->range.zero_point), op->range.low, op->range.high);
}

void relu_run(const struct op *op, uint8_t *scratch) { map_bytes(op, relu_byte, scratch); }

int32_t relu6_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  (void)options;
  int32_t status = check_elementwise(graph, op);
  if (status != THICKET_OK) return status;
  // The operator only clamps, so input and output must mean the same.
  if (op->in[0].scale != op->out.scale || op->in[0].zero_point != op->out.zero_point) {
    return graph_fail(graph, THICKET_E_MODEL_QUANT, &op->out, "QuantizationParameters.scale");
  }
  op->scratch_bytes = map_scratch(op->out.elements);
  return prepare_range(graph, &op->in[0], 3, &op->range);
}

static uint8_t relu6_byte(const struct op *op, uint8_t q) {
  return (uint8_t)clamp((int8_t)q, op->range.low, op->range.high);
}

void relu6_run(const struct op *op, uint8_t *scratch) { map_bytes(op, relu6_byte, scratch); }

int32_t logistic_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  (void)options;
  int32_t status = check_elementwise(graph, op);
  if (status != THICKET_OK) return status;
  if (op->out.zero_point != -128) {
    return graph_fail(graph, THICKET_E_MODEL_QUANT, &op->out, "QuantizationParameters.zero_point");
  }
  double real = (double)op->in[0].scale * (double)(1 << (31 - LOGISTIC_BITS));
  status = prepare_multiplier(graph, &op->in[0], real, &op->multiplier);
  if (status != THICKET_OK) return status;
  if (op->multiplier.shift < 0) {
    return graph_fail(graph, THICKET_E_MODEL_QUANT, &op->in[0], "QuantizationParameters.scale");
  }
  op->radius = fixed_radius(LOGISTIC_BITS, op->multiplier.shift);
  op->scratch_bytes = map_scratch(op->out.elements);
  return THICKET_OK;
}

static uint8_t logistic_byte(const struct op *op, uint8_t q) {
  int32_t input = (int8_t)q - op->in[0].zero_point;
  if (input <= -op->radius) return (uint8_t)-128;
  if (input >= op->radius) return 127;
  int32_t value = fixed_logistic(fixed_scale(input, op->multiplier));
  return (uint8_t)clamp(round_shift(value, 31 - 8) - 128, -128, 127);
}

void logistic_run(const struct op *op, uint8_t *scratch) { map_bytes(op, logistic_byte, scratch); }

static int32_t is_byte_type(int32_t type) { return type == THICKET_INT8 || type == THICKET_UINT8; }

// Lowest value of a byte type.
static int32_t lowest(int32_t type) { return type == THICKET_INT8 ? -128 : 0; }

int32_t quantize_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  (void)options;
  const struct tensor *in = &op->in[0];
  const struct tensor *out = &op->out;
  if (!is_byte_type(out->type)) return graph_fail(graph, THICKET_E_MODEL_TYPE, out, "Tensor.type");
  int32_t status = check_quantised(graph, out, out->type);
  if (status == THICKET_OK) status = check_same_shape(graph, in, out);
  if (status != THICKET_OK) return status;
  if (in->type == THICKET_FLOAT32 && out->type == THICKET_INT8) return THICKET_OK;
  // As the reference: uint8 becomes int8 only.
  if (!is_byte_type(in->type) || (in->type == THICKET_UINT8 && out->type == THICKET_UINT8)) {
    return graph_fail(graph, THICKET_E_MODEL_TYPE, in, "Tensor.type");
  }
  status = check_quantised(graph, in, in->type);
  if (status != THICKET_OK) return status;
  op->scratch_bytes = map_scratch(out->elements);
  return prepare_multiplier(graph, out, (double)in->scale / (double)out->scale, &op->multiplier);
}

static uint8_t requantise_byte(const struct op *op, uint8_t q) {
  int32_t low = lowest(op->out.type);
  int32_t value = (op->in[0].type == THICKET_INT8 ? (int8_t)q : q) - op->in[0].zero_point;
  int32_t scaled = wrap_add(fixed_scale(value, op->multiplier), op->out.zero_point);
  return (uint8_t)clamp(scaled, low, low + 255);
}

static int8_t quantise_float(float real, const struct tensor *out) {
  float q = real / out->scale;
  if (!(q > -1e6f)) q = -1e6f;  // also what is not a number
  if (q > 1e6f) q = 1e6f;
  return (int8_t)clamp(round_float(q) + out->zero_point, -128, 127);
}

void quantize_run(const struct op *op, uint8_t *scratch) {
  if (op->in[0].type != THICKET_FLOAT32) {
    map_bytes(op, requantise_byte, scratch);
    return;
  }
  int8_t *to = (int8_t *)op->out.data;
  for (uint32_t i = 0; i < op->out.elements; i++) {
    float real;
    memcpy(&real, op->in[0].data + 4 * (size_t)i, 4);
    to[i] = quantise_float(real, &op->out);
  }
}

int32_t dequantize_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  (void)options;
  const struct tensor *in = &op->in[0];
  if (!is_byte_type(in->type)) return graph_fail(graph, THICKET_E_MODEL_TYPE, in, "Tensor.type");
  if (op->out.type != THICKET_FLOAT32)
    return graph_fail(graph, THICKET_E_MODEL_TYPE, &op->out, "Tensor.type");
  int32_t status = check_quantised(graph, in, in->type);
  return status == THICKET_OK ? check_same_shape(graph, in, &op->out) : status;
}

void dequantize_run(const struct op *op, uint8_t *scratch) {
  (void)scratch;
  const struct tensor *in = &op->in[0];
  for (uint32_t i = 0; i < op->out.elements; i++) {
    int32_t q = in->type == THICKET_INT8 ? (int8_t)in->data[i] : in->data[i];
    float real = (float)((double)in->scale * (q - in->zero_point));
    memcpy(op->out.data + 4 * (size_t)i, &real, 4);
  }
}

int32_t reshape_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  (void)options;  // the output tensor has the new shape
  const struct tensor *in = &op->in[0];
  if (in->type != op->out.type)
    return graph_fail(graph, THICKET_E_MODEL_TYPE, &op->out, "Tensor.type");
  if (in->bytes != op->out.bytes)
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, &op->out, "Tensor.shape");
  return THICKET_OK;
}

void reshape_run(const struct op *op, uint8_t *scratch) {
  (void)scratch;
  memmove(op->out.data, op->in[0].data, op->out.bytes);
}

int32_t pad_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  (void)options;
  const struct tensor *in = &op->in[0];
  const struct tensor *paddings = &op->in[1];
  const struct tensor *value = &op->in[2];
  const struct tensor *out = &op->out;
  int32_t status = check_quantised(graph, in, THICKET_INT8);
  if (status == THICKET_OK) status = check_quantised(graph, out, THICKET_INT8);
  if (status == THICKET_OK) status = check_constant(graph, paddings, THICKET_INT32);
  if (status != THICKET_OK) return status;
  if (in->rank == 0 || in->rank != out->rank || paddings->elements != 2 * in->rank) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, paddings, "Tensor.shape");
  }
  struct fb_vector list = {(uint32_t)(paddings->constant - graph->file.base), paddings->elements};
  for (uint32_t i = 0; i < in->rank; i++) {
    int32_t before = fb_i32_in(&graph->file, list, 2 * i);
    int32_t after = fb_i32_in(&graph->file, list, 2 * i + 1);
    if (before < 0 || after < 0)
      return graph_fail(graph, THICKET_E_MODEL_OPTION, paddings, "paddings");
    if ((int64_t)in->dims[i] + before + after != out->dims[i]) {
      return graph_fail(graph, THICKET_E_MODEL_SHAPE, out, "Tensor.shape");
    }
    op->before[i] = (uint32_t)before;
  }
  op->fill = out->zero_point;
  if (value->index < 0) return THICKET_OK;
  status = check_quantised(graph, value, THICKET_INT8);
  if (status == THICKET_OK) status = check_constant(graph, value, THICKET_INT8);
  if (status != THICKET_OK) return status;
  if (value->elements != 1) return graph_fail(graph, THICKET_E_MODEL_SHAPE, value, "Tensor.shape");
  if (value->scale != out->scale || value->zero_point != out->zero_point) {
    return graph_fail(graph, THICKET_E_MODEL_QUANT, value, "QuantizationParameters.scale");
  }
  op->fill = (int8_t)value->constant[0];
  return THICKET_OK;
}

void pad_run(const struct op *op, uint8_t *scratch) {
  (void)scratch;
  const struct tensor *in = &op->in[0];
  const struct tensor *out = &op->out;
  const uint8_t *from = in->data;
  uint32_t last = in->rank - 1;
  uint32_t row = in->dims[last];
  uint32_t at[THICKET_RANK_MAX] = {0};
  memset(out->data, op->fill, out->bytes);
  for (uint32_t done = 0; done < in->elements; done += row, from += row) {
    size_t to = 0;
    for (uint32_t i = 0; i < in->rank; i++) to = to * out->dims[i] + op->before[i] + at[i];
    memcpy(out->data + to, from, row);
    for (uint32_t i = last; i-- > 0;) {
      if (++at[i] < in->dims[i]) break;
      at[i] = 0;
    }
  }
}
