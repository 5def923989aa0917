// The circle of pages under cells and log, for the vault's own files. FORMAT.md has the layout.
#ifndef THICKET_RING_H
#define THICKET_RING_H

#include "thicket_vault.h"

enum {
  PAGE = THICKET_FLASH_PAGE,
  PAGE_HEAD = 32,  // two copies of the page header
  ENTRY_HEAD = 20,
  PAGE_ROOM = PAGE - PAGE_HEAD,
  CHUNK = 256  // bytes programmed or compared at a time
};

#define RING_NO_ROOM 1

// One entry as found in flash.
typedef struct {
  uint32_t sequence;  // of its page
  uint32_t offset;    // in the page
  uint32_t type;      // 0..255
  uint32_t bytes;     // of its data
  uint32_t id;
  uint32_t checksum;  // of its data
  uint32_t mark;      // bits are cleared when it is done with
  int is_repaired;
} ring_entry;

// A walk over the entries of one page.
typedef struct {
  uint32_t sequence;
  uint32_t offset;
  int is_gap;       // what was passed since the last entry makes no sense
  uint32_t damage;  // gaps with an entry after them
} ring_walk;

// Up to two pieces of memory, one after the other.
typedef struct {
  const uint8_t *first;
  uint32_t first_bytes;
  const uint8_t *second;
  uint32_t second_bytes;
} ring_data;

// CRC-32C (Castagnoli) of more bytes; start with 0.
uint32_t thicket_x_crc(uint32_t crc, const void *data, uint32_t bytes);

int32_t thicket_x_flash_read(const thicket_flash *flash, uint32_t address, void *data,
                             uint32_t bytes);
// Program and compare. Returns OK, E_VAULT_WRITE or E_VAULT_READ.
int32_t thicket_x_flash_prog(const thicket_flash *flash, uint32_t address, const void *data,
                             uint32_t bytes);
int32_t thicket_x_flash_erase(const thicket_flash *flash, uint32_t address);
// 1 when all bits are set, 0, or E_VAULT_READ.
int32_t thicket_x_flash_blank(const thicket_flash *flash, uint32_t address, uint32_t bytes);

uint32_t thicket_x_zero_bits(uint32_t word);
static inline uint32_t ring_entry_bytes(uint32_t data_bytes) {
  return ENTRY_HEAD + ((data_bytes + 3u) & ~3u);
}

// Returns OK or E_ARGUMENT.
int32_t thicket_x_ring_init(thicket_ring *ring, const thicket_flash *flash, uint32_t address,
                            uint32_t pages, uint32_t kind);
int32_t thicket_x_ring_format(thicket_ring *ring);
// Find the newest page. Returns OK, E_VAULT_EMPTY or E_VAULT_READ; the tail is not known yet.
int32_t thicket_x_ring_find(thicket_ring *ring);
// Sequence number of the oldest page that counts.
uint32_t thicket_x_ring_oldest(const thicket_ring *ring);
uint32_t thicket_x_ring_address(const thicket_ring *ring, uint32_t sequence, uint32_t offset);

ring_walk thicket_x_ring_walk(uint32_t sequence);
// Next entry. Returns 1, 0 at the end of the page, or E_VAULT_READ.
int32_t thicket_x_ring_next(const thicket_ring *ring, ring_walk *walk, ring_entry *entry);
// Read the entry at a place. Returns OK, E_VAULT_DAMAGED or E_VAULT_READ.
int32_t thicket_x_ring_entry_at(const thicket_ring *ring, uint32_t sequence, uint32_t offset,
                                ring_entry *entry);
// After a walk to the end of a page: count what was wrong, and for the newest page set the tail.
int32_t thicket_x_ring_finish(thicket_ring *ring, const ring_walk *walk,
                              thicket_vault_report *report);
// Compare an entry's data with its checksum. Returns OK, E_VAULT_DAMAGED or E_VAULT_READ.
int32_t thicket_x_ring_verify(const thicket_ring *ring, const ring_entry *entry);
// Read `bytes` of an entry's data from `from` on.
int32_t thicket_x_ring_read(const thicket_ring *ring, const ring_entry *entry, uint32_t from,
                            void *data, uint32_t bytes);

// Append to the newest page. Returns OK, RING_NO_ROOM, E_VAULT_WRITE or E_VAULT_READ.
//   offset  where the entry is, when OK
int32_t thicket_x_ring_append(thicket_ring *ring, uint32_t type, uint32_t id, const ring_data *data,
                              uint32_t *offset);

// Take the spare page as the newest, after copying what is alive of the oldest one, which becomes
// the spare. The switch is one program of the page header. Returns OK, E_VAULT_WRITE or
// E_VAULT_READ: then nothing has changed.
typedef int (*ring_is_live)(const void *owner, const ring_entry *entry);
int32_t thicket_x_ring_advance(thicket_ring *ring, ring_is_live is_live, const void *owner);

#endif
