// Patches: pieces of any size, hostile ones, and power cuts at every flash operation with the state
// of an earlier piece. `test_patch LONG` runs LONG times as many scripts and 100,000 mutated
// patches.
#include "check.h"
#include "support/vault_cuts.h"
#include "thicket_patch.h"

#include <stdlib.h>
#include <string.h>

enum {
  SLOT_PAGES = 4,
  IMAGE_MAX = (SLOT_PAGES - 1) * THICKET_FLASH_PAGE,
  PATCH_MAX = 3 * IMAGE_MAX,
  STRAIGHT = 0,
  MOVED = 1,
  QUOTED = 2,
  AGAIN = 3
};

static vault_disk disk;
static const thicket_slots slots = {&disk.flash, 0, SLOT_PAGES, disk_digest};

static uint8_t base[IMAGE_MAX], image[IMAGE_MAX], patch[PATCH_MAX];
static uint32_t base_bytes, image_bytes, patch_bytes;

// --- Patches made at random, with the image that they make ---------------------------------------

static void put(uint32_t byte) { patch[patch_bytes++] = (uint8_t)byte; }

static void put_number(uint32_t value) {
  for (; value > 127; value >>= 7) put((value & 127) | 128);
  put(value);
}

static uint32_t zigzag(int32_t value) {
  return value < 0 ? 2 * (uint32_t)-value - 1 : 2 * (uint32_t)value;
}

// One token; what it makes goes to the image at `made`. Returns what it made.
static uint32_t put_token(uint32_t source, uint32_t made, uint32_t inserts, uint32_t copies,
                          uint32_t from, uint32_t *next, uint32_t *seed) {
  put(source << 6 | (inserts < 3 ? inserts : 3) << 4 | (copies < 15 ? copies : 15));
  if (inserts >= 3) put_number(inserts - 3);
  if (copies >= 15) put_number(copies - 15);
  if (source == AGAIN) put_number(made + inserts - 1 - from);
  if (source == MOVED || source == QUOTED) put_number(zigzag((int32_t)from - (int32_t)*next));
  for (uint32_t i = 0; i < inserts; i++) put(image[made + i] = (uint8_t)disk_random(seed));
  for (uint32_t i = 0; i < copies; i++)
    image[made + inserts + i] = source == AGAIN ? image[from + i] : base[from + i];
  if (copies && source <= MOVED) *next = from + copies;
  return inserts + copies;
}

static uint32_t at_most(uint32_t limit, uint32_t *seed) { return disk_random(seed) % (limit + 1); }

// A base, and a patch to an image of `image_bytes`.
static void make_patch(uint32_t seed) {
  uint32_t next = 0, made = 0;
  base_bytes = 1 + at_most(IMAGE_MAX - 1, &seed);
  for (uint32_t i = 0; i < base_bytes; i++) base[i] = (uint8_t)disk_random(&seed);
  image_bytes = 1 + at_most(IMAGE_MAX - 1, &seed);
  patch_bytes = 0;
  put(1);
  put_number(image_bytes);
  while (made < image_bytes) {
    uint32_t left = image_bytes - made, source = at_most(3, &seed);
    uint32_t inserts = at_most(at_most(1, &seed) ? 4 : 40, &seed);
    if (inserts > left) inserts = left;
    uint32_t from = next + inserts, room = 0;
    if (source == AGAIN) {
      if (made + inserts == 0) continue;
      from = at_most(made + inserts - 1, &seed);
      room = left - inserts;
    } else {
      if (source != STRAIGHT) from = at_most(base_bytes, &seed);
      if (from < base_bytes) room = base_bytes - from;
    }
    uint32_t copies = at_most(at_most(1, &seed) ? 20 : 3000, &seed);
    if (copies > room) copies = room;
    if (copies > left - inserts) copies = left - inserts;
    if (inserts + copies == 0) continue;
    made += put_token(source, made, inserts, copies, from, &next, &seed);
  }
}

// --- The slots -----------------------------------------------------------------------------------

// Slot 0 holds the base, confirmed; slot 1 is begun.
static void start(void) {
  uint8_t digest[THICKET_DIGEST_BYTES];
  disk_init(&disk, 2 * SLOT_PAGES);
  CHECK(thicket_slots_begin(&slots, 0) == THICKET_OK);
  CHECK(thicket_slots_write(&slots, 0, 0, base, base_bytes) == THICKET_OK);
  disk_digest(&disk, THICKET_FLASH_PAGE, base_bytes, digest);
  CHECK(thicket_slots_stage(&slots, 0, base_bytes, 1, digest) == THICKET_OK);
  CHECK(thicket_slots_switch(&slots, 0) == THICKET_OK);
  CHECK(thicket_slots_confirm(&slots, 0) == THICKET_OK);
  CHECK(thicket_slots_begin(&slots, 1) == THICKET_OK);
}

static int is_image(void) {
  const uint8_t *at = disk.bytes + (SLOT_PAGES + 1) * THICKET_FLASH_PAGE;
  return memcmp(at, image, image_bytes) == 0;
}

static uint8_t state[THICKET_PATCH_STATE_BYTES];

// The whole patch in pieces of at most `piece_max`. Returns the first error.
static int32_t apply(uint32_t piece_max, uint32_t seed) {
  thicket_patch_begin(state);
  for (uint32_t at = 0; at < patch_bytes;) {
    uint32_t bytes = 1 + at_most(piece_max - 1, &seed);
    if (bytes > patch_bytes - at) bytes = patch_bytes - at;
    int32_t code = thicket_patch_apply(&slots, 1, state, patch + at, bytes);
    if (code) return code;
    at += bytes;
  }
  return THICKET_OK;
}

static void takes_pieces_of_any_size(void) {
  static const uint32_t pieces[] = {1, 2, 3, 7, 64, 300, PATCH_MAX};
  for (uint32_t seed = 1; seed <= 6; seed++)
    for (uint32_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
      uint32_t taken, made;
      make_patch(seed * 7919);
      start();
      CHECK(apply(pieces[i], seed) == THICKET_OK);
      CHECK(thicket_patch_offsets(state, &taken, &made) == THICKET_OK);
      CHECK(taken == patch_bytes && made == image_bytes);
      CHECK(is_image() && disk.violations == 0);
      CHECK(thicket_patch_apply(&slots, 1, state, "", 0) == THICKET_OK);
      CHECK(thicket_patch_apply(&slots, 1, state, "x", 1) == THICKET_E_PATCH_LENGTH);
    }
}

// --- Power cuts ----------------------------------------------------------------------------------

// Several pieces in one operation; the state is kept, as in a cell, after some of them.
typedef struct {
  uint8_t kept[THICKET_PATCH_STATE_BYTES];
  uint32_t piece, keep_every;
} patch_store;

static patch_store store;

static int open_store(void *of) {
  (void)of;
  return 0;
}

// From the kept state to the end.
static int operate(void *of) {
  patch_store *at = of;
  uint8_t now[THICKET_PATCH_STATE_BYTES];
  uint32_t taken, made, pieces = 0;
  memcpy(now, at->kept, sizeof now);
  if (thicket_patch_offsets(now, &taken, &made)) return __LINE__;
  while (taken < patch_bytes) {
    uint32_t bytes = patch_bytes - taken < at->piece ? patch_bytes - taken : at->piece;
    if (thicket_patch_apply(&slots, 1, now, patch + taken, bytes)) return __LINE__;
    taken += bytes;
    if (++pieces % at->keep_every == 0) memcpy(at->kept, now, sizeof now);
  }
  return 0;
}

static int judge(void *of, int is_done) {
  (void)of;
  if (disk.violations) return __LINE__;
  if (memcmp(disk.bytes + THICKET_FLASH_PAGE, base, base_bytes)) return __LINE__;
  return is_done && !is_image() ? __LINE__ : 0;
}

static void survives_cuts(uint32_t scripts) {
  cut_totals totals = {0};
  for (uint32_t script = 1; script <= scripts; script++) {
    uint32_t seed = script * 104729;
    do make_patch(disk_random(&seed));
    while (image_bytes > 2 * THICKET_FLASH_PAGE || image_bytes < THICKET_FLASH_PAGE);
    start();
    thicket_patch_begin(store.kept);
    store.piece = 1 + at_most(script % 2 ? 40 : 400, &seed);
    store.keep_every = 1 + at_most(3, &seed);
    cut_case at = {open_store, operate, judge, &store, sizeof store, &disk};
    cut_everywhere(&at, 1, seed, &totals);
  }
  CHECK(totals.failed == 0);
  CHECK(totals.runs > 0);
  printf("# patches: %llu cut runs, %llu of them a second cut\n", (unsigned long long)totals.runs,
         (unsigned long long)totals.nested);
}

// --- Refusals ------------------------------------------------------------------------------------

// A patch of these bytes on a base of ten; nothing may have been written when it is refused.
static int32_t try(const char *bytes, uint32_t count) {
  static uint8_t before[2 * SLOT_PAGES * THICKET_FLASH_PAGE];
  memcpy(base, "0123456789", base_bytes = 10);
  start();
  memcpy(before, disk.bytes, sizeof before);
  thicket_patch_begin(state);
  int32_t code = thicket_patch_apply(&slots, 1, state, bytes, count);
  if (code) CHECK(memcmp(before, disk.bytes, sizeof before) == 0);
  return code;
}

#define TRY(text) try(text, sizeof text - 1)

static void refuses_what_is_wrong(void) {
  CHECK(TRY("\2") == THICKET_E_PATCH_FORMAT);
  CHECK(TRY("\1\x0a\0") == THICKET_E_PATCH_FORMAT);  // a token without effect
  CHECK(TRY("\1\x80\x80\x80\x80\x01") == THICKET_E_PATCH_FORMAT);
  CHECK(TRY("\1\0") == THICKET_E_PATCH_SIZE);
  CHECK(TRY("\1\x81\xe0\0") == THICKET_E_PATCH_SIZE);      // 12289 bytes
  CHECK(TRY("\1\x0a\x0b") == THICKET_E_PATCH_BOUNDS);      // more than announced
  CHECK(TRY("\1\x14\x0b") == THICKET_E_PATCH_BOUNDS);      // more than the base has
  CHECK(TRY("\1\x14\x41\x01") == THICKET_E_PATCH_BOUNDS);  // before the base
  CHECK(TRY("\1\x14\x42\x12") == THICKET_E_PATCH_BOUNDS);  // 9, two bytes
  CHECK(TRY("\1\x14\x41\xff\xff\xff\x7e") == THICKET_E_PATCH_BOUNDS);
  CHECK(TRY("\1\x14\xc1\0") == THICKET_E_PATCH_BOUNDS);        // nothing made yet
  CHECK(TRY("\1\x14\x05\xc1\x05") == THICKET_E_PATCH_BOUNDS);  // 6 back of 5
  CHECK(TRY("\1\x05\x30\x03") == THICKET_E_PATCH_BOUNDS);      // 6 literals
  CHECK(TRY("\1\x04\x04x") == THICKET_E_PATCH_LENGTH);
  CHECK(TRY("\1\x04\x04") == THICKET_OK);
  CHECK(TRY("\1\x0c\x13"
            "a\xc8\3") == THICKET_OK);
  CHECK(memcmp(disk.bytes + (SLOT_PAGES + 1) * THICKET_FLASH_PAGE, "a123a123a123\xff", 13) == 0);
}

static void refuses_what_does_not_belong_together(void) {
  uint32_t taken, made;
  uint8_t kept[THICKET_PATCH_STATE_BYTES];
  CHECK(TRY("\1\x08\x04") == THICKET_OK);
  CHECK(thicket_patch_apply(&slots, 1, NULL, "x", 1) == THICKET_E_ARGUMENT);
  CHECK(thicket_patch_apply(&slots, 1, state, NULL, 1) == THICKET_E_ARGUMENT);
  CHECK(thicket_patch_apply(&slots, 2, state, "x", 1) == THICKET_E_ARGUMENT);
  CHECK(thicket_patch_apply(&slots, 0, state, "x", 1) == THICKET_E_VAULT_STATE);
  CHECK(thicket_patch_offsets(NULL, &taken, &made) == THICKET_E_ARGUMENT);
  memcpy(kept, state, sizeof kept);
  disk.bytes[16] ^= 8, disk.bytes[12] ^= 1;  // both copies of the base's header would have to go
  memset(disk.bytes, 0, 96);
  CHECK(thicket_patch_apply(&slots, 1, state, "\4", 1) == THICKET_E_PATCH_BASE);
  CHECK(memcmp(kept, state, sizeof kept) == 0);
  CHECK(TRY("\1\x08\x04") == THICKET_OK);
  state[36] ^= 1;  // another base
  CHECK(thicket_patch_apply(&slots, 1, state, "\4", 1) == THICKET_E_PATCH_BASE);
  memset(state, 0, sizeof state);
  CHECK(thicket_patch_offsets(state, &taken, &made) == THICKET_E_PATCH_STATE);
  // Flash that holds something else is refused, not overwritten.
  CHECK(TRY("\1\x08\x04") == THICKET_OK);
  CHECK(thicket_slots_write(&slots, 1, 4, "\0\0\0\0", 4) == THICKET_OK);
  CHECK(thicket_patch_apply(&slots, 1, state, "\4", 1) == THICKET_E_VAULT_WRITE);
}

static int is_named(int32_t code) {
  return code == THICKET_OK || code <= THICKET_E_PATCH_FORMAT || code == THICKET_E_VAULT_WRITE ||
         code == THICKET_E_VAULT_STATE || code == THICKET_E_SIZE;
}

// Broken patches and broken states: a name, and nothing read or written outside slot 1.
static void survives_any_patch(uint32_t cases) {
  uint32_t seed = 4711, refused = 0, wrong = 0;
  make_patch(5);
  static vault_disk fresh;
  for (uint32_t run = 0; run < cases; run++) {
    if (run % 16 == 0) {
      do make_patch(disk_random(&seed));
      while (image_bytes > 3000);
      start();
      memcpy(&fresh, &disk, sizeof fresh);
    }
    memcpy(disk.bytes + SLOT_PAGES * THICKET_FLASH_PAGE,
           fresh.bytes + SLOT_PAGES * THICKET_FLASH_PAGE, SLOT_PAGES * THICKET_FLASH_PAGE);
    uint8_t mine[PATCH_MAX];
    uint32_t bytes = patch_bytes, changes = 1 + at_most(3, &seed);
    memcpy(mine, patch, bytes);
    for (uint32_t i = 0; i < changes; i++) {
      uint32_t near = at_most(1, &seed) ? 1 + at_most(20, &seed) : bytes;
      mine[at_most((near < bytes ? near : bytes) - 1, &seed)] = (uint8_t)disk_random(&seed);
    }
    if (run % 5 == 0) bytes = at_most(bytes, &seed);
    uint32_t split = at_most(bytes, &seed);
    thicket_patch_begin(state);
    int32_t code = thicket_patch_apply(&slots, 1, state, mine, split);
    if (!code && run % 3 == 0) {
      uint32_t at = at_most(sizeof state - 1, &seed);
      state[at] = (uint8_t)disk_random(&seed);
    }
    if (!code) code = thicket_patch_apply(&slots, 1, state, mine + split, bytes - split);
    wrong += !is_named(code);
    refused += code != THICKET_OK;
    wrong += memcmp(disk.bytes, fresh.bytes, SLOT_PAGES * THICKET_FLASH_PAGE) != 0;
  }
  CHECK(wrong == 0 && refused > 0);
  CHECK(disk.violations == 0);
  printf("# patches: %u mutated, %u refused before their end\n", cases, refused);
}

int main(int count, char **arguments) {
  uint32_t times = count > 1 ? (uint32_t)atoi(arguments[1]) : 0;
  takes_pieces_of_any_size();
  survives_cuts(times ? 2 * times : 2);
  refuses_what_is_wrong();
  refuses_what_does_not_belong_together();
  survives_any_patch(times ? 100000 : 5000);
  return check_report("patch");
}
