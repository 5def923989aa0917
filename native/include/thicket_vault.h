// Thicket vault: what must survive a power cut, on NOR flash. Named cells, a log of records, a ring
// of blobs, slots of images; and the vault as a whole, all of them in one partition. After a cut at
// any program or erase every one of them holds the old or the new state, never neither. Opening one
// part writes nothing. The on-flash format is src/vault/FORMAT.md.
//
// Portable C11. The caller owns all memory; nothing allocates. Functions return THICKET_OK, a
// length or key >= 0, or a negative code of thicket_error.h. Not re-entrant on the same struct, and
// one region must be open in one struct only.
#ifndef THICKET_VAULT_H
#define THICKET_VAULT_H

#include "thicket_error.h"

#include <stdint.h>

// The erase unit. Programs are multiples of 4 bytes at multiples of 4 and only clear bits.
#define THICKET_FLASH_PAGE 4096

// What the port supplies. Addresses are bytes from the start of the vault's partition.
// Each function returns 0, or anything else when it failed.
typedef struct {
  void *port;  // passed to every function
  int32_t (*read)(void *port, uint32_t address, void *data, uint32_t bytes);
  // Clear bits; address and bytes are multiples of 4, bytes <= 256, within one page.
  int32_t (*prog)(void *port, uint32_t address, const void *data, uint32_t bytes);
  // Set all bits of the page at `address`, a multiple of THICKET_FLASH_PAGE.
  int32_t (*erase)(void *port, uint32_t address);
} thicket_flash;

// What opening found. Counts of places, not of bits.
typedef struct {
  uint32_t repaired;  // a header with one wrong bit: read as it was written
  uint32_t torn;      // the rest of an interrupted write (or damage at the end of a page): ignored
  uint32_t damaged;   // wrong bits in what was completely written: detected, not believed
} thicket_vault_report;

// A circle of pages in which entries are appended; cells and the log are made of it. Its fields are
// for the vault's own use.
typedef struct {
  const thicket_flash *flash;
  uint32_t address;   // of the first page
  uint32_t pages;     // in the circle, one of them always spare
  uint32_t kind;      // magic number of the pages
  uint32_t head;      // sequence number of the page that is appended to; page index = head % pages
  uint32_t tail;      // offset in it of the next entry; THICKET_FLASH_PAGE: take a new page
  uint32_t next_key;  // for the log: above all keys ever given
} thicket_ring;

// --- Cells ---------------------------------------------------------------------------------------

#define THICKET_CELL_BYTES_MAX 1024
#define THICKET_CELL_NAME_MAX  20
#define THICKET_CELLS_MAX      64
// Fewest pages of a cells region, so that wear is spread.
#define THICKET_CELLS_PAGES_MIN 8

typedef struct {
  uint32_t id;      // checksum of the name
  uint16_t page;    // index in the circle
  uint16_t offset;  // in the page
  uint16_t bytes;   // of the entry in flash
  uint16_t is_damaged;
} thicket_cell;

// Named values. 64 cells take 808 bytes of RAM on a 32-bit machine.
typedef struct {
  thicket_ring ring;
  thicket_vault_report report;
  uint32_t count;
  uint32_t live_bytes;
  thicket_cell cell[THICKET_CELLS_MAX];
} thicket_cells;

// Make a region an empty set of cells, whatever it held. Interrupted, it must be called again.
//   address  multiple of THICKET_FLASH_PAGE
//   pages    THICKET_CELLS_PAGES_MIN..256
// Returns OK, E_ARGUMENT, E_VAULT_WRITE or E_VAULT_READ.
int32_t thicket_cells_format(const thicket_flash *flash, uint32_t address, uint32_t pages);

// Find what is stored. Writes nothing to flash. `cells->report` says what was wrong.
// Returns OK, E_ARGUMENT, E_VAULT_READ, or E_VAULT_EMPTY when the region was never formatted (or
// none of its page headers is readable): the caller decides whether to format.
int32_t thicket_cells_open(thicket_cells *cells, const thicket_flash *flash, uint32_t address,
                           uint32_t pages);

// Copy a cell's value to `value`.
//   name   1..THICKET_CELL_NAME_MAX bytes, zero-terminated
//   room   bytes that `value` can take
// Returns its length 0..THICKET_CELL_BYTES_MAX, or E_ARGUMENT, E_VAULT_NAME, E_VAULT_NONE, E_SIZE,
// E_VAULT_READ, E_VAULT_DAMAGED (the newest value has wrong bits; `value` must not be used).
int32_t thicket_cells_read(const thicket_cells *cells, const char *name, void *value,
                           uint32_t room);

// The newest intact value of a cell that is damaged, as far as flash still has one: an old value,
// for the caller to judge. Returns as thicket_cells_read; E_VAULT_NONE when there is none.
int32_t thicket_cells_read_older(const thicket_cells *cells, const char *name, void *value,
                                 uint32_t room);

// Replace a cell's value; an equal value is not written again.
// Returns OK, E_ARGUMENT, E_VAULT_NAME, E_SIZE (more than THICKET_CELL_BYTES_MAX), E_VAULT_FULL,
// E_VAULT_WRITE (the old value is still there), E_VAULT_READ.
int32_t thicket_cells_write(thicket_cells *cells, const char *name, const void *value,
                            uint32_t bytes);

// Forget a cell. Returns OK, E_VAULT_NONE, or as thicket_cells_write.
int32_t thicket_cells_erase(thicket_cells *cells, const char *name);

// Bytes that the cells of a region may take together, headers of 20 bytes and names included.
uint32_t thicket_cells_room(uint32_t pages);

// --- Record log ----------------------------------------------------------------------------------

#define THICKET_RECORD_BYTES_MAX 2048
#define THICKET_STREAMS_MAX      8
#define THICKET_RECORD_VALUE_MAX 15
#define THICKET_LOG_PAGES_MIN    4

// Of every page, in RAM, so that searches skip pages.
typedef struct {
  uint32_t first_key;  // of what waits in it, or below
  uint32_t last_key;   // of what waits in it, or above
  uint32_t live_bytes;
} thicket_log_page;

typedef struct {
  uint32_t key;
  uint32_t address;  // of the data in flash, in one piece
  uint16_t bytes;
  uint8_t stream;
  uint8_t value;
} thicket_record;

typedef struct {
  thicket_ring ring;
  thicket_vault_report report;
  uint32_t live_bytes;
  uint32_t waiting[THICKET_STREAMS_MAX];  // records not acknowledged
  uint32_t evicted[THICKET_STREAMS_MAX];  // given up for want of room, since opening
  uint8_t priority[THICKET_STREAMS_MAX];  // 0..15, of a whole stream
  thicket_log_page *page;                 // caller's, one for each page
} thicket_log;

// Make a region an empty log, whatever it held. pages: THICKET_LOG_PAGES_MIN..1024.
// Returns as thicket_cells_format.
int32_t thicket_log_format(const thicket_flash *flash, uint32_t address, uint32_t pages);

// Find what waits. Writes nothing to flash.
//   page       `pages` elements of the caller's memory, kept while the log is open
//   priority   of each stream, 0..15: decides before a record's own value what is given up first
// Returns as thicket_cells_open.
int32_t thicket_log_open(thicket_log *log, const thicket_flash *flash, uint32_t address,
                         uint32_t pages, thicket_log_page *page,
                         const uint8_t priority[THICKET_STREAMS_MAX]);

// Keep a record until it is acknowledged. When there is no room, waiting records whose (priority of
// the stream, value) is not above the new one's are given up: the least first, of equals the oldest.
//   stream  0..THICKET_STREAMS_MAX-1
//   value   0..THICKET_RECORD_VALUE_MAX, worth within the stream
//   bytes   1..THICKET_RECORD_BYTES_MAX
//   key     its key; keys increase over all streams together, from 1, and are not used twice
// Returns OK, E_ARGUMENT, E_SIZE, E_VAULT_FULL (everything that waits is worth more; nothing was
// given up), E_VAULT_WRITE (nothing but what was given up is lost), E_VAULT_READ.
int32_t thicket_log_append(thicket_log *log, uint32_t stream, uint32_t value, const void *data,
                           uint32_t bytes, uint32_t *key);

// The oldest waiting record of a stream with a key above `after` (0: the oldest).
// Returns OK, E_ARGUMENT, E_VAULT_NONE or E_VAULT_READ.
int32_t thicket_log_peek(const thicket_log *log, uint32_t stream, uint32_t after,
                         thicket_record *record);

// Copy the data of a waiting record.
// Returns its length, or E_ARGUMENT, E_VAULT_NONE, E_SIZE, E_VAULT_READ, E_VAULT_DAMAGED (wrong
// bits: `data` must not be used; acknowledge the record to be rid of it).
int32_t thicket_log_read(const thicket_log *log, uint32_t key, void *data, uint32_t room);

// Where a waiting record is, after its data was compared with its checksum: for use in place.
// Returns OK, E_ARGUMENT, E_VAULT_NONE, E_VAULT_DAMAGED or E_VAULT_READ.
int32_t thicket_log_check(const thicket_log *log, uint32_t key, thicket_record *record);

// A record is done with: from now on it does not wait, whatever happens to the power.
// Returns OK, E_ARGUMENT, E_VAULT_NONE (also when it was acknowledged before), E_VAULT_WRITE,
// E_VAULT_READ.
int32_t thicket_log_acknowledge(thicket_log *log, uint32_t key);

// --- Blobs ---------------------------------------------------------------------------------------

#define THICKET_BLOB_NOTE_MAX  128
#define THICKET_BLOB_VALUE_MAX 15
#define THICKET_BLOB_PAGES_MIN 16

// Of every page, in RAM: which blob it belongs to.
typedef struct {
  uint32_t id;     // 0: none that is kept
  uint16_t first;  // page of its header
  uint16_t value;
} thicket_blob_page;

typedef struct {
  uint32_t id;
  uint32_t address;  // of the data in flash, in one piece, aligned to 256
  uint32_t bytes;
  uint32_t checksum;  // CRC-32C of the data
  uint32_t value;
  uint32_t note_bytes;
  char note[THICKET_BLOB_NOTE_MAX];
} thicket_blob;

typedef struct {
  const thicket_flash *flash;
  uint32_t address;
  uint32_t pages;
  uint32_t cursor;   // page after the newest blob: where room is looked for first
  uint32_t newest;   // page of the header with the highest id, kept so that no id is used twice
  uint32_t next_id;
  uint32_t count;    // blobs kept
  uint32_t evicted;  // overwritten for want of room, since opening
  thicket_vault_report report;
  thicket_blob_page *page;  // caller's, one for each page
} thicket_blobs;

// Make a region an empty ring, whatever it held: pages that hold the header of a blob are erased.
// pages: THICKET_BLOB_PAGES_MIN..65535. Returns OK, E_ARGUMENT, E_VAULT_WRITE or E_VAULT_READ.
int32_t thicket_blobs_format(const thicket_flash *flash, uint32_t address, uint32_t pages);

// Find what is kept. Writes nothing to flash. A blank region is an empty ring.
//   page   `pages` elements of the caller's memory, kept while the ring is open
// Returns OK, E_ARGUMENT or E_VAULT_READ.
int32_t thicket_blobs_open(thicket_blobs *blobs, const thicket_flash *flash, uint32_t address,
                           uint32_t pages, thicket_blob_page *page);

// Largest blob that a ring of so many pages takes, in bytes: a quarter of it.
uint32_t thicket_blobs_room(uint32_t pages);

// Keep a blob until it is dropped. When there is no room, kept ones that are worth no more are
// overwritten: the least value first, of equals the oldest; never the newest.
//   value  0..THICKET_BLOB_VALUE_MAX
//   note   0..THICKET_BLOB_NOTE_MAX bytes, readable without the data
//   bytes  1..thicket_blobs_room
//   id     its id; ids increase from 1 and are not used twice
// Returns OK, E_ARGUMENT, E_SIZE, E_VAULT_FULL (nothing was overwritten), E_VAULT_WRITE (nothing but
// what was to be overwritten is lost; the next one goes elsewhere), E_VAULT_READ.
int32_t thicket_blobs_put(thicket_blobs *blobs, uint32_t value, const char *note,
                          uint32_t note_bytes, const void *data, uint32_t bytes, uint32_t *id);

// Id of the oldest blob above `after`, or 0.
uint32_t thicket_blobs_next(const thicket_blobs *blobs, uint32_t after);

// Where a blob is, by its header alone.
// Returns OK, E_ARGUMENT, E_VAULT_NONE, E_VAULT_DAMAGED (its header went wrong since opening),
// E_VAULT_READ.
int32_t thicket_blobs_look(const thicket_blobs *blobs, uint32_t id, thicket_blob *found);

// The same, and the data is compared with its checksum. Returns also E_VAULT_DAMAGED: the data must
// not be used; drop it.
int32_t thicket_blobs_check(const thicket_blobs *blobs, uint32_t id, thicket_blob *found);

// A blob is done with. Returns OK, E_ARGUMENT, E_VAULT_NONE, E_VAULT_WRITE, E_VAULT_READ.
int32_t thicket_blobs_drop(thicket_blobs *blobs, uint32_t id);

// --- Slots ---------------------------------------------------------------------------------------

#define THICKET_SLOTS          2
#define THICKET_DIGEST_BYTES   32
#define THICKET_SLOT_TRIES_MAX 3

// staged -> pending -> confirmed, or rolled back
typedef enum {
  THICKET_SLOT_EMPTY = 0,       // nothing, or an image that is still being written
  THICKET_SLOT_STAGED = 1,      // complete and verified; not started yet
  THICKET_SLOT_PENDING = 2,     // to be tried at the next boots
  THICKET_SLOT_CONFIRMED = 3,   // has proved itself
  THICKET_SLOT_ROLLED_BACK = 4  // did not prove itself, or its bytes went wrong
} thicket_slot_state;

typedef struct {
  const thicket_flash *flash;
  uint32_t address;  // of slot 0; slot 1 follows
  uint32_t pages;    // of one slot, its header page included
  // SHA-256 of flash contents, by the port. Returns 0, or anything else when it failed.
  int32_t (*sha256)(void *port, uint32_t address, uint32_t bytes,
                    uint8_t digest[THICKET_DIGEST_BYTES]);
} thicket_slots;

typedef struct {
  thicket_slot_state state;
  uint32_t address;  // of the image in flash, in one piece, aligned to a page
  uint32_t bytes;
  uint32_t release;  // counter of the release
  uint32_t tries;    // boots of a pending image
  uint8_t digest[THICKET_DIGEST_BYTES];
} thicket_slot;

// What a slot holds, by its header alone. Never writes.
//   slot  0 or 1
// Returns OK, E_ARGUMENT or E_VAULT_READ.
int32_t thicket_slots_look(const thicket_slots *slots, uint32_t slot, thicket_slot *found);

// Start writing an image into a slot: its header is erased.
// Returns OK, E_ARGUMENT, E_VAULT_STATE (the slot is pending, or holds the confirmed image with the
// highest release), E_VAULT_WRITE, E_VAULT_READ.
int32_t thicket_slots_begin(const thicket_slots *slots, uint32_t slot);

// Write the next piece of an image: pieces in order, each starting where the last one ended. The
// page is erased when a piece starts it, so that after a cut writing goes on from any page's start.
//   offset  multiple of 4
//   bytes   only the last piece may be no multiple of 4
// Returns OK, E_ARGUMENT, E_SIZE, E_VAULT_STATE (begin first), E_VAULT_WRITE, E_VAULT_READ.
int32_t thicket_slots_write(const thicket_slots *slots, uint32_t slot, uint32_t offset,
                            const void *data, uint32_t bytes);

// Check the image in flash against its digest and write the header: the slot is staged.
//   release  must be above that of every confirmed image
// Returns OK, E_ARGUMENT, E_SIZE, E_VAULT_STATE, E_VAULT_RELEASE, E_VAULT_DIGEST, E_VAULT_WRITE,
// E_VAULT_READ.
int32_t thicket_slots_stage(const thicket_slots *slots, uint32_t slot, uint32_t bytes,
                            uint32_t release, const uint8_t digest[THICKET_DIGEST_BYTES]);

// Try a staged image at the next boots. Returns OK, E_ARGUMENT, E_VAULT_STATE (not staged, or the
// other slot is pending), E_VAULT_WRITE, E_VAULT_READ.
int32_t thicket_slots_switch(const thicket_slots *slots, uint32_t slot);

// A pending image has proved itself. Idempotent. Returns OK, E_ARGUMENT, E_VAULT_STATE,
// E_VAULT_WRITE, E_VAULT_READ.
int32_t thicket_slots_confirm(const thicket_slots *slots, uint32_t slot);

// Give a staged or pending image up; or, as a recall, a confirmed one, where the other slot's image is
// confirmed and whole (E_VAULT_STATE, E_VAULT_DIGEST otherwise). Idempotent. Returns as
// thicket_slots_confirm.
int32_t thicket_slots_roll_back(const thicket_slots *slots, uint32_t slot);

// For the boot guard: which slot to start. A pending image is started THICKET_SLOT_TRIES_MAX times
// (each counted in flash before it starts), then rolled back. Every image's digest is checked; a
// pending one that does not match is rolled back. Otherwise the confirmed image with the highest
// release that matches.
// Returns 0 or 1, E_VAULT_EMPTY (nothing to start), E_ARGUMENT, E_VAULT_WRITE, E_VAULT_READ.
int32_t thicket_slots_choose(const thicket_slots *slots);

// --- The vault as a whole ------------------------------------------------------------------------

// Smallest partition.
#define THICKET_VAULT_BYTES_MIN (160 * THICKET_FLASH_PAGE)
// Most pages of log and blobs that are used, whatever the partition's size.
#define THICKET_VAULT_LOG_PAGES_MAX  128
#define THICKET_VAULT_BLOB_PAGES_MAX 512

typedef struct {
  uint32_t address;  // from the start of the partition
  uint32_t pages;    // of slots: of one slot
} thicket_part;

typedef struct {
  thicket_part cells;
  thicket_part app;    // slot 0; slot 1 follows
  thicket_part model;  // slot 0; slot 1 follows
  thicket_part log;
  thicket_part blobs;
} thicket_vault_layout;

// Share a partition out. The same size always gives the same layout: it is part of the format.
//   bytes   of the partition, a multiple of THICKET_FLASH_PAGE
// Returns OK or E_ARGUMENT (below THICKET_VAULT_BYTES_MIN, or no multiple).
int32_t thicket_vault_share(uint32_t bytes, thicket_vault_layout *layout);

// Bits of thicket_vault.formatted.
#define THICKET_FORMATTED_CELLS 1u
#define THICKET_FORMATTED_LOG   2u
#define THICKET_FORMATTED_BLOBS 4u

typedef enum { THICKET_APP = 0, THICKET_MODEL = 1 } thicket_image_kind;

// About 7 KB on a 32-bit machine.
typedef struct {
  thicket_flash flash;
  thicket_vault_layout layout;
  thicket_vault_report report;  // of all parts together
  uint32_t formatted;
  int32_t is_open;
  thicket_cells cells;
  thicket_log log;
  thicket_blobs blobs;
  thicket_slots slots[2];  // by thicket_image_kind
  thicket_log_page log_page[THICKET_VAULT_LOG_PAGES_MAX];
  thicket_blob_page blob_page[THICKET_VAULT_BLOB_PAGES_MAX];
} thicket_vault;

// Priorities of the log's streams: 0 blank observations, 1 records, 2 audit, 3 crash, 4..7 free.
extern const uint8_t thicket_vault_priority[THICKET_STREAMS_MAX];

// Open every part; a part that holds nothing readable is formatted. Interrupted, it is called again.
//   flash    copied
//   sha256   as in thicket_slots
//   bytes    of the partition
// Returns OK, E_ARGUMENT, E_VAULT_WRITE or E_VAULT_READ; then it is closed.
int32_t thicket_vault_open(thicket_vault *vault, const thicket_flash *flash,
                           int32_t (*sha256)(void *port, uint32_t address, uint32_t bytes,
                                             uint8_t digest[THICKET_DIGEST_BYTES]),
                           uint32_t bytes);

// Nothing is written; the struct may be given up.
void thicket_vault_close(thicket_vault *vault);

#endif
