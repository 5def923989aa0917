// Fixed-point arithmetic of quantised inference, exactly as TensorFlow Lite Micro's reference
// kernels compute it with double rounding: gemmlowp's saturating rounding doubling high multiply,
// then a rounding right shift. Where the reference would overflow (hostile models only), these wrap
// instead of being undefined.
#ifndef THICKET_INFER_FIXED_H
#define THICKET_INFER_FIXED_H

#include <stdint.h>

static inline int32_t wrap_add(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a + (uint32_t)b);
}
static inline int32_t wrap_sub(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a - (uint32_t)b);
}
static inline int32_t wrap_shl(int32_t a, int32_t by) { return (int32_t)((uint32_t)a << by); }
static inline int32_t clamp(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : value > high ? high : value;
}

// round(a * b / 2^31), halves away from zero for positive and towards zero for negative products as
// gemmlowp rounds; adding 2^30 and shifting right gives the same values. Saturates the one case
// that overflows.
static inline int32_t high_mul(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

// value / 2^by rounded to nearest, halves away from zero; by 0..63.
static inline int32_t round_shift(int32_t value, int32_t by) {
  if (by == 0) return value;
  if (by > 31) return 0;
  return (int32_t)(((int64_t)value + (INT64_C(1) << (by - 1)) - (value < 0)) >> by);
}

// Nearest integer, halves away from zero; value within +-2^22.
static inline int32_t round_float(float value) {
  int32_t whole = (int32_t)value;
  float rest = value - (float)whole;
  return rest >= 0.5f ? whole + 1 : rest <= -0.5f ? whole - 1 : whole;
}

// A real multiplier as significand (Q0.31, 0 or 2^30..2^31-1) and power of two.
struct multiplier {
  int32_t significand;
  int32_t shift;  // left when positive
};

// value * multiplier; shift -31..31.
static inline int32_t fixed_scale(int32_t value, struct multiplier by) {
  int32_t left = by.shift > 0 ? by.shift : 0;
  return round_shift(high_mul(wrap_shl(value, left), by.significand), left - by.shift);
}

// Represent a real multiplier. Returns 0 when it is not finite, negative, or 2^31 and above.
int32_t multiplier_of(double real, struct multiplier *multiplier);

// e^x for x <= 0 given in Q5.26 (integer_bits 5) or Q4.27 (4); Q0.31.
int32_t fixed_exp(int32_t x, int32_t integer_bits);

// 1 / (1 + x) for x in 0..1, both Q0.31.
int32_t fixed_one_over_one_plus(int32_t x);

// 1 / (1 + e^-x) for x in Q4.27; Q0.31.
int32_t fixed_logistic(int32_t x);

// Largest difference that still matters when it is scaled by 2^shift into `integer_bits` of a
// 32-bit number.
int32_t fixed_radius(int32_t integer_bits, int32_t shift);

#endif
