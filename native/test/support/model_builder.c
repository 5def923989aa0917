// A flatbuffer written front to back: tables first reserve their offsets, children fill them in.
// See model_builder.h.
#include "support/model_builder.h"

#include <stdlib.h>
#include <string.h>

struct writer {
  uint8_t *data;
  uint32_t size;
  uint32_t room;
};

static void put(struct writer *writer, const void *from, uint32_t bytes) {
  if (writer->size + bytes > writer->room) {
    writer->room = 2 * (writer->size + bytes);
    writer->data = realloc(writer->data, writer->room);
  }
  if (bytes > 0) memcpy(writer->data + writer->size, from, bytes);
  writer->size += bytes;
}

static void put_u32(struct writer *writer, uint32_t value) { put(writer, &value, 4); }

static void align(struct writer *writer, uint32_t step) {
  static const uint8_t ZERO = 0;
  while (writer->size % step != 0) put(writer, &ZERO, 1);
}

// A table of `fields` slots of 4 bytes, all present. Returns where slot 0 is.
static uint32_t put_table(struct writer *writer, uint32_t fields) {
  align(writer, 4);
  uint16_t sizes[2] = {(uint16_t)(4 + 2 * fields), (uint16_t)(4 + 4 * fields)};
  uint32_t start = writer->size;
  put(writer, sizes, 4);
  for (uint32_t i = 0; i < fields; i++) {
    uint16_t offset = (uint16_t)(4 + 4 * i);
    put(writer, &offset, 2);
  }
  align(writer, 4);
  put_u32(writer, writer->size - start);
  uint32_t slots = writer->size;
  for (uint32_t i = 0; i < fields; i++) put_u32(writer, 0);
  return slots;
}

static void set(struct writer *writer, uint32_t at, uint32_t value) {
  memcpy(writer->data + at, &value, 4);
}

// Make the offset at `at` point to what is written next.
static void point(struct writer *writer, uint32_t at) { set(writer, at, writer->size - at); }

static void point_table(struct writer *writer, uint32_t at, uint32_t slots) {
  set(writer, at, slots - 4 - at);
}

// Forget that a field is there.
static void drop(struct writer *writer, uint32_t slots, uint32_t field) {
  uint32_t table = slots - 4, back;
  memcpy(&back, writer->data + table, 4);
  memset(writer->data + table - back + 4 + 2 * field, 0, 2);
}

static void put_vector(struct writer *writer, uint32_t at, const void *from, uint32_t count,
                       uint32_t element) {
  align(writer, element < 4 ? 4 : element);
  // The length goes right before the elements.
  if (element == 8) put_u32(writer, 0);
  point(writer, at);
  put_u32(writer, count);
  put(writer, from, count * element);
}

// A vector of `count` table offsets. Returns where the first is.
static uint32_t put_tables(struct writer *writer, uint32_t at, uint32_t count) {
  static const uint32_t ZERO[BUILD_TENSORS_MAX + 1] = {0};
  put_vector(writer, at, ZERO, count, 4);
  return writer->size - 4 * count;
}

static void put_quantisation(struct writer *writer, uint32_t at,
                             const struct build_tensor *tensor) {
  uint32_t quant = put_table(writer, 7);
  point_table(writer, at, quant);
  drop(writer, quant, 0);
  drop(writer, quant, 1);
  drop(writer, quant, 5);
  put_vector(writer, quant + 8, tensor->scale, tensor->scales, 4);
  int64_t *zero_points = malloc(8 * (size_t)tensor->scales);
  for (uint32_t i = 0; i < tensor->scales; i++) zero_points[i] = tensor->zero_point;
  put_vector(writer, quant + 12, zero_points, tensor->scales, 8);
  free(zero_points);
  set(writer, quant + 24, (uint32_t)tensor->channel_dim);
}

static void put_tensor(struct writer *writer, uint32_t at, const struct build_tensor *tensor,
                       uint32_t buffer) {
  uint32_t slots = put_table(writer, 5);
  point_table(writer, at, slots);
  put_vector(writer, slots, tensor->dims, tensor->rank, 4);
  set(writer, slots + 4, (uint32_t)tensor->type);
  set(writer, slots + 8, buffer);
  drop(writer, slots, 3);
  if (tensor->scales > 0) {
    put_quantisation(writer, slots + 16, tensor);
  } else {
    drop(writer, slots, 4);
  }
}

static void put_operator(struct writer *writer, uint32_t at, const struct build_model *model) {
  int32_t inputs[BUILD_TENSORS_MAX];
  int32_t output = (int32_t)model->inputs;
  for (uint32_t i = 0; i < model->inputs; i++) inputs[i] = (int32_t)i;
  uint32_t slots = put_table(writer, 5);
  point_table(writer, at, slots);
  put_vector(writer, slots + 4, inputs, model->inputs, 4);
  put_vector(writer, slots + 8, &output, 1, 4);
  set(writer, slots + 12, model->options_type);
  uint32_t options = put_table(writer, model->options);
  point_table(writer, slots + 16, options);
  for (uint32_t i = 0; i < model->options; i++) set(writer, options + 4 * i, model->option[i]);
}

static void put_subgraph(struct writer *writer, uint32_t at, const struct build_model *model) {
  uint32_t slots = put_table(writer, 4);
  point_table(writer, at, slots);
  uint32_t tensors = put_tables(writer, slots, model->inputs + 1);
  for (uint32_t i = 0; i <= model->inputs; i++)
    put_tensor(writer, tensors + 4 * i, &model->tensor[i], i + 1);
  int32_t inputs[BUILD_TENSORS_MAX];
  uint32_t count = 0;
  for (uint32_t i = 0; i < model->inputs; i++) {
    if (model->tensor[i].constant == NULL) inputs[count++] = (int32_t)i;
  }
  int32_t output = (int32_t)model->inputs;
  put_vector(writer, slots + 4, inputs, count, 4);
  put_vector(writer, slots + 8, &output, 1, 4);
  put_operator(writer, put_tables(writer, slots + 12, 1), model);
}

struct bytes model_build(const struct build_model *model) {
  struct writer writer = {NULL, 0, 0};
  put_u32(&writer, 0);
  put(&writer, "TFL3", 4);
  uint32_t root = put_table(&writer, 5);
  point_table(&writer, 0, root);
  set(&writer, root, 3);
  drop(&writer, root, 3);
  uint32_t codes = put_tables(&writer, root + 4, 1);
  uint32_t code = put_table(&writer, 4);
  point_table(&writer, codes, code);
  drop(&writer, code, 1);
  set(&writer, code, (uint32_t)(model->builtin < 127 ? model->builtin : 127));
  set(&writer, code + 12, (uint32_t)model->builtin);
  put_subgraph(&writer, put_tables(&writer, root + 8, 1), model);
  uint32_t buffers = put_tables(&writer, root + 16, model->inputs + 2);
  uint32_t data[BUILD_TENSORS_MAX + 1];
  for (uint32_t i = 0; i < model->inputs + 2; i++) {
    data[i] = put_table(&writer, 1);
    point_table(&writer, buffers + 4 * i, data[i]);
    const struct build_tensor *tensor = i == 0 ? NULL : &model->tensor[i - 1];
    if (tensor == NULL || tensor->constant == NULL) drop(&writer, data[i], 0);
  }
  // Weights (operand 1) last: behind them the file ends.
  static const uint32_t ORDER[] = {0, 2, 3, 1};
  for (uint32_t k = 0; k < 4; k++) {
    const struct build_tensor *tensor = &model->tensor[ORDER[k]];
    if (ORDER[k] >= model->inputs || tensor->constant == NULL) continue;
    put_vector(&writer, data[ORDER[k] + 1], tensor->constant, tensor->constant_bytes, 1);
  }
  struct bytes file = {malloc(writer.size), writer.size};
  memcpy(file.data, writer.data, writer.size);
  free(writer.data);
  return file;
}
