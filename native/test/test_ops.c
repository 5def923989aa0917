// Operators against plain loops: random shapes, strides, paddings, scales and zero points, odd channel counts, and the
// operators that no golden model has. The loops here are the definition; the arithmetic per element is fixed.h's, which
// the golden models check. Usage: test_ops [CASES PER OPERATOR]
#include "check.h"
#include "infer/fixed.h"
#include "support/model_builder.h"
#include "thicket.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ADD = 0, AVERAGE_POOL = 1, CONV = 3, DEPTHWISE = 4, DEQUANTIZE = 6, DENSE = 9, LOGISTIC = 14, MAX_POOL = 17 };
enum { MUL = 18, RELU = 19, RELU6 = 21, RESHAPE = 22, SOFTMAX = 25, PAD = 34, MEAN = 40, PADV2 = 60, QUANTIZE = 114 };

static uint32_t seed = 1;

static uint32_t random_u32(void) {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  return seed ^= seed << 5;
}

// low .. high, both included
static int32_t between(int32_t low, int32_t high) {
  return low + (int32_t)(random_u32() % (uint32_t)(high - low + 1));
}

static float random_scale(void) { return ldexpf(0.5f + (float)(random_u32() % 1000) / 2000, between(-10, 0)); }

static void fill(int8_t *to, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] = (int8_t)random_u32();
}

static struct build_tensor tensor4(int32_t type, int32_t n, int32_t h, int32_t w, int32_t c, const float *scale,
                                   int32_t zero_point) {
  struct build_tensor tensor = {.type = type, .rank = 4, .dims = {n, h, w, c}, .scales = 1, .scale = scale,
                                .zero_point = zero_point};
  return tensor;
}

static size_t elements(const struct build_tensor *tensor) {
  size_t count = 1;
  for (uint32_t i = 0; i < tensor->rank; i++) count *= (size_t)tensor->dims[i];
  return count;
}

// Build, open, give `input` to the first input and return a copy of the output; NULL with a failed check on error.
static void *run(const struct build_model *model, const void *input) {
  struct bytes file = model_build(model);
  void *arena, *result = NULL;
  thicket_model_info info;
  thicket_detail detail;
  int32_t status = model_open(&file, &arena, &info, &detail);
  if (status != THICKET_OK) {
    fprintf(stderr, "%s: %s %s\n", thicket_op_name(model->builtin), thicket_error_name(status), detail.field);
  }
  CHECK(status == THICKET_OK);
  if (status == THICKET_OK) {
    thicket_tensor in, out;
    CHECK(thicket_model_input(arena, 0, &in) == THICKET_OK);
    memcpy(in.data, input, in.bytes);
    CHECK(thicket_model_invoke(arena, &detail) == THICKET_OK);
    CHECK(thicket_model_output(arena, 0, &out) == THICKET_OK);
    result = malloc(out.bytes);
    memcpy(result, out.data, out.bytes);
  }
  free(arena);
  free(file.data);
  return result;
}

// Outputs are the same; frees both.
static void check_same(int32_t builtin, void *got, void *expected, size_t bytes) {
  int is_same = got != NULL && memcmp(got, expected, bytes) == 0;
  if (!is_same) fprintf(stderr, "%s: outputs differ, seed state %u\n", thicket_op_name(builtin), seed);
  CHECK(is_same);
  free(got);
  free(expected);
}

struct shape {
  int32_t n, h, w, c, kh, kw, sh, sw, dh, dw, out_h, out_w, out_c, pad_h, pad_w, is_valid;
};

static int32_t out_size(int32_t in, int32_t k, int32_t stride, int32_t dilation, int32_t is_valid, int32_t *pad) {
  int32_t extent = (k - 1) * dilation + 1;
  int32_t out = is_valid ? (in - extent) / stride + 1 : (in + stride - 1) / stride;
  int32_t total = (out - 1) * stride + extent - in;
  *pad = is_valid || total < 0 ? 0 : total / 2;
  return out;
}

static struct shape random_shape(int32_t dilation_max) {
  struct shape s = {.n = between(1, 2), .c = between(1, 19), .kh = between(1, 4), .kw = between(1, 4),
                    .sh = between(1, 3), .sw = between(1, 3), .dh = between(1, dilation_max),
                    .dw = between(1, dilation_max), .is_valid = between(0, 1)};
  s.h = (s.kh - 1) * s.dh + between(1, 6);
  s.w = (s.kw - 1) * s.dw + between(1, 6);
  s.out_h = out_size(s.h, s.kh, s.sh, s.dh, s.is_valid, &s.pad_h);
  s.out_w = out_size(s.w, s.kw, s.sw, s.dw, s.is_valid, &s.pad_w);
  return s;
}

// Zero-point-free input under a tap, 0 outside.
static int32_t pixel(const struct shape *s, const int8_t *in, int32_t zero_point, int32_t n, int32_t y, int32_t x,
                     int32_t ky, int32_t kx, int32_t c) {
  int32_t row = y * s->sh - s->pad_h + ky * s->dh;
  int32_t column = x * s->sw - s->pad_w + kx * s->dw;
  if (row < 0 || row >= s->h || column < 0 || column >= s->w) return 0;
  return in[((n * s->h + row) * s->w + column) * s->c + c] - zero_point;
}

static void test_conv(int32_t is_depthwise) {
  struct shape s = random_shape(3);
  int32_t spread = is_depthwise ? between(1, 2) * between(1, 5) : 0;
  s.out_c = is_depthwise ? s.c * spread : between(1, 21);
  int32_t is_per_channel = between(0, 1), has_bias = between(0, 1), activation = between(0, 3);
  int32_t filter_c = is_depthwise ? s.out_c : s.c;
  size_t weights = (size_t)((is_depthwise ? 1 : s.out_c) * s.kh * s.kw * filter_c);
  float in_scale = random_scale(), out_scale = random_scale() * 64, scales[256];
  int32_t in_zero = between(-128, 127), out_zero = between(-128, 127);
  for (int32_t i = 0; i < s.out_c; i++) scales[i] = random_scale();
  // Now and then a multiplier above 1, which takes another path.
  if (between(0, 3) == 0) out_scale = in_scale * scales[0] * 0.3f;
  struct build_model model = {.builtin = is_depthwise ? DEPTHWISE : CONV, .options_type = is_depthwise ? 2 : 1,
                              .inputs = has_bias ? 3 : 2};
  uint32_t option[] = {(uint32_t)s.is_valid, (uint32_t)s.sw, (uint32_t)s.sh, (uint32_t)activation,
                       (uint32_t)s.dw, (uint32_t)s.dh};
  uint32_t dw_option[] = {(uint32_t)s.is_valid, (uint32_t)s.sw, (uint32_t)s.sh, (uint32_t)spread,
                          (uint32_t)activation, (uint32_t)s.dw, (uint32_t)s.dh};
  model.options = is_depthwise ? 7 : 6;
  memcpy(model.option, is_depthwise ? dw_option : option, 4 * model.options);
  int8_t *filter = malloc(weights);
  int32_t bias[256];
  fill(filter, weights);
  for (int32_t i = 0; i < s.out_c; i++) bias[i] = between(-5000, 5000);
  model.tensor[0] = tensor4(THICKET_INT8, s.n, s.h, s.w, s.c, &in_scale, in_zero);
  model.tensor[1] = tensor4(THICKET_INT8, is_depthwise ? 1 : s.out_c, s.kh, s.kw, filter_c, scales, 0);
  model.tensor[1].scales = is_per_channel ? (uint32_t)s.out_c : 1;
  model.tensor[1].channel_dim = is_depthwise ? 3 : 0;
  model.tensor[1].constant = filter;
  model.tensor[1].constant_bytes = (uint32_t)weights;
  struct build_tensor b = {.type = THICKET_INT32, .rank = 1, .dims = {s.out_c}, .constant = bias,
                           .constant_bytes = 4 * (uint32_t)s.out_c};
  struct build_tensor out = tensor4(THICKET_INT8, s.n, s.out_h, s.out_w, s.out_c, &out_scale, out_zero);
  if (has_bias) model.tensor[2] = b;
  model.tensor[model.inputs] = out;

  size_t count = elements(&out);
  int8_t *in = malloc(elements(&model.tensor[0])), *expected = malloc(count), *to = expected;
  fill(in, elements(&model.tensor[0]));
  int32_t low = -128, high = 127;
  if (activation == 1 || activation == 3) low = out_zero;
  if (activation == 2) low = (int32_t)fmaxf(-128, (float)out_zero + roundf(-1 / out_scale));
  if (activation == 2) high = (int32_t)fminf(127, (float)out_zero + roundf(1 / out_scale));
  if (activation == 3) high = (int32_t)fminf(127, (float)out_zero + roundf(6 / out_scale));
  for (int32_t n = 0; n < s.n; n++)
    for (int32_t y = 0; y < s.out_h; y++)
      for (int32_t x = 0; x < s.out_w; x++)
        for (int32_t o = 0; o < s.out_c; o++) {
          int32_t sum = has_bias ? bias[o] : 0;
          for (int32_t ky = 0; ky < s.kh; ky++)
            for (int32_t kx = 0; kx < s.kw; kx++) {
              if (is_depthwise) {
                sum += pixel(&s, in, in_zero, n, y, x, ky, kx, o / spread) *
                       filter[(ky * s.kw + kx) * s.out_c + o];
                continue;
              }
              for (int32_t c = 0; c < s.c; c++) {
                sum += pixel(&s, in, in_zero, n, y, x, ky, kx, c) * filter[((o * s.kh + ky) * s.kw + kx) * s.c + c];
              }
            }
          struct multiplier multiplier;
          multiplier_of((double)in_scale * (double)scales[is_per_channel ? o : 0] / (double)out_scale, &multiplier);
          *to++ = (int8_t)clamp(wrap_add(fixed_scale(sum, multiplier), out_zero), low, high);
        }
  check_same(model.builtin, run(&model, in), expected, count);
  free(in);
  free(filter);
}

static void test_dense(void) {
  int32_t rows = between(1, 3), depth = between(1, 70), count = between(1, 70), is_per_channel = between(0, 1);
  float in_scale = random_scale(), scales[70];
  for (int32_t i = 0; i < 70; i++) scales[i] = random_scale();
  float out_scale = in_scale * scales[0] * (float)between(1, 300), bias_scale = in_scale * scales[0];
  int32_t in_zero = between(-128, 127), out_zero = between(-128, 127), bias[70];
  int8_t *filter = malloc((size_t)(depth * count)), in[210];
  fill(filter, (size_t)(depth * count));
  fill(in, sizeof in);
  for (int32_t i = 0; i < 70; i++) bias[i] = between(-3000, 3000);
  struct build_model model = {
      .builtin = DENSE, .options_type = 8, .options = 1, .inputs = 3,
      .tensor = {{.type = THICKET_INT8, .rank = 2, .dims = {rows, depth}, .scales = 1, .scale = &in_scale,
                  .zero_point = in_zero},
                 {.type = THICKET_INT8, .rank = 2, .dims = {count, depth}, .scale = scales, .constant = filter,
                  .scales = is_per_channel ? (uint32_t)count : 1, .constant_bytes = (uint32_t)(depth * count)},
                 {.type = THICKET_INT32, .rank = 1, .dims = {count}, .scales = 1, .scale = &bias_scale,
                  .constant = bias, .constant_bytes = 4 * (uint32_t)count},
                 {.type = THICKET_INT8, .rank = 2, .dims = {rows, count}, .scales = 1, .scale = &out_scale,
                  .zero_point = out_zero}}};
  int8_t *expected = malloc((size_t)(rows * count));
  for (int32_t row = 0; row < rows; row++)
    for (int32_t o = 0; o < count; o++) {
      int32_t sum = bias[o];
      struct multiplier multiplier;
      for (int32_t k = 0; k < depth; k++) sum += (in[row * depth + k] - in_zero) * filter[o * depth + k];
      double real = is_per_channel && count > 1 ? (double)in_scale * (double)scales[o] / (double)out_scale
                                                : (double)(in_scale * scales[0]) / (double)out_scale;
      multiplier_of(real, &multiplier);
      expected[row * count + o] = (int8_t)clamp(wrap_add(fixed_scale(sum, multiplier), out_zero), -128, 127);
    }
  check_same(DENSE, run(&model, in), expected, (size_t)(rows * count));
  free(filter);
}

static void test_pool(int32_t is_average) {
  struct shape s = random_shape(1);
  float scale = random_scale();
  int32_t zero = between(-128, 127);
  s.c = between(1, 70);
  struct build_model model = {.builtin = is_average ? AVERAGE_POOL : MAX_POOL, .options_type = 5, .options = 6,
                              .option = {(uint32_t)s.is_valid, (uint32_t)s.sw, (uint32_t)s.sh, (uint32_t)s.kw,
                                         (uint32_t)s.kh, 0},
                              .inputs = 1};
  model.tensor[0] = tensor4(THICKET_INT8, s.n, s.h, s.w, s.c, &scale, zero);
  model.tensor[1] = tensor4(THICKET_INT8, s.n, s.out_h, s.out_w, s.c, &scale, zero);
  int8_t *in = malloc(elements(&model.tensor[0])), *expected = malloc(elements(&model.tensor[1])), *to = expected;
  fill(in, elements(&model.tensor[0]));
  for (int32_t n = 0; n < s.n; n++)
    for (int32_t y = 0; y < s.out_h; y++)
      for (int32_t x = 0; x < s.out_w; x++)
        for (int32_t c = 0; c < s.c; c++) {
          int32_t sum = 0, count = 0, highest = -128;
          for (int32_t row = y * s.sh - s.pad_h; row < y * s.sh - s.pad_h + s.kh; row++)
            for (int32_t column = x * s.sw - s.pad_w; column < x * s.sw - s.pad_w + s.kw; column++) {
              if (row < 0 || row >= s.h || column < 0 || column >= s.w) continue;
              int32_t q = in[((n * s.h + row) * s.w + column) * s.c + c];
              sum += q;
              count++;
              highest = q > highest ? q : highest;
            }
          *to++ = (int8_t)(is_average ? (int32_t)round((double)sum / count) : highest);
        }
  check_same(model.builtin, run(&model, in), expected, elements(&model.tensor[1]));
  free(in);
}

// One input broadcast along random dimensions.
static void test_binary(int32_t is_add) {
  float scale[3] = {random_scale(), random_scale(), random_scale() * 4};
  int32_t zero[3] = {between(-128, 127), between(-128, 127), between(-128, 127)}, dims[2][4], out[4];
  for (int i = 0; i < 4; i++) {
    out[i] = between(1, i == 3 ? 19 : 4);
    dims[0][i] = between(0, 3) == 0 ? 1 : out[i];
    dims[1][i] = between(0, 1) == 0 && dims[0][i] != 1 ? 1 : out[i];
  }
  // ADD needs multipliers below 1.
  if (scale[2] < scale[0] / 1000) scale[2] = scale[0];
  int8_t a[1300], b[1300];
  fill(a, sizeof a);
  fill(b, sizeof b);
  struct build_model model = {.builtin = is_add ? ADD : MUL, .options_type = is_add ? 11 : 21, .options = 1,
                              .inputs = 2};
  model.tensor[0] = tensor4(THICKET_INT8, dims[0][0], dims[0][1], dims[0][2], dims[0][3], &scale[0], zero[0]);
  model.tensor[1] = tensor4(THICKET_INT8, dims[1][0], dims[1][1], dims[1][2], dims[1][3], &scale[1], zero[1]);
  model.tensor[2] = tensor4(THICKET_INT8, out[0], out[1], out[2], out[3], &scale[2], zero[2]);
  model.tensor[1].constant = b;
  model.tensor[1].constant_bytes = (uint32_t)elements(&model.tensor[1]);
  size_t count = elements(&model.tensor[2]);
  int8_t *expected = malloc(count);
  double twice = 2 * (double)fmaxf(scale[0], scale[1]);
  struct multiplier m0, m1, m2;
  multiplier_of((double)scale[0] / twice, &m0);
  multiplier_of((double)scale[1] / twice, &m1);
  multiplier_of(is_add ? twice / ((1 << 20) * (double)scale[2])
                       : (double)scale[0] * (double)scale[1] / (double)scale[2], &m2);
  for (size_t i = 0; i < count; i++) {
    size_t rest = i, ia = 0, ib = 0, step_a = 1, step_b = 1;
    for (int d = 3; d >= 0; d--) {
      size_t at = rest % (size_t)out[d];
      rest /= (size_t)out[d];
      if (dims[0][d] != 1) ia += at * step_a;
      if (dims[1][d] != 1) ib += at * step_b;
      step_a *= (size_t)dims[0][d];
      step_b *= (size_t)dims[1][d];
    }
    int32_t x = a[ia] - zero[0], y = b[ib] - zero[1];
    int32_t value = is_add ? fixed_scale(x * (1 << 20), m0) + fixed_scale(y * (1 << 20), m1) : x * y;
    expected[i] = (int8_t)clamp(wrap_add(fixed_scale(value, m2), zero[2]), -128, 127);
  }
  check_same(model.builtin, run(&model, a), expected, count);
}

static void test_mean(void) {
  int32_t dims[4], out[4], axes[4], rank = between(1, 4);
  uint32_t axis_count = 0;
  float in_scale = random_scale(), out_scale = random_scale();
  int32_t in_zero = between(-128, 127), out_zero = between(-128, 127);
  int32_t divisor = 1, total = 1;
  for (int32_t i = 0; i < rank; i++) {
    dims[i] = out[i] = between(1, 7);
    total *= dims[i];
    if (between(0, 1) == 0) continue;
    axes[axis_count++] = between(0, 1) ? i : i - rank;
    divisor *= dims[i];
    out[i] = 1;
  }
  if (axis_count == 0) axes[axis_count++] = 0, divisor = dims[0], out[0] = 1;
  int8_t in[7 * 7 * 7 * 7];
  fill(in, sizeof in);
  struct build_model model = {.builtin = MEAN, .options_type = 27, .options = 1, .option = {1}, .inputs = 2};
  struct build_tensor input = {.type = THICKET_INT8, .rank = (uint32_t)rank, .scales = 1, .scale = &in_scale,
                               .zero_point = in_zero};
  struct build_tensor output = input;
  output.scale = &out_scale;
  output.zero_point = out_zero;
  memcpy(input.dims, dims, sizeof dims);
  memcpy(output.dims, out, sizeof out);
  struct build_tensor axis = {.type = THICKET_INT32, .rank = 1, .dims = {(int32_t)axis_count}, .constant = axes,
                              .constant_bytes = 4 * axis_count};
  model.tensor[0] = input;
  model.tensor[1] = axis;
  model.tensor[2] = output;
  size_t count = (size_t)(total / divisor);
  int32_t *sums = calloc(count, 4);
  for (int32_t i = 0; i < total; i++) {
    int32_t rest = i, at = 0, step = 1;
    for (int32_t d = rank - 1; d >= 0; d--) {
      if (out[d] == dims[d] && out[d] != 1) at += rest % dims[d] * step;
      step *= out[d];
      rest /= dims[d];
    }
    sums[at] += in[i];
  }
  struct multiplier m;
  multiplier_of((double)in_scale / (double)out_scale, &m);
  int32_t shift = 0;
  while (divisor >> (shift + 1)) shift++;
  shift = shift < 31 + m.shift ? shift : 31 + m.shift;
  struct multiplier mean = {(int32_t)(((int64_t)m.significand << shift) / divisor), m.shift - shift};
  int8_t *expected = malloc(count);
  for (size_t i = 0; i < count; i++) {
    int32_t value = fixed_scale(sums[i] - in_zero * divisor, mean);
    expected[i] = (int8_t)clamp(wrap_add(value, out_zero), -128, 127);
  }
  free(sums);
  check_same(MEAN, run(&model, in), expected, count);
}

static struct build_model elementwise(int32_t builtin, int32_t in_type, int32_t out_type, const float *scale,
                                      int32_t in_zero, int32_t out_zero, int32_t count) {
  struct build_model model = {.builtin = builtin, .options = 1, .inputs = 1};
  model.tensor[0] = tensor4(in_type, 1, 1, 1, count, &scale[0], in_zero);
  model.tensor[1] = tensor4(out_type, 1, 1, 1, count, &scale[1], out_zero);
  return model;
}

// All 256 bytes, few enough for the direct way or so many that the table is used.
static void test_bytes(int32_t builtin) {
  int32_t count = between(0, 1) ? 256 : 600;
  float scale[2] = {random_scale() / 8, random_scale() / 8};
  int32_t zero[2] = {between(-128, 127), between(-128, 127)};
  if (builtin == RELU6) scale[1] = scale[0], zero[1] = zero[0];
  if (builtin == LOGISTIC) scale[1] = 1.0f / 256, zero[1] = -128;
  struct build_model model =
      elementwise(builtin, THICKET_INT8, THICKET_INT8, scale, zero[0], zero[1], count);
  int8_t in[600];
  for (int32_t i = 0; i < count; i++) in[i] = (int8_t)i;
  int8_t *got = run(&model, in);
  for (int32_t i = 0; got != NULL && i < count; i++) {
    double real = (double)scale[0] * (in[i] - zero[0]);
    double wanted = builtin == LOGISTIC ? 1 / (1 + exp(-real)) : real < 0 ? 0 : real;
    if (builtin == RELU6 && wanted > 6) wanted = 6;
    double q = fmin(127, fmax(-128, round(wanted / (double)scale[1]) + zero[1]));
    // One step of difference is what fixed point may cost.
    if (fabs(q - got[i]) > 1) fprintf(stderr, "%s(%d): %d, wanted %g\n", thicket_op_name(builtin), in[i], got[i], q);
    CHECK(fabs(q - got[i]) <= 1);
    CHECK(i == 0 || builtin == LOGISTIC || in[i] < in[i - 1] || got[i] >= got[i - 1]);
  }
  free(got);
}

static void test_quantize(void) {
  float scale[2] = {random_scale(), random_scale()}, reals[300];
  int32_t zero = between(-128, 127);
  for (int i = 0; i < 300; i++) reals[i] = (float)between(-400, 400) * 0.5f * scale[1];
  reals[0] = INFINITY;
  reals[1] = -INFINITY;
  reals[2] = 1e30f;
  struct build_model model = elementwise(QUANTIZE, THICKET_FLOAT32, THICKET_INT8, scale, 0, zero, 300);
  model.tensor[0].scales = 0;
  int8_t *expected = malloc(300);
  for (int i = 0; i < 300; i++) {
    expected[i] = (int8_t)fminf(127, fmaxf(-128, roundf(reals[i] / scale[1]) + (float)zero));
  }
  check_same(QUANTIZE, run(&model, reals), expected, 300);

  // Bytes to bytes: int8 <-> uint8 with the same scale only moves the zero point.
  for (int way = 0; way < 2; way++) {
    int32_t from = way ? THICKET_INT8 : THICKET_UINT8, to = way ? THICKET_UINT8 : THICKET_INT8;
    float same[2] = {scale[0], scale[0]};
    model = elementwise(QUANTIZE, from, to, same, way ? zero : zero + 128, way ? zero + 128 : zero, 256);
    uint8_t in[256], *flipped = malloc(256);
    for (int i = 0; i < 256; i++) in[i] = (uint8_t)i, flipped[i] = (uint8_t)(i ^ 0x80);
    check_same(QUANTIZE, run(&model, in), flipped, 256);
  }
}

static void test_dequantize(void) {
  int32_t is_signed = between(0, 1), zero = is_signed ? between(-128, 127) : between(0, 255);
  float scale[2] = {random_scale(), 1};
  struct build_model model = elementwise(DEQUANTIZE, is_signed ? THICKET_INT8 : THICKET_UINT8, THICKET_FLOAT32, scale,
                                         zero, 0, 256);
  model.tensor[1].scales = 0;
  uint8_t in[256];
  float *expected = malloc(sizeof(float) * 256);
  for (int i = 0; i < 256; i++) {
    in[i] = (uint8_t)i;
    expected[i] = (float)((double)scale[0] * ((is_signed ? (int8_t)i : i) - zero));
  }
  check_same(DEQUANTIZE, run(&model, in), expected, sizeof(float) * 256);
}

static void test_pad(void) {
  int32_t paddings[8], dims[4], out[4], has_value = between(0, 1);
  float scale = random_scale();
  int32_t zero = between(-128, 127);
  int8_t value = (int8_t)random_u32(), in[256];
  fill(in, sizeof in);
  for (int i = 0; i < 4; i++) {
    dims[i] = between(1, 4);
    paddings[2 * i] = between(0, 2);
    paddings[2 * i + 1] = between(0, 2);
    out[i] = dims[i] + paddings[2 * i] + paddings[2 * i + 1];
  }
  struct build_model model = {.builtin = has_value ? PADV2 : PAD, .options = 1, .inputs = has_value ? 3 : 2};
  model.tensor[0] = tensor4(THICKET_INT8, dims[0], dims[1], dims[2], dims[3], &scale, zero);
  struct build_tensor table = {.type = THICKET_INT32, .rank = 2, .dims = {4, 2}, .constant = paddings,
                               .constant_bytes = sizeof paddings};
  struct build_tensor scalar = {.type = THICKET_INT8, .rank = 0, .scales = 1, .scale = &scale, .zero_point = zero,
                                .constant = &value, .constant_bytes = 1};
  model.tensor[1] = table;
  model.tensor[2] = scalar;
  model.tensor[model.inputs] = tensor4(THICKET_INT8, out[0], out[1], out[2], out[3], &scale, zero);
  size_t count = elements(&model.tensor[model.inputs]);
  int8_t *expected = malloc(count);
  for (size_t i = 0; i < count; i++) {
    size_t rest = i, from = 0, step = 1;
    int is_inside = 1;
    for (int d = 3; d >= 0; d--) {
      int32_t at = (int32_t)(rest % (size_t)out[d]) - paddings[2 * d];
      rest /= (size_t)out[d];
      is_inside &= at >= 0 && at < dims[d];
      from += (size_t)(at < 0 ? 0 : at) * step;
      step *= (size_t)dims[d];
    }
    expected[i] = is_inside ? in[from] : has_value ? value : (int8_t)zero;
  }
  check_same(model.builtin, run(&model, in), expected, count);
}

static void test_softmax(void) {
  int32_t rows = between(1, 3), depth = between(1, 40);
  float scale[2] = {random_scale() / 4, 1.0f / 256}, beta = 1;
  int8_t in[120];
  fill(in, sizeof in);
  struct build_model model = {.builtin = SOFTMAX, .options_type = 9, .options = 1, .inputs = 1};
  memcpy(model.option, &beta, 4);
  model.tensor[0] = tensor4(THICKET_INT8, 1, 1, rows, depth, &scale[0], between(-128, 127));
  model.tensor[1] = tensor4(THICKET_INT8, 1, 1, rows, depth, &scale[1], -128);
  int8_t *got = run(&model, in);
  for (int32_t row = 0; got != NULL && row < rows; row++) {
    double sum = 0;
    for (int32_t i = 0; i < depth; i++) sum += exp((double)scale[0] * in[row * depth + i]);
    for (int32_t i = 0; i < depth; i++) {
      double share = exp((double)scale[0] * in[row * depth + i]) / sum;
      CHECK(fabs(fmin(255, round(share * 256)) - (got[row * depth + i] + 128)) <= 1);
    }
  }
  free(got);
}

static void test_reshape(void) {
  float scale = 1;
  int8_t in[24];
  fill(in, sizeof in);
  struct build_model model = {.builtin = RESHAPE, .options = 1, .inputs = 1};
  model.tensor[0] = tensor4(THICKET_INT8, -1, 2, 3, 4, &scale, 0);
  model.tensor[1] = tensor4(THICKET_INT8, 1, 1, 1, 24, &scale, 0);
  int8_t *expected = malloc(sizeof in);
  memcpy(expected, in, sizeof in);
  check_same(RESHAPE, run(&model, in), expected, sizeof in);
}

// The lane form of the rescaling is the scalar form, at the edges too.
static void test_rescaling(void) {
  static const int32_t VALUES[] = {0, 1, -1, 2, -2, 3, -3, INT32_MAX, INT32_MIN, INT32_MIN + 1, 1 << 30, -(1 << 30)};
  for (int32_t shift = -31; shift <= 31; shift++) {
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0] + 200; i++) {
      int32_t value = i < sizeof VALUES / sizeof VALUES[0] ? VALUES[i] : (int32_t)random_u32();
      struct multiplier m = {(int32_t)(random_u32() >> 2 | 1u << 30), shift};
      int32_t left = shift > 0 ? shift : 0, right = left - shift;
      int64_t x = (int32_t)((uint32_t)value << left);
      int64_t product = x * m.significand;
      int64_t nudge = product >= 0 ? 1 << 30 : 1 - (1 << 30);
      int64_t high = (product + nudge) / (INT64_C(1) << 31);
      int64_t mask = (INT64_C(1) << right) - 1, rest = high & mask, threshold = (mask >> 1) + (high < 0);
      CHECK(fixed_scale(value, m) == (int32_t)((high >> right) + (rest > threshold)));
    }
  }
}

int main(int count, char **values) {
  int cases = count > 1 ? atoi(values[1]) : 60;
  test_rescaling();
  test_reshape();
  for (int i = 0; i < cases; i++) {
    test_conv(0);
    test_conv(1);
    test_dense();
    test_pool(0);
    test_pool(1);
    test_binary(0);
    test_binary(1);
    test_mean();
    test_bytes(RELU);
    test_bytes(RELU6);
    test_bytes(LOGISTIC);
    test_quantize();
    test_dequantize();
    test_pad();
    test_softmax();
  }
  return check_report("ops");
}
