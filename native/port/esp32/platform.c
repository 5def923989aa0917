// Port to the ESP32: memory and time. Frames and models go to the external RAM where there is one.
#include "../thicket_port.h"

#include <esp_heap_caps.h>
#include <esp_timer.h>

#define ALIGNMENT 16

void *thicket_port_alloc(size_t bytes) {
  void *memory = heap_caps_aligned_alloc(ALIGNMENT, bytes, MALLOC_CAP_SPIRAM | MALLOC_CAP_8BIT);
  if (!memory) memory = heap_caps_aligned_alloc(ALIGNMENT, bytes, MALLOC_CAP_8BIT);
  return memory;
}

void thicket_port_free(void *memory) { heap_caps_free(memory); }

uint32_t thicket_port_now_ms(void) { return (uint32_t)(esp_timer_get_time() / 1000); }
