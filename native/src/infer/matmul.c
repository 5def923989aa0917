// Matrix product of quantised layers; see matmul.h.
#include "infer/matmul.h"

#include <string.h>

#define BLOCK 32u  // channels whose sums are rescaled together

// Dot products read whole steps of a weight row. Behind most rows that is the next row (the inputs
// there are zero); the last rows, behind which the file may end, are copied.
static uint32_t copied_rows(uint32_t depth, uint32_t stride, uint32_t count) {
  uint32_t rows = (stride + depth - 1) / depth - 1;
  return rows < count ? rows : count;
}

uint32_t matmul_scratch(uint32_t rows, uint32_t depth, uint32_t count) {
  uint32_t stride = round_up(depth, LANES_STEP);
  return channels_bytes(count) + rows * stride * 2 + copied_rows(depth, stride, count) * stride;
}

void matmul_open(struct matmul *matmul, const struct op *op, uint32_t rows, uint32_t depth,
                 uint32_t count, uint8_t *scratch) {
  matmul->weights = (const int8_t *)op->in[1].constant;
  matmul->depth = depth;
  matmul->stride = round_up(depth, LANES_STEP);
  matmul->count = count;
  channels_fill(&matmul->channels, op, 0, count, scratch);
  scratch += channels_bytes(count);
  matmul->rows = (int16_t *)(void *)scratch;
  memset(scratch, 0, (size_t)rows * matmul->stride * 2);
  scratch += (size_t)rows * matmul->stride * 2;
  uint32_t copied = copied_rows(depth, matmul->stride, count);
  matmul->in_place = count - copied;
  matmul->copies = (const int8_t *)scratch;
  memset(scratch, 0, (size_t)copied * matmul->stride);
  for (uint32_t i = 0; i < copied; i++) {
    memcpy(scratch + (size_t)i * matmul->stride,
           matmul->weights + (size_t)(matmul->in_place + i) * depth, depth);
  }
}

static const int8_t *weights_of(const struct matmul *matmul, uint32_t channel) {
  if (channel >= matmul->count) channel = matmul->count - 1;
  if (channel < matmul->in_place) return matmul->weights + (size_t)channel * matmul->depth;
  return matmul->copies + (size_t)(channel - matmul->in_place) * matmul->stride;
}

// Two rows times the channels first .. first + n - 1.
static void multiply_pair(const struct matmul *matmul, const int16_t *x, const int16_t *next,
                          uint32_t first, uint32_t n, int32_t sums[2][BLOCK]) {
  for (uint32_t c = 0; c < n; c += 4) {
    const int8_t *weights[4];
    for (uint32_t i = 0; i < 4; i++) weights[i] = weights_of(matmul, first + c + i);
    lanes pair[2];
    lanes_dot_4x2(weights, x, next, matmul->stride, pair);
    lanes_store(sums[0] + c, pair[0]);
    lanes_store(sums[1] + c, pair[1]);
  }
}

void matmul_rows(const struct matmul *matmul, const struct output_range *range, uint32_t rows,
                 int8_t *to) {
  uint32_t count = matmul->count;
  // The weights of a block stay in the cache for all rows.
  for (uint32_t first = 0; first < count; first += BLOCK) {
    uint32_t n = count - first < BLOCK ? count - first : BLOCK;
    for (uint32_t row = 0; row < rows; row += 2) {
      const int16_t *x = matmul->rows + (size_t)row * matmul->stride;
      int8_t *out = to + (size_t)row * count + first;
      // The last row of an odd number is computed twice and stored once.
      const int16_t *next = row + 1 < rows ? x + matmul->stride : x;
      int32_t sums[2][BLOCK];
      multiply_pair(matmul, x, next, first, n, sums);
      if (next != x) channels_store(&matmul->channels, range, first, n, sums[1], out + count);
      channels_store(&matmul->channels, range, first, n, sums[0], out);
    }
  }
}
