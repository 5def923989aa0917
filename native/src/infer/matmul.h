// Rows of int16 inputs times int8 weights to int8 outputs: the inside of CONV_2D.
#ifndef THICKET_INFER_MATMUL_H
#define THICKET_INFER_MATMUL_H

#include "infer/channels.h"

// Input rows taken together; more would cost scratch memory, fewer would reread the weights more
// often.
#define MATMUL_ROWS 8
// Longest row: 65536 * 255 * 128 still fits the accumulator.
#define MATMUL_DEPTH_MAX 65536u

struct matmul {
  const int8_t *weights;  // [count][depth], in the file
  uint32_t in_place;      // channels whose weights are read there
  const int8_t *copies;   // [count - in_place][stride], zero past depth
  uint32_t depth;
  uint32_t stride;  // of input rows: depth rounded up to LANES_STEP
  uint32_t count;   // output channels
  int16_t *rows;    // [MATMUL_ROWS or fewer][stride], zero past depth
  struct channels channels;
};

// Scratch bytes for up to `rows` input rows of `depth` elements and `count` output channels.
uint32_t matmul_scratch(uint32_t rows, uint32_t depth, uint32_t count);

// Build tables and cleared rows at `scratch`.
void matmul_open(struct matmul *matmul, const struct op *op, uint32_t rows, uint32_t depth,
                 uint32_t count, uint8_t *scratch);

// Multiply the first `rows` rows; writes rows * count outputs.
void matmul_rows(const struct matmul *matmul, const struct output_range *range, uint32_t rows,
                 int8_t *to);

// Copy `n` int8 as int16 with an offset added.
static inline void widen(int16_t *restrict to, const int8_t *restrict from, uint32_t n,
                         int32_t offset) {
  int16_t add = (int16_t)offset;
  for (uint32_t i = 0; i < n; i++) to[i] = (int16_t)(from[i] + add);
}

#endif
