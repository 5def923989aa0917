// The few vector operations that inference kernels are made of: four int32 lanes, dot products of
// int8 weights with int16 inputs, rescaling to int8. Two bodies with the same results: wasm
// simd128, and plain C (gcc, the chips).
#ifndef THICKET_INFER_LANES_H
#define THICKET_INFER_LANES_H

#include "infer/op.h"

#include <stddef.h>

// Elements that the dot products take at a time; rows are padded with zeros to a multiple of it.
#define LANES_STEP 8

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

// Eight channels of a depthwise convolution: for each pair of taps, weights[16] holds the pair's
// weights of the channels side by side. Adds to sums[0] (channels 0..3) and sums[1] (4..7).
static inline void lanes_depthwise_8(const int8_t *const *taps, uint32_t pairs, uint32_t channel,
                                     const int16_t *weights, lanes sums[2]) {
  lanes low = sums[0], high = sums[1];
  for (uint32_t i = 0; i < pairs; i++) {
    lanes a = wasm_i16x8_load8x8(taps[2 * i] + channel);
    lanes b = wasm_i16x8_load8x8(taps[2 * i + 1] + channel);
    lanes ab_low = wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    lanes ab_high = wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
    low = wasm_i32x4_add(low, wasm_i32x4_dot_i16x8(ab_low, wasm_v128_load(weights + 16 * i)));
    high =
        wasm_i32x4_add(high, wasm_i32x4_dot_i16x8(ab_high, wasm_v128_load(weights + 16 * i + 8)));
  }
  sums[0] = low;
  sums[1] = high;
}

// The same where one input channel feeds all eight outputs: weights[tap * stride] are the eight of
// a tap. There are 2 * pairs pixels; past the last tap, where there is one more pixel than weights,
// the pixel is 0.
static inline void lanes_spread_8(const int16_t *pixels, uint32_t taps, const int8_t *weights,
                                  size_t stride, lanes sums[2]) {
  lanes low = sums[0], high = sums[1];
  for (uint32_t i = 0; i < taps; i += 2) {
    lanes pair = wasm_v128_load32_splat(pixels + i);
    lanes a = wasm_i16x8_load8x8(weights);
    lanes b = wasm_i16x8_load8x8(i + 1 < taps ? weights + stride : weights);
    low = wasm_i32x4_add(
        low, wasm_i32x4_dot_i16x8(pair, wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)));
    high = wasm_i32x4_add(
        high, wasm_i32x4_dot_i16x8(pair, wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)));
    weights += 2 * stride;
  }
  sums[0] = low;
  sums[1] = high;
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

static inline lanes lanes_scale(lanes value, lanes significand, lanes right) {
  for (int i = 0; i < 4; i++) {
    int32_t high =
        (int32_t)(((int64_t)value.lane[i] * significand.lane[i] + (INT64_C(1) << 30)) >> 31);
    int64_t adjusted = (int64_t)high - (high < 0 && right.lane[i] < 1 << 30);
    value.lane[i] = (int32_t)((adjusted * right.lane[i] + (INT64_C(1) << 29)) >> 30);
  }
  return value;
}

static inline void lanes_store_int8(int8_t *to, lanes value, const struct output_range *range) {
  for (int i = 0; i < 4; i++) {
    to[i] = (int8_t)clamp(wrap_add(value.lane[i], range->zero_point), range->low, range->high);
  }
}

static inline void lanes_dot_4x2(const int8_t *const rows[4], const int16_t *x0, const int16_t *x1,
                                 uint32_t n, lanes sums[2]) {
  for (int row = 0; row < 4; row++) {
    const int8_t *w = rows[row];
    int32_t a = 0, b = 0;
    for (uint32_t k = 0; k < n; k++) {
      a += (int16_t)w[k] * x0[k];
      b += (int16_t)w[k] * x1[k];
    }
    sums[0].lane[row] = a;
    sums[1].lane[row] = b;
  }
}

static inline void lanes_depthwise_8(const int8_t *const *taps, uint32_t pairs, uint32_t channel,
                                     const int16_t *weights, lanes sums[2]) {
  for (uint32_t i = 0; i < pairs; i++) {
    const int8_t *a = taps[2 * i] + channel, *b = taps[2 * i + 1] + channel;
    for (int c = 0; c < 8; c++) {
      int32_t product = a[c] * weights[2 * c] + b[c] * weights[2 * c + 1];
      sums[c >> 2].lane[c & 3] = wrap_add(sums[c >> 2].lane[c & 3], product);
    }
    weights += 16;
  }
}

static inline void lanes_spread_8(const int16_t *pixels, uint32_t taps, const int8_t *weights,
                                  size_t stride, lanes sums[2]) {
  for (uint32_t i = 0; i < taps; i++, weights += stride) {
    for (int c = 0; c < 8; c++) {
      sums[c >> 2].lane[c & 3] = wrap_add(sums[c >> 2].lane[c & 3], pixels[i] * weights[c]);
    }
  }
}

static inline lanes lanes_dot_4x1(const int8_t *const rows[4], const int8_t *x, int32_t offset,
                                  uint32_t n) {
  lanes sums;
  int16_t add = (int16_t)offset;
  for (int row = 0; row < 4; row++) {
    const int8_t *w = rows[row];
    int32_t a = 0;
    for (uint32_t k = 0; k < n; k++) a += (int16_t)w[k] * (int16_t)(x[k] + add);
    sums.lane[row] = a;
  }
  return sums;
}

#endif

#endif
