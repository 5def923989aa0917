// Finding, reading and checking operators; see op.h.
#include "infer/op.h"

#include "thicket_error.h"

enum { OPERATOR_CODE, OPERATOR_INPUTS, OPERATOR_OUTPUTS, OPERATOR_OPTIONS_TYPE, OPERATOR_OPTIONS };
enum { SAME, VALID };
enum { NO_ACTIVATION, RELU, RELU_N1_TO_1, RELU6 };
enum { OPTIONS_NONE, OPTIONS_CONV = 1, OPTIONS_DEPTHWISE = 2, OPTIONS_POOL = 5, OPTIONS_DENSE = 8 };
enum { OPTIONS_SOFTMAX = 9, OPTIONS_ADD = 11, OPTIONS_MUL = 21, OPTIONS_REDUCER = 27 };

static const struct kernel KERNELS[] = {
    {0, 2, 2, add_prepare, add_run, OPTIONS_ADD},
    {1, 1, 1, pool_prepare, average_pool_run, OPTIONS_POOL},
    {3, 2, 3, conv_prepare, conv_run, OPTIONS_CONV},
    {4, 2, 3, depthwise_prepare, depthwise_run, OPTIONS_DEPTHWISE},
    {6, 1, 1, dequantize_prepare, dequantize_run, OPTIONS_NONE},
    {9, 2, 3, fully_connected_prepare, fully_connected_run, OPTIONS_DENSE},
    {14, 1, 1, logistic_prepare, logistic_run, OPTIONS_NONE},
    {17, 1, 1, pool_prepare, max_pool_run, OPTIONS_POOL},
    {18, 2, 2, mul_prepare, mul_run, OPTIONS_MUL},
    {19, 1, 1, relu_prepare, relu_run, OPTIONS_NONE},
    {21, 1, 1, relu6_prepare, relu6_run, OPTIONS_NONE},
    {22, 1, 2, reshape_prepare, reshape_run, OPTIONS_NONE},
    {25, 1, 1, softmax_prepare, softmax_run, OPTIONS_SOFTMAX},
    {34, 2, 2, pad_prepare, pad_run, OPTIONS_NONE},
    {40, 2, 2, mean_prepare, mean_run, OPTIONS_REDUCER},
    {60, 3, 3, pad_prepare, pad_run, OPTIONS_NONE},
    {114, 1, 1, quantize_prepare, quantize_run, OPTIONS_NONE},
};

const struct kernel *kernel_find(int32_t builtin) {
  for (uint32_t i = 0; i < sizeof KERNELS / sizeof KERNELS[0]; i++) {
    if (KERNELS[i].builtin == builtin) return &KERNELS[i];
  }
  return 0;
}

static int32_t status_of(struct graph *graph) {
  graph->detail.field = graph->file.field;
  return graph->file.error;
}

int32_t op_prepare(struct graph *graph, uint32_t index, struct op *op,
                   const struct kernel **kernel) {
  static const struct op EMPTY = {.inputs = 0};
  struct fb_file *file = &graph->file;
  struct fb_table table;
  *op = EMPTY;
  op->file = file;
  *kernel = 0;
  if (graph_operator(graph, index, &table) != THICKET_OK) return file->error;
  *kernel = kernel_find(graph->detail.builtin);
  if (*kernel == 0) return graph_fail(graph, THICKET_E_MODEL_OP, 0, "OperatorCode.builtin_code");
  struct fb_vector inputs = fb_children(file, table, OPERATOR_INPUTS, 4, "Operator.inputs");
  struct fb_vector outputs = fb_children(file, table, OPERATOR_OUTPUTS, 4, "Operator.outputs");
  int32_t type = fb_i8(file, table, OPERATOR_OPTIONS_TYPE, 0, "Operator.builtin_options_type");
  struct fb_table options = fb_child(file, table, OPERATOR_OPTIONS, "Operator.builtin_options");
  if (status_of(graph) != THICKET_OK) return file->error;
  if (inputs.count < (*kernel)->inputs_min || inputs.count > (*kernel)->inputs_max) {
    return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "Operator.inputs");
  }
  if (outputs.count != 1) return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "Operator.outputs");
  uint32_t wanted = (*kernel)->options_type;
  if (wanted != OPTIONS_NONE && (options.at == 0 || (uint32_t)type != wanted)) {
    return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "Operator.builtin_options");
  }
  op->inputs = inputs.count;
  for (uint32_t i = 0; i < OP_INPUTS_MAX; i++) {
    int32_t tensor = i < inputs.count ? fb_i32_in(file, inputs, i) : -1;
    if (graph_tensor(graph, tensor, &op->in[i]) != THICKET_OK) return file->error;
    if (i < (*kernel)->inputs_min && tensor < 0) {
      return graph_fail(graph, THICKET_E_MODEL_INDEX, 0, "Operator.inputs");
    }
  }
  if (graph_tensor(graph, fb_i32_in(file, outputs, 0), &op->out) != THICKET_OK) return file->error;
  if (op->out.index < 0) return graph_fail(graph, THICKET_E_MODEL_INDEX, 0, "Operator.outputs");
  if (op->out.constant != 0)
    return graph_fail(graph, THICKET_E_MODEL_CONSTANT, &op->out, "Operator.outputs");
  op->work = op->out.elements;
  return (*kernel)->prepare(graph, options, op);
}

int32_t op_describe(struct graph *graph, uint32_t index, thicket_op *described) {
  struct fb_file *file = &graph->file;
  struct fb_table table;
  if (graph_operator(graph, index, &table) != THICKET_OK) return file->error;
  described->builtin = graph->detail.builtin;
  struct fb_vector inputs = fb_children(file, table, OPERATOR_INPUTS, 4, "Operator.inputs");
  struct fb_vector outputs = fb_children(file, table, OPERATOR_OUTPUTS, 4, "Operator.outputs");
  if (status_of(graph) != THICKET_OK) return file->error;
  described->inputs = inputs.count;
  described->outputs = outputs.count;
  for (uint32_t i = 0; i < 4; i++) {
    if (i < inputs.count) described->input[i] = fb_i32_in(file, inputs, i);
  }
  for (uint32_t i = 0; i < 2; i++) {
    if (i < outputs.count) described->output[i] = fb_i32_in(file, outputs, i);
  }
  return THICKET_OK;
}

int32_t check_quantised(struct graph *graph, const struct tensor *tensor, int32_t type) {
  if (tensor->type != type) return graph_fail(graph, THICKET_E_MODEL_TYPE, tensor, "Tensor.type");
  if (tensor->scales.count != 1) {
    return graph_fail(graph, THICKET_E_MODEL_QUANT, tensor, "QuantizationParameters.scale");
  }
  // Written so that NaN fails too.
  if (!(tensor->scale > 0 && tensor->scale < 1e30f)) {
    return graph_fail(graph, THICKET_E_MODEL_QUANT, tensor, "QuantizationParameters.scale");
  }
  int32_t low = type == THICKET_UINT8 ? 0 : -128;
  if (tensor->zero_point < low || tensor->zero_point > low + 255) {
    return graph_fail(graph, THICKET_E_MODEL_QUANT, tensor, "QuantizationParameters.zero_point");
  }
  return THICKET_OK;
}

int32_t check_constant(struct graph *graph, const struct tensor *tensor, int32_t type) {
  if (tensor->type != type) return graph_fail(graph, THICKET_E_MODEL_TYPE, tensor, "Tensor.type");
  if (tensor->constant == 0)
    return graph_fail(graph, THICKET_E_MODEL_CONSTANT, tensor, "Tensor.buffer");
  return THICKET_OK;
}

int32_t check_same_shape(struct graph *graph, const struct tensor *a, const struct tensor *b) {
  int32_t is_same = a->rank == b->rank;
  for (uint32_t i = 0; is_same && i < a->rank; i++) is_same = a->dims[i] == b->dims[i];
  return is_same ? THICKET_OK : graph_fail(graph, THICKET_E_MODEL_SHAPE, b, "Tensor.shape");
}

int32_t prepare_multiplier(struct graph *graph, const struct tensor *about, double real,
                           struct multiplier *multiplier) {
  if (multiplier_of(real, multiplier)) return THICKET_OK;
  return graph_fail(graph, THICKET_E_MODEL_QUANT, about, "QuantizationParameters.scale");
}

// zero_point + round(value / scale), limited to what cannot overflow. Only 0, 1, -1 and 6 are asked
// for.
static int32_t quantised(float value, const struct tensor *tensor) {
  float real = value / tensor->scale;
  if (real > 1e6f) return 1000000;
  if (real < -1e6f) return -1000000;
  return tensor->zero_point + round_float(real);
}

int32_t prepare_range(struct graph *graph, const struct tensor *out, int32_t activation,
                      struct output_range *range) {
  range->zero_point = out->zero_point;
  range->low = -128;
  range->high = 127;
  switch (activation) {
    case NO_ACTIVATION:
      return THICKET_OK;
    case RELU:
      range->low = out->zero_point;
      return THICKET_OK;
    case RELU_N1_TO_1:
      range->low = clamp(quantised(-1, out), -128, 127);
      range->high = clamp(quantised(1, out), -128, 127);
      return THICKET_OK;
    case RELU6:
      range->low = out->zero_point;
      range->high = clamp(quantised(6, out), -128, 127);
      return THICKET_OK;
    default:
      return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "fused_activation_function");
  }
}

// Along one axis: output size, and padding in front. Returns 0 when the window does not fit.
static int32_t window_axis(uint32_t in, uint32_t filter, uint32_t stride, uint32_t dilation,
                           int32_t padding, uint32_t *out, uint32_t *pad) {
  uint64_t extent = (uint64_t)(filter - 1) * dilation + 1;
  if (padding == VALID) {
    if (extent > in) return 0;
    *out = (uint32_t)((in - extent) / stride + 1);
    *pad = 0;
    return 1;
  }
  *out = (uint32_t)(((uint64_t)in + stride - 1) / stride);
  uint64_t covered = (uint64_t)(*out - 1) * stride + extent;
  *pad = covered > in ? (uint32_t)((covered - in) / 2) : 0;
  return 1;
}

int32_t prepare_window(struct graph *graph, struct op *op, int32_t padding) {
  static const uint32_t STEP_MAX = 1 << 16;
  struct window *w = &op->window;
  const struct tensor *in = &op->in[0];
  const struct tensor *out = &op->out;
  if (in->rank != 4) return graph_fail(graph, THICKET_E_MODEL_SHAPE, in, "Tensor.shape rank");
  if (out->rank != 4) return graph_fail(graph, THICKET_E_MODEL_SHAPE, out, "Tensor.shape rank");
  if (padding != SAME && padding != VALID)
    return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "padding");
  // Unsigned: zero and negative numbers of the file are caught as well.
  if (w->stride_h - 1 >= STEP_MAX) return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "stride_h");
  if (w->stride_w - 1 >= STEP_MAX) return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "stride_w");
  if (w->dilation_h - 1 >= STEP_MAX)
    return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "dilation_h_factor");
  if (w->dilation_w - 1 >= STEP_MAX)
    return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "dilation_w_factor");
  if (w->k_h - 1 >= STEP_MAX) return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "filter height");
  if (w->k_w - 1 >= STEP_MAX) return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "filter width");
  w->batches = in->dims[0];
  w->in_h = in->dims[1];
  w->in_w = in->dims[2];
  w->in_c = in->dims[3];
  w->out_c = out->dims[3];
  if (!window_axis(w->in_h, w->k_h, w->stride_h, w->dilation_h, padding, &w->out_h, &w->pad_h) ||
      !window_axis(w->in_w, w->k_w, w->stride_w, w->dilation_w, padding, &w->out_w, &w->pad_w)) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, in, "window larger than the input");
  }
  if (out->dims[0] != w->batches || out->dims[1] != w->out_h || out->dims[2] != w->out_w) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, out, "Tensor.shape");
  }
  return THICKET_OK;
}
