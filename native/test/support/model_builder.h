// Writes a .tflite file with one operator, for tests of operators that no golden model has. The
// file ends right behind the last constant, so that reads past a weight run into AddressSanitizer's
// guard.
#ifndef THICKET_TEST_MODEL_BUILDER_H
#define THICKET_TEST_MODEL_BUILDER_H

#include "support/files.h"

#define BUILD_TENSORS_MAX 4
#define BUILD_OPTIONS_MAX 8

struct build_tensor {
  int32_t type;
  uint32_t rank;
  int32_t dims[THICKET_RANK_MAX];
  uint32_t scales;  // 0: not quantised
  const float *scale;
  int64_t zero_point;  // of every channel
  int32_t channel_dim;
  const void *constant;  // data in the file, or null
  uint32_t constant_bytes;
};

struct build_model {
  int32_t builtin;
  uint32_t options_type;
  uint32_t options;                               // fields of the options table
  uint32_t option[BUILD_OPTIONS_MAX];             // raw bits, scalars of any size up to 4 bytes
  uint32_t inputs;                                // tensors 0 .. inputs - 1; constants among them
  struct build_tensor tensor[BUILD_TENSORS_MAX];  // the one after the inputs is the output
};

// The caller frees the data.
struct bytes model_build(const struct build_model *model);

#endif
