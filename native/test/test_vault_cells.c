// Cells: what was written is read, after any power cut the old or the new value; wear is spread;
// wrong bits are never believed. `test_vault_cells LONG` runs LONG times as many scripts.
#include "check.h"
#include "support/vault_cuts.h"

#include <stdlib.h>
#include <string.h>

enum { PAGES = 8, NAMES = 12 };

static const char *names[NAMES] = {"config",  "keys",   "a", "release", "boot-state", "counter",
                                   "wi-fi",   "quarantine-since-boots", "b", "c", "site", "clock"};
static vault_disk disk;

// What a cell holds, as the test knows it: bytes made from a number.
typedef struct {
  int32_t bytes;  // -1: no such cell
  uint32_t seed;
} model_value;

typedef struct {
  thicket_cells cells;
  model_value old[NAMES];
  uint32_t cell;  // the operation at hand
  model_value wanted;
} cell_store;

static cell_store store;

static void fill(const model_value *value, uint8_t *out) {
  uint32_t seed = value->seed;
  for (int32_t i = 0; i < value->bytes; i++) out[i] = (uint8_t)disk_random(&seed);
}

static int is_value(cell_store *at, uint32_t cell, const model_value *value) {
  uint8_t found[THICKET_CELL_BYTES_MAX], wanted[THICKET_CELL_BYTES_MAX];
  int32_t bytes = thicket_cells_read(&at->cells, names[cell], found, sizeof found);
  if (value->bytes < 0) return bytes == THICKET_E_VAULT_NONE;
  if (bytes != value->bytes) return 0;
  fill(value, wanted);
  return memcmp(found, wanted, (size_t)bytes) == 0;
}

static int open_store(void *of) {
  cell_store *at = of;
  return thicket_cells_open(&at->cells, &disk.flash, 0, PAGES) || at->cells.report.damaged;
}

static int operate(void *of) {
  cell_store *at = of;
  uint8_t bytes[THICKET_CELL_BYTES_MAX];
  if (at->wanted.bytes < 0) {
    int32_t code = thicket_cells_erase(&at->cells, names[at->cell]);
    return code == THICKET_E_VAULT_NONE ? 0 : code;
  }
  fill(&at->wanted, bytes);
  return thicket_cells_write(&at->cells, names[at->cell], bytes, (uint32_t)at->wanted.bytes);
}

static int judge(void *of, int is_done) {
  cell_store *at = of;
  if (disk.violations) return __LINE__;
  for (uint32_t i = 0; i < NAMES; i++) {
    if (strlen(names[i]) > THICKET_CELL_NAME_MAX) continue;
    if (i == at->cell && is_value(at, i, &at->wanted)) continue;
    if (i == at->cell && is_done) return __LINE__;
    if (!is_value(at, i, &at->old[i])) return __LINE__;
  }
  return 0;
}

static void choose_operation(cell_store *at, uint32_t *seed) {
  static const int32_t sizes[] = {4, 12, 40, 133, 300, 611, 1024, 0};
  uint32_t random = disk_random(seed);
  do at->cell = disk_random(seed) % NAMES;
  while (strlen(names[at->cell]) > THICKET_CELL_NAME_MAX);
  at->wanted = (model_value){sizes[random % 8], disk_random(seed)};
  if (random % 11 == 0) at->wanted.bytes = -1;
}

static void start(void) {
  disk_init(&disk, PAGES);
  memset(&store, 0, sizeof store);
  for (int i = 0; i < NAMES; i++) store.old[i].bytes = -1;
  CHECK(thicket_cells_format(&disk.flash, 0, PAGES) == THICKET_OK);
  CHECK(open_store(&store) == 0);
}

static void survives_cuts(uint32_t scripts, uint32_t rounds) {
  cut_totals totals = {0};
  for (uint32_t script = 1; script <= scripts; script++) {
    uint32_t seed = script * 7919;
    start();
    cut_case at = {open_store, operate, judge, &store, sizeof store, &disk};
    // Fill several pages first; then every operation is cut.
    for (int i = 0; i < 100; i++) {
      choose_operation(&store, &seed);
      if (i >= 50)
        cut_everywhere(&at, rounds, seed, &totals);
      else if (operate(&store) || judge(&store, 1))
        totals.failed++;
      store.old[store.cell] = store.wanted;
    }
  }
  CHECK(totals.failed == 0);
  CHECK(totals.runs > 0);
  printf("# cells: %llu cut runs, %llu of them a second cut\n", (unsigned long long)totals.runs,
         (unsigned long long)totals.nested);
}

static void spreads_wear(uint32_t writes) {
  start();
  uint8_t value[THICKET_CELL_BYTES_MAX] = {0};
  // Everything else that the region may hold, then one cell again and again.
  char name[8];
  uint32_t fillers = 0;
  for (; fillers < 60; fillers++) {
    snprintf(name, sizeof name, "f%u", fillers);
    if (store.cells.live_bytes + 2 * 1068 > thicket_cells_room(PAGES)) break;
    CHECK(thicket_cells_write(&store.cells, name, value, 300) == THICKET_OK);
  }
  memset(disk.erases, 0, sizeof disk.erases);
  disk.programmed = 0;
  for (uint32_t i = 0; i < writes; i++) {
    memcpy(value, &i, sizeof i);
    if (thicket_cells_write(&store.cells, "counter", value, sizeof value)) CHECK(!"write");
  }
  uint32_t most = 0, least = UINT32_MAX;
  for (int i = 0; i < PAGES; i++) {
    if (disk.erases[i] > most) most = disk.erases[i];
    if (disk.erases[i] < least) least = disk.erases[i];
  }
  CHECK(most - least <= 1);
  CHECK((uint64_t)most * 100000 / writes < 10000);
  printf("# cells: %u writes of 1024 bytes beside %u bytes: %u erases of a page, amplification "
         "%.2f\n", writes, fillers * 324, most, (double)disk.programmed / writes / 1024);
}

static void knows_its_limits(void) {
  start();
  uint8_t value[THICKET_CELL_BYTES_MAX + 1] = {7};
  char name[32];
  thicket_cells *cells = &store.cells;
  CHECK(thicket_cells_write(cells, "", value, 1) == THICKET_E_VAULT_NAME);
  CHECK(thicket_cells_write(cells, "quarantine-since-boots", value, 1) == THICKET_E_VAULT_NAME);
  CHECK(thicket_cells_write(cells, "x", value, sizeof value) == THICKET_E_SIZE);
  CHECK(thicket_cells_read(cells, "x", value, 1) == THICKET_E_VAULT_NONE);
  CHECK(thicket_cells_erase(cells, "x") == THICKET_E_VAULT_NONE);
  CHECK(thicket_cells_write(cells, "x", value, 8) == THICKET_OK);
  CHECK(thicket_cells_read(cells, "x", value, 7) == THICKET_E_SIZE);
  // An equal value is not written.
  disk_power(&disk, UINT32_MAX, TORN_NONE, 1);
  CHECK(thicket_cells_write(cells, "x", value, 8) == THICKET_OK && disk.operations == 0);
  CHECK(thicket_cells_open(cells, &disk.flash, 0, 7) == THICKET_E_ARGUMENT);
  CHECK(thicket_cells_open(cells, &disk.flash, 4, 8) == THICKET_E_ARGUMENT);
  CHECK(thicket_cells_read(cells, "x", value, 8) == THICKET_E_ARGUMENT);
  CHECK(open_store(&store) == 0);
  int32_t code = THICKET_OK;
  for (int i = 0; i < 100 && !code; i++) {
    snprintf(name, sizeof name, "name%d", i);
    code = thicket_cells_write(cells, name, value, 600);
  }
  CHECK(code == THICKET_E_VAULT_FULL);
  CHECK(thicket_cells_read(cells, "x", value, 8) == 8);
  disk_init(&disk, PAGES);
  CHECK(thicket_cells_open(cells, &disk.flash, 0, 8) == THICKET_E_VAULT_EMPTY);
}

static void keeps_values_on_worn_flash(void) {
  uint32_t seed = 5;
  start();
  for (int i = 0; i < 400; i++) {
    choose_operation(&store, &seed);
    disk_power(&disk, UINT32_MAX, TORN_NONE, 1);
    disk.fail_at = (uint32_t)i % 9;
    int code = operate(&store);
    CHECK(code == 0 || code == THICKET_E_VAULT_WRITE);
    CHECK(judge(&store, code == 0) == 0);
    if (code == 0) store.old[store.cell] = store.wanted;
    disk.fail_at = UINT32_MAX;
    if (code) CHECK(operate(&store) == 0);
    store.old[store.cell] = store.wanted;
    CHECK(judge(&store, 1) == 0);
    if (i % 5 == 0) CHECK(open_store(&store) == 0 && judge(&store, 1) == 0);
  }
}

static void never_believes_wrong_bits(void) {
  uint32_t seed = 11;
  uint32_t damaged = 0, repaired = 0, torn = 0, reported_none = 0;
  start();
  for (int i = 0; i < 60; i++) {
    choose_operation(&store, &seed);
    CHECK(operate(&store) == 0);
    store.old[store.cell] = store.wanted;
  }
  static uint8_t good[sizeof disk.bytes];
  memcpy(good, disk.bytes, sizeof good);
  for (uint32_t run = 0; run < 6000; run++) {
    uint32_t bit = disk_random(&seed) % (PAGES * THICKET_FLASH_PAGE * 8);
    disk.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    CHECK(thicket_cells_open(&store.cells, &disk.flash, 0, PAGES) == THICKET_OK);
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < NAMES; i++) {
      uint8_t value[THICKET_CELL_BYTES_MAX];
      if (strlen(names[i]) > THICKET_CELL_NAME_MAX) continue;
      if (is_value(&store, i, &store.old[i])) continue;
      wrong++;
      CHECK(thicket_cells_read(&store.cells, names[i], value, sizeof value) ==
            THICKET_E_VAULT_DAMAGED);
    }
    CHECK(wrong <= 1 && (wrong == 0 || store.cells.report.damaged == 1));
    damaged += store.cells.report.damaged;
    repaired += store.cells.report.repaired;
    torn += store.cells.report.torn;
    reported_none += !store.cells.report.damaged && !store.cells.report.repaired &&
                     !store.cells.report.torn;
    disk.bytes[bit / 8] = good[bit / 8];
  }
  CHECK(damaged > 0 && repaired > 0);
  printf("# cells: of 6000 flipped bits %u damaged data, %u repaired, %u taken for torn, %u in the "
         "spare page or unused\n", damaged, repaired, torn, reported_none);
}

static void survives_any_image(uint32_t cases) {
  uint32_t seed = 23, opened = 0;
  start();
  for (int i = 0; i < 60; i++) {
    choose_operation(&store, &seed);
    operate(&store);
  }
  static uint8_t good[sizeof disk.bytes];
  memcpy(good, disk.bytes, sizeof good);
  for (uint32_t run = 0; run < cases; run++) {
    memcpy(disk.bytes, good, PAGES * THICKET_FLASH_PAGE);
    uint32_t kind = run % 4;
    uint32_t changes = kind == 0 ? 30000 : 1 + disk_random(&seed) % 64;
    for (uint32_t i = 0; i < changes; i++) {
      uint32_t at = disk_random(&seed) % (PAGES * THICKET_FLASH_PAGE);
      if (kind == 3) at = at / THICKET_FLASH_PAGE * THICKET_FLASH_PAGE + at % 128;
      disk.bytes[at] = kind == 2 ? 0xff : (uint8_t)disk_random(&seed);
    }
    if (kind == 1)  // pages in another order
      memcpy(disk.bytes + seed % PAGES * 4096u, good + (seed >> 8) % PAGES * 4096u, 4096);
    if (thicket_cells_open(&store.cells, &disk.flash, 0, PAGES)) continue;
    opened++;
    for (int i = 0; i < 6; i++) {
      uint8_t value[64];
      thicket_cells_read(&store.cells, names[i], value, sizeof value);
      thicket_cells_read_older(&store.cells, names[i], value, sizeof value);
      choose_operation(&store, &seed);
      if (operate(&store) == 0) CHECK(is_value(&store, store.cell, &store.wanted));
    }
  }
  CHECK(disk.violations == 0);
  CHECK(opened > 0);
  printf("# cells: %u images fuzzed, %u opened\n", cases, opened);
}

int main(int count, char **arguments) {
  uint32_t times = count > 1 ? (uint32_t)atoi(arguments[1]) : 0;
  survives_cuts(times ? times : 5, times ? 2 : 1);
  spreads_wear(times ? 100000 : 3000);
  knows_its_limits();
  keeps_values_on_worn_flash();
  never_believes_wrong_bits();
  survives_any_image(times ? 100000 : 1000);
  return check_report("vault_cells");
}
