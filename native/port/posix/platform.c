// Port to a Unix: memory and time.
#define _POSIX_C_SOURCE 200809L
#include "../thicket_port.h"

#include <stdlib.h>
#include <time.h>

#define ALIGNMENT 16

void *thicket_port_alloc(size_t bytes) {
  void *memory = NULL;
  return posix_memalign(&memory, ALIGNMENT, bytes) ? NULL : memory;
}

void thicket_port_free(void *memory) { free(memory); }

uint32_t thicket_port_now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint32_t)((uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u);
}
