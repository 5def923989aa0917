// The vault as a whole: how a partition is shared out, and all parts opened together.
#include "thicket_vault.h"

#include <string.h>

// Blank observations go first, then records of what was seen; what tells of attacks and crashes last.
const uint8_t thicket_vault_priority[THICKET_STREAMS_MAX] = {1, 4, 8, 12, 4, 4, 4, 4};

// From these sizes on there is room for two models of 240 and of 384 KB.
#define MEDIUM_PAGES 240
#define ROOMY_PAGES  384

enum { PARTITION_PAGES_MAX = 4096 };

int32_t thicket_vault_share(uint32_t bytes, thicket_vault_layout *layout) {
  if (!layout || bytes % THICKET_FLASH_PAGE || bytes < THICKET_VAULT_BYTES_MIN ||
      bytes / THICKET_FLASH_PAGE > PARTITION_PAGES_MAX)
    return THICKET_E_ARGUMENT;
  uint32_t pages = bytes / THICKET_FLASH_PAGE;
  int is_roomy = pages >= ROOMY_PAGES;
  thicket_vault_layout sizes = {{0, is_roomy ? 16 : 8},   // 64 or 32 KB of cells
                                {0, is_roomy ? 25 : 17},  // programs of 96 or 64 KB
                                {0, 32},                  // models of 124 KB
                                {0, 0},
                                {0, 0}};
  if (pages >= MEDIUM_PAGES) sizes.model.pages = is_roomy ? 97 : 61;
  uint32_t rest = pages - sizes.cells.pages -
                  THICKET_SLOTS * (sizes.app.pages + sizes.model.pages);
  sizes.log.pages = rest / 4;
  if (sizes.log.pages > THICKET_VAULT_LOG_PAGES_MAX) sizes.log.pages = THICKET_VAULT_LOG_PAGES_MAX;
  sizes.blobs.pages = rest - sizes.log.pages;
  if (sizes.blobs.pages > THICKET_VAULT_BLOB_PAGES_MAX)
    sizes.blobs.pages = THICKET_VAULT_BLOB_PAGES_MAX;
  sizes.app.address = sizes.cells.pages * THICKET_FLASH_PAGE;
  sizes.model.address =
      sizes.app.address + THICKET_SLOTS * sizes.app.pages * THICKET_FLASH_PAGE;
  sizes.log.address =
      sizes.model.address + THICKET_SLOTS * sizes.model.pages * THICKET_FLASH_PAGE;
  sizes.blobs.address = sizes.log.address + sizes.log.pages * THICKET_FLASH_PAGE;
  *layout = sizes;
  return THICKET_OK;
}

static int32_t open_cells(thicket_vault *vault) {
  const thicket_part *at = &vault->layout.cells;
  return thicket_cells_open(&vault->cells, &vault->flash, at->address, at->pages);
}

static int32_t open_log(thicket_vault *vault) {
  const thicket_part *at = &vault->layout.log;
  return thicket_log_open(&vault->log, &vault->flash, at->address, at->pages, vault->log_page,
                          thicket_vault_priority);
}

// Format what holds nothing. The cells last: as long as they are not there, a cut means that it is
// all done again.
static int32_t format(thicket_vault *vault, int is_cells_empty, int is_log_empty) {
  const thicket_vault_layout *at = &vault->layout;
  int32_t code = THICKET_OK;
  if (is_cells_empty && is_log_empty) {
    code = thicket_blobs_format(&vault->flash, at->blobs.address, at->blobs.pages);
    vault->formatted |= THICKET_FORMATTED_BLOBS;
  }
  if (!code && is_log_empty) {
    code = thicket_log_format(&vault->flash, at->log.address, at->log.pages);
    if (!code) code = open_log(vault);
    vault->formatted |= THICKET_FORMATTED_LOG;
  }
  if (!code && is_cells_empty) {
    code = thicket_cells_format(&vault->flash, at->cells.address, at->cells.pages);
    if (!code) code = open_cells(vault);
    vault->formatted |= THICKET_FORMATTED_CELLS;
  }
  return code;
}

static void add(thicket_vault_report *sum, const thicket_vault_report *part) {
  sum->repaired += part->repaired;
  sum->torn += part->torn;
  sum->damaged += part->damaged;
}

int32_t thicket_vault_open(thicket_vault *vault, const thicket_flash *flash,
                           int32_t (*sha256)(void *port, uint32_t address, uint32_t bytes,
                                             uint8_t digest[THICKET_DIGEST_BYTES]),
                           uint32_t bytes) {
  if (!vault || !flash || !sha256) return THICKET_E_ARGUMENT;
  memset(vault, 0, sizeof *vault);
  vault->flash = *flash;
  int32_t code = thicket_vault_share(bytes, &vault->layout);
  if (code) return code;
  const thicket_vault_layout *at = &vault->layout;
  vault->slots[THICKET_APP] =
      (thicket_slots){&vault->flash, at->app.address, at->app.pages, sha256};
  vault->slots[THICKET_MODEL] =
      (thicket_slots){&vault->flash, at->model.address, at->model.pages, sha256};
  int32_t cells = open_cells(vault), log = open_log(vault);
  if (cells && cells != THICKET_E_VAULT_EMPTY) return cells;
  if (log && log != THICKET_E_VAULT_EMPTY) return log;
  code = format(vault, cells != THICKET_OK, log != THICKET_OK);
  if (!code)
    code = thicket_blobs_open(&vault->blobs, &vault->flash, at->blobs.address, at->blobs.pages,
                              vault->blob_page);
  if (code) return code;
  add(&vault->report, &vault->cells.report);
  add(&vault->report, &vault->log.report);
  add(&vault->report, &vault->blobs.report);
  vault->is_open = 1;
  return THICKET_OK;
}

void thicket_vault_close(thicket_vault *vault) {
  if (vault) vault->is_open = 0;
}
