// The host's clock: the one function that the wasm imports.
#include "thicket_model.h"

__attribute__((import_module("thicket"), import_name("now_ns"))) uint64_t thicket_wasm_now_ns(void);

// thicket_model_invoke_timed with that clock.
THICKET_API int32_t thicket_wasm_invoke_timed(thicket_model *model, uint64_t *layer_ns,
                                              uint32_t count, thicket_detail *detail);
int32_t thicket_wasm_invoke_timed(thicket_model *model, uint64_t *layer_ns, uint32_t count,
                                  thicket_detail *detail) {
  return thicket_model_invoke_timed(model, thicket_wasm_now_ns, layer_ns, count, detail);
}
