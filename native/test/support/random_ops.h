// Random single-operator models for operator tests: numbers from a seed, tensors, run one and
// compare.
#ifndef THICKET_TEST_RANDOM_OPS_H
#define THICKET_TEST_RANDOM_OPS_H

#include "check.h"
#include "infer/fixed.h"
#include "support/model_builder.h"
#include "thicket.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  ADD = 0,
  AVERAGE_POOL = 1,
  CONV = 3,
  DEPTHWISE = 4,
  DEQUANTIZE = 6,
  DENSE = 9,
  LOGISTIC = 14,
  MAX_POOL = 17
};
enum {
  MUL = 18,
  RELU = 19,
  RELU6 = 21,
  RESHAPE = 22,
  SOFTMAX = 25,
  PAD = 34,
  MEAN = 40,
  PADV2 = 60,
  QUANTIZE = 114
};

static uint32_t seed = 1;

static inline uint32_t random_u32(void) {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  return seed ^= seed << 5;
}

// low .. high, both included
static inline int32_t between(int32_t low, int32_t high) {
  return low + (int32_t)(random_u32() % (uint32_t)(high - low + 1));
}

static inline float random_scale(void) {
  return ldexpf(0.5f + (float)(random_u32() % 1000) / 2000, between(-10, 0));
}

static inline void fill(int8_t *to, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] = (int8_t)random_u32();
}

static inline struct build_tensor tensor4(int32_t type, int32_t n, int32_t h, int32_t w, int32_t c,
                                          const float *scale, int32_t zero_point) {
  struct build_tensor tensor = {.type = type,
                                .rank = 4,
                                .dims = {n, h, w, c},
                                .scales = 1,
                                .scale = scale,
                                .zero_point = zero_point};
  return tensor;
}

static inline size_t elements(const struct build_tensor *tensor) {
  size_t count = 1;
  for (uint32_t i = 0; i < tensor->rank; i++) count *= (size_t)tensor->dims[i];
  return count;
}

// With THICKET_EMIT=FILE in the environment every case that runs is appended to FILE, so that
// another build of the library can be held to the same outputs: three sizes (uint32), then model,
// input and output.
static inline void emit(const struct bytes *file, const thicket_tensor *in, const void *input,
                        const thicket_tensor *out, const void *output) {
  const char *path = getenv("THICKET_EMIT");
  FILE *to = path == NULL ? NULL : fopen(path, "ab");
  if (to == NULL) return;
  uint32_t sizes[3] = {file->size, in->bytes, out->bytes};
  fwrite(sizes, 4, 3, to);
  fwrite(file->data, 1, file->size, to);
  fwrite(input, 1, in->bytes, to);
  fwrite(output, 1, out->bytes, to);
  fclose(to);
}

// Build, open, give `input` to the first input and return a copy of the output; NULL with a failed
// check on error.
static inline void *run(const struct build_model *model, const void *input) {
  struct bytes file = model_build(model);
  void *arena, *result = NULL;
  thicket_model_info info;
  thicket_detail detail;
  int32_t status = model_open(&file, &arena, &info, &detail);
  if (status != THICKET_OK) {
    fprintf(stderr, "%s: %s %s\n", thicket_op_name(model->builtin), thicket_error_name(status),
            detail.field);
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
    emit(&file, &in, input, &out, result);
  }
  free(arena);
  free(file.data);
  return result;
}

// Outputs are the same; frees both.
static inline void check_same(int32_t builtin, void *got, void *expected, size_t bytes) {
  int is_same = got != NULL && memcmp(got, expected, bytes) == 0;
  if (!is_same)
    fprintf(stderr, "%s: outputs differ, seed state %u\n", thicket_op_name(builtin), seed);
  CHECK(is_same);
  free(got);
  free(expected);
}

#endif
