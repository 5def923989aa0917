// Small models of every operator; see small_models.h.
#include "support/small_models.h"

#include "support/model_builder.h"

#include <string.h>

static const float SCALES[8] = {0.02f, 0.03f, 0.01f, 0.05f, 0.02f, 0.04f, 0.06f, 0.03f};
static const float SHARE_SCALE = 1.0f / 256;
static const int8_t WEIGHTS[2048] = {3, -7, 11, -128, 127, 0, 5, 9, -2, 64};
static const int32_t BIAS[8] = {100, -200, 300, 4, 5, -6, 7, 8};
static const int32_t AXES[2] = {1, 2};
static const int32_t PADDINGS[8] = {0, 0, 1, 2, 0, 1, 0, 0};

#define ACTIVATION(n, h, w, c) \
  {.type = THICKET_INT8,       \
   .rank = 4,                  \
   .dims = {n, h, w, c},       \
   .scales = 1,                \
   .scale = SCALES,            \
   .zero_point = -3}
#define FILTER(n, h, w, c, channels, dim) \
  {.type = THICKET_INT8,                  \
   .rank = 4,                             \
   .dims = {n, h, w, c},                  \
   .scales = channels,                    \
   .scale = SCALES,                       \
   .channel_dim = dim,                    \
   .constant = WEIGHTS,                   \
   .constant_bytes = (n) * (h) * (w) * (c)}
#define INTEGERS(values, count) \
  {.type = THICKET_INT32,       \
   .rank = 1,                   \
   .dims = {count},             \
   .constant = values,          \
   .constant_bytes = 4 * (count)}

// Operator, type of its options, their number and values, number of inputs, tensors.
static const struct build_model MODELS[] = {
    {0, 11, 1, {0}, 2, {ACTIVATION(1, 4, 4, 3), ACTIVATION(1, 1, 1, 3), ACTIVATION(1, 4, 4, 3)}},
    {1, 5, 6, {0, 2, 2, 3, 3, 0}, 1, {ACTIVATION(1, 7, 5, 9), ACTIVATION(1, 4, 3, 9)}},
    {3,
     1,
     6,
     {0, 1, 2, 3, 1, 1},
     3,
     {ACTIVATION(1, 6, 5, 3), FILTER(5, 3, 3, 3, 5, 0), INTEGERS(BIAS, 5), ACTIVATION(1, 3, 5, 5)}},
    {4,
     2,
     7,
     {0, 1, 1, 1, 1, 1, 1},
     3,
     {ACTIVATION(1, 4, 4, 7), FILTER(1, 3, 3, 7, 7, 3), INTEGERS(BIAS, 7), ACTIVATION(1, 4, 4, 7)}},
    {4,
     2,
     7,
     {1, 1, 1, 3, 0, 1, 1},
     2,
     {ACTIVATION(1, 4, 4, 2), FILTER(1, 2, 2, 6, 6, 3), ACTIVATION(1, 3, 3, 6)}},
    {9,
     8,
     1,
     {0},
     3,
     {ACTIVATION(1, 1, 2, 13),
      {.type = THICKET_INT8,
       .rank = 2,
       .dims = {6, 13},
       .scales = 6,
       .scale = SCALES,
       .constant = WEIGHTS,
       .constant_bytes = 78},
      INTEGERS(BIAS, 6),
      ACTIVATION(1, 1, 2, 6)}},
    {14,
     0,
     1,
     {0},
     1,
     {ACTIVATION(1, 1, 20, 20),
      {.type = THICKET_INT8,
       .rank = 4,
       .dims = {1, 1, 20, 20},
       .scales = 1,
       .scale = &SHARE_SCALE,
       .zero_point = -128}}},
    {17, 5, 6, {1, 1, 2, 2, 2, 0}, 1, {ACTIVATION(1, 5, 5, 3), ACTIVATION(1, 2, 4, 3)}},
    {18, 21, 1, {1}, 2, {ACTIVATION(2, 3, 1, 9), ACTIVATION(1, 3, 2, 9), ACTIVATION(2, 3, 2, 9)}},
    {19, 0, 1, {0}, 1, {ACTIVATION(1, 2, 3, 4), ACTIVATION(1, 2, 3, 4)}},
    {21, 0, 1, {0}, 1, {ACTIVATION(1, 2, 3, 60), ACTIVATION(1, 2, 3, 60)}},
    {22, 0, 1, {0}, 1, {ACTIVATION(1, 2, 3, 4), ACTIVATION(1, 1, 1, 24)}},
    {25,
     9,
     1,
     {0x3f800000},
     1,
     {ACTIVATION(1, 1, 2, 9),
      {.type = THICKET_INT8,
       .rank = 4,
       .dims = {1, 1, 2, 9},
       .scales = 1,
       .scale = &SHARE_SCALE,
       .zero_point = -128}}},
    {34,
     0,
     1,
     {0},
     2,
     {ACTIVATION(1, 3, 2, 3),
      {.type = THICKET_INT32,
       .rank = 2,
       .dims = {4, 2},
       .constant = PADDINGS,
       .constant_bytes = 32},
      ACTIVATION(1, 6, 3, 3)}},
    {40, 27, 1, {1}, 2, {ACTIVATION(1, 5, 4, 6), INTEGERS(AXES, 2), ACTIVATION(1, 1, 1, 6)}},
    {114,
     0,
     1,
     {0},
     1,
     {{.type = THICKET_UINT8,
       .rank = 4,
       .dims = {1, 4, 4, 3},
       .scales = 1,
       .scale = SCALES,
       .zero_point = 128},
      ACTIVATION(1, 4, 4, 3)}},
    {6,
     0,
     1,
     {0},
     1,
     {ACTIVATION(1, 4, 4, 3), {.type = THICKET_FLOAT32, .rank = 4, .dims = {1, 4, 4, 3}}}},
};

struct bytes small_model(int index, const char **name) {
  struct bytes none = {NULL, 0};
  if (index >= (int)(sizeof MODELS / sizeof MODELS[0])) return none;
  *name = thicket_op_name(MODELS[index].builtin);
  return model_build(&MODELS[index]);
}
