// Multipliers from real numbers, and gemmlowp's fixed-point exponential, reciprocal and logistic;
// see fixed.h. Source: gemmlowp fixedpoint.h describes the polynomials; TensorFlow Lite Micro
// 90b983c2 fixes which roundings apply.
#include "infer/fixed.h"

#include <string.h>

#define ONE             INT32_MAX  // 1 in Q0.31, as close as it gets
#define DOUBLE_EXPONENT 0x7ff

int32_t multiplier_of(double real, struct multiplier *multiplier) {
  uint64_t bits;
  memcpy(&bits, &real, sizeof bits);
  uint32_t exponent = (uint32_t)(bits >> 52) & DOUBLE_EXPONENT;
  multiplier->significand = 0;
  multiplier->shift = 0;
  if ((bits << 1) == 0) return 1;
  if ((bits >> 63) != 0 || exponent == DOUBLE_EXPONENT) return 0;
  if (exponent == 0) return 1;  // subnormal: far below 2^-31, which counts as 0
  // The fraction is in 0.5..1 with 53 bits; keep 31, round half up.
  uint64_t fraction = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
  uint64_t significand = (fraction + (UINT64_C(1) << 21)) >> 22;
  int32_t shift = (int32_t)exponent - 1022;
  if (significand == UINT64_C(1) << 31) {
    significand >>= 1;
    shift++;
  }
  if (shift > 31) return 0;
  if (shift < -31) return 1;
  multiplier->significand = (int32_t)significand;
  multiplier->shift = shift;
  return 1;
}

// value * 2^by, saturated.
static int32_t shift_up(int32_t value, int32_t by) {
  int64_t wide = (int64_t)value * (INT64_C(1) << by);
  return wide > INT32_MAX ? INT32_MAX : wide < INT32_MIN ? INT32_MIN : (int32_t)wide;
}

// e^x for x in -1/4..0, Q0.31: Taylor polynomial of degree 4 around -1/8.
static int32_t exp_near_zero(int32_t x) {
  const int32_t exp_minus_eighth = 1895147668;
  const int32_t one_third = 715827883;
  int32_t y = wrap_add(x, 1 << 28);
  int32_t y2 = high_mul(y, y);
  int32_t y3 = high_mul(y2, y);
  int32_t y4 = high_mul(y2, y2);
  int32_t tail =
      round_shift(wrap_add(high_mul(wrap_add(round_shift(y4, 2), y3), one_third), y2), 1);
  return wrap_add(exp_minus_eighth, high_mul(exp_minus_eighth, wrap_add(y, tail)));
}

int32_t fixed_exp(int32_t x, int32_t integer_bits) {
  // e^-(2^k) for k = -2..4, Q0.31.
  static const int32_t FACTORS[] = {1672461947, 1302514674, 790015084, 290630308,
                                    39332535,   720401,     242};
  if (x == 0) return ONE;
  int32_t fraction_bits = 31 - integer_bits;
  int32_t quarter = 1 << (fraction_bits - 2);
  int32_t part = wrap_sub(x & (quarter - 1), quarter);  // -1/4..0
  int32_t result = exp_near_zero(shift_up(part, integer_bits));
  int32_t rest = wrap_sub(part, x);  // a multiple of 1/4, at least 0
  for (int32_t k = 0; k < 7 && k - 2 < integer_bits; k++) {
    if (rest & (1 << (fraction_bits - 2 + k))) result = high_mul(result, FACTORS[k]);
  }
  return result;
}

int32_t fixed_one_over_one_plus(int32_t x) {
  // Newton-Raphson for 1/d with d = (1 + x) / 2; estimates are Q2.29.
  const int32_t forty_eight_seventeenths = 1515870810;
  const int32_t minus_thirty_two_seventeenths = -1010580540;
  int32_t half = (int32_t)(((int64_t)x + ONE + 1) / 2);
  int32_t estimate =
      wrap_add(forty_eight_seventeenths, high_mul(half, minus_thirty_two_seventeenths));
  for (int32_t i = 0; i < 3; i++) {
    int32_t error = wrap_sub(1 << 29, high_mul(half, estimate));
    estimate = wrap_add(estimate, shift_up(high_mul(estimate, error), 2));
  }
  return shift_up(estimate, 1);
}

int32_t fixed_logistic(int32_t x) {
  if (x == 0) return 1 << 30;
  int32_t below = x > 0 ? wrap_sub(0, x) : x;
  int32_t result = fixed_one_over_one_plus(fixed_exp(below, 4));
  return x > 0 ? result : wrap_sub(ONE, result);
}

int32_t fixed_radius(int32_t integer_bits, int32_t shift) {
  if (shift < 0 || shift > 62) return 0;
  return (int32_t)(((INT64_C(1) << integer_bits) - 1) * (INT64_C(1) << (31 - integer_bits)) >>
                   shift);
}
