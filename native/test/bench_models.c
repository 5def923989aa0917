// Milliseconds per inference of every backend of this build, on the same inputs, turn by turn;
// also whether they give the same bytes on random ones.
// Usage: bench_models [--layers] MODEL.tflite...
//   --layers   also what each operator took, with the preferred backend
#include "support/files.h"
#include "thicket_error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BACKENDS_MAX  2
#define ROUNDS_MIN    7
#define ROUNDS_MAX    400
#define RANDOM_INPUTS 30
#define BUDGET_NS     UINT64_C(1500000000)

static uint64_t now_ns(void) {
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

struct run {
  void *arena;
  thicket_model_info info;
  thicket_tensor input;
  uint64_t times[ROUNDS_MAX];
};

static int by_size(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static void fill(const thicket_tensor *input) {
  for (uint32_t i = 0; i < input->bytes; i++) ((uint8_t *)input->data)[i] = (uint8_t)(i * 31);
}

static void print_layers(const struct run *run, const struct bytes *file) {
  uint64_t *best = malloc(2 * run->info.ops * sizeof *best), total = 0;
  uint64_t *once = best + run->info.ops;
  for (uint32_t round = 0; round < ROUNDS_MIN; round++) {
    fill(&run->input);
    thicket_model_invoke_timed(run->arena, now_ns, once, run->info.ops, NULL);
    for (uint32_t i = 0; i < run->info.ops; i++)
      if (round == 0 || once[i] < best[i]) best[i] = once[i];
  }
  for (uint32_t i = 0; i < run->info.ops; i++) total += best[i];
  for (uint32_t i = 0; i < run->info.ops; i++) {
    thicket_op op;
    thicket_model_describe_op(file->data, file->size, i, &op, NULL);
    printf("  %3u %-18s %9.1f us %5.1f %% %11llu multiply-adds\n", i, thicket_op_name(op.builtin),
           (double)best[i] / 1e3, total == 0 ? 0 : 100.0 * (double)best[i] / (double)total,
           (unsigned long long)op.macs);
  }
  free(best);
}

// Do all backends give the same bytes on random inputs?
static int is_same(const struct run *runs, uint32_t backends, uint32_t inputs) {
  uint32_t seed = 1;
  for (uint32_t sample = 0; sample < inputs; sample++) {
    thicket_tensor first, other;
    for (uint32_t b = 0; b < backends; b++) {
      uint32_t state = seed;
      for (uint32_t i = 0; i < runs[b].input.bytes; i++) {
        state = state * 1664525u + 1013904223u;
        ((uint8_t *)runs[b].input.data)[i] = (uint8_t)(state >> 24);
      }
      if (b + 1 == backends) seed = state;
      thicket_model_invoke(runs[b].arena, NULL);
    }
    for (uint32_t output = 0; output < runs[0].info.outputs; output++) {
      thicket_model_output(runs[0].arena, output, &first);
      for (uint32_t b = 1; b < backends; b++) {
        thicket_model_output(runs[b].arena, output, &other);
        if (memcmp(first.data, other.data, first.bytes) != 0) return 0;
      }
    }
  }
  return 1;
}

static int bench(const char *path, int wants_layers) {
  static struct run runs[BACKENDS_MAX];
  thicket_detail detail;
  uint32_t backends = 0, rounds = 0;
  struct bytes file = file_read(path);
  const char *name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
  for (; backends < BACKENDS_MAX && thicket_model_backend(backends) != NULL; backends++) {
    struct run *run = &runs[backends];
    int32_t status = model_open_with(backends, &file, &run->arena, &run->info, &detail);
    if (status != THICKET_OK) {
      printf("%s: %s\n", name, thicket_error_name(status));
      return 1;
    }
    thicket_model_input(run->arena, 0, &run->input);
  }
  uint64_t end = now_ns() + BUDGET_NS;
  while (rounds < ROUNDS_MAX && (rounds < ROUNDS_MIN || now_ns() < end)) {
    for (uint32_t i = 0; i < backends; i++) {
      fill(&runs[i].input);
      uint64_t start = now_ns();
      thicket_model_invoke(runs[i].arena, NULL);
      runs[i].times[rounds] = now_ns() - start;
    }
    rounds++;
  }
  printf("%-38s", name);
  for (uint32_t i = 0; i < backends; i++) {
    qsort(runs[i].times, rounds, sizeof runs[i].times[0], by_size);
    printf("  %s %8.3f ms median %8.3f min", thicket_model_backend(i),
           (double)runs[i].times[rounds / 2] / 1e6, (double)runs[i].times[0] / 1e6);
  }
  if (backends == 2) {
    printf("  ratio %.2f median %.2f min",
           (double)runs[0].times[rounds / 2] / (double)runs[1].times[rounds / 2],
           (double)runs[0].times[0] / (double)runs[1].times[0]);
  }
  int differs = !is_same(runs, backends, rounds < RANDOM_INPUTS ? rounds : RANDOM_INPUTS);
  if (differs) printf("  OUTPUTS DIFFER");
  printf("\n");
  if (wants_layers) print_layers(&runs[0], &file);
  for (uint32_t i = 0; i < backends; i++) free(runs[i].arena);
  free(file.data);
  return differs;
}

int main(int count, char **values) {
  int failed = 0, wants_layers = count > 1 && strcmp(values[1], "--layers") == 0;
  for (int i = 1 + wants_layers; i < count; i++) failed |= bench(values[i], wants_layers);
  return failed;
}
