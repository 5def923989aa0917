// The few vector operations that inference kernels are made of: four int32 lanes, dot products of
// int8 weights with int16 inputs, rescaling to int8. Two bodies with the same results: wasm
// simd128, and plain C (gcc, the chips).
#ifndef THICKET_INFER_LANES_H
#define THICKET_INFER_LANES_H

#include "infer/op.h"

#include <stddef.h>

// Elements that the dot products take at a time; rows are padded with zeros to a multiple of it.
#if defined(__SSE2__) || defined(__ARM_NEON)
#define LANES_STEP 16
#else
#define LANES_STEP 8
#endif

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>

typedef v128_t lanes;

static inline lanes lanes_load(const int32_t *from) { return wasm_v128_load(from); }
static inline void lanes_store(int32_t *to, lanes value) { wasm_v128_store(to, value); }
static inline lanes lanes_splat(int32_t value) { return wasm_i32x4_splat(value); }
static inline lanes lanes_add(lanes a, lanes b) { return wasm_i32x4_add(a, b); }
static inline lanes lanes_mul(lanes a, lanes b) { return wasm_i32x4_mul(a, b); }

// Four int8 as int32.
static inline lanes lanes_load_int8(const int8_t *from) {
  return wasm_i32x4_extend_low_i16x8(wasm_i16x8_extend_low_i8x16(wasm_v128_load32_zero(from)));
}

// (a * b + 2^(bits-1)) >> bits per lane, in 64 bits; bits 30 or 31.
#define LANES_HIGH_MUL(a, b, bits)                                                                \
  wasm_i32x4_shuffle(wasm_u64x2_shr(wasm_i64x2_add(wasm_i64x2_extmul_low_i32x4(a, b),             \
                                                   wasm_i64x2_splat(INT64_C(1) << ((bits) - 1))), \
                                    (bits)),                                                      \
                     wasm_u64x2_shr(wasm_i64x2_add(wasm_i64x2_extmul_high_i32x4(a, b),            \
                                                   wasm_i64x2_splat(INT64_C(1) << ((bits) - 1))), \
                                    (bits)),                                                      \
                     0, 2, 4, 6)

// fixed_scale for shifts -30..0: significand and 2^(30 + shift) per lane.
static inline lanes lanes_scale(lanes value, lanes significand, lanes right) {
  lanes high = LANES_HIGH_MUL(value, significand, 31);
  // Halves go away from zero: one less for negative values, unless nothing is shifted out.
  lanes is_shifted = wasm_i32x4_lt(right, wasm_i32x4_splat(1 << 30));
  lanes adjusted = wasm_i32x4_add(high, wasm_v128_and(wasm_i32x4_shr(high, 31), is_shifted));
  return LANES_HIGH_MUL(adjusted, right, 30);
}

// Add the zero point, clamp, store four int8.
static inline void lanes_store_int8(int8_t *to, lanes value, const struct output_range *range) {
  lanes q = wasm_i32x4_add(value, wasm_i32x4_splat(range->zero_point));
  q = wasm_i32x4_min(wasm_i32x4_max(q, wasm_i32x4_splat(range->low)),
                     wasm_i32x4_splat(range->high));
  q = wasm_i16x8_narrow_i32x4(q, q);
  wasm_v128_store32_lane(to, wasm_i8x16_narrow_i16x8(q, q), 0);
}

// Lane i of the result is the sum of the lanes of `i`.
static inline lanes lanes_sums(lanes a, lanes b, lanes c, lanes d) {
  lanes ab =
      wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 4, 1, 5), wasm_i32x4_shuffle(a, b, 2, 6, 3, 7));
  lanes cd =
      wasm_i32x4_add(wasm_i32x4_shuffle(c, d, 0, 4, 1, 5), wasm_i32x4_shuffle(c, d, 2, 6, 3, 7));
  return wasm_i32x4_add(wasm_i32x4_shuffle(ab, cd, 0, 1, 4, 5),
                        wasm_i32x4_shuffle(ab, cd, 2, 3, 6, 7));
}

// Dot products of four weight rows with two input rows; n a multiple of LANES_STEP.
static inline void lanes_dot_4x2(const int8_t *const rows[4], const int16_t *x0, const int16_t *x1,
                                 uint32_t n, lanes sums[2]) {
  lanes a0 = lanes_splat(0), b0 = a0, c0 = a0, d0 = a0, a1 = a0, b1 = a0, c1 = a0, d1 = a0;
  const int8_t *wa = rows[0], *wb = rows[1], *wc = rows[2], *wd = rows[3];
  for (uint32_t k = 0; k < n; k += LANES_STEP) {
    lanes p = wasm_v128_load(x0 + k), q = wasm_v128_load(x1 + k);
    lanes w = wasm_i16x8_load8x8(wa + k);
    a0 = wasm_i32x4_add(a0, wasm_i32x4_dot_i16x8(w, p));
    a1 = wasm_i32x4_add(a1, wasm_i32x4_dot_i16x8(w, q));
    w = wasm_i16x8_load8x8(wb + k);
    b0 = wasm_i32x4_add(b0, wasm_i32x4_dot_i16x8(w, p));
    b1 = wasm_i32x4_add(b1, wasm_i32x4_dot_i16x8(w, q));
    w = wasm_i16x8_load8x8(wc + k);
    c0 = wasm_i32x4_add(c0, wasm_i32x4_dot_i16x8(w, p));
    c1 = wasm_i32x4_add(c1, wasm_i32x4_dot_i16x8(w, q));
    w = wasm_i16x8_load8x8(wd + k);
    d0 = wasm_i32x4_add(d0, wasm_i32x4_dot_i16x8(w, p));
    d1 = wasm_i32x4_add(d1, wasm_i32x4_dot_i16x8(w, q));
  }
  sums[0] = lanes_sums(a0, b0, c0, d0);
  sums[1] = lanes_sums(a1, b1, c1, d1);
}

// Dot products of four weight rows with one row of int8 inputs that `offset` is added to.
static inline lanes lanes_dot_4x1(const int8_t *const rows[4], const int8_t *x, int32_t offset,
                                  uint32_t n) {
  lanes a = lanes_splat(0), b = a, c = a, d = a;
  lanes add = wasm_i16x8_splat((int16_t)offset);
  for (uint32_t k = 0; k < n; k += LANES_STEP) {
    lanes p = wasm_i16x8_add(wasm_i16x8_load8x8(x + k), add);
    a = wasm_i32x4_add(a, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(rows[0] + k), p));
    b = wasm_i32x4_add(b, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(rows[1] + k), p));
    c = wasm_i32x4_add(c, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(rows[2] + k), p));
    d = wasm_i32x4_add(d, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(rows[3] + k), p));
  }
  return lanes_sums(a, b, c, d);
}

// Depthwise sums of 8 channels starting at `channel`: pixels times weights[tap * stride + channel].
static inline void lanes_taps_8(const int8_t *const *taps, uint32_t count, uint32_t channel,
                                const int8_t *weights, size_t stride, int32_t *sums) {
  lanes low = lanes_splat(0), high = low;
  weights += channel;
  for (uint32_t i = 0; i + 2 <= count; i += 2, weights += 2 * stride) {
    lanes a = wasm_i16x8_load8x8(taps[i] + channel);
    lanes b = wasm_i16x8_load8x8(taps[i + 1] + channel);
    lanes u = wasm_i16x8_load8x8(weights), v = wasm_i16x8_load8x8(weights + stride);
    lanes ab = wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    lanes uv = wasm_i16x8_shuffle(u, v, 0, 8, 1, 9, 2, 10, 3, 11);
    low = wasm_i32x4_add(low, wasm_i32x4_dot_i16x8(ab, uv));
    ab = wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
    uv = wasm_i16x8_shuffle(u, v, 4, 12, 5, 13, 6, 14, 7, 15);
    high = wasm_i32x4_add(high, wasm_i32x4_dot_i16x8(ab, uv));
  }
  if (count % 2 != 0) {
    lanes product = wasm_i16x8_mul(wasm_i16x8_load8x8(taps[count - 1] + channel),
                                   wasm_i16x8_load8x8(weights));
    low = wasm_i32x4_add(low, wasm_i32x4_extend_low_i16x8(product));
    high = wasm_i32x4_add(high, wasm_i32x4_extend_high_i16x8(product));
  }
  lanes_store(sums, low);
  lanes_store(sums + 4, high);
}

// The same for 16 channels.
static inline void lanes_taps_16(const int8_t *const *taps, uint32_t count, uint32_t channel,
                                 const int8_t *weights, size_t stride, int32_t *sums) {
  lanes_taps_8(taps, count, channel, weights, stride, sums);
  lanes_taps_8(taps, count, channel + 8, weights, stride, sums + 8);
}

// A row of accumulators to int8: add the bias, rescale, add the zero point, clamp.
static inline void lanes_store_row(const int32_t *sums, const int32_t *bias,
                                   const int32_t *significand, const int32_t *right,
                                   uint32_t count, const struct output_range *range, int8_t *to) {
  for (uint32_t i = 0; i < count; i += 4) {
    lanes value = lanes_add(lanes_load(sums + i), lanes_load(bias + i));
    value = lanes_scale(value, lanes_load(significand + i), lanes_load(right + i));
    if (count - i >= 4) {
      lanes_store_int8(to + i, value, range);
    } else {
      int8_t part[4];
      lanes_store_int8(part, value, range);
      for (uint32_t k = i; k < count; k++) to[k] = part[k - i];
    }
  }
}

#else

typedef struct {
  int32_t lane[4];
} lanes;

static inline lanes lanes_load(const int32_t *from) {
  lanes result = {{from[0], from[1], from[2], from[3]}};
  return result;
}

static inline void lanes_store(int32_t *to, lanes value) {
  for (int i = 0; i < 4; i++) to[i] = value.lane[i];
}

static inline lanes lanes_splat(int32_t value) {
  lanes result = {{value, value, value, value}};
  return result;
}

static inline lanes lanes_add(lanes a, lanes b) {
  for (int i = 0; i < 4; i++) a.lane[i] = wrap_add(a.lane[i], b.lane[i]);
  return a;
}

static inline lanes lanes_mul(lanes a, lanes b) {
  for (int i = 0; i < 4; i++) a.lane[i] = (int32_t)((uint32_t)a.lane[i] * (uint32_t)b.lane[i]);
  return a;
}

static inline lanes lanes_load_int8(const int8_t *from) {
  lanes result = {{from[0], from[1], from[2], from[3]}};
  return result;
}

// On sizes instead of signed values, which compilers turn into vectors of unsigned products: both
// roundings are symmetric then, but for the first one's halves.
static inline int32_t scale_one(int32_t value, int32_t significand, int32_t right) {
  uint32_t negative = (uint32_t)(value >> 31);  // all ones or 0
  uint32_t size = ((uint32_t)value ^ negative) - negative;
  uint32_t half = (UINT32_C(1) << 30) + negative;
  uint32_t high = (uint32_t)(((uint64_t)size * (uint32_t)significand + half) >> 31);
  uint64_t low = (uint64_t)high * (uint32_t)right + (UINT32_C(1) << 29);
  return (int32_t)(((uint32_t)(low >> 30) ^ negative) - negative);
}

static inline lanes lanes_scale(lanes value, lanes significand, lanes right) {
  for (int i = 0; i < 4; i++)
    value.lane[i] = scale_one(value.lane[i], significand.lane[i], right.lane[i]);
  return value;
}

static inline void lanes_store_int8(int8_t *to, lanes value, const struct output_range *range) {
  for (int i = 0; i < 4; i++) {
    to[i] = (int8_t)clamp(wrap_add(value.lane[i], range->zero_point), range->low, range->high);
  }
}

static inline void lanes_dot_4x2(const int8_t *const rows[4], const int16_t *x0, const int16_t *x1,
                                 uint32_t n, lanes sums[2]) {
  const int8_t *wa = rows[0], *wb = rows[1], *wc = rows[2], *wd = rows[3];
  int32_t a0 = 0, b0 = 0, c0 = 0, d0 = 0, a1 = 0, b1 = 0, c1 = 0, d1 = 0;
  for (uint32_t k = 0; k < n; k++) {
    a0 += (int16_t)wa[k] * x0[k];
    b0 += (int16_t)wb[k] * x0[k];
    c0 += (int16_t)wc[k] * x0[k];
    d0 += (int16_t)wd[k] * x0[k];
    a1 += (int16_t)wa[k] * x1[k];
    b1 += (int16_t)wb[k] * x1[k];
    c1 += (int16_t)wc[k] * x1[k];
    d1 += (int16_t)wd[k] * x1[k];
  }
  sums[0] = (lanes){{a0, b0, c0, d0}};
  sums[1] = (lanes){{a1, b1, c1, d1}};
}

static inline lanes lanes_dot_4x1(const int8_t *const rows[4], const int8_t *x, int32_t offset,
                                  uint32_t n) {
  const int8_t *wa = rows[0], *wb = rows[1], *wc = rows[2], *wd = rows[3];
  int32_t a = 0, b = 0, c = 0, d = 0;
  int16_t add = (int16_t)offset;
  for (uint32_t k = 0; k < n; k++) {
    int16_t value = (int16_t)(x[k] + add);
    a += (int16_t)wa[k] * value;
    b += (int16_t)wb[k] * value;
    c += (int16_t)wc[k] * value;
    d += (int16_t)wd[k] * value;
  }
  return (lanes){{a, b, c, d}};
}

static inline void lanes_taps_8(const int8_t *const *taps, uint32_t count, uint32_t channel,
                                const int8_t *weights, size_t stride, int32_t *sums) {
  int32_t add[8] = {0};
  weights += channel;
  for (uint32_t tap = 0; tap < count; tap++, weights += stride) {
    const int8_t *pixel = taps[tap] + channel;
    for (uint32_t c = 0; c < 8; c++) add[c] += (int16_t)(pixel[c] * weights[c]);
  }
  for (uint32_t c = 0; c < 8; c++) sums[c] = add[c];
}

static inline void lanes_taps_16(const int8_t *const *taps, uint32_t count, uint32_t channel,
                                 const int8_t *weights, size_t stride, int32_t *sums) {
  int32_t add[16] = {0};
  weights += channel;
  for (uint32_t tap = 0; tap < count; tap++, weights += stride) {
    const int8_t *pixel = taps[tap] + channel;
    for (uint32_t c = 0; c < 16; c++) add[c] += (int16_t)(pixel[c] * weights[c]);
  }
  for (uint32_t c = 0; c < 16; c++) sums[c] = add[c];
}

static inline void lanes_store_row(const int32_t *restrict sums, const int32_t *restrict bias,
                                   const int32_t *restrict significand,
                                   const int32_t *restrict right, uint32_t count,
                                   const struct output_range *range, int8_t *restrict to) {
  int32_t zero_point = range->zero_point, low = range->low, high = range->high;
  for (uint32_t i = 0; i < count; i++) {
    int32_t q = wrap_add(scale_one(wrap_add(sums[i], bias[i]), significand[i], right[i]), zero_point);
    to[i] = (int8_t)clamp(q, low, high);
  }
}

#endif

#endif
