// ADD and MUL on int8, with broadcasting: a dimension of 1 is repeated, missing leading dimensions
// count as 1.
#include "infer/lanes.h"
#include "thicket_error.h"

#include <string.h>

enum { BINARY_ACTIVATION };

// ADD brings both inputs to a common scale with this many extra bits.
#define ADD_SHIFT 20

// Dimension `i` counted from the last one.
static uint32_t dim_from_end(const struct tensor *tensor, uint32_t i) {
  return i < tensor->rank ? tensor->dims[tensor->rank - 1 - i] : 1;
}

static int32_t prepare_broadcast(struct graph *graph, struct fb_table options, struct op *op) {
  const struct tensor *a = &op->in[0];
  const struct tensor *b = &op->in[1];
  const struct tensor *out = &op->out;
  int32_t activation =
      fb_i8(&graph->file, options, BINARY_ACTIVATION, 0, "fused_activation_function");
  if (graph->file.error != THICKET_OK)
    return graph_fail(graph, graph->file.error, 0, graph->file.field);
  int32_t status = check_quantised(graph, a, THICKET_INT8);
  if (status == THICKET_OK) status = check_quantised(graph, b, THICKET_INT8);
  if (status == THICKET_OK) status = check_quantised(graph, out, THICKET_INT8);
  if (status == THICKET_OK) status = prepare_range(graph, out, activation, &op->range);
  if (status != THICKET_OK) return status;
  for (uint32_t i = 0; i < THICKET_RANK_MAX; i++) {
    uint32_t x = dim_from_end(a, i), y = dim_from_end(b, i);
    if (x != y && x != 1 && y != 1)
      return graph_fail(graph, THICKET_E_MODEL_SHAPE, b, "Tensor.shape");
    if (dim_from_end(out, i) != (x > y ? x : y))
      return graph_fail(graph, THICKET_E_MODEL_SHAPE, out, "Tensor.shape");
  }
  return THICKET_OK;
}

// A multiplier that must be above 0 and below 1.
static int32_t prepare_fraction(struct graph *graph, const struct tensor *about, double real,
                                struct multiplier *multiplier) {
  int32_t status = prepare_multiplier(graph, about, real, multiplier);
  if (status != THICKET_OK) return status;
  if (real > 0 && real < 1 && multiplier->shift <= 0) return THICKET_OK;
  return graph_fail(graph, THICKET_E_MODEL_QUANT, about, "QuantizationParameters.scale");
}

int32_t add_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  int32_t status = prepare_broadcast(graph, options, op);
  if (status != THICKET_OK) return status;
  float larger = op->in[0].scale > op->in[1].scale ? op->in[0].scale : op->in[1].scale;
  double twice = 2 * (double)larger;
  for (uint32_t i = 0; i < 2 && status == THICKET_OK; i++) {
    status =
        prepare_fraction(graph, &op->in[i], (double)op->in[i].scale / twice, &op->in_multiplier[i]);
  }
  if (status != THICKET_OK) return status;
  double real = twice / ((1 << ADD_SHIFT) * (double)op->out.scale);
  return prepare_fraction(graph, &op->out, real, &op->multiplier);
}

int32_t mul_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  int32_t status = prepare_broadcast(graph, options, op);
  if (status != THICKET_OK) return status;
  double real = (double)op->in[0].scale * (double)op->in[1].scale / (double)op->out.scale;
  return prepare_multiplier(graph, &op->out, real, &op->multiplier);
}

// A run of elements with one step (0 or 1) per input.
typedef void binary_run(const struct op *op, const int8_t *a, uint32_t a_step, const int8_t *b,
                        uint32_t b_step, uint32_t n, int8_t *to);

struct fast {
  lanes significand, right;
};

// Returns 0 when the shift is out of range for lanes_scale.
static int32_t fast_of(struct multiplier multiplier, struct fast *fast) {
  if (multiplier.shift > 0 || multiplier.shift < -30) return 0;
  fast->significand = lanes_splat(multiplier.significand);
  fast->right = lanes_splat(1 << (30 + multiplier.shift));
  return 1;
}

// Four elements, or one element four times, less the zero point.
static lanes load_4(const int8_t *from, uint32_t step, int32_t zero_point) {
  lanes value = step ? lanes_load_int8(from) : lanes_splat(*from);
  return lanes_add(value, lanes_splat(-zero_point));
}

static int32_t add_input(const struct op *op, uint32_t i, int32_t q) {
  return fixed_scale(wrap_shl(q - op->in[i].zero_point, ADD_SHIFT), op->in_multiplier[i]);
}

static void add_elements(const struct op *op, const int8_t *a, uint32_t a_step, const int8_t *b,
                         uint32_t b_step, uint32_t n, int8_t *to) {
  struct fast fast[3];
  uint32_t i = 0;
  if (fast_of(op->in_multiplier[0], &fast[0]) && fast_of(op->in_multiplier[1], &fast[1]) &&
      fast_of(op->multiplier, &fast[2])) {
    lanes up = lanes_splat(1 << ADD_SHIFT);
    for (; i + 4 <= n; i += 4) {
      lanes x = lanes_mul(load_4(a + i * a_step, a_step, op->in[0].zero_point), up);
      lanes y = lanes_mul(load_4(b + i * b_step, b_step, op->in[1].zero_point), up);
      x = lanes_scale(x, fast[0].significand, fast[0].right);
      y = lanes_scale(y, fast[1].significand, fast[1].right);
      lanes_store_int8(to + i, lanes_scale(lanes_add(x, y), fast[2].significand, fast[2].right),
                       &op->range);
    }
  }
  for (; i < n; i++) {
    int32_t sum = wrap_add(add_input(op, 0, a[i * a_step]), add_input(op, 1, b[i * b_step]));
    int32_t q = wrap_add(fixed_scale(sum, op->multiplier), op->range.zero_point);
    to[i] = (int8_t)clamp(q, op->range.low, op->range.high);
  }
}

static void mul_elements(const struct op *op, const int8_t *a, uint32_t a_step, const int8_t *b,
                         uint32_t b_step, uint32_t n, int8_t *to) {
  struct fast fast;
  uint32_t i = 0;
  if (fast_of(op->multiplier, &fast)) {
    for (; i + 4 <= n; i += 4) {
      lanes product = lanes_mul(load_4(a + i * a_step, a_step, op->in[0].zero_point),
                                load_4(b + i * b_step, b_step, op->in[1].zero_point));
      lanes_store_int8(to + i, lanes_scale(product, fast.significand, fast.right), &op->range);
    }
  }
  for (; i < n; i++) {
    int32_t product =
        (a[i * a_step] - op->in[0].zero_point) * (b[i * b_step] - op->in[1].zero_point);
    int32_t q = wrap_add(fixed_scale(product, op->multiplier), op->range.zero_point);
    to[i] = (int8_t)clamp(q, op->range.low, op->range.high);
  }
}

// How far to move in an input per step of output dimension `i` (counted from the last): 0 where it
// is repeated.
static void steps_of(const struct tensor *tensor, uint32_t steps[THICKET_RANK_MAX]) {
  uint32_t step = 1;
  for (uint32_t i = 0; i < THICKET_RANK_MAX; i++) {
    uint32_t dim = dim_from_end(tensor, i);
    steps[i] = dim == 1 ? 0 : step;
    step *= dim;
  }
}

static void broadcast(const struct op *op, binary_run *run) {
  const struct tensor *in = op->in;
  const int8_t *a = (const int8_t *)in[0].data;
  const int8_t *b = (const int8_t *)in[1].data;
  int8_t *to = (int8_t *)op->out.data;
  uint32_t n = op->out.elements;
  if (in[0].elements == n && in[1].elements == n) {
    run(op, a, 1, b, 1, n, to);
    return;
  }
  uint32_t a_steps[THICKET_RANK_MAX], b_steps[THICKET_RANK_MAX], at[THICKET_RANK_MAX] = {0};
  steps_of(&in[0], a_steps);
  steps_of(&in[1], b_steps);
  uint32_t inner = dim_from_end(&op->out, 0);
  for (uint32_t done = 0; done < n; done += inner) {
    run(op, a, a_steps[0], b, b_steps[0], inner, to + done);
    for (uint32_t i = 1; i < THICKET_RANK_MAX; i++) {
      uint32_t dim = dim_from_end(&op->out, i);
      if (++at[i] < dim) {
        a += a_steps[i];
        b += b_steps[i];
        break;
      }
      at[i] = 0;
      a -= (size_t)a_steps[i] * (dim - 1);
      b -= (size_t)b_steps[i] * (dim - 1);
    }
  }
}

void add_run(const struct op *op, uint8_t *scratch) {
  (void)scratch;
  broadcast(op, add_elements);
}

void mul_run(const struct op *op, uint8_t *scratch) {
  (void)scratch;
  broadcast(op, mul_elements);
}
