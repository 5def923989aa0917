// The vault as a whole: every size of partition is shared out without overlap; a blank one is
// formatted through any cut; parts that can still be read are kept; any image is opened and used
// without a crash. `test_vault_whole LONG` runs LONG times as many images.
#include "check.h"
#include "support/vault_disk.h"

#include <stdlib.h>
#include <string.h>

enum { PAGES = 160, BYTES = PAGES * THICKET_FLASH_PAGE };

static vault_disk disk;
static thicket_vault vault;

static int32_t open_vault(void) {
  return thicket_vault_open(&vault, &disk.flash, disk_digest, BYTES);
}

static void shares_every_size_out(void) {
  uint32_t sizes[] = {BYTES, 768 << 10, 960 << 10, 1 << 20, 1536 << 10, 2 << 20, 16 << 20};
  thicket_vault_layout at;
  for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    CHECK(thicket_vault_share(sizes[i], &at) == THICKET_OK);
    uint32_t end = 0;
    const thicket_part *regions[] = {&at.cells, &at.app, &at.model, &at.log, &at.blobs};
    for (int k = 0; k < 5; k++) {
      CHECK(regions[k]->address == end);
      end += regions[k]->pages * THICKET_FLASH_PAGE * (k == 1 || k == 2 ? 2 : 1);
    }
    CHECK(end <= sizes[i] && at.cells.pages >= THICKET_CELLS_PAGES_MIN);
    CHECK(at.log.pages >= THICKET_LOG_PAGES_MIN && at.blobs.pages >= THICKET_BLOB_PAGES_MIN);
    CHECK(at.log.pages <= THICKET_VAULT_LOG_PAGES_MAX);
    CHECK(at.blobs.pages <= THICKET_VAULT_BLOB_PAGES_MAX);
  }
  // The default model, 244,408 bytes, fits from 960 KB on.
  CHECK(thicket_vault_share(960 << 10, &at) == THICKET_OK && (at.model.pages - 1) * 4096 >= 244408);
  CHECK(thicket_vault_share(BYTES - 4096, &at) == THICKET_E_ARGUMENT);
  CHECK(thicket_vault_share(BYTES + 1, &at) == THICKET_E_ARGUMENT);
}

static void use(uint32_t *seed, uint32_t steps) {
  uint8_t data[THICKET_RECORD_BYTES_MAX] = {0};
  thicket_record record;
  thicket_blob blob;
  uint32_t id;
  for (uint32_t i = 0; i < steps; i++) {
    uint32_t random = disk_random(seed);
    char name[3] = {'c', (char)('a' + random % 9), 0};
    thicket_cells_write(&vault.cells, name, data, random / 16 % 900);
    thicket_cells_read(&vault.cells, name, data, sizeof data);
    thicket_log_append(&vault.log, random % 8, random / 8 % 16, data, 1 + random / 512 % 2000, &id);
    if (thicket_log_peek(&vault.log, random % 8, 0, &record) == THICKET_OK) {
      thicket_log_read(&vault.log, record.key, data, sizeof data);
      if (random & 64) thicket_log_acknowledge(&vault.log, record.key);
    }
    thicket_blobs_put(&vault.blobs, random % 16, "note", 4, data, 1 + random % 2048, &id);
    id = thicket_blobs_next(&vault.blobs, 0);
    if (id && thicket_blobs_check(&vault.blobs, id, &blob) && random & 32)
      thicket_blobs_drop(&vault.blobs, id);
    thicket_slots_choose(&vault.slots[random / 64 % 2]);
    thicket_slots_begin(&vault.slots[random / 64 % 2], random & 1);
  }
}

static void formats_through_any_cut(void) {
  disk_init(&disk, PAGES);
  CHECK(open_vault() == THICKET_OK);
  uint32_t operations = disk.operations, all = THICKET_FORMATTED_CELLS | THICKET_FORMATTED_LOG;
  CHECK(vault.formatted == (all | THICKET_FORMATTED_BLOBS) && operations > 3);
  CHECK(open_vault() == THICKET_OK && vault.formatted == 0 && disk.operations == operations);
  for (uint32_t run = 0; run < 400; run++) {
    // Blank, or full of what another program has left.
    disk_init(&disk, PAGES);
    uint32_t seed = run + 1;
    if (run & 1)
      for (uint32_t i = 0; i < BYTES; i += 64) disk.bytes[i] = (uint8_t)disk_random(&seed);
    disk_power(&disk, run / 8 % (run & 1 ? 70u : 4u), (torn_model)(run / 2 % TORN_MODELS), run);
    CHECK(open_vault() != THICKET_OK || !disk.is_dead);
    disk_power(&disk, UINT32_MAX, TORN_NONE, 1);
    CHECK(open_vault() == THICKET_OK && vault.cells.count == 0 && vault.blobs.count == 0);
    CHECK(thicket_cells_write(&vault.cells, "a", "b", 1) == THICKET_OK);
    CHECK(open_vault() == THICKET_OK && vault.formatted == 0 && vault.cells.count == 1);
  }
}

static void keeps_what_can_be_read(void) {
  uint32_t id;
  thicket_record record;
  disk_init(&disk, PAGES);
  CHECK(open_vault() == THICKET_OK);
  CHECK(thicket_log_append(&vault.log, 1, 8, "kept", 4, &id) == THICKET_OK);
  CHECK(thicket_blobs_put(&vault.blobs, 8, "n", 1, "kept", 4, &id) == THICKET_OK);
  // All cells gone: they alone are made anew.
  memset(disk.bytes, 0xff, vault.layout.cells.pages * THICKET_FLASH_PAGE);
  CHECK(open_vault() == THICKET_OK && vault.formatted == THICKET_FORMATTED_CELLS);
  CHECK(thicket_log_peek(&vault.log, 1, 0, &record) == THICKET_OK && vault.blobs.count == 1);
  thicket_vault_close(&vault);
  CHECK(!vault.is_open);
}

// Worn pages under cells and log: a named error, and what was kept stays.
static void names_worn_pages(void) {
  static const worn_model models[] = {WORN_ERASE, WORN_PROGRAM, WORN_STUCK};
  for (int i = 0; i < 3; i++)
    for (int is_log = 0; is_log < 2; is_log++) {
      uint8_t data[1000] = {0}, found[1000];
      uint32_t key = 0, first = 0, failed = 0;
      disk_init(&disk, PAGES);
      CHECK(open_vault() == THICKET_OK);
      CHECK(thicket_cells_write(&vault.cells, "kept", "kept", 4) == THICKET_OK);
      CHECK(thicket_log_append(&vault.log, 3, 15, "kept", 4, &first) == THICKET_OK);
      uint32_t address = is_log ? vault.layout.log.address : vault.layout.cells.address;
      disk_wear_out(&disk, address / THICKET_FLASH_PAGE + 3, models[i]);
      for (uint32_t k = 0; k < 60; k++) {
        data[0] = (uint8_t)k;
        int32_t code = is_log ? thicket_log_append(&vault.log, 1, 0, data, sizeof data, &key)
                              : thicket_cells_write(&vault.cells, "cell", data, sizeof data);
        CHECK(code == THICKET_OK || code == THICKET_E_VAULT_WRITE);
        failed += code != THICKET_OK;
      }
      CHECK(failed > 0);
      CHECK(open_vault() == THICKET_OK && vault.formatted == 0);
      CHECK(thicket_cells_read(&vault.cells, "kept", found, sizeof found) == 4);
      CHECK(thicket_log_read(&vault.log, first, found, sizeof found) == 4);
    }
}

static void survives_any_image(uint32_t cases) {
  static uint8_t good[sizeof disk.bytes];
  uint32_t seed = 97, opened = 0;
  disk_init(&disk, PAGES);
  CHECK(open_vault() == THICKET_OK);
  use(&seed, 60);
  memcpy(good, disk.bytes, sizeof good);
  for (uint32_t run = 0; run < cases; run++) {
    memcpy(disk.bytes, good, sizeof good);
    uint32_t kind = run % 4, changes = kind == 0 ? 200000 : 1 + disk_random(&seed) % 400;
    for (uint32_t i = 0; i < changes; i++) {
      uint32_t at = disk_random(&seed) % BYTES;
      // Most of what can go wrong goes wrong in the first bytes of a page.
      if (kind == 3) at = at / THICKET_FLASH_PAGE * THICKET_FLASH_PAGE + at % 96;
      disk.bytes[at] = kind == 2 ? 0xff : (uint8_t)disk_random(&seed);
    }
    int32_t code = open_vault();
    CHECK(code == THICKET_OK || code == THICKET_E_VAULT_FULL);
    opened += code == THICKET_OK;
    if (code == THICKET_OK) use(&seed, 6);
  }
  CHECK(disk.violations == 0 && opened > 0);
  printf("# whole: %u images fuzzed, %u opened\n", cases, opened);
}

int main(int count, char **arguments) {
  uint32_t times = count > 1 ? (uint32_t)atoi(arguments[1]) : 0;
  shares_every_size_out();
  formats_through_any_cut();
  keeps_what_can_be_read();
  names_worn_pages();
  survives_any_image(times ? times * 1000 : 200);
  return check_report("vault_whole");
}
