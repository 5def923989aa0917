// Every model of a folder gives, byte for byte, the outputs that TensorFlow Lite Micro gave, with
// every backend that this build has.
// Usage: test_golden [FOLDER [M]]: stop after M million multiply-adds per model (at least one
// sample is run). The folder holds NAME.tflite and golden/NAME.{in,out}.raw, samples one after
// another. Models with the same input share golden/u8_224x224x3.in.raw (type and dimensions).
#include "check.h"
#include "support/files.h"
#include "thicket.h"

#include <stdlib.h>
#include <string.h>

#define MODELS_MAX     64
#define PATH_MAX_BYTES 1024

static struct bytes read_input(const char *folder, const char *name, const thicket_tensor *input) {
  char path[PATH_MAX_BYTES];
  snprintf(path, sizeof path, "%s/golden/%s.in.raw", folder, name);
  struct bytes bytes = file_read(path);
  if (bytes.data != NULL || input->rank != 4) return bytes;
  snprintf(path, sizeof path, "%s/golden/%s_%ux%ux%u.in.raw", folder,
           input->type == THICKET_UINT8 ? "u8" : "i8", input->dims[1], input->dims[2],
           input->dims[3]);
  return file_read(path);
}

static void check_model(uint32_t backend, const char *folder, const char *name, uint64_t macs_max) {
  char path[PATH_MAX_BYTES];
  void *arena;
  thicket_model_info info;
  thicket_detail detail;
  snprintf(path, sizeof path, "%s/%s.tflite", folder, name);
  struct bytes file = file_read(path);
  int32_t status = model_open_with(backend, &file, &arena, &info, &detail);
  if (status != THICKET_OK) {
    fprintf(stderr, "%s: %s, operator %d %s\n", name, thicket_error_name(status), detail.op,
            detail.field == NULL ? "" : detail.field);
  }
  CHECK(status == THICKET_OK);
  if (status == THICKET_OK) {
    thicket_model *model = arena;
    thicket_tensor input, output;
    CHECK(thicket_model_input(model, 0, &input) == THICKET_OK);
    CHECK(thicket_model_output(model, 0, &output) == THICKET_OK);
    struct bytes in = read_input(folder, name, &input);
    snprintf(path, sizeof path, "%s/golden/%s.out.raw", folder, name);
    struct bytes out = file_read(path);
    uint32_t samples = in.size / input.bytes;
    CHECK(samples > 0 && out.size == samples * output.bytes);
    if (out.size != samples * output.bytes) samples = 0;
    if (samples > 1 && info.macs * samples > macs_max) {
      samples = info.macs > macs_max ? 1 : (uint32_t)(macs_max / info.macs);
    }
    uint32_t same = 0;
    for (uint32_t i = 0; i < samples; i++) {
      memcpy(input.data, in.data + (size_t)i * input.bytes, input.bytes);
      CHECK(thicket_model_invoke(model, &detail) == THICKET_OK);
      same += memcmp(output.data, out.data + (size_t)i * output.bytes, output.bytes) == 0;
    }
    CHECK(same == samples);
    printf("  %-7s %-34s %3u of %3u samples exact, arena %8u bytes, %7.2f M multiply-adds\n",
           thicket_model_backend(backend), name, same, samples, info.arena_bytes,
           (double)info.macs / 1e6);
    free(in.data);
    free(out.data);
  }
  free(arena);
  free(file.data);
}

int main(int count, char **values) {
  const char *folder = count > 1 ? values[1] : "../../shared/data/models";
  uint64_t macs_max = count > 2 ? strtoull(values[2], NULL, 10) * 1000000 : UINT64_MAX;
  static char names[MODELS_MAX][256];
  int models = files_list(folder, ".tflite", names, MODELS_MAX);
  if (models == 0) {
    printf("# SKIP golden: no models in %s\n", folder);
    return count > 1;
  }
  for (int i = 0; i < models; i++) {
    names[i][strlen(names[i]) - strlen(".tflite")] = '\0';
    for (uint32_t backend = 0; thicket_model_backend(backend) != NULL; backend++)
      check_model(backend, folder, names[i], macs_max);
  }
  return check_report("golden");
}
