// ADD, MUL, MEAN, RELU, RELU6, LOGISTIC, SOFTMAX, QUANTIZE, DEQUANTIZE, PAD and RESHAPE against
// plain loops or real arithmetic: random shapes, broadcasting, scales and zero points. Usage:
// test_elementwise [CASES PER OPERATOR]
#include "support/random_ops.h"

// One input broadcast along random dimensions.
static void test_binary(int32_t is_add) {
  float scale[3] = {random_scale(), random_scale(), random_scale() * 4};
  int32_t zero[3] = {between(-128, 127), between(-128, 127), between(-128, 127)}, dims[2][4],
          out[4];
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
  struct build_model model = {
      .builtin = is_add ? ADD : MUL, .options_type = is_add ? 11 : 21, .options = 1, .inputs = 2};
  model.tensor[0] =
      tensor4(THICKET_INT8, dims[0][0], dims[0][1], dims[0][2], dims[0][3], &scale[0], zero[0]);
  model.tensor[1] =
      tensor4(THICKET_INT8, dims[1][0], dims[1][1], dims[1][2], dims[1][3], &scale[1], zero[1]);
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
                       : (double)scale[0] * (double)scale[1] / (double)scale[2],
                &m2);
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
    int32_t value =
        is_add ? fixed_scale(x * (1 << 20), m0) + fixed_scale(y * (1 << 20), m1) : x * y;
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
  struct build_model model = {
      .builtin = MEAN, .options_type = 27, .options = 1, .option = {1}, .inputs = 2};
  struct build_tensor input = {.type = THICKET_INT8,
                               .rank = (uint32_t)rank,
                               .scales = 1,
                               .scale = &in_scale,
                               .zero_point = in_zero};
  struct build_tensor output = input;
  output.scale = &out_scale;
  output.zero_point = out_zero;
  memcpy(input.dims, dims, sizeof dims);
  memcpy(output.dims, out, sizeof out);
  struct build_tensor axis = {.type = THICKET_INT32,
                              .rank = 1,
                              .dims = {(int32_t)axis_count},
                              .constant = axes,
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
  struct multiplier mean = {(int32_t)(((int64_t)m.significand << shift) / divisor),
                            m.shift - shift};
  int8_t *expected = malloc(count);
  for (size_t i = 0; i < count; i++) {
    int32_t value = fixed_scale(sums[i] - in_zero * divisor, mean);
    expected[i] = (int8_t)clamp(wrap_add(value, out_zero), -128, 127);
  }
  free(sums);
  check_same(MEAN, run(&model, in), expected, count);
}

static struct build_model elementwise(int32_t builtin, int32_t in_type, int32_t out_type,
                                      const float *scale, int32_t in_zero, int32_t out_zero,
                                      int32_t count) {
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
    if (fabs(q - got[i]) > 1)
      fprintf(stderr, "%s(%d): %d, wanted %g\n", thicket_op_name(builtin), in[i], got[i], q);
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
  struct build_model model =
      elementwise(QUANTIZE, THICKET_FLOAT32, THICKET_INT8, scale, 0, zero, 300);
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
    model = elementwise(QUANTIZE, from, to, same, way ? zero : zero + 128, way ? zero + 128 : zero,
                        256);
    uint8_t in[256], *flipped = malloc(256);
    for (int i = 0; i < 256; i++) in[i] = (uint8_t)i, flipped[i] = (uint8_t)(i ^ 0x80);
    check_same(QUANTIZE, run(&model, in), flipped, 256);
  }
}

static void test_dequantize(void) {
  int32_t is_signed = between(0, 1), zero = is_signed ? between(-128, 127) : between(0, 255);
  float scale[2] = {random_scale(), 1};
  struct build_model model = elementwise(DEQUANTIZE, is_signed ? THICKET_INT8 : THICKET_UINT8,
                                         THICKET_FLOAT32, scale, zero, 0, 256);
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
  struct build_model model = {
      .builtin = has_value ? PADV2 : PAD, .options = 1, .inputs = has_value ? 3 : 2};
  model.tensor[0] = tensor4(THICKET_INT8, dims[0], dims[1], dims[2], dims[3], &scale, zero);
  struct build_tensor table = {.type = THICKET_INT32,
                               .rank = 2,
                               .dims = {4, 2},
                               .constant = paddings,
                               .constant_bytes = sizeof paddings};
  struct build_tensor scalar = {.type = THICKET_INT8,
                                .rank = 0,
                                .scales = 1,
                                .scale = &scale,
                                .zero_point = zero,
                                .constant = &value,
                                .constant_bytes = 1};
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

int main(int count, char **values) {
  int cases = count > 1 ? atoi(values[1]) : 60;
  test_reshape();
  for (int i = 0; i < cases; i++) {
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
  return check_report("elementwise");
}
