// Bias and multiplier of each output channel of a convolution or fully connected layer, in scratch
// memory, and the last step of those layers: accumulator to int8.
#ifndef THICKET_INFER_CHANNELS_H
#define THICKET_INFER_CHANNELS_H

#include "infer/lanes.h"

// Tables with at least LANES_STEP zero channels past the end, so that whole vectors can be read at
// any channel.
struct channels {
  int32_t *bias;
  int32_t *significand;
  int32_t *right;   // 2^(30 + shift) while is_fast, else the shift itself
  int32_t is_fast;  // every shift is in -30..0, so that lanes_scale applies
};

static inline uint32_t round_up(uint32_t value, uint32_t step) {
  return (value + step - 1) / step * step;
}

// Scratch bytes of the tables for `count` channels.
static inline uint32_t channels_bytes(uint32_t count) {
  return 3 * 4 * (round_up(count, LANES_STEP) + LANES_STEP);
}

// Filters have one scale, or one per element of `dim` (which must have `count` elements); their
// zero points are 0. The bias, if given, is int32 with `count` elements. Every multiplier can be
// represented.
int32_t channels_prepare(struct graph *graph, const struct op *op, int32_t dim, uint32_t count);

// Build the tables of channels first .. first + count - 1 at `scratch`; index 0 is channel `first`.
void channels_fill(struct channels *channels, const struct op *op, uint32_t first, uint32_t count,
                   uint8_t *scratch);

// The first `count` (1..4) accumulators of channels first .. to int8, by whichever way is right for
// their shifts.
static inline void channels_store(const struct channels *channels, const struct output_range *range,
                                  uint32_t first, uint32_t count, lanes sums, int8_t *to) {
  sums = lanes_add(sums, lanes_load(channels->bias + first));
  if (!channels->is_fast) {
    int32_t value[4];
    lanes_store(value, sums);
    for (uint32_t i = 0; i < count; i++) {
      struct multiplier multiplier = {channels->significand[first + i], channels->right[first + i]};
      value[i] = fixed_scale(value[i], multiplier);
      to[i] = (int8_t)clamp(wrap_add(value[i], range->zero_point), range->low, range->high);
    }
    return;
  }
  sums = lanes_scale(sums, lanes_load(channels->significand + first),
                     lanes_load(channels->right + first));
  if (count == 4) {
    lanes_store_int8(to, sums, range);
  } else {
    int8_t part[4];
    lanes_store_int8(part, sums, range);
    for (uint32_t i = 0; i < count; i++) to[i] = part[i];
  }
}

// The same for a row of accumulators of channels first .. first + count - 1.
void channels_store_row(const struct channels *channels, const struct output_range *range,
                        uint32_t first, uint32_t count, const int32_t *sums, int8_t *to);

#endif
