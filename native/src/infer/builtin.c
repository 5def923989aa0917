// The backend of our own kernels: tensors lie where plan.c put them, operators are prepared anew at
// every invoke, so that nothing but places is kept.
#include "infer/backend.h"
#include "infer/plan.h"
#include "thicket_error.h"

static struct plan plan_of(const thicket_model *model) {
  struct plan plan = {(struct record *)(void *)(uintptr_t)(model + 1), model->records};
  return plan;
}

static int32_t open_builtin(struct graph *graph, thicket_model *model, uint32_t arena_bytes,
                            thicket_model_info *info) {
  (void)model;  // the records were written where they stay
  if (arena_bytes < info->arena_bytes) return graph_fail(graph, THICKET_E_MODEL_ARENA, 0, "arena");
  return THICKET_OK;
}

// Point a tensor at its data. Records are checked again: the file may have changed since it was
// opened.
static int32_t bind(struct graph *graph, const thicket_model *model, struct tensor *tensor) {
  tensor->data = (uint8_t *)(uintptr_t)tensor->constant;
  if (tensor->index < 0 || tensor->constant != 0) return THICKET_OK;
  struct plan plan = plan_of(model);
  const struct record *record = plan_find(&plan, tensor->index);
  if (record == 0 || record->bytes < tensor->bytes) {
    return graph_fail(graph, THICKET_E_MODEL_ORDER, tensor, "Tensor.shape");
  }
  tensor->data = (uint8_t *)(uintptr_t)model + record->offset;
  return THICKET_OK;
}

static int32_t bind_end(struct graph *graph, const thicket_model *model, int32_t is_input,
                        uint32_t index, struct tensor *tensor) {
  (void)is_input;
  (void)index;
  return bind(graph, model, tensor);
}

static int32_t invoke_operator(struct graph *graph, thicket_model *model, uint32_t index) {
  struct op op;
  const struct kernel *kernel;
  struct plan plan = plan_of(model);
  int32_t status = op_prepare(graph, index, &op, &kernel);
  for (uint32_t i = 0; status == THICKET_OK && i < op.inputs; i++)
    status = bind(graph, model, &op.in[i]);
  if (status == THICKET_OK) status = bind(graph, model, &op.out);
  if (status != THICKET_OK) return status;
  const struct record *scratch = op.scratch_bytes > 0 ? plan_find(&plan, scratch_owner(index)) : 0;
  if (op.scratch_bytes > 0 && (scratch == 0 || scratch->bytes < op.scratch_bytes)) {
    return graph_fail(graph, THICKET_E_MODEL_ORDER, 0, "scratch memory");
  }
  kernel->run(&op, scratch == 0 ? 0 : (uint8_t *)model + scratch->offset);
  return THICKET_OK;
}

static int32_t invoke(struct graph *graph, thicket_model *model, const struct layer_clock *clock) {
  for (uint32_t i = 0; i < graph->operators.count; i++) {
    uint64_t start = clock->now_ns == 0 ? 0 : clock->now_ns();
    int32_t status = invoke_operator(graph, model, i);
    if (status != THICKET_OK) return status;
    if (clock->now_ns != 0) clock->layer_ns[i] = clock->now_ns() - start;
  }
  return THICKET_OK;
}

const struct backend backend_builtin = {"builtin", open_builtin, bind_end, invoke};
