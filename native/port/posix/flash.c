// Port to a Unix: the vault's partition is a file, mapped into memory. THICKET_FLASH names it (by
// default "thicket.flash" in the working folder); it is made, erased, when it is not there.
// Programs clear bits only, as NOR flash does.
#define _DEFAULT_SOURCE
#include "../thicket_port.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// The vault partition of an 8 MB board (boards/partitions-8mb.csv).
#define FLASH_BYTES (2u << 20)

static uint8_t *memory;

static int32_t flash_read(void *port, uint32_t address, void *data, uint32_t bytes) {
  (void)port;
  if (address > FLASH_BYTES || bytes > FLASH_BYTES - address) return -1;
  memcpy(data, memory + address, bytes);
  return 0;
}

static int32_t flash_prog(void *port, uint32_t address, const void *data, uint32_t bytes) {
  (void)port;
  if (address > FLASH_BYTES || bytes > FLASH_BYTES - address) return -1;
  for (uint32_t i = 0; i < bytes; i++) memory[address + i] &= ((const uint8_t *)data)[i];
  return 0;
}

static int32_t flash_erase(void *port, uint32_t address) {
  (void)port;
  if (address > FLASH_BYTES - THICKET_FLASH_PAGE) return -1;
  memset(memory + address, 0xff, THICKET_FLASH_PAGE);
  return 0;
}

static uint8_t *map_file(const char *path) {
  int file = open(path, O_RDWR | O_CREAT, 0666);
  if (file < 0) return NULL;
  struct stat found;
  uint8_t *mapped = MAP_FAILED;
  int is_new = fstat(file, &found) == 0 && found.st_size == 0;
  if (ftruncate(file, FLASH_BYTES) == 0)
    mapped = mmap(NULL, FLASH_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped == MAP_FAILED) return NULL;
  if (is_new) memset(mapped, 0xff, FLASH_BYTES);
  return mapped;
}

const thicket_flash *thicket_port_flash(uint32_t *bytes) {
  static const thicket_flash flash = {NULL, flash_read, flash_prog, flash_erase};
  const char *path = getenv("THICKET_FLASH");
  if (!memory) memory = map_file(path ? path : "thicket.flash");
  *bytes = FLASH_BYTES;
  return memory ? &flash : NULL;
}

const uint8_t *thicket_port_flash_map(uint32_t address, uint32_t bytes) {
  uint32_t size;
  if (!thicket_port_flash(&size) || address > size || bytes > size - address) return NULL;
  return memory + address;
}
