// The vault as one emulated camera sees it: numbers in, numbers out. The flash and its SHA-256 are
// imported from the host. Every function but open and close returns E_VAULT_CLOSED before open.
#include "thicket_patch.h"
#include "thicket_vault.h"

#define IMPORT(name) __attribute__((import_module("thicket"), import_name(name)))

// Each returns 0, or anything else when it failed; addresses are within the partition.
IMPORT("flash_read") int32_t host_flash_read(uint32_t address, void *data, uint32_t bytes);
IMPORT("flash_prog") int32_t host_flash_prog(uint32_t address, const void *data, uint32_t bytes);
IMPORT("flash_erase") int32_t host_flash_erase(uint32_t address);
IMPORT("flash_sha256")
int32_t host_flash_sha256(uint32_t address, uint32_t bytes, uint8_t digest[THICKET_DIGEST_BYTES]);

static thicket_vault vault;

static int32_t read_flash(void *port, uint32_t address, void *data, uint32_t bytes) {
  (void)port;
  return host_flash_read(address, data, bytes);
}

static int32_t prog_flash(void *port, uint32_t address, const void *data, uint32_t bytes) {
  (void)port;
  return host_flash_prog(address, data, bytes);
}

static int32_t erase_flash(void *port, uint32_t address) {
  (void)port;
  return host_flash_erase(address);
}

static int32_t digest_flash(void *port, uint32_t address, uint32_t bytes,
                            uint8_t digest[THICKET_DIGEST_BYTES]) {
  (void)port;
  return host_flash_sha256(address, bytes, digest);
}

#define REQUIRE_OPEN \
  if (!vault.is_open) return THICKET_E_VAULT_CLOSED

// bytes: of the partition
THICKET_API int32_t thicket_wasm_vault_open(uint32_t bytes) {
  thicket_flash flash = {0, read_flash, prog_flash, erase_flash};
  return thicket_vault_open(&vault, &flash, digest_flash, bytes);
}

THICKET_API void thicket_wasm_vault_close(void) { thicket_vault_close(&vault); }

// out: formatted (bits THICKET_FORMATTED_*), repaired, torn, damaged, found at the last open
THICKET_API int32_t thicket_wasm_vault_report(uint32_t out[4]) {
  REQUIRE_OPEN;
  out[0] = vault.formatted;
  out[1] = vault.report.repaired;
  out[2] = vault.report.torn;
  out[3] = vault.report.damaged;
  return THICKET_OK;
}

// --- Cells ---------------------------------------------------------------------------------------

// Returns the length or a code. is_older: the newest intact value of a damaged cell.
THICKET_API int32_t thicket_wasm_cell_read(const char *name, void *value, uint32_t room,
                                           int32_t is_older) {
  REQUIRE_OPEN;
  return is_older ? thicket_cells_read_older(&vault.cells, name, value, room)
                  : thicket_cells_read(&vault.cells, name, value, room);
}

THICKET_API int32_t thicket_wasm_cell_write(const char *name, const void *value, uint32_t bytes) {
  REQUIRE_OPEN;
  return thicket_cells_write(&vault.cells, name, value, bytes);
}

THICKET_API int32_t thicket_wasm_cell_erase(const char *name) {
  REQUIRE_OPEN;
  return thicket_cells_erase(&vault.cells, name);
}

// --- Records -------------------------------------------------------------------------------------

// key: where the record's key goes
THICKET_API int32_t thicket_wasm_log_append(uint32_t stream, uint32_t value, const void *data,
                                            uint32_t bytes, uint32_t *key) {
  REQUIRE_OPEN;
  return thicket_log_append(&vault.log, stream, value, data, bytes, key);
}

// key: where the next record's key goes
THICKET_API int32_t thicket_wasm_log_next(uint32_t stream, uint32_t after, uint32_t *key) {
  thicket_record record;
  REQUIRE_OPEN;
  int32_t code = thicket_log_peek(&vault.log, stream, after, &record);
  *key = code ? 0 : record.key;
  return code;
}

// out: address in the partition, bytes, stream, value of a record that matches its checksum
THICKET_API int32_t thicket_wasm_log_record(uint32_t key, uint32_t out[4]) {
  thicket_record record;
  REQUIRE_OPEN;
  int32_t code = thicket_log_check(&vault.log, key, &record);
  if (code) return code;
  out[0] = record.address;
  out[1] = record.bytes;
  out[2] = record.stream;
  out[3] = record.value;
  return THICKET_OK;
}

THICKET_API int32_t thicket_wasm_log_acknowledge(uint32_t key) {
  REQUIRE_OPEN;
  return thicket_log_acknowledge(&vault.log, key);
}

// out: waiting, evicted since open
THICKET_API int32_t thicket_wasm_log_counts(uint32_t stream, uint32_t out[2]) {
  REQUIRE_OPEN;
  if (stream >= THICKET_STREAMS_MAX) return THICKET_E_ARGUMENT;
  out[0] = vault.log.waiting[stream];
  out[1] = vault.log.evicted[stream];
  return THICKET_OK;
}

// --- Blobs ---------------------------------------------------------------------------------------

// id: where the blob's id goes
THICKET_API int32_t thicket_wasm_blob_put(uint32_t value, const char *note, uint32_t note_bytes,
                                          const void *data, uint32_t bytes, uint32_t *id) {
  REQUIRE_OPEN;
  return thicket_blobs_put(&vault.blobs, value, note, note_bytes, data, bytes, id);
}

// id: where the next blob's id goes; 0 when there is none
THICKET_API int32_t thicket_wasm_blob_next(uint32_t after, uint32_t *id) {
  REQUIRE_OPEN;
  *id = thicket_blobs_next(&vault.blobs, after);
  return THICKET_OK;
}

// found: filled in; is_checked: the data is compared with its checksum
THICKET_API int32_t thicket_wasm_blob_look(uint32_t id, thicket_blob *found, int32_t is_checked) {
  REQUIRE_OPEN;
  return is_checked ? thicket_blobs_check(&vault.blobs, id, found)
                    : thicket_blobs_look(&vault.blobs, id, found);
}

THICKET_API int32_t thicket_wasm_blob_drop(uint32_t id) {
  REQUIRE_OPEN;
  return thicket_blobs_drop(&vault.blobs, id);
}

// out: kept, evicted since open
THICKET_API int32_t thicket_wasm_blob_counts(uint32_t out[2]) {
  REQUIRE_OPEN;
  out[0] = vault.blobs.count;
  out[1] = vault.blobs.evicted;
  return THICKET_OK;
}

// --- Slots ---------------------------------------------------------------------------------------

#define REQUIRE_KIND \
  REQUIRE_OPEN;      \
  if (kind != THICKET_APP && kind != THICKET_MODEL) return THICKET_E_ARGUMENT

// room: where the largest image's size goes
THICKET_API int32_t thicket_wasm_slot_look(uint32_t kind, uint32_t slot, thicket_slot *found,
                                           uint32_t *room) {
  REQUIRE_KIND;
  *room = (vault.slots[kind].pages - 1) * THICKET_FLASH_PAGE;
  return thicket_slots_look(&vault.slots[kind], slot, found);
}

THICKET_API int32_t thicket_wasm_slot_begin(uint32_t kind, uint32_t slot) {
  REQUIRE_KIND;
  return thicket_slots_begin(&vault.slots[kind], slot);
}

THICKET_API int32_t thicket_wasm_slot_write(uint32_t kind, uint32_t slot, uint32_t offset,
                                            const void *data, uint32_t bytes) {
  REQUIRE_KIND;
  return thicket_slots_write(&vault.slots[kind], slot, offset, data, bytes);
}

THICKET_API int32_t thicket_wasm_slot_stage(uint32_t kind, uint32_t slot, uint32_t bytes,
                                            uint32_t release,
                                            const uint8_t digest[THICKET_DIGEST_BYTES]) {
  REQUIRE_KIND;
  return thicket_slots_stage(&vault.slots[kind], slot, bytes, release, digest);
}

THICKET_API int32_t thicket_wasm_slot_switch(uint32_t kind, uint32_t slot) {
  REQUIRE_KIND;
  return thicket_slots_switch(&vault.slots[kind], slot);
}

THICKET_API int32_t thicket_wasm_slot_confirm(uint32_t kind, uint32_t slot) {
  REQUIRE_KIND;
  return thicket_slots_confirm(&vault.slots[kind], slot);
}

THICKET_API int32_t thicket_wasm_slot_roll_back(uint32_t kind, uint32_t slot) {
  REQUIRE_KIND;
  return thicket_slots_roll_back(&vault.slots[kind], slot);
}

THICKET_API int32_t thicket_wasm_slot_choose(uint32_t kind) {
  REQUIRE_KIND;
  return thicket_slots_choose(&vault.slots[kind]);
}

// state: as in thicket_patch_apply
THICKET_API int32_t thicket_wasm_slot_patch(uint32_t kind, uint32_t slot,
                                            uint8_t state[THICKET_PATCH_STATE_BYTES],
                                            const void *piece, uint32_t bytes) {
  REQUIRE_KIND;
  return thicket_patch_apply(&vault.slots[kind], slot, state, piece, bytes);
}

// --- For the host --------------------------------------------------------------------------------

// out: address and pages of cells, app, model, log, blobs in a partition of that size
THICKET_API int32_t thicket_wasm_vault_share(uint32_t bytes, thicket_vault_layout *out) {
  return thicket_vault_share(bytes, out);
}

// The struct offsets that the host reads.
_Static_assert(sizeof(thicket_blob) == 152 && __builtin_offsetof(thicket_blob, note) == 24,
               "thicket_blob");
_Static_assert(sizeof(thicket_slot) == 52 && __builtin_offsetof(thicket_slot, digest) == 20,
               "thicket_slot");
_Static_assert(THICKET_PATCH_STATE_BYTES == 40, "the state of a patch");
