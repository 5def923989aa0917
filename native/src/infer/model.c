// The public functions of thicket_model.h: guards around the graph reader, the planner and the
// backends.
#include "thicket_model.h"

#include "infer/backend.h"
#include "infer/plan.h"
#include "thicket_error.h"

#include <string.h>

#define MAGIC 0x4d43484bu

// The preferred one first.
static const struct backend *const BACKENDS[] = {
#ifdef THICKET_TFLM
    &backend_tflm,
#endif
    &backend_builtin,
};
#define BACKENDS_COUNT (sizeof BACKENDS / sizeof BACKENDS[0])

static int32_t report(const struct graph *graph, int32_t status, thicket_detail *detail) {
  static const thicket_detail NOTHING = {-1, -1, -1, 0};
  if (detail != 0) *detail = status == THICKET_OK ? NOTHING : graph->detail;
  return status;
}

static int32_t bad_argument(const char *field, thicket_detail *detail) {
  thicket_detail about = {-1, -1, -1, field};
  if (detail != 0) *detail = about;
  return THICKET_E_ARGUMENT;
}

static uint32_t head_bytes_of(const struct graph *graph) {
  uint32_t bytes =
      (uint32_t)(sizeof(thicket_model) + plan_records_max(graph) * sizeof(struct record));
  return (bytes + THICKET_ARENA_ALIGN - 1) / THICKET_ARENA_ALIGN * THICKET_ARENA_ALIGN;
}

// Plan into the arena's head and let the backend lay out the rest.
static int32_t open_in(struct graph *graph, thicket_model *model, uint32_t arena_bytes,
                       thicket_model_info *info) {
  struct plan plan = {(struct record *)(void *)(model + 1), 0};
  model->magic = 0;
  int32_t status = plan_lifetimes(graph, &plan, &info->macs);
  if (status != THICKET_OK) return status;
  info->arena_bytes = plan_place(&plan, info->head_bytes);
  if (info->arena_bytes == 0) return graph_fail(graph, THICKET_E_MODEL_LIMIT, 0, "arena");
  model->file = graph->file.base;
  model->file_bytes = graph->file.size;
  model->records = plan.count;
  status = model->backend->open(graph, model, arena_bytes, info);
  if (status == THICKET_OK) model->magic = MAGIC;
  return status;
}

const char *thicket_model_backend(uint32_t index) {
  return index < BACKENDS_COUNT ? BACKENDS[index]->name : 0;
}

int32_t thicket_model_open_with(uint32_t backend, const uint8_t *file, uint32_t bytes, void *arena,
                                uint32_t arena_bytes, thicket_model_info *info,
                                thicket_detail *detail) {
  static const thicket_model_info UNKNOWN = {0, 0, 0, 0, 0, 0, 0};
  thicket_model_info known = UNKNOWN;
  struct graph graph;
  if (backend >= BACKENDS_COUNT) return bad_argument("backend", detail);
  if (file == 0) return bad_argument("file", detail);
  if ((uintptr_t)arena % THICKET_ARENA_ALIGN != 0 || (arena == 0 && arena_bytes != 0)) {
    return bad_argument("arena", detail);
  }
  int32_t status = graph_open(&graph, file, bytes);
  if (status == THICKET_OK) {
    known.ops = graph.operators.count;
    known.tensors = graph.tensors.count;
    known.inputs = graph.inputs.count;
    known.outputs = graph.outputs.count;
    known.head_bytes = head_bytes_of(&graph);
    if (arena_bytes < known.head_bytes) {
      status = graph_fail(&graph, THICKET_E_MODEL_ARENA, 0, "arena");
    } else {
      thicket_model *model = arena;
      model->backend = BACKENDS[backend];
      status = open_in(&graph, model, arena_bytes, &known);
    }
  }
  if (info != 0) *info = known;
  return report(&graph, status, detail);
}

int32_t thicket_model_open(const uint8_t *file, uint32_t bytes, void *arena, uint32_t arena_bytes,
                           thicket_model_info *info, thicket_detail *detail) {
  return thicket_model_open_with(0, file, bytes, arena, arena_bytes, info, detail);
}

static void describe(const struct tensor *tensor, thicket_tensor *described) {
  described->data = tensor->data;
  described->bytes = tensor->bytes;
  described->type = tensor->type;
  described->rank = tensor->rank;
  for (uint32_t i = 0; i < THICKET_RANK_MAX; i++)
    described->dims[i] = i < tensor->rank ? tensor->dims[i] : 0;
  described->scale = tensor->scale;
  described->zero_point = tensor->zero_point;
  described->scales = tensor->scales.count;
  described->is_constant = tensor->constant != 0;
}

static int32_t describe_end(const thicket_model *model, uint32_t index, int32_t is_input,
                            thicket_tensor *described) {
  struct graph graph;
  struct tensor tensor;
  if (model == 0 || described == 0 || model->magic != MAGIC) return THICKET_E_ARGUMENT;
  int32_t status = graph_open(&graph, model->file, model->file_bytes);
  if (status != THICKET_OK) return status;
  struct fb_vector list = is_input ? graph.inputs : graph.outputs;
  if (index >= list.count) return THICKET_E_MODEL_INDEX;
  status = graph_tensor(&graph, fb_i32_in(&graph.file, list, index), &tensor);
  if (status == THICKET_OK) {
    status = model->backend->bind_end(&graph, model, is_input, index, &tensor);
  }
  if (status == THICKET_OK) describe(&tensor, described);
  return status;
}

int32_t thicket_model_input(const thicket_model *model, uint32_t index, thicket_tensor *tensor) {
  return describe_end(model, index, 1, tensor);
}

int32_t thicket_model_output(const thicket_model *model, uint32_t index, thicket_tensor *tensor) {
  return describe_end(model, index, 0, tensor);
}

// Element `i` of a tensor whose type thicket_model_values has checked.
static double value_at(const thicket_tensor *tensor, uint32_t i) {
  const uint8_t *data = tensor->data;
  if (tensor->type == THICKET_FLOAT32) {
    float real;
    memcpy(&real, data + 4 * (size_t)i, 4);
    return (double)real;
  }
  int32_t q = tensor->type == THICKET_INT8 ? (int8_t)data[i] : data[i];
  return (double)tensor->scale * (double)((int64_t)q - tensor->zero_point);
}

int32_t thicket_model_values(const thicket_model *model, uint32_t index, double *values,
                             uint32_t count) {
  thicket_tensor tensor;
  int32_t status = describe_end(model, index, 0, &tensor);
  if (status != THICKET_OK) return status;
  int32_t is_float = tensor.type == THICKET_FLOAT32;
  int32_t is_byte = tensor.type == THICKET_INT8 || tensor.type == THICKET_UINT8;
  if (!is_float && !(is_byte && tensor.scales == 1)) return THICKET_E_MODEL_TYPE;
  uint32_t elements = is_float ? tensor.bytes / 4 : tensor.bytes;
  if (values == 0) return count == 0 ? (int32_t)elements : THICKET_E_ARGUMENT;
  if (elements > count) return THICKET_E_SIZE;
  for (uint32_t i = 0; i < elements; i++) values[i] = value_at(&tensor, i);
  return (int32_t)elements;
}

static int32_t invoke(thicket_model *model, const struct layer_clock *clock,
                      thicket_detail *detail) {
  struct graph graph;
  int32_t status = graph_open(&graph, model->file, model->file_bytes);
  if (status == THICKET_OK) status = model->backend->invoke(&graph, model, clock);
  return report(&graph, status, detail);
}

int32_t thicket_model_invoke(thicket_model *model, thicket_detail *detail) {
  static const struct layer_clock NONE = {0, 0};
  if (model == 0 || model->magic != MAGIC) return bad_argument("model", detail);
  return invoke(model, &NONE, detail);
}

int32_t thicket_model_invoke_timed(thicket_model *model, thicket_clock_ns *now_ns,
                                   uint64_t *layer_ns, uint32_t count, thicket_detail *detail) {
  struct graph graph;
  struct layer_clock clock = {now_ns, layer_ns};
  if (model == 0 || model->magic != MAGIC) return bad_argument("model", detail);
  if (now_ns == 0 || layer_ns == 0) return bad_argument("clock", detail);
  int32_t status = graph_open(&graph, model->file, model->file_bytes);
  if (status == THICKET_OK && count < graph.operators.count) {
    status = graph_fail(&graph, THICKET_E_SIZE, 0, "layer_ns");
  }
  return status == THICKET_OK ? invoke(model, &clock, detail) : report(&graph, status, detail);
}

int32_t thicket_model_count_ops(const uint8_t *file, uint32_t bytes, thicket_detail *detail) {
  struct graph graph;
  if (file == 0) return bad_argument("file", detail);
  int32_t status = graph_open(&graph, file, bytes);
  return status == THICKET_OK ? (int32_t)graph.operators.count : report(&graph, status, detail);
}

int32_t thicket_model_describe_op(const uint8_t *file, uint32_t bytes, uint32_t index,
                                  thicket_op *op, thicket_detail *detail) {
  static const thicket_op UNKNOWN = {-1, 0, 0, {-1, -1, -1, -1}, {-1, -1}, 0, 0};
  struct graph graph;
  struct op prepared;
  const struct kernel *kernel;
  if (file == 0 || op == 0) return bad_argument("file", detail);
  *op = UNKNOWN;
  int32_t status = graph_open(&graph, file, bytes);
  if (status == THICKET_OK) status = op_describe(&graph, index, op);
  if (status == THICKET_OK) status = op_prepare(&graph, index, &prepared, &kernel);
  if (status == THICKET_OK) {
    op->scratch_bytes = prepared.scratch_bytes;
    op->macs = prepared.macs;
  }
  return report(&graph, status, detail);
}

int32_t thicket_model_describe_tensor(const uint8_t *file, uint32_t bytes, uint32_t index,
                                      thicket_tensor *tensor, thicket_detail *detail) {
  struct graph graph;
  struct tensor read;
  if (file == 0 || tensor == 0) return bad_argument("file", detail);
  int32_t status = graph_open(&graph, file, bytes);
  if (status == THICKET_OK && index >= graph.tensors.count) {
    status = graph_fail(&graph, THICKET_E_MODEL_INDEX, 0, "tensor index");
  }
  if (status == THICKET_OK) status = graph_tensor(&graph, (int32_t)index, &read);
  if (status == THICKET_OK) {
    read.data = (uint8_t *)(uintptr_t)read.constant;
    describe(&read, tensor);
  }
  return report(&graph, status, detail);
}
