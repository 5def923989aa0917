// CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED and pooling against plain loops: random shapes,
// strides, dilations, paddings, scales and zero points, odd channel counts. The loops here are the
// definition; the arithmetic per element is fixed.h's, which the golden models check. Usage:
// test_conv [CASES PER OPERATOR]
#include "support/random_ops.h"

struct shape {
  int32_t n, h, w, c, kh, kw, sh, sw, dh, dw, out_h, out_w, out_c, pad_h, pad_w, is_valid;
};

static int32_t out_size(int32_t in, int32_t k, int32_t stride, int32_t dilation, int32_t is_valid,
                        int32_t *pad) {
  int32_t extent = (k - 1) * dilation + 1;
  int32_t out = is_valid ? (in - extent) / stride + 1 : (in + stride - 1) / stride;
  int32_t total = (out - 1) * stride + extent - in;
  *pad = is_valid || total < 0 ? 0 : total / 2;
  return out;
}

static struct shape random_shape(int32_t dilation_max) {
  struct shape s = {.n = between(1, 2),
                    .c = between(1, 19),
                    .kh = between(1, 4),
                    .kw = between(1, 4),
                    .sh = between(1, 3),
                    .sw = between(1, 3),
                    .dh = between(1, dilation_max),
                    .dw = between(1, dilation_max),
                    .is_valid = between(0, 1)};
  s.h = (s.kh - 1) * s.dh + between(1, 6);
  s.w = (s.kw - 1) * s.dw + between(1, 6);
  s.out_h = out_size(s.h, s.kh, s.sh, s.dh, s.is_valid, &s.pad_h);
  s.out_w = out_size(s.w, s.kw, s.sw, s.dw, s.is_valid, &s.pad_w);
  return s;
}

// Zero-point-free input under a tap, 0 outside.
static int32_t pixel(const struct shape *s, const int8_t *in, int32_t zero_point, int32_t n,
                     int32_t y, int32_t x, int32_t ky, int32_t kx, int32_t c) {
  int32_t row = y * s->sh - s->pad_h + ky * s->dh;
  int32_t column = x * s->sw - s->pad_w + kx * s->dw;
  if (row < 0 || row >= s->h || column < 0 || column >= s->w) return 0;
  return in[((n * s->h + row) * s->w + column) * s->c + c] - zero_point;
}

// Products of one output's window with its filter; spread 0: a full convolution, else outputs per
// input channel.
static int32_t window_sum(const struct shape *s, const int8_t *in, int32_t zero_point,
                          const int8_t *filter, int32_t spread, int32_t n, int32_t y, int32_t x,
                          int32_t o) {
  int32_t sum = 0;
  for (int32_t ky = 0; ky < s->kh; ky++) {
    for (int32_t kx = 0; kx < s->kw; kx++) {
      if (spread != 0) {
        sum += pixel(s, in, zero_point, n, y, x, ky, kx, o / spread) *
               filter[(ky * s->kw + kx) * s->out_c + o];
        continue;
      }
      for (int32_t c = 0; c < s->c; c++) {
        sum += pixel(s, in, zero_point, n, y, x, ky, kx, c) *
               filter[((o * s->kh + ky) * s->kw + kx) * s->c + c];
      }
    }
  }
  return sum;
}

// Limits of an activation for a quantised output.
static void limits_of(int32_t activation, float scale, int32_t zero_point, int32_t *low,
                      int32_t *high) {
  *low = activation == 1 || activation == 3 ? zero_point : -128;
  *high = 127;
  if (activation == 2) *low = (int32_t)fmaxf(-128, (float)zero_point + roundf(-1 / scale));
  if (activation == 2) *high = (int32_t)fminf(127, (float)zero_point + roundf(1 / scale));
  if (activation == 3) *high = (int32_t)fminf(127, (float)zero_point + roundf(6 / scale));
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
  struct build_model model = {.builtin = is_depthwise ? DEPTHWISE : CONV,
                              .options_type = is_depthwise ? 2 : 1,
                              .inputs = has_bias ? 3 : 2};
  uint32_t option[] = {(uint32_t)s.is_valid, (uint32_t)s.sw, (uint32_t)s.sh,
                       (uint32_t)activation, (uint32_t)s.dw, (uint32_t)s.dh};
  uint32_t dw_option[] = {(uint32_t)s.is_valid, (uint32_t)s.sw, (uint32_t)s.sh, (uint32_t)spread,
                          (uint32_t)activation, (uint32_t)s.dw, (uint32_t)s.dh};
  model.options = is_depthwise ? 7 : 6;
  memcpy(model.option, is_depthwise ? dw_option : option, 4 * model.options);
  int8_t *filter = malloc(weights);
  int32_t bias[256];
  fill(filter, weights);
  for (int32_t i = 0; i < s.out_c; i++) bias[i] = between(-5000, 5000);
  model.tensor[0] = tensor4(THICKET_INT8, s.n, s.h, s.w, s.c, &in_scale, in_zero);
  model.tensor[1] =
      tensor4(THICKET_INT8, is_depthwise ? 1 : s.out_c, s.kh, s.kw, filter_c, scales, 0);
  model.tensor[1].scales = is_per_channel ? (uint32_t)s.out_c : 1;
  model.tensor[1].channel_dim = is_depthwise ? 3 : 0;
  model.tensor[1].constant = filter;
  model.tensor[1].constant_bytes = (uint32_t)weights;
  struct build_tensor b = {.type = THICKET_INT32,
                           .rank = 1,
                           .dims = {s.out_c},
                           .constant = bias,
                           .constant_bytes = 4 * (uint32_t)s.out_c};
  struct build_tensor out =
      tensor4(THICKET_INT8, s.n, s.out_h, s.out_w, s.out_c, &out_scale, out_zero);
  if (has_bias) model.tensor[2] = b;
  model.tensor[model.inputs] = out;

  size_t count = elements(&out);
  int8_t *in = malloc(elements(&model.tensor[0])), *expected = malloc(count), *to = expected;
  fill(in, elements(&model.tensor[0]));
  int32_t low, high;
  limits_of(activation, out_scale, out_zero, &low, &high);
  for (int32_t n = 0; n < s.n; n++)
    for (int32_t y = 0; y < s.out_h; y++)
      for (int32_t x = 0; x < s.out_w; x++)
        for (int32_t o = 0; o < s.out_c; o++) {
          int32_t sum = (has_bias ? bias[o] : 0) +
                        window_sum(&s, in, in_zero, filter, is_depthwise ? spread : 0, n, y, x, o);
          struct multiplier multiplier;
          multiplier_of(
              (double)in_scale * (double)scales[is_per_channel ? o : 0] / (double)out_scale,
              &multiplier);
          *to++ = (int8_t)clamp(wrap_add(fixed_scale(sum, multiplier), out_zero), low, high);
        }
  check_same(model.builtin, run(&model, in), expected, count);
  free(in);
  free(filter);
}

static void test_dense(void) {
  int32_t rows = between(1, 3), depth = between(1, 70), count = between(1, 70),
          is_per_channel = between(0, 1);
  float in_scale = random_scale(), scales[70];
  for (int32_t i = 0; i < 70; i++) scales[i] = random_scale();
  float out_scale = in_scale * scales[0] * (float)between(1, 300),
        bias_scale = in_scale * scales[0];
  int32_t in_zero = between(-128, 127), out_zero = between(-128, 127), bias[70];
  int8_t *filter = malloc((size_t)(depth * count)), in[210];
  fill(filter, (size_t)(depth * count));
  fill(in, sizeof in);
  for (int32_t i = 0; i < 70; i++) bias[i] = between(-3000, 3000);
  struct build_model model = {.builtin = DENSE,
                              .options_type = 8,
                              .options = 1,
                              .inputs = 3,
                              .tensor = {{.type = THICKET_INT8,
                                          .rank = 2,
                                          .dims = {rows, depth},
                                          .scales = 1,
                                          .scale = &in_scale,
                                          .zero_point = in_zero},
                                         {.type = THICKET_INT8,
                                          .rank = 2,
                                          .dims = {count, depth},
                                          .scale = scales,
                                          .constant = filter,
                                          .scales = is_per_channel ? (uint32_t)count : 1,
                                          .constant_bytes = (uint32_t)(depth * count)},
                                         {.type = THICKET_INT32,
                                          .rank = 1,
                                          .dims = {count},
                                          .scales = 1,
                                          .scale = &bias_scale,
                                          .constant = bias,
                                          .constant_bytes = 4 * (uint32_t)count},
                                         {.type = THICKET_INT8,
                                          .rank = 2,
                                          .dims = {rows, count},
                                          .scales = 1,
                                          .scale = &out_scale,
                                          .zero_point = out_zero}}};
  int8_t *expected = malloc((size_t)(rows * count));
  for (int32_t row = 0; row < rows; row++)
    for (int32_t o = 0; o < count; o++) {
      int32_t sum = bias[o];
      struct multiplier multiplier;
      for (int32_t k = 0; k < depth; k++)
        sum += (in[row * depth + k] - in_zero) * filter[o * depth + k];
      double real = is_per_channel && count > 1
                        ? (double)in_scale * (double)scales[o] / (double)out_scale
                        : (double)(in_scale * scales[0]) / (double)out_scale;
      multiplier_of(real, &multiplier);
      expected[row * count + o] =
          (int8_t)clamp(wrap_add(fixed_scale(sum, multiplier), out_zero), -128, 127);
    }
  check_same(DENSE, run(&model, in), expected, (size_t)(rows * count));
  free(filter);
}

static void test_pool(int32_t is_average) {
  struct shape s = random_shape(1);
  float scale = random_scale();
  int32_t zero = between(-128, 127);
  s.c = between(1, 70);
  struct build_model model = {.builtin = is_average ? AVERAGE_POOL : MAX_POOL,
                              .options_type = 5,
                              .options = 6,
                              .option = {(uint32_t)s.is_valid, (uint32_t)s.sw, (uint32_t)s.sh,
                                         (uint32_t)s.kw, (uint32_t)s.kh, 0},
                              .inputs = 1};
  model.tensor[0] = tensor4(THICKET_INT8, s.n, s.h, s.w, s.c, &scale, zero);
  model.tensor[1] = tensor4(THICKET_INT8, s.n, s.out_h, s.out_w, s.c, &scale, zero);
  int8_t *in = malloc(elements(&model.tensor[0])), *expected = malloc(elements(&model.tensor[1])),
         *to = expected;
  fill(in, elements(&model.tensor[0]));
  for (int32_t n = 0; n < s.n; n++)
    for (int32_t y = 0; y < s.out_h; y++)
      for (int32_t x = 0; x < s.out_w; x++)
        for (int32_t c = 0; c < s.c; c++) {
          int32_t sum = 0, count = 0, highest = -128;
          for (int32_t row = y * s.sh - s.pad_h; row < y * s.sh - s.pad_h + s.kh; row++)
            for (int32_t column = x * s.sw - s.pad_w; column < x * s.sw - s.pad_w + s.kw;
                 column++) {
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

// The lane form of the rescaling is the scalar form, at the edges too.
static void test_rescaling(void) {
  static const int32_t VALUES[] = {
      0, 1, -1, 2, -2, 3, -3, INT32_MAX, INT32_MIN, INT32_MIN + 1, 1 << 30, -(1 << 30)};
  for (int32_t shift = -31; shift <= 31; shift++) {
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0] + 200; i++) {
      int32_t value = i < sizeof VALUES / sizeof VALUES[0] ? VALUES[i] : (int32_t)random_u32();
      struct multiplier m = {(int32_t)(random_u32() >> 2 | 1u << 30), shift};
      int32_t left = shift > 0 ? shift : 0, right = left - shift;
      int64_t x = (int32_t)((uint32_t)value << left);
      int64_t product = x * m.significand;
      int64_t nudge = product >= 0 ? 1 << 30 : 1 - (1 << 30);
      int64_t high = (product + nudge) / (INT64_C(1) << 31);
      int64_t mask = (INT64_C(1) << right) - 1, rest = high & mask,
              threshold = (mask >> 1) + (high < 0);
      CHECK(fixed_scale(value, m) == (int32_t)((high >> right) + (rest > threshold)));
    }
  }
}

int main(int count, char **values) {
  int cases = count > 1 ? atoi(values[1]) : 60;
  test_rescaling();
  for (int i = 0; i < cases; i++) {
    test_conv(0);
    test_conv(1);
    test_dense();
    test_pool(0);
    test_pool(1);
  }
  return check_report("conv");
}
