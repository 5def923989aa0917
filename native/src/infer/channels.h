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

// The last step of a layer: accumulators of channels first .. first + count - 1 to int8, by
// whichever way is right for their shifts.
void channels_store(const struct channels *channels, const struct output_range *range,
                    uint32_t first, uint32_t count, const int32_t *sums, int8_t *to);

#endif
