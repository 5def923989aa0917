// One operator while it is checked, planned or run. `prepare` reads the options, checks every
// shape, type and quantisation, and says how much scratch memory and work the operator needs; `run`
// then only computes. Prepare is repeated before each run, so an open model needs no memory per
// operator.
#ifndef THICKET_INFER_OP_H
#define THICKET_INFER_OP_H

#include "infer/fixed.h"
#include "infer/graph.h"

// A 2-D sliding window over NHWC tensors.
struct window {
  uint32_t batches;
  uint32_t in_h, in_w, in_c;
  uint32_t out_h, out_w, out_c;
  uint32_t k_h, k_w;
  uint32_t stride_h, stride_w;
  uint32_t dilation_h, dilation_w;
  uint32_t pad_h, pad_w;  // above and to the left
};

// Fused activation and output offset of an int8 output.
struct output_range {
  int32_t zero_point;
  int32_t low;
  int32_t high;
};

struct op {
  const struct fb_file *file;
  struct tensor in[OP_INPUTS_MAX];
  struct tensor out;
  uint32_t inputs;
  uint32_t scratch_bytes;
  uint64_t macs;
  uint64_t work;  // multiply-adds and element operations, for THICKET_MODEL_WORK_MAX
  struct window window;
  struct output_range range;
  struct multiplier multiplier;        // of the output
  int32_t is_single;                   // FULLY_CONNECTED: `multiplier` holds for all channels
  struct multiplier in_multiplier[2];  // of the inputs, where they are rescaled one by one
  uint32_t rows, depth;                // matrix shapes: rows of `depth` elements
  int32_t radius;                      // inputs beyond it saturate (SOFTMAX, LOGISTIC)
  uint32_t reduced;                    // MEAN: bit i set when dimension i is averaged
  uint32_t before[THICKET_RANK_MAX];   // PAD: elements in front, per dimension
  int32_t fill;                        // PAD: the element put in
};

struct kernel {
  int32_t builtin;
  uint32_t inputs_min, inputs_max;
  int32_t (*prepare)(struct graph *graph, struct fb_table options, struct op *op);
  void (*run)(const struct op *op, uint8_t *scratch);
  uint32_t options_type;  // union member of Operator.builtin_options, 0: none needed
};

// The kernel of a builtin operator, or null.
const struct kernel *kernel_find(int32_t builtin);

// Read operator `index` with its tensors and prepare it. Data pointers are set for constants only.
// `kernel` is null when the operator is not known.
int32_t op_prepare(struct graph *graph, uint32_t index, struct op *op,
                   const struct kernel **kernel);

// Tensor indices of operator `index` as far as they can be read, for inspection.
int32_t op_describe(struct graph *graph, uint32_t index, thicket_op *described);

// --- checks shared by the operators; each returns THICKET_OK or remembers the error ---

// The tensor has this type and one scale and zero point that fit it (int8: -128..127, uint8:
// 0..255).
int32_t check_quantised(struct graph *graph, const struct tensor *tensor, int32_t type);
// The tensor is a constant of this type.
int32_t check_constant(struct graph *graph, const struct tensor *tensor, int32_t type);
// Both tensors have the same dimensions.
int32_t check_same_shape(struct graph *graph, const struct tensor *a, const struct tensor *b);
// Clamping limits of a fused activation (0 none, 1 RELU, 2 RELU_N1_TO_1, 3 RELU6) for an int8
// output.
int32_t prepare_range(struct graph *graph, const struct tensor *out, int32_t activation,
                      struct output_range *range);
// A real number as multiplier; THICKET_E_MODEL_QUANT when it cannot be represented.
int32_t prepare_multiplier(struct graph *graph, const struct tensor *about, double real,
                           struct multiplier *multiplier);
// Output size and padding of a window along both axes; checks them against the output tensor.
// `padding` is 0 SAME or 1 VALID. The strides, dilations and filter size must be set.
int32_t prepare_window(struct graph *graph, struct op *op, int32_t padding);

// --- the operators ---
int32_t conv_prepare(struct graph *graph, struct fb_table options, struct op *op);
void conv_run(const struct op *op, uint8_t *scratch);
int32_t depthwise_prepare(struct graph *graph, struct fb_table options, struct op *op);
void depthwise_run(const struct op *op, uint8_t *scratch);
int32_t fully_connected_prepare(struct graph *graph, struct fb_table options, struct op *op);
void fully_connected_run(const struct op *op, uint8_t *scratch);
int32_t pool_prepare(struct graph *graph, struct fb_table options, struct op *op);
void average_pool_run(const struct op *op, uint8_t *scratch);
void max_pool_run(const struct op *op, uint8_t *scratch);
int32_t mean_prepare(struct graph *graph, struct fb_table options, struct op *op);
void mean_run(const struct op *op, uint8_t *scratch);
int32_t add_prepare(struct graph *graph, struct fb_table options, struct op *op);
void add_run(const struct op *op, uint8_t *scratch);
int32_t mul_prepare(struct graph *graph, struct fb_table options, struct op *op);
void mul_run(const struct op *op, uint8_t *scratch);
int32_t relu_prepare(struct graph *graph, struct fb_table options, struct op *op);
void relu_run(const struct op *op, uint8_t *scratch);
int32_t relu6_prepare(struct graph *graph, struct fb_table options, struct op *op);
void relu6_run(const struct op *op, uint8_t *scratch);
int32_t logistic_prepare(struct graph *graph, struct fb_table options, struct op *op);
void logistic_run(const struct op *op, uint8_t *scratch);
int32_t softmax_prepare(struct graph *graph, struct fb_table options, struct op *op);
void softmax_run(const struct op *op, uint8_t *scratch);
int32_t quantize_prepare(struct graph *graph, struct fb_table options, struct op *op);
void quantize_run(const struct op *op, uint8_t *scratch);
int32_t dequantize_prepare(struct graph *graph, struct fb_table options, struct op *op);
void dequantize_run(const struct op *op, uint8_t *scratch);
int32_t pad_prepare(struct graph *graph, struct fb_table options, struct op *op);
void pad_run(const struct op *op, uint8_t *scratch);
int32_t reshape_prepare(struct graph *graph, struct fb_table options, struct op *op);
void reshape_run(const struct op *op, uint8_t *scratch);

#endif
