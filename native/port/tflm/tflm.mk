# TensorFlow Lite Micro as a second backend. TFLM is a tree of its sources in which its own Makefile has built the library:
#   make -C DIR -f tensorflow/lite/micro/tools/make/Makefile KERNEL_OPTIMIZATION_LEVEL=-O3 BUILD_TYPE=release microlite
# (that fetches flatbuffers, gemmlowp and ruy below DIR). The submodule tflite-micro is such a tree; nobody needs it.

TFLM ?= tflite-micro
TFLM_LIBRARY := $(firstword $(wildcard $(TFLM)/gen/*/lib/libtensorflow-microlite.a))
TFLM_PARTS := $(TFLM)/tensorflow/lite/micro/tools/make/downloads
TFLM_INCLUDES := -isystem $(TFLM) -isystem $(TFLM_PARTS)/flatbuffers/include -isystem $(TFLM_PARTS)/gemmlowp \
	-isystem $(TFLM_PARTS)/ruy
TFLM_ABSENT := no tflite-micro: backend tflm left out (no library in $(TFLM))
TFLM_OBJECTS := $(filter-out %/model.o,$(filter $(BUILD)/host/src/infer/%,$(HOST_OBJECTS))) $(BUILD)/host/src/error.o \
	$(BUILD)/tflm/model.o $(BUILD)/tflm/backend_tflm.o

# Which backends there are is decided in one file.
$(BUILD)/tflm/model.o: src/infer/model.c
	@mkdir -p $(@D)
	$(CC) $(STRICT) $(CFLAGS) -DTHICKET_TFLM -c $< -o $@

# The flags that TensorFlow Lite Micro itself is built with: they change its types.
$(BUILD)/tflm/backend_tflm.o: port/tflm/backend_tflm.cc
	@mkdir -p $(@D)
	$(CXX) -std=c++17 $(CFLAGS) -Wall -Wextra -Werror -fno-rtti -fno-exceptions -DTHICKET_TFLM -DTF_LITE_STATIC_MEMORY \
	$(INCLUDES) $(TFLM_INCLUDES) -MMD -MP -c $< -o $@

$(BUILD)/tflm/test_golden: $(BUILD)/host/test/test_golden.o
$(BUILD)/tflm/test_conv: $(BUILD)/host/test/test_conv.o $(BUILD)/host/test/support/model_builder.o
$(BUILD)/tflm/bench_models: $(BUILD)/host/test/bench_models.o
$(BUILD)/tflm/fuzz_model: $(BUILD)/host/test/fuzz_model.o $(patsubst %.c,$(BUILD)/host/%.o,$(wildcard test/support/*model*.c))
$(BUILD)/tflm/test_golden $(BUILD)/tflm/test_conv $(BUILD)/tflm/bench_models $(BUILD)/tflm/fuzz_model: \
	$(BUILD)/host/test/support/files.o $(TFLM_OBJECTS) $(TFLM_LIBRARY)
	$(CXX) $^ -o $@ -lm

.PHONY: test-tflm bench-tflm fuzz-tflm
ifeq ($(TFLM_LIBRARY),)
test-tflm:
	@echo "# SKIP golden on tflm: $(TFLM_ABSENT)"
bench-tflm fuzz-tflm:
	@echo "$(TFLM_ABSENT)" >&2; exit 1
else
test-tflm: $(BUILD)/tflm/test_golden $(BUILD)/tflm/test_conv
	@./$(BUILD)/tflm/test_conv
	@if [ -d $(GOLDENS) ]; then ./$< $(GOLDENS); else echo "# SKIP golden on tflm: no $(GOLDENS)"; fi
bench-tflm: $(BUILD)/tflm/bench_models
	@./$< $(BENCH) $(MODELS)
# It says what it refuses on stderr.
fuzz-tflm: $(BUILD)/tflm/fuzz_model
	@./$< $(CASES) $(FUZZ_MODELS) 2>/dev/null
endif
