// The flash of the vault's tests: see vault_disk.h.
#include "support/vault_disk.h"

#include <string.h>

uint32_t disk_random(uint32_t *seed) {
  // xorshift32, Marsaglia 2003
  uint32_t x = *seed ? *seed : 1;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *seed = x;
}

static int is_inside(const vault_disk *disk, uint32_t address, uint32_t bytes) {
  uint32_t size = disk->pages * THICKET_FLASH_PAGE;
  return address <= size && bytes <= size - address;
}

static int32_t read_flash(void *port, uint32_t address, void *data, uint32_t bytes) {
  vault_disk *disk = port;
  if (disk->is_dead) return -1;
  if (!is_inside(disk, address, bytes)) {
    disk->violations++;
    return -1;
  }
  memcpy(data, disk->bytes + address, bytes);
  return 0;
}

static int is_worn(const vault_disk *disk, uint32_t address, worn_model worn) {
  return disk->worn == worn && disk->worn_page == address / THICKET_FLASH_PAGE;
}

// Whether this operation is to happen wholly (0), partly (1), or not at all (-1).
static int turn(vault_disk *disk) {
  if (disk->is_dead) return -1;
  uint32_t now = disk->operations++;
  if (now == disk->fail_at) return -1;
  if (now != disk->cut_at) return 0;
  disk->is_dead = 1;
  return 1;
}

// Change bytes to `wanted` as far as the model lets it happen.
static void tear(vault_disk *disk, uint8_t *at, const uint8_t *wanted, uint32_t bytes) {
  uint32_t random = disk_random(&disk->seed);
  uint32_t first = 0, last = 0;
  if (disk->model == TORN_PREFIX) last = random % (bytes + 1);
  if (disk->model == TORN_HALF) {
    first = bytes < THICKET_FLASH_PAGE || random & 1 ? bytes / 2 : 0;
    last = first ? bytes : bytes / 2;
  }
  for (uint32_t i = first; i < last; i++) at[i] = wanted[i];
  if (disk->model != TORN_BITS) return;
  // How many of the bits change differs from cut to cut: from hardly any to nearly all.
  uint32_t density = random & 3;
  for (uint32_t i = 0; i < bytes; i++) {
    uint32_t mask = disk_random(&disk->seed);
    if (density == 0) mask &= mask >> 8 & mask >> 16;
    if (density == 1) mask |= mask >> 8 | mask >> 16;
    if (density == 2) mask = mask % 61 ? 0xff : ~(1u << (mask >> 8) % 8);
    at[i] = (uint8_t)((at[i] & ~mask) | (wanted[i] & mask));
  }
}

static int32_t prog_flash(void *port, uint32_t address, const void *data, uint32_t bytes) {
  vault_disk *disk = port;
  const uint8_t *wanted = data;
  if (!is_inside(disk, address, bytes) || address % 4 || bytes % 4 || bytes == 0 || bytes > 256 ||
      address / THICKET_FLASH_PAGE != (address + bytes - 1) / THICKET_FLASH_PAGE) {
    disk->violations++;
    return -1;
  }
  int happens = turn(disk);
  if (happens < 0) return -1;
  uint8_t *at = disk->bytes + address;
  for (uint32_t i = 0; i < bytes; i++) disk->violations += (at[i] & wanted[i]) != wanted[i];
  if (happens) {
    tear(disk, at, wanted, bytes);
    return -1;
  }
  if (is_worn(disk, address, WORN_PROGRAM)) return -1;
  for (uint32_t i = 0; i < bytes; i++) at[i] &= wanted[i];
  disk->programmed += bytes;
  return 0;
}

static int32_t erase_flash(void *port, uint32_t address) {
  vault_disk *disk = port;
  if (!is_inside(disk, address, THICKET_FLASH_PAGE) || address % THICKET_FLASH_PAGE) {
    disk->violations++;
    return -1;
  }
  int happens = turn(disk);
  if (happens < 0) return -1;
  uint8_t blank[THICKET_FLASH_PAGE];
  memset(blank, 0xff, sizeof blank);
  if (happens) {
    tear(disk, disk->bytes + address, blank, sizeof blank);
    return -1;
  }
  if (is_worn(disk, address, WORN_ERASE)) return -1;
  // Worn cells no longer come up to 1.
  if (is_worn(disk, address, WORN_STUCK))
    for (uint32_t i = 24; i < sizeof blank; i += 97) blank[i] = (uint8_t)~(1u << i % 8);
  memcpy(disk->bytes + address, blank, sizeof blank);
  disk->erases[address / THICKET_FLASH_PAGE]++;
  return 0;
}

void disk_init(vault_disk *disk, uint32_t pages) {
  memset(disk, 0, sizeof *disk);
  memset(disk->bytes, 0xff, sizeof disk->bytes);
  disk->pages = pages;
  disk->flash = (thicket_flash){disk, read_flash, prog_flash, erase_flash};
  disk_power(disk, UINT32_MAX, TORN_NONE, 1);
}

void disk_power(vault_disk *disk, uint32_t cut_at, torn_model model, uint32_t seed) {
  disk->operations = 0;
  disk->cut_at = cut_at;
  disk->fail_at = UINT32_MAX;
  disk->model = model;
  disk->seed = seed;
  disk->is_dead = 0;
}

void disk_wear_out(vault_disk *disk, uint32_t page, worn_model worn) {
  disk->worn_page = page;
  disk->worn = worn;
}

int32_t disk_digest(void *port, uint32_t address, uint32_t bytes,
                    uint8_t digest[THICKET_DIGEST_BYTES]) {
  const vault_disk *disk = port;
  if (disk->is_dead || !is_inside(disk, address, bytes)) return -1;
  uint64_t sum[4] = {1, 2, 3, 4};
  for (uint32_t i = 0; i < bytes; i++)
    for (int k = 0; k < 4; k++)
      sum[k] = (sum[k] ^ disk->bytes[address + i]) * (1099511628211u + 2u * (uint32_t)k);
  memcpy(digest, sum, THICKET_DIGEST_BYTES);
  return 0;
}
