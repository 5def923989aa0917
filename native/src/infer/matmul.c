// Matrix product of quantised layers; see matmul.h.
#include "infer/matmul.h"

#include <string.h>

uint32_t matmul_scratch(uint32_t rows, uint32_t depth, uint32_t count) {
  uint32_t stride = round_up(depth, LANES_STEP);
  return channels_bytes(count) + rows * stride * 2 + (stride != depth ? stride : 0);
}

void matmul_open(struct matmul *matmul, const struct op *op, uint32_t rows, uint32_t depth, uint32_t count,
                 uint8_t *scratch) {
  matmul->weights = (const int8_t *)op->in[1].constant;
  matmul->depth = depth;
  matmul->stride = round_up(depth, LANES_STEP);
  matmul->count = count;
  channels_fill(&matmul->channels, op, 0, count, scratch);
  scratch += channels_bytes(count);
  matmul->rows = (int16_t *)(void *)scratch;
  memset(scratch, 0, (size_t)rows * matmul->stride * 2);
  scratch += (size_t)rows * matmul->stride * 2;
  // Dot products read whole steps. Behind every row but the last lies the next row, and the inputs there are zero.
  matmul->last_weights = matmul->weights + (size_t)(count - 1) * depth;
  if (matmul->stride != depth) {
    memset(scratch, 0, matmul->stride);
    memcpy(scratch, matmul->last_weights, depth);
    matmul->last_weights = (const int8_t *)scratch;
  }
}

void matmul_rows(const struct matmul *matmul, const struct output_range *range, uint32_t rows, int8_t *to) {
  uint32_t count = matmul->count;
  for (uint32_t first = 0; first < count; first += 4) {
    const int8_t *weights[4];
    for (uint32_t i = 0; i < 4; i++) {
      uint32_t channel = first + i;
      weights[i] = channel + 1 < count ? matmul->weights + (size_t)channel * matmul->depth : matmul->last_weights;
    }
    uint32_t wanted = count - first < 4 ? count - first : 4;
    for (uint32_t row = 0; row < rows; row += 2) {
      const int16_t *x = matmul->rows + (size_t)row * matmul->stride;
      int8_t *out = to + (size_t)row * count + first;
      // The last row of an odd number is computed twice and stored once.
      const int16_t *next = row + 1 < rows ? x + matmul->stride : x;
      lanes sums[2];
      lanes_dot_4x2(weights, x, next, matmul->stride, sums);
      if (next != x) channels_store(&matmul->channels, range, first, wanted, sums[1], out + count);
      channels_store(&matmul->channels, range, first, wanted, sums[0], out);
    }
  }
}
