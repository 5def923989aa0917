// The calls of thicket_model.h: arenas, inputs and outputs, real values, times of operators, and
// what bad arguments get. One DEQUANTIZE and one RELU6 model, built here.
#include "check.h"
#include "support/model_builder.h"
#include "thicket.h"

#include <stdlib.h>
#include <string.h>

enum { DEQUANTIZE = 6, RELU6 = 21, RESHAPE = 22 };

static const float SCALE = 0.25f;
static const float SCALES[] = {0.25f, 0.5f};

static struct build_tensor tensor(int32_t type, uint32_t scales, int64_t zero_point) {
  struct build_tensor made = {.type = type,
                              .rank = 2,
                              .dims = {1, 5},
                              .scales = scales,
                              .scale = scales > 1 ? SCALES : &SCALE,
                              .zero_point = zero_point};
  return made;
}

static struct bytes build(int32_t builtin, struct build_tensor in, struct build_tensor out) {
  struct build_model model = {.builtin = builtin, .inputs = 1};
  model.tensor[0] = in;
  model.tensor[1] = out;
  return model_build(&model);
}

// Opens exactly as large as asked and refuses one byte less.
static void *open_model(const struct bytes *file, thicket_model_info *info) {
  void *arena;
  thicket_detail detail;
  CHECK(model_open(file, &arena, info, &detail) == THICKET_OK);
  CHECK(detail.op == -1 && detail.field == NULL);
  void *small = arena_alloc(info->arena_bytes);
  thicket_model_info asked;
  CHECK(thicket_model_open(file->data, file->size, small, info->arena_bytes - 1, &asked, &detail) ==
        THICKET_E_MODEL_ARENA);
  CHECK(asked.arena_bytes == info->arena_bytes && strcmp(detail.field, "arena") == 0);
  CHECK(thicket_model_open(file->data, file->size, small, info->head_bytes - 1, &asked, NULL) ==
        THICKET_E_MODEL_ARENA);
  CHECK(asked.arena_bytes == 0 && asked.head_bytes == info->head_bytes);
  free(small);
  return arena;
}

static void test_values(void) {
  static const int8_t Q[] = {-128, -3, 2, 4, 127};
  struct bytes file = build(RELU6, tensor(THICKET_INT8, 1, 2), tensor(THICKET_INT8, 1, 2));
  thicket_model_info info;
  void *model = open_model(&file, &info);
  thicket_tensor input, output;
  double values[5];
  CHECK(info.ops == 1 && info.inputs == 1 && info.outputs == 1);
  CHECK(thicket_model_input(model, 0, &input) == THICKET_OK && input.bytes == 5);
  memcpy(input.data, Q, sizeof Q);
  CHECK(thicket_model_invoke(model, NULL) == THICKET_OK);
  CHECK(thicket_model_output(model, 0, &output) == THICKET_OK);
  CHECK(((int8_t *)output.data)[4] == 2 + 24 && output.zero_point == 2);
  CHECK(thicket_model_values(model, 0, NULL, 0) == 5);
  CHECK(thicket_model_values(model, 0, NULL, 5) == THICKET_E_ARGUMENT);
  CHECK(thicket_model_values(model, 0, values, 4) == THICKET_E_SIZE);
  CHECK(thicket_model_values(model, 1, values, 5) == THICKET_E_MODEL_INDEX);
  CHECK(thicket_model_values(model, 0, values, 5) == 5);
  CHECK(values[0] == 0 && values[1] == 0 && values[2] == 0 && values[3] == 0.5 && values[4] == 6);
  CHECK(thicket_model_input(model, 1, &input) == THICKET_E_MODEL_INDEX);
  CHECK(thicket_model_output(model, 0, NULL) == THICKET_E_ARGUMENT);
  free(model);
  free(file.data);
}

static void test_values_of_types(void) {
  double values[5];
  thicket_model_info info;
  thicket_tensor input;
  struct bytes file =
      build(DEQUANTIZE, tensor(THICKET_UINT8, 1, 100), tensor(THICKET_FLOAT32, 0, 0));
  void *model = open_model(&file, &info);
  CHECK(thicket_model_input(model, 0, &input) == THICKET_OK);
  memset(input.data, 104, 5);
  CHECK(thicket_model_invoke(model, NULL) == THICKET_OK);
  CHECK(thicket_model_values(model, 0, values, 5) == 5 && values[4] == 1);
  free(model);
  free(file.data);
  // Bytes without a scale, or with one per channel, have no real values.
  for (uint32_t scales = 0; scales <= 2; scales += 2) {
    file = build(RESHAPE, tensor(THICKET_INT8, scales, 0), tensor(THICKET_INT8, scales, 0));
    model = open_model(&file, &info);
    CHECK(thicket_model_values(model, 0, values, 5) == THICKET_E_MODEL_TYPE);
    free(model);
    free(file.data);
  }
}

static uint64_t ticks;
static uint64_t tick(void) { return ticks += 7; }

static void test_times(void) {
  thicket_model_info info;
  thicket_detail detail;
  struct bytes file = build(RELU6, tensor(THICKET_INT8, 1, 2), tensor(THICKET_INT8, 1, 2));
  void *model = open_model(&file, &info);
  uint64_t layer_ns[2] = {1, 1};
  CHECK(thicket_model_invoke_timed(model, tick, layer_ns, 2, &detail) == THICKET_OK);
  CHECK(layer_ns[0] == 7 && layer_ns[1] == 1 && ticks == 14);
  CHECK(thicket_model_invoke_timed(model, tick, layer_ns, 0, &detail) == THICKET_E_SIZE);
  CHECK(strcmp(detail.field, "layer_ns") == 0);
  CHECK(thicket_model_invoke_timed(model, NULL, layer_ns, 2, &detail) == THICKET_E_ARGUMENT);
  CHECK(thicket_model_invoke_timed(model, tick, NULL, 2, &detail) == THICKET_E_ARGUMENT);
  CHECK(thicket_model_invoke_timed(NULL, tick, layer_ns, 2, &detail) == THICKET_E_ARGUMENT);
  // A file that was changed after it was opened is found out, not believed.
  file.data[4] = 'X';
  CHECK(thicket_model_invoke_timed(model, tick, layer_ns, 2, &detail) == THICKET_E_MODEL_FORMAT);
  CHECK(thicket_model_invoke(model, &detail) == THICKET_E_MODEL_FORMAT);
  thicket_tensor input;
  CHECK(thicket_model_input(model, 0, &input) == THICKET_E_MODEL_FORMAT);
  free(model);
  free(file.data);
}

static void test_arguments(void) {
  thicket_detail detail;
  thicket_tensor described;
  thicket_op op;
  struct bytes file = build(RELU6, tensor(THICKET_INT8, 1, 2), tensor(THICKET_INT8, 1, 2));
  uint8_t *memory = arena_alloc(64);
  memset(memory, 0, 64);
  CHECK(thicket_model_open(NULL, 0, NULL, 0, NULL, &detail) == THICKET_E_ARGUMENT);
  CHECK(strcmp(detail.field, "file") == 0);
  CHECK(thicket_model_open(file.data, file.size, memory + 1, 63, NULL, &detail) ==
        THICKET_E_ARGUMENT);
  CHECK(thicket_model_open(file.data, file.size, NULL, 64, NULL, &detail) == THICKET_E_ARGUMENT);
  CHECK(thicket_model_open_with(9, file.data, file.size, NULL, 0, NULL, &detail) ==
        THICKET_E_ARGUMENT);
  CHECK(strcmp(detail.field, "backend") == 0);
  CHECK(thicket_model_invoke((thicket_model *)(void *)memory, &detail) == THICKET_E_ARGUMENT);
  CHECK(thicket_model_invoke(NULL, &detail) == THICKET_E_ARGUMENT);
  CHECK(thicket_model_input(NULL, 0, &described) == THICKET_E_ARGUMENT);
  CHECK(thicket_model_count_ops(NULL, 0, &detail) == THICKET_E_ARGUMENT);
  CHECK(thicket_model_count_ops(file.data, 7, &detail) == THICKET_E_MODEL_FORMAT);
  CHECK(thicket_model_count_ops(file.data, file.size, &detail) == 1);
  CHECK(thicket_model_describe_op(file.data, file.size, 0, NULL, &detail) == THICKET_E_ARGUMENT);
  CHECK(thicket_model_describe_op(file.data, file.size, 1, &op, &detail) < 0 && op.builtin == -1);
  CHECK(thicket_model_describe_op(file.data, file.size, 0, &op, &detail) == THICKET_OK);
  CHECK(op.builtin == RELU6 && op.input[0] == 0 && op.output[0] == 1 && op.input[1] == -1);
  CHECK(thicket_model_describe_tensor(NULL, 0, 0, &described, &detail) == THICKET_E_ARGUMENT);
  CHECK(thicket_model_describe_tensor(file.data, file.size, 2, &described, &detail) ==
        THICKET_E_MODEL_INDEX);
  CHECK(thicket_model_describe_tensor(file.data, file.size, 1, &described, &detail) == THICKET_OK);
  CHECK(described.type == THICKET_INT8 && described.dims[1] == 5 && !described.is_constant);
  free(memory);
  free(file.data);
}

static void test_names(void) {
  CHECK(strcmp(thicket_op_name(RELU6), "RELU6") == 0);
  CHECK(strcmp(thicket_op_name(-1), "UNKNOWN") == 0);
  CHECK(strcmp(thicket_op_name(100000), "UNKNOWN") == 0);
  CHECK(strcmp(thicket_type_name(THICKET_INT8), "INT8") == 0);
  CHECK(strcmp(thicket_type_name(-1), "UNKNOWN") == 0);
  uint32_t backends = 0;
  while (thicket_model_backend(backends) != NULL) backends++;
  CHECK(backends >= 1 && strcmp(thicket_model_backend(backends - 1), "builtin") == 0);
}

int main(void) {
  test_values();
  test_values_of_types();
  test_times();
  test_arguments();
  test_names();
  return check_report("model");
}
