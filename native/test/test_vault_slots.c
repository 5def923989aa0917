// App slots: an update is staged, tried, confirmed or rolled back, and at every power cut in between
// the boot guard finds a whole image. `test_vault_slots LONG` runs LONG times as many scripts.
#include "check.h"
#include "support/vault_cuts.h"

#include <stdlib.h>
#include <string.h>

enum { SLOT_PAGES = 4, IMAGE_MAX = 3 * THICKET_FLASH_PAGE };

static vault_disk disk;
static const thicket_slots slots = {&disk.flash, 0, SLOT_PAGES, disk_digest};

typedef enum { BEGIN, WRITE, STAGE, SWITCH, CHOOSE, CONFIRM, ROLL_BACK, VERBS } verb;

typedef struct {
  verb verb;
  uint32_t slot, bytes, release, image_seed;
  thicket_slot old[THICKET_SLOTS];   // before the operation at hand
  thicket_slot next[THICKET_SLOTS];  // after it
  int32_t chosen;                    // what a boot starts after it
  uint32_t running;                  // the confirmed slot
} slot_store;

static slot_store store;
static uint8_t image[IMAGE_MAX];

static void make_image(uint32_t seed, uint32_t bytes) {
  for (uint32_t i = 0; i < bytes; i++) image[i] = (uint8_t)disk_random(&seed);
}

// Digest of an image in memory, by the disk's function.
static void digest_of(uint32_t bytes, uint8_t digest[THICKET_DIGEST_BYTES]) {
  static vault_disk other;
  other.pages = SLOT_PAGES;
  memcpy(other.bytes, image, bytes);
  disk_digest(&other, 0, bytes, digest);
}

static int open_store(void *of) {
  (void)of;
  return 0;
}

static int operate(void *of) {
  slot_store *at = of;
  uint8_t digest[THICKET_DIGEST_BYTES];
  make_image(at->image_seed, at->bytes);
  switch (at->verb) {
    case BEGIN:
      return thicket_slots_begin(&slots, at->slot);
    case WRITE:
      return thicket_slots_write(&slots, at->slot, 0, image, at->bytes);
    case STAGE: {
      digest_of(at->bytes, digest);
      int32_t code = thicket_slots_stage(&slots, at->slot, at->bytes, at->release, digest);
      if (code != THICKET_E_VAULT_STATE) return code;
      // An interrupted header: it is done, or it is erased and written again; the image stays.
      thicket_slot found;
      code = thicket_slots_look(&slots, at->slot, &found);
      if (code || found.state == THICKET_SLOT_STAGED) return code;
      code = thicket_slots_begin(&slots, at->slot);
      return code ? code
                  : thicket_slots_stage(&slots, at->slot, at->bytes, at->release, digest);
    }
    case SWITCH:
      return thicket_slots_switch(&slots, at->slot);
    case CHOOSE:
      return thicket_slots_choose(&slots) < 0;
    case CONFIRM:
      return thicket_slots_confirm(&slots, at->slot);
    default:
      return thicket_slots_roll_back(&slots, at->slot);
  }
}

static int is_same(const thicket_slot *a, const thicket_slot *b) {
  return a->state == b->state && a->bytes == b->bytes && a->release == b->release &&
         memcmp(a->digest, b->digest, THICKET_DIGEST_BYTES) == 0;
}

// Each slot is as before or after the operation, and a whole image can be started.
static int judge(void *of, int is_done) {
  slot_store *at = of;
  if (disk.violations) return __LINE__;
  for (uint32_t slot = 0; slot < THICKET_SLOTS; slot++) {
    thicket_slot found;
    if (thicket_slots_look(&slots, slot, &found)) return __LINE__;
    // Between begin's two states, and a stage that is begun again, a slot may be empty.
    int may_be_empty = slot == at->slot && slot != at->running && at->verb <= STAGE;
    if (at->verb == CHOOSE && found.state == THICKET_SLOT_ROLLED_BACK &&
        at->old[slot].tries + 2 >= THICKET_SLOT_TRIES_MAX)
      continue;
    if (is_same(&found, &at->next[slot])) continue;
    if (is_done && at->verb != CHOOSE) return __LINE__;
    if (is_same(&found, &at->old[slot])) continue;
    if (may_be_empty && found.state == THICKET_SLOT_EMPTY) continue;
    return __LINE__;
  }
  // A boot on a copy of the disk, so that its tries do not count.
  static uint8_t kept[2 * SLOT_PAGES * THICKET_FLASH_PAGE];
  memcpy(kept, disk.bytes, sizeof kept);
  uint32_t operations = disk.operations;
  int32_t chosen = thicket_slots_choose(&slots);
  thicket_slot found;
  int line = chosen < 0 ? __LINE__ : 0;
  if (!line && thicket_slots_look(&slots, (uint32_t)chosen, &found)) line = __LINE__;
  uint8_t digest[THICKET_DIGEST_BYTES];
  if (!line && disk_digest(&disk, found.address, found.bytes, digest)) line = __LINE__;
  if (!line && memcmp(digest, found.digest, sizeof digest)) line = __LINE__;
  if (!line && found.state != THICKET_SLOT_PENDING && found.state != THICKET_SLOT_CONFIRMED)
    line = __LINE__;
  memcpy(disk.bytes, kept, sizeof kept);
  disk.operations = operations;
  return line;
}

// Learn what the operation leads to by running it on a copy, then cut it.
static void step(verb verb, uint32_t rounds, uint32_t seed, cut_totals *totals) {
  static uint8_t kept[2 * SLOT_PAGES * THICKET_FLASH_PAGE];
  store.verb = verb;
  for (uint32_t slot = 0; slot < THICKET_SLOTS; slot++)
    CHECK(thicket_slots_look(&slots, slot, &store.old[slot]) == THICKET_OK);
  memcpy(kept, disk.bytes, sizeof kept);
  CHECK(operate(&store) == 0);
  for (uint32_t slot = 0; slot < THICKET_SLOTS; slot++)
    CHECK(thicket_slots_look(&slots, slot, &store.next[slot]) == THICKET_OK);
  memcpy(disk.bytes, kept, sizeof kept);
  cut_case at = {open_store, operate, judge, &store, sizeof store, &disk};
  cut_everywhere(&at, rounds, seed, totals);
}

static void start(void) {
  disk_init(&disk, 2 * SLOT_PAGES);
  memset(&store, 0, sizeof store);
  store = (slot_store){.bytes = 5001, .release = 1, .image_seed = 99};
  static const verb first[] = {BEGIN, WRITE, STAGE, SWITCH, CHOOSE, CONFIRM};
  CHECK(thicket_slots_choose(&slots) == THICKET_E_VAULT_EMPTY);
  for (uint32_t i = 0; i < sizeof first / sizeof first[0]; i++) {
    store.verb = first[i];
    CHECK(operate(&store) == 0);
  }
}

static void survives_cuts(uint32_t scripts, uint32_t rounds) {
  cut_totals totals = {0};
  for (uint32_t script = 1; script <= scripts; script++) {
    uint32_t seed = script * 31337;
    start();
    for (uint32_t update = 0; update < 3; update++) {
      store.slot = 1 - store.running;
      store.bytes = 1 + disk_random(&seed) % IMAGE_MAX;
      store.image_seed = disk_random(&seed);
      store.release++;
      for (verb next = BEGIN; next <= CHOOSE; next++) step(next, rounds, seed, &totals);
      if ((script + update) % 3 == 0) {
        step(ROLL_BACK, rounds, seed, &totals);
        continue;
      }
      step(CONFIRM, rounds, seed, &totals);
      store.running = store.slot;
    }
  }
  CHECK(totals.failed == 0);
  CHECK(totals.runs > 0);
  printf("# slots: %llu cut runs, %llu of them a second cut\n", (unsigned long long)totals.runs,
         (unsigned long long)totals.nested);
}

static void stage_second(void) {
  start();
  store.slot = 1;
  store.release = 2;
  for (verb next = BEGIN; next <= SWITCH; next++) {
    store.verb = next;
    CHECK(operate(&store) == 0);
  }
}

static void rolls_back_what_does_not_prove_itself(void) {
  thicket_slot found;
  stage_second();
  for (int i = 0; i < THICKET_SLOT_TRIES_MAX; i++) CHECK(thicket_slots_choose(&slots) == 1);
  CHECK(thicket_slots_choose(&slots) == 0);
  CHECK(thicket_slots_look(&slots, 1, &found) == THICKET_OK);
  CHECK(found.state == THICKET_SLOT_ROLLED_BACK);
  CHECK(thicket_slots_confirm(&slots, 1) == THICKET_E_VAULT_STATE);
  // A pending image whose bytes went wrong is not even tried.
  stage_second();
  disk.bytes[found.address + 77] ^= 4;
  CHECK(thicket_slots_choose(&slots) == 0);
  CHECK(thicket_slots_look(&slots, 1, &found) == THICKET_OK);
  CHECK(found.state == THICKET_SLOT_ROLLED_BACK);
  // A confirmed one that rots later: the older confirmed one starts.
  stage_second();
  CHECK(thicket_slots_confirm(&slots, 1) == THICKET_OK && thicket_slots_choose(&slots) == 1);
  disk.bytes[found.address + 77] ^= 4;
  CHECK(thicket_slots_choose(&slots) == 0);
  // A header page that takes no more marks does not keep the confirmed image from starting.
  stage_second();
  disk_power(&disk, UINT32_MAX, TORN_NONE, 1);
  disk.fail_at = 0;
  CHECK(thicket_slots_choose(&slots) == 0);
}

static void goes_back_when_recalled(void) {
  stage_second();
  CHECK(thicket_slots_choose(&slots) == 1);
  CHECK(thicket_slots_confirm(&slots, 1) == THICKET_OK);
  thicket_slot found;
  CHECK(thicket_slots_look(&slots, 0, &found) == THICKET_OK);
  disk.bytes[found.address + 5] ^= 1;
  CHECK(thicket_slots_roll_back(&slots, 1) == THICKET_E_VAULT_DIGEST);
  disk.bytes[found.address + 5] ^= 1;
  CHECK(thicket_slots_roll_back(&slots, 1) == THICKET_OK);
  CHECK(thicket_slots_choose(&slots) == 0);
  // There is nothing before it; what was recalled can be written over.
  CHECK(thicket_slots_roll_back(&slots, 0) == THICKET_E_VAULT_STATE);
  CHECK(thicket_slots_begin(&slots, 0) == THICKET_E_VAULT_STATE);
  CHECK(thicket_slots_begin(&slots, 1) == THICKET_OK);
}

static void refuses_what_is_wrong(void) {
  uint8_t digest[THICKET_DIGEST_BYTES];
  stage_second();
  CHECK(thicket_slots_begin(&slots, 0) == THICKET_E_VAULT_STATE);
  CHECK(thicket_slots_begin(&slots, 1) == THICKET_E_VAULT_STATE);
  CHECK(thicket_slots_begin(&slots, 2) == THICKET_E_ARGUMENT);
  CHECK(thicket_slots_write(&slots, 1, 0, image, 4) == THICKET_E_VAULT_STATE);
  CHECK(thicket_slots_roll_back(&slots, 1) == THICKET_OK);
  CHECK(thicket_slots_roll_back(&slots, 0) == THICKET_E_VAULT_STATE);
  CHECK(thicket_slots_switch(&slots, 1) == THICKET_E_VAULT_STATE);
  CHECK(thicket_slots_begin(&slots, 1) == THICKET_OK);
  CHECK(thicket_slots_write(&slots, 1, 2, image, 4) == THICKET_E_ARGUMENT);
  CHECK(thicket_slots_write(&slots, 1, 4, image, IMAGE_MAX) == THICKET_E_SIZE);
  CHECK(thicket_slots_write(&slots, 1, 0, image, 1000) == THICKET_OK);
  digest_of(1000, digest);
  CHECK(thicket_slots_stage(&slots, 1, 1000, 1, digest) == THICKET_E_VAULT_RELEASE);
  CHECK(thicket_slots_stage(&slots, 1, IMAGE_MAX + 1, 9, digest) == THICKET_E_SIZE);
  digest[31] ^= 1;
  CHECK(thicket_slots_stage(&slots, 1, 1000, 9, digest) == THICKET_E_VAULT_DIGEST);
  digest[31] ^= 1;
  CHECK(thicket_slots_stage(&slots, 1, 1000, 9, digest) == THICKET_OK);
}

static void keeps_its_state_with_any_wrong_bit(void) {
  thicket_slot good[THICKET_SLOTS], found;
  stage_second();
  CHECK(thicket_slots_choose(&slots) == 1);
  for (uint32_t slot = 0; slot < THICKET_SLOTS; slot++)
    CHECK(thicket_slots_look(&slots, slot, &good[slot]) == THICKET_OK);
  for (uint32_t slot = 0; slot < THICKET_SLOTS; slot++)
    for (uint32_t bit = 0; bit < 128 * 8; bit++) {
      uint8_t *at = disk.bytes + slot * SLOT_PAGES * THICKET_FLASH_PAGE + bit / 8;
      *at ^= (uint8_t)(1u << bit % 8);
      CHECK(thicket_slots_look(&slots, slot, &found) == THICKET_OK);
      CHECK(is_same(&found, &good[slot]) && found.tries == good[slot].tries);
      *at ^= (uint8_t)(1u << bit % 8);
    }
}

static void survives_any_image(uint32_t cases) {
  uint32_t seed = 41;
  for (uint32_t run = 0; run < cases; run++) {
    if (run % 2)
      stage_second();
    else
      disk_init(&disk, 2 * SLOT_PAGES);
    for (uint32_t i = 0; i < (run % 3 ? 20u : 400u); i++) {
      uint32_t at = disk_random(&seed) % 128 + disk_random(&seed) % 2 * SLOT_PAGES * 4096u;
      disk.bytes[at] = (uint8_t)disk_random(&seed);
    }
    for (int i = 0; i < 8; i++) {
      int32_t chosen = thicket_slots_choose(&slots);
      CHECK(chosen == 0 || chosen == 1 || chosen == THICKET_E_VAULT_EMPTY);
      store.slot = disk_random(&seed) % 2;
      store.verb = disk_random(&seed) % VERBS;
      operate(&store);
    }
  }
  CHECK(disk.violations == 0);
  printf("# slots: %u images fuzzed\n", cases);
}

int main(int count, char **arguments) {
  uint32_t times = count > 1 ? (uint32_t)atoi(arguments[1]) : 0;
  survives_cuts(times ? times : 2, times ? 2 : 1);
  rolls_back_what_does_not_prove_itself();
  goes_back_when_recalled();
  refuses_what_is_wrong();
  keeps_its_state_with_any_wrong_bit();
  survives_any_image(times ? 20000 : 400);
  return check_report("vault_slots");
}
