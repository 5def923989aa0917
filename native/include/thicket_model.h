// Int8 inference: runs TensorFlow Lite models with the bytes TensorFlow Lite Micro's reference
// kernels give. The model file is read in place and must stay unchanged while a model is open. All
// working memory is one arena that the caller supplies. Any file may be passed: a malformed or
// hostile one gets an error code and a detail that names the operator and the field; nothing
// outside the file and the arena is ever read or written.
//
//   Operators: CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED (per tensor and per channel),
//   AVERAGE_POOL_2D, MAX_POOL_2D, MEAN, ADD, MUL, PAD, RELU, RELU6, LOGISTIC, SOFTMAX on int8;
//   QUANTIZE between float32, int8 and uint8; DEQUANTIZE of int8 and uint8; RESHAPE of anything. A
//   dynamic first dimension (-1) counts as 1.
#ifndef THICKET_MODEL_H
#define THICKET_MODEL_H

#include "thicket_api.h"
#include "thicket_error.h"

#include <stdint.h>

#define THICKET_RANK_MAX 6
// A model file has at most this many operators in its first subgraph, and tensors.
#define THICKET_OPS_MAX     1024
#define THICKET_TENSORS_MAX 8192
// One tensor, and the arena, take at most this many bytes.
#define THICKET_MODEL_BYTES_MAX (64u << 20)
// One invoke does at most this many multiply-adds and element operations, so that no file can hang
// the caller.
#define THICKET_MODEL_WORK_MAX 4000000000u
// Memory passed as arena must be aligned to this many bytes.
#define THICKET_ARENA_ALIGN 16

// An open model. It lives at the start of its arena: a pointer to one is the pointer to the other.
typedef struct thicket_model thicket_model;

// Element types, numbered as in the TensorFlow Lite schema.
enum thicket_type {
  THICKET_FLOAT32 = 0,
  THICKET_INT32 = 2,
  THICKET_UINT8 = 3,
  THICKET_INT64 = 4,
  THICKET_BOOL = 6,
  THICKET_INT16 = 7,
  THICKET_INT8 = 9
};

// What an error is about. Fields are -1 or null where they do not apply.
typedef struct thicket_detail {
  int32_t op;         // index of the operator in the first subgraph
  int32_t builtin;    // its builtin operator code, as in the schema
  int32_t tensor;     // index of the tensor
  const char *field;  // schema field or property, static ASCII, for example "stride_w"
} thicket_detail;

typedef struct thicket_tensor {
  void *data;  // element 0 in the arena or the file; null when the tensor has no memory yet
  uint32_t bytes;
  int32_t type;   // enum thicket_type
  uint32_t rank;  // 0..THICKET_RANK_MAX
  uint32_t dims[THICKET_RANK_MAX];
  float scale;  // real = scale * (q - zero_point); 0 when the tensor is not quantised
  int32_t zero_point;
  uint32_t
      scales;  // number of scales: 0 none, 1 per tensor, else per channel (`scale` is the first)
  uint32_t is_constant;
} thicket_tensor;

typedef struct thicket_op {
  int32_t builtin;
  uint32_t inputs;  // operands given, some of them optional
  uint32_t outputs;
  int32_t input[4];  // tensor indices of the first operands, -1: not given
  int32_t output[2];
  uint32_t scratch_bytes;  // arena memory used only while this operator runs
  uint64_t macs;           // multiply-adds of convolutions and fully connected layers
} thicket_op;

typedef struct thicket_model_info {
  uint32_t head_bytes;   // bookkeeping at the front of the arena
  uint32_t arena_bytes;  // whole arena needed, head included; 0 while not known
  uint32_t ops;
  uint32_t tensors;
  uint32_t inputs;
  uint32_t outputs;
  uint64_t macs;
} thicket_model_info;

// Check a model file and lay it out in an arena.
//   file, bytes          the .tflite file, any alignment; not modified; must stay while the model
//   is open arena, arena_bytes   caller's memory, aligned to THICKET_ARENA_ALIGN; null with 0 bytes
//   to ask for head_bytes info                 filled as far as known, also on
//   THICKET_E_MODEL_ARENA; may be null detail               what an error is about; may be null
// Returns THICKET_OK: the model is at `arena` and ready. THICKET_E_MODEL_ARENA: give
// info->arena_bytes, or info->head_bytes while that is 0, and call again while it asks for more
// (builtin asks twice). Errors: THICKET_E_ARGUMENT and every THICKET_E_MODEL_*. Source:
// TensorFlow Lite schema.fbs, version 3.
THICKET_API int32_t thicket_model_open(const uint8_t *file, uint32_t bytes, void *arena,
                                       uint32_t arena_bytes, thicket_model_info *info,
                                       thicket_detail *detail);

// As thicket_model_open, with the backend of this index (0: the preferred one, which
// thicket_model_open takes).
THICKET_API int32_t thicket_model_open_with(uint32_t backend, const uint8_t *file, uint32_t bytes,
                                            void *arena, uint32_t arena_bytes,
                                            thicket_model_info *info, thicket_detail *detail);

// Name of a backend of this build, the preferred one first: "tflm" (TensorFlow Lite Micro, where
// the build has it), "builtin" (always). Null past the last. All take the same files and give the
// same bytes.
THICKET_API const char *thicket_model_backend(uint32_t index);

// Input tensor `index` of an open model: write its data, then invoke.
// Its memory is reused while the model runs, so it must be written before every invoke.
// Returns THICKET_OK, or THICKET_E_ARGUMENT, or THICKET_E_MODEL_INDEX when there is no such input.
THICKET_API int32_t thicket_model_input(const thicket_model *model, uint32_t index,
                                        thicket_tensor *tensor);

// Output tensor `index`: valid after an invoke until the next one. Returns as thicket_model_input.
THICKET_API int32_t thicket_model_output(const thicket_model *model, uint32_t index,
                                         thicket_tensor *tensor);

// Real values of output `index` after an invoke: scale * (q - zero_point) of int8 and uint8 tensors
// quantised per tensor, float32 as it is.
//   values, count   room for them; null with 0 to ask how many there are
// Returns the number of elements. Errors: as thicket_model_output; THICKET_E_SIZE when there are
// more than `count`; THICKET_E_MODEL_TYPE for other tensors.
THICKET_API int32_t thicket_model_values(const thicket_model *model, uint32_t index, double *values,
                                         uint32_t count);

// Run the model once.
//   detail   what an error is about; may be null
// Returns THICKET_OK. Errors: THICKET_E_ARGUMENT for memory that holds no open model;
// THICKET_E_MODEL_* only when the file was changed after thicket_model_open.
THICKET_API int32_t thicket_model_invoke(thicket_model *model, thicket_detail *detail);

// A clock of the port: nanoseconds since any moment, never going back.
typedef uint64_t thicket_clock_ns(void);

// As thicket_model_invoke, and tell how long every operator took.
//   now_ns          clock, read twice per operator
//   layer_ns, count   room for one number per operator, in the file's order
// Errors: as thicket_model_invoke; THICKET_E_SIZE when there are more operators than `count`.
int32_t thicket_model_invoke_timed(thicket_model *model, thicket_clock_ns *now_ns,
                                   uint64_t *layer_ns, uint32_t count, thicket_detail *detail);

// Number of operators of a model file, without opening it. Returns it, or an error with its detail.
THICKET_API int32_t thicket_model_count_ops(const uint8_t *file, uint32_t bytes,
                                            thicket_detail *detail);

// What one operator of a file is, and whether this runtime can run it; looks at no other operator.
//   op   filled as far as it can be read, also when the operator cannot run
// Returns THICKET_OK when it can run, or the reason why not, with its detail.
THICKET_API int32_t thicket_model_describe_op(const uint8_t *file, uint32_t bytes, uint32_t index,
                                              thicket_op *op, thicket_detail *detail);

// One tensor of a file. `data` is set for constants only.
// Returns THICKET_OK or an error with its detail.
THICKET_API int32_t thicket_model_describe_tensor(const uint8_t *file, uint32_t bytes,
                                                  uint32_t index, thicket_tensor *tensor,
                                                  thicket_detail *detail);

// Name of a builtin operator code as in the schema, for example "CONV_2D"; "UNKNOWN" for a code
// after the last one.
THICKET_API const char *thicket_op_name(int32_t builtin);

// Name of a tensor type as in the schema, for example "INT8"; "UNKNOWN" for a number after the last
// one.
THICKET_API const char *thicket_type_name(int32_t type);

#endif
