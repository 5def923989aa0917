// Lifetimes and placement; see plan.h.
#include "infer/plan.h"

#include "thicket_error.h"

uint32_t plan_records_max(const struct graph *graph) {
  return graph->inputs.count + 2 * graph->operators.count;
}

struct record *plan_find(const struct plan *plan, int32_t owner) {
  for (uint32_t i = 0; i < plan->count; i++) {
    if (plan->records[i].owner == owner) return &plan->records[i];
  }
  return 0;
}

static void plan_add(struct plan *plan, int32_t owner, uint32_t bytes, uint32_t time) {
  struct record *record = &plan->records[plan->count++];
  record->owner = owner;
  record->bytes = (bytes + THICKET_ARENA_ALIGN - 1) / THICKET_ARENA_ALIGN * THICKET_ARENA_ALIGN;
  record->offset = 0;
  record->first = record->last = (uint16_t)time;
}

static int32_t plan_inputs(struct graph *graph, struct plan *plan) {
  for (uint32_t i = 0; i < graph->inputs.count; i++) {
    struct tensor tensor;
    int32_t index = fb_i32_in(&graph->file, graph->inputs, i);
    if (index < 0) return graph_fail(graph, THICKET_E_MODEL_INDEX, 0, "SubGraph.inputs");
    if (graph_tensor(graph, index, &tensor) != THICKET_OK) return graph->file.error;
    if (tensor.constant != 0)
      return graph_fail(graph, THICKET_E_MODEL_CONSTANT, &tensor, "SubGraph.inputs");
    if (plan_find(plan, index) == 0) plan_add(plan, index, tensor.bytes, 0);
  }
  return THICKET_OK;
}

static int32_t plan_outputs(struct graph *graph, struct plan *plan) {
  for (uint32_t i = 0; i < graph->outputs.count; i++) {
    struct tensor tensor;
    int32_t index = fb_i32_in(&graph->file, graph->outputs, i);
    if (index < 0) return graph_fail(graph, THICKET_E_MODEL_INDEX, 0, "SubGraph.outputs");
    if (graph_tensor(graph, index, &tensor) != THICKET_OK) return graph->file.error;
    struct record *record = plan_find(plan, index);
    if (record != 0) {
      record->last = (uint16_t)(graph->operators.count + 1);
    } else if (tensor.constant == 0) {
      return graph_fail(graph, THICKET_E_MODEL_ORDER, &tensor, "SubGraph.outputs");
    }
  }
  return THICKET_OK;
}

static int32_t plan_operator(struct graph *graph, struct plan *plan, uint32_t index,
                             const struct op *op) {
  uint32_t time = index + 1;
  for (uint32_t i = 0; i < op->inputs; i++) {
    const struct tensor *in = &op->in[i];
    if (in->index < 0 || in->constant != 0) continue;
    struct record *record = plan_find(plan, in->index);
    if (record == 0) return graph_fail(graph, THICKET_E_MODEL_ORDER, in, "Operator.inputs");
    record->last = (uint16_t)time;
  }
  if (plan_find(plan, op->out.index) != 0) {
    return graph_fail(graph, THICKET_E_MODEL_ORDER, &op->out, "Operator.outputs");
  }
  plan_add(plan, op->out.index, op->out.bytes, time);
  if (op->scratch_bytes > THICKET_MODEL_BYTES_MAX) {
    return graph_fail(graph, THICKET_E_MODEL_LIMIT, 0, "scratch memory");
  }
  if (op->scratch_bytes > 0) plan_add(plan, scratch_owner(index), op->scratch_bytes, time);
  return THICKET_OK;
}

int32_t plan_lifetimes(struct graph *graph, struct plan *plan, uint64_t *macs) {
  uint64_t work = 0;
  *macs = 0;
  int32_t status = plan_inputs(graph, plan);
  for (uint32_t i = 0; status == THICKET_OK && i < graph->operators.count; i++) {
    struct op op;
    const struct kernel *kernel;
    status = op_prepare(graph, i, &op, &kernel);
    if (status == THICKET_OK) status = plan_operator(graph, plan, i, &op);
    if (status != THICKET_OK) return status;
    *macs += op.macs;
    work += op.work;
    if (work > THICKET_MODEL_WORK_MAX)
      return graph_fail(graph, THICKET_E_MODEL_LIMIT, 0, "work of one invoke");
  }
  if (status != THICKET_OK) return status;
  graph->detail.op = -1;
  graph->detail.builtin = -1;
  return plan_outputs(graph, plan);
}

static int32_t is_before(const struct record *a, const struct record *b) {
  if (a->bytes != b->bytes) return a->bytes > b->bytes;
  return a->first != b->first ? a->first < b->first : a->owner > b->owner;
}

// Insertion sort: there are a few dozen records, and the limits bound a hostile file.
static void sort_by_size(struct plan *plan) {
  for (uint32_t i = 1; i < plan->count; i++) {
    struct record moving = plan->records[i];
    uint32_t at = i;
    for (; at > 0 && is_before(&moving, &plan->records[at - 1]); at--)
      plan->records[at] = plan->records[at - 1];
    plan->records[at] = moving;
  }
}

uint32_t plan_place(struct plan *plan, uint32_t start) {
  uint64_t end = start;
  sort_by_size(plan);
  // The placed records are kept in the order of their offsets, so that one pass over them finds the
  // gap.
  for (uint32_t i = 0; i < plan->count; i++) {
    struct record moving = plan->records[i];
    uint64_t offset = start;
    for (uint32_t k = 0; k < i; k++) {
      const struct record *placed = &plan->records[k];
      if (placed->last < moving.first || placed->first > moving.last) continue;
      if (placed->offset >= offset + moving.bytes) break;
      uint64_t after = (uint64_t)placed->offset + placed->bytes;
      if (after > offset) offset = after;
    }
    if (offset + moving.bytes > end) end = offset + moving.bytes;
    if (end > THICKET_MODEL_BYTES_MAX) return 0;
    moving.offset = (uint32_t)offset;
    uint32_t at = i;
    for (; at > 0 && plan->records[at - 1].offset > moving.offset; at--)
      plan->records[at] = plan->records[at - 1];
    plan->records[at] = moving;
  }
  return (uint32_t)end;
}
