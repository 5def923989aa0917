// The ring of blobs: what was put in stays until it is dropped or overwritten by something worth no
// less, through any power cut. `test_vault_blobs LONG` runs LONG times as many scripts.
#include "check.h"
#include "support/vault_cuts.h"

#include <stdlib.h>
#include <string.h>

enum { PAGES = 16, BLOBS = 600, BYTES_MAX = 4 * THICKET_FLASH_PAGE - 256 };

static vault_disk disk;

typedef enum { ABSENT = 0, KEPT, GONE } fate;

typedef struct {
  uint8_t fate, value, note_bytes;
  uint16_t bytes;
  uint32_t seed;
} model_blob;

typedef enum { PUT, DROP } verb;

typedef struct {
  thicket_blobs blobs;
  thicket_blob_page page[PAGES];
  model_blob old[BLOBS];  // by id, before the operation at hand
  verb verb;
  uint32_t id;  // of the operation at hand
  model_blob wanted;
} blob_store;

static blob_store store;

static void fill(const model_blob *blob, uint8_t *out) {
  uint32_t seed = blob->seed;
  for (uint32_t i = 0; i < blob->bytes; i++) out[i] = (uint8_t)disk_random(&seed);
}

static void fill_note(const model_blob *blob, char *out) {
  for (uint32_t i = 0; i < blob->note_bytes; i++) out[i] = (char)('a' + (blob->seed + i) % 26);
}

static int is_as_written(const blob_store *at, uint32_t id, const model_blob *blob) {
  static uint8_t wanted[BYTES_MAX];
  char note[THICKET_BLOB_NOTE_MAX];
  thicket_blob found;
  if (thicket_blobs_check(&at->blobs, id, &found)) return 0;
  if (found.bytes != blob->bytes || found.value != blob->value) return 0;
  if (found.note_bytes != blob->note_bytes) return 0;
  fill(blob, wanted);
  fill_note(blob, note);
  return memcmp(found.note, note, found.note_bytes) == 0 &&
         memcmp(disk.bytes + found.address, wanted, found.bytes) == 0;
}

static int open_store(void *of) {
  blob_store *at = of;
  return thicket_blobs_open(&at->blobs, &disk.flash, 0, PAGES, at->page) ||
         at->blobs.report.damaged;
}

static int put(blob_store *at, uint32_t *id) {
  static uint8_t bytes[BYTES_MAX];
  char note[THICKET_BLOB_NOTE_MAX];
  const model_blob *wanted = &at->wanted;
  fill(wanted, bytes);
  fill_note(wanted, note);
  return thicket_blobs_put(&at->blobs, wanted->value, note, wanted->note_bytes, bytes,
                           wanted->bytes, id);
}

static int operate(void *of) {
  blob_store *at = of;
  if (at->verb == DROP) {
    int32_t code = thicket_blobs_drop(&at->blobs, at->id);
    return code == THICKET_E_VAULT_NONE ? 0 : code;
  }
  // After a cut it may have been put in already: then it is not repeated.
  if (is_as_written(at, at->id, &at->wanted)) return 0;
  uint32_t id;
  int code = put(at, &id);
  return code ? code : id != at->id;
}

// Which ids are kept and that they are whole, in the order of their ids.
static int list(const blob_store *at, uint8_t kept[BLOBS]) {
  uint32_t count = 0;
  memset(kept, 0, BLOBS);
  for (uint32_t id = 0; (id = thicket_blobs_next(&at->blobs, id)) != 0; count++) {
    if (id >= BLOBS) return __LINE__;
    kept[id] = 1;
    const model_blob *known = at->old[id].fate ? &at->old[id] : &at->wanted;
    if (!is_as_written(at, id, known)) return __LINE__;
  }
  return count == at->blobs.count ? 0 : __LINE__;
}

// What has gone never comes back; what is kept goes only when it is dropped, or is worth no more
// than what is being put in.
static int judge(void *of, int is_done) {
  blob_store *at = of;
  uint8_t kept[BLOBS];
  if (disk.violations) return __LINE__;
  int line = list(at, kept);
  if (line) return line;
  for (uint32_t id = 1; id < BLOBS; id++) {
    const model_blob *old = &at->old[id];
    int is_at_hand = id == at->id;
    if (old->fate == GONE && kept[id]) return __LINE__;
    if (old->fate == ABSENT && kept[id] && !(at->verb == PUT && is_at_hand)) return __LINE__;
    if (old->fate != KEPT || kept[id]) continue;
    if (at->verb == DROP && !is_at_hand) return __LINE__;
    if (at->verb == PUT && old->value > at->wanted.value) return __LINE__;
    // An id would be used twice if the newest were overwritten.
    if (at->verb == PUT && id + 1 == at->id) return __LINE__;
  }
  if (is_done && kept[at->id] != (at->verb == PUT)) return __LINE__;
  return 0;
}

static void settle(blob_store *at) {
  uint8_t kept[BLOBS];
  if (list(at, kept)) CHECK(!"list");
  if (at->verb == PUT) at->old[at->id] = at->wanted;
  for (uint32_t id = 1; id < BLOBS; id++)
    if (at->old[id].fate == KEPT && !kept[id]) at->old[id].fate = GONE;
}

static void choose_operation(blob_store *at, uint32_t *seed, uint32_t drop_pct) {
  static const uint16_t sizes[] = {1, 700, 3840, 3841, 300, 5000, 2048, 9001};
  uint32_t random = disk_random(seed);
  at->verb = PUT;
  at->id = at->blobs.next_id;
  at->wanted = (model_blob){KEPT, (uint8_t)(disk_random(seed) % 4),
                            (uint8_t)(disk_random(seed) % (THICKET_BLOB_NOTE_MAX + 1)),
                            sizes[random % 8], disk_random(seed)};
  if (random / 8 % 100 >= drop_pct) return;
  uint32_t start = disk_random(seed) % BLOBS;
  for (uint32_t i = 0; i < BLOBS; i++) {
    uint32_t id = (start + i) % BLOBS;
    if (at->old[id].fate != KEPT) continue;
    at->verb = DROP;
    at->id = id;
    return;
  }
}

static void start(void) {
  disk_init(&disk, PAGES);
  memset(&store, 0, sizeof store);
  CHECK(open_store(&store) == 0);
}

// Whether the operation at hand is refused for want of room; then nothing may have changed.
static int is_refused(const blob_store *at) {
  if (at->verb == DROP) return 0;
  uint32_t id;
  blob_store copy = *at;
  static uint8_t image[sizeof disk.bytes];
  memcpy(image, disk.bytes, sizeof image);
  disk_power(&disk, UINT32_MAX, TORN_NONE, 1);
  int code = put(&store, &id);
  int is_full = code == THICKET_E_VAULT_FULL && disk.operations == 0;
  store = copy;
  memcpy(disk.bytes, image, sizeof image);
  return is_full;
}

static void survives_cuts(uint32_t scripts, uint32_t rounds) {
  cut_totals totals = {0};
  uint32_t refused = 0, evicted = 0;
  for (uint32_t script = 1; script <= scripts; script++) {
    uint32_t seed = script * 15485863;
    start();
    cut_case at = {open_store, operate, judge, &store, sizeof store, &disk};
    for (int i = 0; i < 72; i++) {
      choose_operation(&store, &seed, script % 2 ? 40 : 10);
      if (is_refused(&store)) {
        refused++;
        continue;
      }
      if (i >= 64)
        cut_everywhere(&at, rounds, seed, &totals);
      else if (operate(&store) || judge(&store, 1))
        totals.failed++;
      settle(&store);
    }
    evicted += store.blobs.evicted;
  }
  CHECK(totals.failed == 0);
  CHECK(totals.runs > 0 && evicted > 0);
  printf("# blobs: %llu cut runs, %llu of them a second cut; %u puts refused\n",
         (unsigned long long)totals.runs, (unsigned long long)totals.nested, refused);
}

static uint32_t put_one(uint32_t value, uint32_t bytes, int32_t *code) {
  static uint8_t data[BYTES_MAX];
  uint32_t id = 0;
  *code = thicket_blobs_put(&store.blobs, value, "n", 1, data, bytes, &id);
  return id;
}

static void overwrites_the_least(void) {
  int32_t code;
  start();
  uint32_t ids[4];
  // Four blobs of four pages fill the ring.
  for (uint32_t i = 0; i < 4; i++) ids[i] = put_one(i == 0 ? 9 : 5, BYTES_MAX, &code);
  CHECK(code == THICKET_OK && store.blobs.count == 4);
  put_one(4, BYTES_MAX, &code);
  CHECK(code == THICKET_E_VAULT_FULL && store.blobs.count == 4 && store.blobs.evicted == 0);
  uint32_t id = put_one(5, BYTES_MAX, &code);
  thicket_blob found;
  CHECK(code == THICKET_OK && store.blobs.evicted == 1);
  CHECK(thicket_blobs_look(&store.blobs, ids[1], &found) == THICKET_E_VAULT_NONE);
  CHECK(thicket_blobs_look(&store.blobs, ids[0], &found) == THICKET_OK);
  CHECK(thicket_blobs_next(&store.blobs, 0) == ids[0]);
  CHECK(thicket_blobs_next(&store.blobs, ids[3]) == id);
  CHECK(thicket_blobs_next(&store.blobs, id) == 0);
  // Only the newest is left: it stays, and its neighbours' pages are enough for the next ones.
  for (uint32_t i = 0; i < 4; i++) thicket_blobs_drop(&store.blobs, ids[i]);
  CHECK(store.blobs.count == 1);
  CHECK(put_one(0, BYTES_MAX, &code) == id + 1 && store.blobs.count == 2);
}

static void spreads_wear(uint32_t blobs) {
  int32_t code;
  start();
  for (uint32_t i = 0; i < blobs; i++) {
    uint32_t id = put_one(0, 5000 + i % 3 * 4000, &code);
    if (code || thicket_blobs_drop(&store.blobs, id)) CHECK(!"put and drop");
  }
  uint32_t most = 0, least = UINT32_MAX;
  for (int i = 0; i < PAGES; i++) {
    if (disk.erases[i] > most) most = disk.erases[i];
    if (disk.erases[i] < least) least = disk.erases[i];
  }
  printf("# blobs: %u put and dropped: %u to %u erases of a page\n", blobs, least, most);
  CHECK(least * 4 > most);
}

static void knows_its_limits(void) {
  static uint8_t data[BYTES_MAX + 1];
  char note[THICKET_BLOB_NOTE_MAX + 1] = {0};
  uint32_t id = 0;
  thicket_blob found;
  start();
  thicket_blobs *blobs = &store.blobs;
  CHECK(thicket_blobs_room(PAGES) == BYTES_MAX);
  CHECK(thicket_blobs_put(blobs, 16, note, 0, data, 1, &id) == THICKET_E_ARGUMENT);
  CHECK(thicket_blobs_put(blobs, 0, 0, 1, data, 1, &id) == THICKET_E_ARGUMENT);
  CHECK(thicket_blobs_put(blobs, 0, note, sizeof note, data, 1, &id) == THICKET_E_SIZE);
  CHECK(thicket_blobs_put(blobs, 0, note, 0, data, 0, &id) == THICKET_E_SIZE);
  CHECK(thicket_blobs_put(blobs, 0, note, 0, data, sizeof data, &id) == THICKET_E_SIZE);
  CHECK(thicket_blobs_look(blobs, 1, &found) == THICKET_E_VAULT_NONE);
  CHECK(thicket_blobs_drop(blobs, 1) == THICKET_E_VAULT_NONE);
  CHECK(thicket_blobs_open(blobs, &disk.flash, 0, 15, store.page) == THICKET_E_ARGUMENT);
  // Ids are not used twice, also when everything was dropped before a reboot.
  uint32_t last = 0;
  for (int i = 0; i < 60; i++) {
    CHECK(open_store(&store) == 0);
    CHECK(thicket_blobs_put(blobs, 0, note, 0, data, 9000, &id) == THICKET_OK && id > last);
    last = id;
    CHECK(thicket_blobs_drop(blobs, id) == THICKET_OK);
    CHECK(thicket_blobs_drop(blobs, id) == THICKET_E_VAULT_NONE);
  }
  CHECK(thicket_blobs_format(&disk.flash, 0, PAGES) == THICKET_OK);
  CHECK(open_store(&store) == 0 && blobs->next_id == 1 && blobs->count == 0);
}

static void goes_on_past_a_worn_page(void) {
  static const worn_model models[] = {WORN_ERASE, WORN_PROGRAM, WORN_STUCK};
  for (int i = 0; i < 3; i++) {
    int32_t code;
    start();
    uint32_t kept = put_one(0, 9000, &code), failed = 0;
    disk_wear_out(&disk, 5, models[i]);
    for (int k = 0; k < 20; k++) {
      uint32_t id = put_one(0, 5000, &code);
      CHECK(code == THICKET_OK || code == THICKET_E_VAULT_WRITE);
      failed += code != THICKET_OK;
      thicket_blob found;
      CHECK(code || thicket_blobs_check(&store.blobs, id, &found) == THICKET_OK);
      CHECK(thicket_blobs_check(&store.blobs, kept, &found) == THICKET_OK);
      if (!code) CHECK(thicket_blobs_drop(&store.blobs, id) == THICKET_OK);
    }
    CHECK(failed > 0 && failed < 10);
    CHECK(open_store(&store) == 0 && store.blobs.count == 1);
  }
}

static void fill_ring(uint32_t *seed) {
  start();
  for (int i = 0; i < 40; i++) {
    choose_operation(&store, seed, 25);
    if (operate(&store) == 0) settle(&store);
  }
}

static void never_believes_wrong_bits(void) {
  uint32_t seed = 71, damaged = 0, repaired = 0;
  fill_ring(&seed);
  static uint8_t good[sizeof disk.bytes];
  memcpy(good, disk.bytes, sizeof good);
  for (uint32_t run = 0; run < 4000; run++) {
    // Every second bit is one of a header, mark or note.
    uint32_t bit = disk_random(&seed) % (PAGES * THICKET_FLASH_PAGE * 8);
    if (run % 2) bit = bit / 32768 * 32768 + bit % 1536;
    disk.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    CHECK(open_store(&store) == 0);
    uint32_t wrong = 0;
    for (uint32_t id = 1; id < BLOBS; id++) {
      thicket_blob found;
      int32_t code = thicket_blobs_check(&store.blobs, id, &found);
      if (store.old[id].fate != KEPT) {
        CHECK(code == THICKET_E_VAULT_NONE);
      } else if (!is_as_written(&store, id, &store.old[id])) {
        CHECK(code == THICKET_E_VAULT_DAMAGED);
        wrong++;
      }
    }
    CHECK(wrong <= 1);
    damaged += wrong;
    repaired += store.blobs.report.repaired;
    disk.bytes[bit / 8] = good[bit / 8];
  }
  CHECK(damaged > 0 && repaired > 0);
  printf("# blobs: of 4000 flipped bits %u damaged a blob, %u were repaired in headers\n", damaged,
         repaired);
}

int main(int count, char **arguments) {
  uint32_t times = count > 1 ? (uint32_t)atoi(arguments[1]) : 0;
  survives_cuts(times ? times : 2, 1);
  overwrites_the_least();
  spreads_wear(times ? 20000 : 300);
  knows_its_limits();
  goes_on_past_a_worn_page();
  never_believes_wrong_bits();
  return check_report("vault_blobs");
}
