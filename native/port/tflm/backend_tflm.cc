// The backend of TensorFlow Lite Micro (with ESP-NN's kernels where its build has them) behind
// src/infer/backend.h. Files come here checked and planned by the library's own reader, so both
// backends refuse the same ones; TensorFlow Lite Micro trusts what it reads, so the whole
// flatbuffer is verified as well. Interpreter, operator table and tensors all lie in the caller's
// arena.
#include <new>

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/micro/micro_profiler_interface.h"
#include "tensorflow/lite/schema/schema_generated.h"

extern "C" {
#include "infer/backend.h"
#include "thicket_error.h"
}

namespace {

constexpr unsigned kOperators = 17;
// Over what the library's own backend needs; measured: TensorFlow Lite Micro takes up to twice as
// much for small models.
constexpr uint32_t kSlackBytes = 32 * 1024;

// Writes down how long each operator took.
class LayerTimes : public tflite::MicroProfilerInterface {
 public:
  void start(const layer_clock *clock, uint32_t layers) {
    clock_ = clock;
    layers_ = layers;
    layer_ = 0;
  }
  uint32_t BeginEvent(const char *) override {
    start_ns_ = is_on() ? clock_->now_ns() : 0;
    return layer_;
  }
  void EndEvent(uint32_t) override {
    if (is_on()) clock_->layer_ns[layer_++] = clock_->now_ns() - start_ns_;
  }

 private:
  bool is_on() const { return clock_ != nullptr && clock_->now_ns != nullptr && layer_ < layers_; }
  const layer_clock *clock_ = nullptr;
  uint32_t layers_ = 0;
  uint32_t layer_ = 0;
  uint64_t start_ns_ = 0;
};

struct Runtime {
  tflite::MicroMutableOpResolver<kOperators> operators;
  LayerTimes times;
  alignas(tflite::MicroInterpreter) unsigned char interpreter[sizeof(tflite::MicroInterpreter)];
};

constexpr uint32_t align(uint32_t bytes) {
  return (bytes + THICKET_ARENA_ALIGN - 1) / THICKET_ARENA_ALIGN * THICKET_ARENA_ALIGN;
}

constexpr uint32_t kRuntimeAt = align(sizeof(thicket_model));
constexpr uint32_t kTensorsAt = kRuntimeAt + align(sizeof(Runtime));

Runtime *runtime_of(const thicket_model *model) {
  auto *start = reinterpret_cast<unsigned char *>(const_cast<thicket_model *>(model));
  return reinterpret_cast<Runtime *>(start + kRuntimeAt);
}

tflite::MicroInterpreter *interpreter_of(const thicket_model *model) {
  return reinterpret_cast<tflite::MicroInterpreter *>(runtime_of(model)->interpreter);
}

// The operators of src/infer/op.c.
bool add_operators(tflite::MicroMutableOpResolver<kOperators> &table) {
  return table.AddAdd() == kTfLiteOk && table.AddAveragePool2D() == kTfLiteOk &&
         table.AddConv2D() == kTfLiteOk && table.AddDepthwiseConv2D() == kTfLiteOk &&
         table.AddDequantize() == kTfLiteOk && table.AddFullyConnected() == kTfLiteOk &&
         table.AddLogistic() == kTfLiteOk && table.AddMaxPool2D() == kTfLiteOk &&
         table.AddMul() == kTfLiteOk && table.AddRelu() == kTfLiteOk &&
         table.AddRelu6() == kTfLiteOk && table.AddReshape() == kTfLiteOk &&
         table.AddSoftmax() == kTfLiteOk && table.AddPad() == kTfLiteOk &&
         table.AddMean() == kTfLiteOk && table.AddPadV2() == kTfLiteOk &&
         table.AddQuantize() == kTfLiteOk;
}

// TensorFlow Lite Micro looks at every tensor of every subgraph and trusts it, so all must be
// whole, also those that no operator names.
int32_t check_all(graph *graph, const thicket_model *model) {
  if (reinterpret_cast<uintptr_t>(model->file) % THICKET_ARENA_ALIGN != 0)
    return graph_fail(graph, THICKET_E_ARGUMENT, nullptr, "file alignment");
  flatbuffers::Verifier verifier(model->file, model->file_bytes);
  if (!tflite::VerifyModelBuffer(verifier))
    return graph_fail(graph, THICKET_E_MODEL_FORMAT, nullptr, "flatbuffer");
  const tflite::Model *file = tflite::GetModel(model->file);
  if (file->subgraphs()->size() != 1)
    return graph_fail(graph, THICKET_E_MODEL_LIMIT, nullptr, "Model.subgraphs");
  const tflite::SubGraph *subgraph = file->subgraphs()->Get(0);
  if (file->operator_codes() == nullptr || file->buffers() == nullptr ||
      subgraph->tensors() == nullptr || subgraph->inputs() == nullptr ||
      subgraph->outputs() == nullptr || subgraph->operators() == nullptr)
    return graph_fail(graph, THICKET_E_MODEL_FORMAT, nullptr, "SubGraph");
  for (const tflite::Operator *op : *subgraph->operators()) {
    if (op->inputs() == nullptr || op->outputs() == nullptr)
      return graph_fail(graph, THICKET_E_MODEL_FORMAT, nullptr, "Operator");
  }
  for (uint32_t i = 0; i < graph->tensors.count; i++) {
    tensor tensor;
    int32_t status = graph_tensor(graph, static_cast<int32_t>(i), &tensor);
    if (status != THICKET_OK) return status;
    const tflite::Tensor *listed = subgraph->tensors()->Get(i);
    if (listed->buffer() >= file->buffers()->size())
      return graph_fail(graph, THICKET_E_MODEL_INDEX, &tensor, "Tensor.buffer");
    // The library takes an unknown first dimension as 1.
    if (listed->shape() != nullptr && listed->shape()->size() > 0 && listed->shape()->Get(0) < 1)
      return graph_fail(graph, THICKET_E_MODEL_SHAPE, &tensor, "Tensor.shape");
  }
  return THICKET_OK;
}

int32_t open_tflm(graph *graph, thicket_model *model, uint32_t arena_bytes,
                  thicket_model_info *info) {
  int32_t status = check_all(graph, model);
  if (status != THICKET_OK) return status;
  const tflite::Model *file = tflite::GetModel(model->file);
  // How much it needs is only known by trying.
  uint32_t likely = kTensorsAt + 2 * info->arena_bytes + kSlackBytes;
  uint32_t builtin_bytes = info->arena_bytes;
  info->arena_bytes = arena_bytes < likely ? likely : 2 * arena_bytes;
  if (arena_bytes < kTensorsAt + builtin_bytes)
    return graph_fail(graph, THICKET_E_MODEL_ARENA, nullptr, "arena");
  auto *start = reinterpret_cast<uint8_t *>(model);
  auto *runtime = new (start + kRuntimeAt) Runtime;
  auto *interpreter = new (runtime->interpreter)
      tflite::MicroInterpreter(file, runtime->operators, start + kTensorsAt,
                               arena_bytes - kTensorsAt, nullptr, &runtime->times);
  if (add_operators(runtime->operators) && interpreter->AllocateTensors() == kTfLiteOk) {
    info->arena_bytes = kTensorsAt + align(static_cast<uint32_t>(interpreter->arena_used_bytes()));
    return THICKET_OK;
  }
  bool is_enough = arena_bytes >= THICKET_MODEL_BYTES_MAX / 2;
  return graph_fail(graph, is_enough ? THICKET_E_MODEL_LIMIT : THICKET_E_MODEL_ARENA, nullptr,
                    "arena");
}

int32_t bind_end_tflm(graph *graph, const thicket_model *model, int32_t is_input, uint32_t index,
                      tensor *tensor) {
  tflite::MicroInterpreter *interpreter = interpreter_of(model);
  TfLiteTensor *found = is_input ? interpreter->input(index) : interpreter->output(index);
  if (found == nullptr || found->bytes != tensor->bytes)
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, tensor, "Tensor.shape");
  tensor->data = found->data.uint8;
  return THICKET_OK;
}

int32_t invoke_tflm(graph *graph, thicket_model *model, const layer_clock *clock) {
  runtime_of(model)->times.start(clock, graph->operators.count);
  return interpreter_of(model)->Invoke() == kTfLiteOk
             ? THICKET_OK
             : graph_fail(graph, THICKET_E_MODEL_OPTION, nullptr, "Invoke");
}

}  // namespace

extern "C" const backend backend_tflm = {"tflm", open_tflm, bind_end_tflm, invoke_tflm};
