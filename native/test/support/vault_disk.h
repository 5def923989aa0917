// A NOR flash in RAM that loses power at a chosen operation and leaves what real flash may leave.
#ifndef THICKET_VAULT_DISK_H
#define THICKET_VAULT_DISK_H

#include "thicket_vault.h"

enum { DISK_PAGES_MAX = 160 };

// What the interrupted operation leaves behind.
typedef enum {
  TORN_NONE,    // nothing happened
  TORN_PREFIX,  // the first bytes were programmed or erased, the rest not
  TORN_BITS,    // some of the bits changed, at random
  TORN_HALF,    // one half happened (erase: either half of the page; program: the second half)
  TORN_MODELS
} torn_model;

// How a worn page fails.
typedef enum {
  WORN_NOT,
  WORN_ERASE,    // the erase is refused
  WORN_PROGRAM,  // each program is refused
  WORN_STUCK     // everything is accepted, but some bits stay 0
} worn_model;

typedef struct {
  uint8_t bytes[DISK_PAGES_MAX * THICKET_FLASH_PAGE];
  uint32_t pages;
  uint32_t erases[DISK_PAGES_MAX];
  uint32_t operations;       // programs and erases since the last disk_power
  uint32_t cut_at;           // the operation that is interrupted, from 0; UINT32_MAX: none
  uint32_t fail_at;          // the operation that reports failure and does nothing
  torn_model model;
  uint32_t worn_page;
  worn_model worn;
  uint32_t seed;
  int is_dead;               // power is off: everything fails
  uint32_t violations;       // calls that no NOR flash can serve: alignment, bounds, 0 -> 1
  uint64_t programmed;       // bytes
  thicket_flash flash;
} vault_disk;

void disk_init(vault_disk *disk, uint32_t pages);
// Power on, to be cut at operation `cut_at` from now.
void disk_power(vault_disk *disk, uint32_t cut_at, torn_model model, uint32_t seed);
// From now on a page is worn.
void disk_wear_out(vault_disk *disk, uint32_t page, worn_model worn);
uint32_t disk_random(uint32_t *seed);
// A digest good enough for tests, in the place of SHA-256.
int32_t disk_digest(void *port, uint32_t address, uint32_t bytes,
                    uint8_t digest[THICKET_DIGEST_BYTES]);

#endif
