// Reading the tables of a .tflite file; see graph.h. Field numbers are positions in the schema's
// tables.
#include "infer/graph.h"

#include "thicket_error.h"

enum { MODEL_VERSION, MODEL_CODES, MODEL_SUBGRAPHS, MODEL_DESCRIPTION, MODEL_BUFFERS };
enum { SUBGRAPH_TENSORS, SUBGRAPH_INPUTS, SUBGRAPH_OUTPUTS, SUBGRAPH_OPERATORS };
enum { CODE_DEPRECATED, CODE_CUSTOM, CODE_VERSION, CODE_BUILTIN };
enum { OPERATOR_CODE };
enum { BUFFER_DATA, BUFFER_OFFSET };
enum {
  TENSOR_SHAPE,
  TENSOR_TYPE,
  TENSOR_BUFFER,
  TENSOR_NAME,
  TENSOR_QUANTIZATION,
  TENSOR_IS_VARIABLE,
  TENSOR_SPARSITY,
  TENSOR_SIGNATURE,
  TENSOR_HAS_RANK,
  TENSOR_VARIANTS,
  TENSOR_EXTERNAL
};
enum {
  QUANT_MIN,
  QUANT_MAX,
  QUANT_SCALE,
  QUANT_ZERO_POINT,
  QUANT_DETAILS_TYPE,
  QUANT_DETAILS,
  QUANT_DIMENSION
};

#define SCHEMA_VERSION 3

int32_t graph_fail(struct graph *graph, int32_t error, const struct tensor *tensor,
                   const char *field) {
  if (graph->file.error == THICKET_OK && tensor != 0) graph->detail.tensor = tensor->index;
  fb_fail(&graph->file, error, field);
  graph->detail.field = graph->file.field;
  return graph->file.error;
}

// The error of the reads so far.
static int32_t graph_status(struct graph *graph) {
  graph->detail.field = graph->file.field;
  return graph->file.error;
}

int32_t graph_open(struct graph *graph, const uint8_t *bytes, uint32_t size) {
  static const struct graph EMPTY = {.detail = {-1, -1, -1, 0}};
  *graph = EMPTY;
  struct fb_file *file = &graph->file;
  file->base = bytes;
  file->size = size;
  if (size < 8 || bytes[4] != 'T' || bytes[5] != 'F' || bytes[6] != 'L' || bytes[7] != '3') {
    return graph_fail(graph, THICKET_E_MODEL_FORMAT, 0, "file identifier");
  }
  struct fb_table model = fb_root(file);
  if (file->error == THICKET_OK &&
      fb_i32(file, model, MODEL_VERSION, 0, "Model.version") != SCHEMA_VERSION) {
    return graph_fail(graph, THICKET_E_MODEL_FORMAT, 0, "Model.version");
  }
  graph->codes = fb_children(file, model, MODEL_CODES, 4, "Model.operator_codes");
  graph->buffers = fb_children(file, model, MODEL_BUFFERS, 4, "Model.buffers");
  struct fb_vector subgraphs = fb_children(file, model, MODEL_SUBGRAPHS, 4, "Model.subgraphs");
  struct fb_table subgraph = fb_table_in(file, subgraphs, 0, "Model.subgraphs");
  graph->tensors = fb_children(file, subgraph, SUBGRAPH_TENSORS, 4, "SubGraph.tensors");
  graph->inputs = fb_children(file, subgraph, SUBGRAPH_INPUTS, 4, "SubGraph.inputs");
  graph->outputs = fb_children(file, subgraph, SUBGRAPH_OUTPUTS, 4, "SubGraph.outputs");
  graph->operators = fb_children(file, subgraph, SUBGRAPH_OPERATORS, 4, "SubGraph.operators");
  if (graph_status(graph) != THICKET_OK) return file->error;
  if (graph->tensors.count > THICKET_TENSORS_MAX) {
    return graph_fail(graph, THICKET_E_MODEL_LIMIT, 0, "SubGraph.tensors");
  }
  if (graph->operators.count > THICKET_OPS_MAX) {
    return graph_fail(graph, THICKET_E_MODEL_LIMIT, 0, "SubGraph.operators");
  }
  if (graph->inputs.count > THICKET_OPS_MAX) {
    return graph_fail(graph, THICKET_E_MODEL_LIMIT, 0, "SubGraph.inputs");
  }
  if (graph->outputs.count > THICKET_OPS_MAX) {
    return graph_fail(graph, THICKET_E_MODEL_LIMIT, 0, "SubGraph.outputs");
  }
  return THICKET_OK;
}

int32_t graph_operator(struct graph *graph, uint32_t index, struct fb_table *op) {
  struct fb_file *file = &graph->file;
  graph->detail.op = (int32_t)index;
  graph->detail.builtin = -1;
  graph->detail.tensor = -1;
  *op = fb_table_in(file, graph->operators, index, "SubGraph.operators");
  uint32_t code_index = (uint32_t)fb_i32(file, *op, OPERATOR_CODE, 0, "Operator.opcode_index");
  struct fb_table code = fb_table_in(file, graph->codes, code_index, "Operator.opcode_index");
  int32_t old_code = fb_i8(file, code, CODE_DEPRECATED, 0, "OperatorCode.deprecated_builtin_code");
  int32_t builtin = fb_i32(file, code, CODE_BUILTIN, 0, "OperatorCode.builtin_code");
  if (graph_status(graph) == THICKET_OK)
    graph->detail.builtin = builtin > old_code ? builtin : old_code;
  return file->error;
}

static uint32_t type_bytes(int32_t type) {
  switch (type) {
    case THICKET_INT8:
    case THICKET_UINT8:
    case THICKET_BOOL:
      return 1;
    case THICKET_INT16:
      return 2;
    case THICKET_FLOAT32:
    case THICKET_INT32:
      return 4;
    case THICKET_INT64:
      return 8;
    default:
      return 0;
  }
}

// Dimensions, element count and size in bytes.
static int32_t read_shape(struct graph *graph, struct fb_table table, struct tensor *tensor) {
  struct fb_file *file = &graph->file;
  struct fb_vector shape = fb_children(file, table, TENSOR_SHAPE, 4, "Tensor.shape");
  if (file->error != THICKET_OK) return graph_status(graph);
  if (shape.count > THICKET_RANK_MAX) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, tensor, "Tensor.shape rank");
  }
  uint32_t element_bytes = type_bytes(tensor->type);
  if (element_bytes == 0) return graph_fail(graph, THICKET_E_MODEL_TYPE, tensor, "Tensor.type");
  uint64_t elements = 1;
  tensor->rank = shape.count;
  for (uint32_t i = 0; i < shape.count; i++) {
    int32_t dim = fb_i32_in(file, shape, i);
    if (dim == -1 && i == 0) dim = 1;
    if (dim < 1) return graph_fail(graph, THICKET_E_MODEL_SHAPE, tensor, "Tensor.shape");
    tensor->dims[i] = (uint32_t)dim;
    elements *= (uint32_t)dim;
    if (elements * element_bytes > THICKET_MODEL_BYTES_MAX) {
      return graph_fail(graph, THICKET_E_MODEL_LIMIT, tensor, "Tensor.shape");
    }
  }
  tensor->elements = (uint32_t)elements;
  tensor->bytes = (uint32_t)elements * element_bytes;
  return THICKET_OK;
}

static int32_t read_constant(struct graph *graph, struct fb_table table, struct tensor *tensor) {
  struct fb_file *file = &graph->file;
  uint32_t index = (uint32_t)fb_i32(file, table, TENSOR_BUFFER, 0, "Tensor.buffer");
  if (file->error != THICKET_OK) return graph_status(graph);
  if (index == 0) return THICKET_OK;  // buffer 0 is empty by convention
  struct fb_table buffer = fb_table_in(file, graph->buffers, index, "Tensor.buffer");
  struct fb_vector data = fb_children(file, buffer, BUFFER_DATA, 1, "Buffer.data");
  uint32_t outside = fb_scalar(file, buffer, BUFFER_OFFSET, 8, "Buffer.offset");
  if (outside != 0) {
    struct fb_vector offset = {outside, 1};
    if (fb_i64_in(file, offset, 0) > 1)
      return graph_fail(graph, THICKET_E_MODEL_OPTION, tensor, "Buffer.offset");
  }
  if (graph_status(graph) != THICKET_OK) return file->error;
  if (data.count == 0) return THICKET_OK;
  if (data.count != tensor->bytes)
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, tensor, "Buffer.data size");
  tensor->constant = file->base + data.at;
  return THICKET_OK;
}

static int32_t read_quantization(struct graph *graph, struct fb_table table,
                                 struct tensor *tensor) {
  struct fb_file *file = &graph->file;
  struct fb_table quant = fb_child(file, table, TENSOR_QUANTIZATION, "Tensor.quantization");
  tensor->scales = fb_children(file, quant, QUANT_SCALE, 4, "QuantizationParameters.scale");
  tensor->zero_points =
      fb_children(file, quant, QUANT_ZERO_POINT, 8, "QuantizationParameters.zero_point");
  tensor->channel_dim =
      fb_i32(file, quant, QUANT_DIMENSION, 0, "QuantizationParameters.quantized_dimension");
  if (graph_status(graph) != THICKET_OK) return file->error;
  if (tensor->scales.count == 0 || tensor->zero_points.count == 0) {
    tensor->scales.count =
        0;  // a scale without a zero point is no quantisation, as in TensorFlow Lite Micro
    return THICKET_OK;
  }
  tensor->scale = fb_f32_in(file, tensor->scales, 0);
  int64_t zero_point = fb_i64_in(file, tensor->zero_points, 0);
  if (zero_point < INT32_MIN || zero_point > INT32_MAX) {
    return graph_fail(graph, THICKET_E_MODEL_QUANT, tensor, "QuantizationParameters.zero_point");
  }
  tensor->zero_point = (int32_t)zero_point;
  return THICKET_OK;
}

int32_t graph_tensor(struct graph *graph, int32_t index, struct tensor *tensor) {
  static const struct tensor ABSENT = {.index = -1};
  struct fb_file *file = &graph->file;
  *tensor = ABSENT;
  if (index == -1) return graph_status(graph);
  graph->detail.tensor = index;
  struct fb_table table = fb_table_in(file, graph->tensors, (uint32_t)index, "tensor index");
  tensor->index = index;
  tensor->type = fb_i8(file, table, TENSOR_TYPE, THICKET_FLOAT32, "Tensor.type");
  if (graph_status(graph) != THICKET_OK) return file->error;
  if (fb_scalar(file, table, TENSOR_SPARSITY, 4, "Tensor.sparsity") != 0) {
    return graph_fail(graph, THICKET_E_MODEL_OPTION, tensor, "Tensor.sparsity");
  }
  if (fb_i8(file, table, TENSOR_IS_VARIABLE, 0, "Tensor.is_variable") != 0) {
    return graph_fail(graph, THICKET_E_MODEL_OPTION, tensor, "Tensor.is_variable");
  }
  if (fb_i32(file, table, TENSOR_EXTERNAL, 0, "Tensor.external_buffer") != 0) {
    return graph_fail(graph, THICKET_E_MODEL_OPTION, tensor, "Tensor.external_buffer");
  }
  int32_t status = read_shape(graph, table, tensor);
  if (status == THICKET_OK) status = read_constant(graph, table, tensor);
  if (status == THICKET_OK) status = read_quantization(graph, table, tensor);
  if (status == THICKET_OK) graph->detail.tensor = -1;
  return status;
}

int32_t graph_is_activation(struct graph *graph, int32_t index, uint32_t *bytes) {
  struct tensor tensor;
  if (graph_tensor(graph, index, &tensor) != THICKET_OK) return 0;
  *bytes = tensor.bytes;
  return index >= 0 && tensor.constant == 0;
}
