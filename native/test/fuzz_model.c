// Mutates real model files and opens, inspects and runs what comes out, under AddressSanitizer.
// Nothing may be read or written outside the file and the arena, no file may hang, and every
// refusal must have a name and say what it is about. Sources are the .tflite files of the folders
// and a small model per operator. Usage: fuzz_model CASES FOLDER..., or fuzz_model CASES -s SEED
// FOLDER... to replay a failing seed. Weights are left alone; everything that describes the graph
// is fair game: offsets, shapes, options, quantisation.
#include "support/files.h"
#include "support/small_models.h"
#include "thicket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODELS_MAX 64
#define RANGES_MAX 4096
#define EDITS_MAX  6
// Constants of at least this many bytes are weights.
#define WEIGHTS_BYTES 512

struct range {
  uint32_t from, to;
};

struct source {
  char name[256];
  struct bytes file;
  struct range ranges[RANGES_MAX];  // bytes that describe the graph
  uint32_t count;
  uint32_t total;
  uint64_t macs;
};

static struct source *sources[MODELS_MAX];
static int source_count;
static uint64_t state;

static uint32_t random_u32(void) {
  state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t z = state;
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return (uint32_t)(z ^ z >> 31);
}

static uint32_t below(uint32_t limit) { return random_u32() % limit; }

static int compare_ranges(const void *a, const void *b) {
  uint32_t x = ((const struct range *)a)->from, y = ((const struct range *)b)->from;
  return x < y ? -1 : x > y;
}

// The gaps between the weights.
static void find_ranges(struct source *source) {
  static struct range weights[RANGES_MAX];
  uint32_t count = 0, from = 0;
  thicket_tensor tensor;
  for (uint32_t i = 0; i < THICKET_TENSORS_MAX && count < RANGES_MAX - 1; i++) {
    if (thicket_model_describe_tensor(source->file.data, source->file.size, i, &tensor, NULL) !=
        THICKET_OK)
      break;
    if (!tensor.is_constant || tensor.bytes < WEIGHTS_BYTES) continue;
    weights[count].from = (uint32_t)((uint8_t *)tensor.data - source->file.data);
    weights[count].to = weights[count].from + tensor.bytes;
    count++;
  }
  qsort(weights, count, sizeof weights[0], compare_ranges);
  for (uint32_t i = 0; i <= count; i++) {
    uint32_t to = i < count ? weights[i].from : source->file.size;
    if (to > from) {
      struct range gap = {from, to};
      source->ranges[source->count++] = gap;
      source->total += to - from;
    }
    if (i < count && weights[i].to > from) from = weights[i].to;
  }
}

static void add_source(struct bytes file, const char *name) {
  struct source *source = calloc(1, sizeof *source);
  thicket_model_info info;
  void *arena;
  source->file = file;
  snprintf(source->name, sizeof source->name, "%s", name);
  if (model_open(&file, &arena, &info, NULL) != THICKET_OK) {
    fprintf(stderr, "fuzz: %s does not open as it is\n", name);
    exit(1);
  }
  free(arena);
  source->macs = info.macs;
  find_ranges(source);
  sources[source_count++] = source;
}

static void add_folder(const char *folder) {
  static char names[MODELS_MAX][256];
  int count = files_list(folder, ".tflite", names, MODELS_MAX);
  for (int i = 0; i < count && source_count < MODELS_MAX; i++) {
    char path[1024];
    if (snprintf(path, sizeof path, "%s/%s", folder, names[i]) >= (int)sizeof path) continue;
    add_source(file_read(path), names[i]);
  }
}

static void add_small_models(void) {
  const char *name;
  for (int i = 0; source_count < MODELS_MAX; i++) {
    struct bytes file = small_model(i, &name);
    if (file.data == NULL) return;
    add_source(file, name);
  }
}

// A position that describes the graph, with 8 bytes behind it.
static uint32_t position(const struct source *source) {
  uint32_t skip = below(source->total);
  for (uint32_t i = 0; i < source->count; i++) {
    uint32_t bytes = source->ranges[i].to - source->ranges[i].from;
    if (skip < bytes) {
      uint32_t at = source->ranges[i].from + skip;
      if (below(2)) at &= ~3u;
      return at + 8 <= source->file.size ? at : source->file.size - 8;
    }
    skip -= bytes;
  }
  return 0;
}

struct edit {
  uint32_t at;
  uint8_t before[8];
};

static uint32_t interesting(const struct source *source) {
  static const uint32_t VALUES[] = {
      0,          1,          2,          3,          4,          7,          8,
      0x7f,       0x80,       0xff,       0x7fff,     0x8000,     0xffff,     0x10000,
      0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffc, 0x3f800000, 0x7f800000, 0xff800000,
      0x7fc00000, 0x00000001, 0x00800000, 0x3b808081, 0x40000000};
  uint32_t pick = below(sizeof VALUES / sizeof VALUES[0] + 2);
  if (pick < sizeof VALUES / sizeof VALUES[0]) return VALUES[pick];
  return source->file.size - below(16);
}

static void mutate(const struct source *source, struct edit *edit) {
  uint8_t *data = source->file.data;
  uint32_t word;
  edit->at = position(source);
  uint8_t *to = data + edit->at;
  memcpy(edit->before, to, 8);
  memcpy(&word, to, 4);
  switch (below(9)) {
    case 0:
      to[0] ^= (uint8_t)(1u << below(8));
      return;
    case 1:
      to[0] = (uint8_t)random_u32();
      return;
    case 2:
      word = interesting(source);
      break;
    case 3:
      word += below(33) - 16;
      break;
    case 4:
      word = random_u32() >> below(32);
      break;
    case 5:  // a value from elsewhere in the graph: plausible, but wrong
      memcpy(&word, data + position(source), 4);
      break;
    case 6:
      memcpy(to, data + position(source), 8);
      return;
    case 7:
      word = word << 1 | below(2);
      break;
    default:
      word = 0u - word;
      break;
  }
  memcpy(to, &word, 4);
}

static uint64_t opened, refused, invoked;
static uint64_t by_code[256];

static void fail(const char *what, uint64_t seed, const struct source *source) {
  fprintf(stderr, "fuzz: %s, seed %llu, model %s\n", what, (unsigned long long)seed, source->name);
  exit(1);
}

// Running a whole model under the sanitizers takes long, so big ones run now and then.
static int may_invoke(uint64_t macs) {
  if (macs < 20000) return 1;
  if (macs < 500000) return below(3) == 0;
  if (macs < 3000000) return below(16) == 0;
  return macs < 20000000 && below(200) == 0;
}

static void try_file(const struct bytes *file, uint64_t seed, const struct source *source) {
  void *arena;
  thicket_model_info info;
  thicket_detail detail;
  int32_t status = model_open(file, &arena, &info, &detail);
  if (status == THICKET_OK) {
    opened++;
    if (may_invoke(info.macs)) {
      thicket_tensor tensor;
      for (uint32_t i = 0; i < info.inputs; i++) {
        if (thicket_model_input(arena, i, &tensor) != THICKET_OK)
          fail("an open model has no input", seed, source);
        memset(tensor.data, (int)random_u32(), tensor.bytes);
      }
      if (thicket_model_invoke(arena, &detail) != THICKET_OK)
        fail("an open model does not run", seed, source);
      for (uint32_t i = 0; i < info.outputs; i++) {
        if (thicket_model_output(arena, i, &tensor) != THICKET_OK)
          fail("an open model has no output", seed, source);
      }
      invoked++;
    }
  } else {
    refused++;
    by_code[-status & 255]++;
    if (strcmp(thicket_error_name(status), "UNKNOWN") == 0)
      fail("a refusal without a name", seed, source);
    if (detail.field == NULL) fail("a refusal that does not say what it is about", seed, source);
  }
  free(arena);
  // Inspection looks at operators and tensors that opening may not have reached.
  if (below(4) == 0) {
    int32_t ops = thicket_model_count_ops(file->data, file->size, &detail);
    thicket_op op;
    thicket_tensor tensor;
    for (int32_t i = 0; i < ops && i < 64; i++) {
      thicket_model_describe_op(file->data, file->size, (uint32_t)i, &op, &detail);
      thicket_model_describe_tensor(file->data, file->size, (uint32_t)op.output[0], &tensor,
                                    &detail);
    }
  }
}

static void run_case(uint64_t seed) {
  state = seed * 2654435761u;
  const struct source *source = sources[below((uint32_t)source_count)];
  // Big files are slower to check; take a second draw when the first one is big.
  if (source->file.size > 100000) source = sources[below((uint32_t)source_count)];
  struct edit edits[EDITS_MAX];
  uint32_t count = 1 + below(EDITS_MAX);
  for (uint32_t i = 0; i < count; i++) mutate(source, &edits[i]);
  if (below(16) == 0) {
    // Truncated: in memory of its own, so that the end is guarded.
    struct bytes part = {NULL, below(4) == 0 ? below(64) : below(source->file.size)};
    part.data = malloc(part.size + (part.size == 0));
    memcpy(part.data, source->file.data, part.size);
    try_file(&part, seed, source);
    free(part.data);
  } else {
    try_file(&source->file, seed, source);
  }
  for (uint32_t i = count; i-- > 0;) memcpy(source->file.data + edits[i].at, edits[i].before, 8);
}

int main(int count, char **values) {
  uint64_t cases = count > 1 ? strtoull(values[1], NULL, 10) : 1000, first = 1;
  int at = 2;
  if (count > 3 && strcmp(values[2], "-s") == 0) {
    first = strtoull(values[3], NULL, 10);
    cases = 1;
    at = 4;
  }
  for (; at < count; at++) add_folder(values[at]);
  add_small_models();
  for (uint64_t i = 0; i < cases; i++) {
    if (getenv("FUZZ_TRACE") != NULL)
      fprintf(stderr, "seed %llu\n", (unsigned long long)(first + i));
    run_case(first + i);
  }
  printf("fuzz: %llu cases on %d models: %llu refused, %llu opened, %llu run\n",
         (unsigned long long)cases, source_count, (unsigned long long)refused,
         (unsigned long long)opened, (unsigned long long)invoked);
  for (int i = 0; i < 256; i++) {
    if (by_code[i] > 0)
      printf("  %-16s %llu\n", thicket_error_name(-i), (unsigned long long)by_code[i]);
  }
  return opened == 0 || refused == 0;
}
