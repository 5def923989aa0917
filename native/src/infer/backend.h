// What runs an open model. Both backends read the same files with the same checks, describe tensors
// the same way and give the same bytes; they differ in how they lay out the arena and in their
// kernels. `builtin` is this library's own; `tflm` is TensorFlow Lite Micro, where the build has
// it.
#ifndef THICKET_INFER_BACKEND_H
#define THICKET_INFER_BACKEND_H

#include "infer/graph.h"
#include "thicket_model.h"

// At the start of every model's arena; what the backend keeps follows.
struct thicket_model {
  uint32_t magic;  // set once it can be invoked
  uint32_t file_bytes;
  const uint8_t *file;
  const struct backend *backend;
  uint32_t records;  // builtin: placed tensors
};

// Times of single operators; `now_ns` is null when nobody asks.
struct layer_clock {
  thicket_clock_ns *now_ns;
  uint64_t *layer_ns;
};

struct backend {
  const char *name;
  // Lay out a model whose file was checked and planned (info->arena_bytes is what builtin needs).
  // Sets info->arena_bytes to what this backend used, or to what it asks for with
  // THICKET_E_MODEL_ARENA.
  int32_t (*open)(struct graph *graph, thicket_model *model, uint32_t arena_bytes,
                  thicket_model_info *info);
  // Memory of an input or output, `index` among them, that `tensor` describes.
  int32_t (*bind_end)(struct graph *graph, const thicket_model *model, int32_t is_input,
                      uint32_t index, struct tensor *tensor);
  int32_t (*invoke)(struct graph *graph, thicket_model *model, const struct layer_clock *clock);
};

extern const struct backend backend_builtin;
#ifdef THICKET_TFLM
extern const struct backend backend_tflm;
#endif

#endif
