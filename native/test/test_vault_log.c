// The record log: what was appended waits until it is acknowledged, through any power cut; when it
// is full the least valuable goes first. `test_vault_log LONG` runs LONG times as many scripts.
#include "check.h"
#include "support/vault_cuts.h"

#include <stdlib.h>
#include <string.h>

enum { PAGES = 5, RECORDS = 1200, AUDIT = 1, CRASH = 2, STREAMS = 3 };

static const uint8_t priority[THICKET_STREAMS_MAX] = {2, 5, 9};
static vault_disk disk;

typedef enum { ABSENT = 0, WAITING, DONE } fate;

typedef struct {
  uint8_t fate, stream, value;
  uint16_t bytes;
  uint32_t seed;
} model_record;

typedef enum { APPEND, ACKNOWLEDGE } verb;

typedef struct {
  thicket_log log;
  thicket_log_page page[PAGES];
  model_record old[RECORDS];   // by key, before the operation at hand
  model_record next[RECORDS];  // after it
  verb verb;
  uint32_t key;  // of the operation at hand
  model_record wanted;
} log_store;

static log_store store;
static uint64_t waiting_most;

static void fill(const model_record *record, uint8_t *out) {
  uint32_t seed = record->seed;
  for (int32_t i = 0; i < record->bytes; i++) out[i] = (uint8_t)disk_random(&seed);
}

static uint32_t worth(const model_record *record) {
  return (uint32_t)priority[record->stream] * 16 + record->value;
}

static int is_as_written(const log_store *at, uint32_t key, const model_record *record) {
  uint8_t found[THICKET_RECORD_BYTES_MAX], wanted[THICKET_RECORD_BYTES_MAX];
  int32_t bytes = thicket_log_read(&at->log, key, found, sizeof found);
  if (bytes != record->bytes) return 0;
  fill(record, wanted);
  return memcmp(found, wanted, record->bytes) == 0;
}

static int open_store(void *of) {
  log_store *at = of;
  return thicket_log_open(&at->log, &disk.flash, 0, PAGES, at->page, priority) ||
         at->log.report.damaged;
}

static int operate(void *of) {
  log_store *at = of;
  if (at->verb == ACKNOWLEDGE) {
    int32_t code = thicket_log_acknowledge(&at->log, at->key);
    return code == THICKET_E_VAULT_NONE ? 0 : code;
  }
  // After a cut the append may have been done already: then it is not repeated.
  if (is_as_written(at, at->key, &at->wanted)) return 0;
  uint8_t bytes[THICKET_RECORD_BYTES_MAX];
  uint32_t key;
  fill(&at->wanted, bytes);
  return thicket_log_append(&at->log, at->wanted.stream, at->wanted.value, bytes, at->wanted.bytes,
                            &key);
}

// Which keys wait and that they are whole, in the order of peek.
static int list(const log_store *at, uint8_t waits[RECORDS]) {
  memset(waits, 0, RECORDS);
  for (uint32_t stream = 0; stream < STREAMS; stream++) {
    thicket_record record = {0};
    uint32_t after = 0, count = 0;
    int32_t code;
    while ((code = thicket_log_peek(&at->log, stream, after, &record)) == THICKET_OK) {
      if (record.key <= after || record.key >= RECORDS) return __LINE__;
      after = record.key;
      waits[after] = 1;
      count++;
      const model_record *known = at->old[after].fate ? &at->old[after] : &at->wanted;
      if (known->stream != stream || known->value != record.value) return __LINE__;
      if (!is_as_written(at, after, known)) return __LINE__;
    }
    if (code != THICKET_E_VAULT_NONE || count != at->log.waiting[stream]) return __LINE__;
  }
  return 0;
}

// What has gone may come back never; what waits goes only when it is acknowledged or is among what
// the append at hand gives up for want of room.
static int judge(void *of, int is_done) {
  log_store *at = of;
  uint8_t waits[RECORDS];
  if (disk.violations) return __LINE__;
  int line = list(at, waits);
  if (line) return line;
  uint32_t least_kept = UINT32_MAX, most_lost = 0;
  for (uint32_t key = 1; key < RECORDS; key++) {
    const model_record *old = &at->old[key];
    if (old->fate == DONE && waits[key]) return __LINE__;
    if (old->fate == ABSENT && waits[key] && (at->verb != APPEND || key != at->key))
      return __LINE__;
    if (old->fate != WAITING) continue;
    if (at->verb == ACKNOWLEDGE && key == at->key) {
      if (is_done && waits[key]) return __LINE__;
      continue;
    }
    if (waits[key]) {
      if (worth(old) < least_kept) least_kept = worth(old);
      continue;
    }
    if (at->verb != APPEND || worth(old) > worth(&at->wanted)) return __LINE__;
    if (worth(old) > most_lost) most_lost = worth(old);
  }
  if (most_lost && most_lost > least_kept) return __LINE__;
  if (at->verb == APPEND && is_done && !waits[at->key]) return __LINE__;
  return 0;
}

static void settle(log_store *at) {
  uint8_t waits[RECORDS];
  if (list(at, waits)) CHECK(!"list");
  if (at->verb == APPEND) at->old[at->key] = at->wanted;
  for (uint32_t key = 1; key < RECORDS; key++)
    if (at->old[key].fate == WAITING && !waits[key]) at->old[key].fate = DONE;
  if (at->log.live_bytes > waiting_most) waiting_most = at->log.live_bytes;
}

static void choose_operation(log_store *at, uint32_t *seed, uint32_t acknowledge_pct) {
  static const uint16_t sizes[] = {24, 60, 120, 250, 333, 501, 1200, 1};
  uint32_t random = disk_random(seed);
  at->verb = APPEND;
  at->key = at->log.ring.next_key;
  at->wanted = (model_record){WAITING, (uint8_t)(disk_random(seed) % STREAMS),
                              (uint8_t)(disk_random(seed) % 16), sizes[random % 8],
                              disk_random(seed)};
  if (random / 8 % 100 >= acknowledge_pct) return;
  uint32_t start = disk_random(seed) % RECORDS;
  for (uint32_t i = 0; i < RECORDS; i++) {
    uint32_t key = (start + i) % RECORDS;
    if (at->old[key].fate != WAITING) continue;
    at->verb = ACKNOWLEDGE;
    at->key = key;
    return;
  }
}

static void start(void) {
  disk_init(&disk, PAGES);
  memset(&store, 0, sizeof store);
  CHECK(thicket_log_format(&disk.flash, 0, PAGES) == THICKET_OK);
  CHECK(open_store(&store) == 0);
}

static int is_refused(const log_store *at) {
  // A full log of worthier records refuses; nothing may have changed.
  log_store copy = *at;
  disk_power(&disk, UINT32_MAX, TORN_NONE, 1);
  static uint8_t image[sizeof disk.bytes];
  memcpy(image, disk.bytes, sizeof image);
  int code = operate(&store);
  int refused = code == THICKET_E_VAULT_FULL && disk.operations == 0;
  store = copy;
  memcpy(disk.bytes, image, sizeof image);
  return refused;
}

static void survives_cuts(uint32_t scripts, uint32_t rounds, int is_long) {
  cut_totals totals = {0};
  uint32_t refused = 0;
  for (uint32_t script = 1; script <= scripts; script++) {
    uint32_t seed = script * 104729;
    start();
    cut_case at = {open_store, operate, judge, &store, sizeof store, &disk};
    for (int i = 0; i < 160; i++) {
      // Some scripts keep up with what comes in, others fill the log.
      choose_operation(&store, &seed, script % 2 ? 45 : 10);
      if (store.verb == APPEND && is_refused(&store)) {
        refused++;
        continue;
      }
      if (i >= (is_long ? 60 : 145))
        cut_everywhere(&at, rounds, seed, &totals);
      else if (operate(&store) || judge(&store, 1))
        totals.failed++;
      settle(&store);
    }
  }
  CHECK(totals.failed == 0);
  CHECK(totals.runs > 0);
  printf("# log: %llu cut runs, %llu of them a second cut; %u appends refused\n",
         (unsigned long long)totals.runs, (unsigned long long)totals.nested, refused);
}

static void amplifies_little(uint32_t records, int is_full) {
  start();
  uint8_t data[200] = {0};
  uint32_t key = 0;
  memset(disk.erases, 0, sizeof disk.erases);
  disk.programmed = 0;
  for (uint32_t i = 0; i < records; i++) {
    memcpy(data, &i, sizeof i);
    if (thicket_log_append(&store.log, 0, 5, data, sizeof data, &key)) CHECK(!"append");
    if (!is_full && thicket_log_acknowledge(&store.log, key)) CHECK(!"acknowledge");
  }
  uint32_t most = 0;
  for (int i = 0; i < PAGES; i++)
    if (disk.erases[i] > most) most = disk.erases[i];
  printf("# log: %u records of 200 bytes, %s: %u erases of a page, amplification %.2f\n", records,
         is_full ? "always full" : "acknowledged", most, (double)disk.programmed / records / 200);
}

static void gives_up_the_least(void) {
  start();
  uint8_t data[400] = {3};
  uint32_t crash, key, first = 0;
  thicket_record record;
  CHECK(thicket_log_append(&store.log, CRASH, 0, data, 100, &crash) == THICKET_OK);
  for (int i = 0; i < 300; i++) {
    int32_t code = thicket_log_append(&store.log, 0, (uint32_t)(i % 2), data, 400, &key);
    // Once only records of value 1 are left, one of value 0 finds no room.
    CHECK(code == THICKET_OK || (code == THICKET_E_VAULT_FULL && i % 2 == 0 && i > 20));
    if (!first) first = key;
  }
  CHECK(thicket_log_peek(&store.log, CRASH, 0, &record) == THICKET_OK && record.key == crash);
  CHECK(store.log.evicted[0] > 100 && store.log.evicted[CRASH] == 0);
  CHECK(thicket_log_peek(&store.log, 0, 0, &record) == THICKET_OK && record.key > first);
  // Filled with the worthiest, the log refuses the rest and stays as it is.
  for (int i = 0; i < 100; i++)
    CHECK(thicket_log_append(&store.log, CRASH, 15, data, 400, &key) == THICKET_OK);
  uint32_t waiting = store.log.waiting[CRASH];
  CHECK(thicket_log_append(&store.log, AUDIT, 15, data, 400, &key) == THICKET_E_VAULT_FULL);
  CHECK(store.log.waiting[CRASH] == waiting);
}

static void knows_its_limits(void) {
  start();
  static uint8_t data[THICKET_RECORD_BYTES_MAX + 1];
  uint32_t key;
  thicket_record record;
  thicket_log *log = &store.log;
  CHECK(thicket_log_append(log, 8, 0, data, 4, &key) == THICKET_E_ARGUMENT);
  CHECK(thicket_log_append(log, 0, 16, data, 4, &key) == THICKET_E_ARGUMENT);
  CHECK(thicket_log_append(log, 0, 0, data, 0, &key) == THICKET_E_SIZE);
  CHECK(thicket_log_append(log, 0, 0, data, sizeof data, &key) == THICKET_E_SIZE);
  CHECK(thicket_log_peek(log, 0, 0, &record) == THICKET_E_VAULT_NONE);
  CHECK(thicket_log_append(log, 0, 0, data, sizeof data - 1, &key) == THICKET_OK && key == 1);
  CHECK(thicket_log_read(log, 1, data, 100) == THICKET_E_SIZE);
  CHECK(thicket_log_acknowledge(log, 2) == THICKET_E_VAULT_NONE);
  CHECK(thicket_log_acknowledge(log, 1) == THICKET_OK);
  CHECK(thicket_log_acknowledge(log, 1) == THICKET_E_VAULT_NONE);
  // Keys are not used twice, not even when the records are long gone.
  for (int i = 0; i < 40; i++) {
    CHECK(thicket_log_append(log, 1, 0, data, 1500, &key) == THICKET_OK);
    CHECK(key == (uint32_t)i + 2);
    CHECK(thicket_log_acknowledge(log, key) == THICKET_OK);
    CHECK(open_store(&store) == 0);
  }
  disk_init(&disk, PAGES);
  CHECK(open_store(&store) != 0);
  CHECK(thicket_log_peek(log, 0, 0, &record) == THICKET_E_ARGUMENT);
}

static void never_believes_wrong_bits(void) {
  uint32_t seed = 17, damaged = 0, header = 0;
  start();
  for (int i = 0; i < 70; i++) {
    choose_operation(&store, &seed, 25);
    if (operate(&store) == 0) settle(&store);
  }
  static uint8_t good[sizeof disk.bytes];
  memcpy(good, disk.bytes, sizeof good);
  for (uint32_t run = 0; run < 4000; run++) {
    uint32_t bit = disk_random(&seed) % (PAGES * THICKET_FLASH_PAGE * 8);
    disk.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    CHECK(open_store(&store) == 0);
    uint32_t wrong = 0;
    for (uint32_t key = 1; key < RECORDS; key++) {
      uint8_t data[THICKET_RECORD_BYTES_MAX];
      int32_t code = thicket_log_read(&store.log, key, data, sizeof data);
      if (store.old[key].fate != WAITING) {
        CHECK(code == THICKET_E_VAULT_NONE);
      } else if (!is_as_written(&store, key, &store.old[key])) {
        CHECK(code == THICKET_E_VAULT_DAMAGED);
        wrong++;
      }
    }
    CHECK(wrong <= 1);
    damaged += wrong;
    header += store.log.report.repaired;
    disk.bytes[bit / 8] = good[bit / 8];
  }
  CHECK(damaged > 0 && header > 0);
  printf("# log: of 4000 flipped bits %u damaged a waiting record, %u were repaired in headers\n",
         damaged, header);
}

static void survives_any_image(uint32_t cases) {
  uint32_t seed = 29, opened = 0;
  start();
  for (int i = 0; i < 70; i++) {
    choose_operation(&store, &seed, 25);
    if (operate(&store) == 0) settle(&store);
  }
  static uint8_t good[sizeof disk.bytes];
  memcpy(good, disk.bytes, sizeof good);
  for (uint32_t run = 0; run < cases; run++) {
    memcpy(disk.bytes, good, PAGES * THICKET_FLASH_PAGE);
    uint32_t kind = run % 4;
    uint32_t changes = kind == 0 ? 20000 : 1 + disk_random(&seed) % 64;
    for (uint32_t i = 0; i < changes; i++) {
      uint32_t at = disk_random(&seed) % (PAGES * THICKET_FLASH_PAGE);
      if (kind == 3) at = at / THICKET_FLASH_PAGE * THICKET_FLASH_PAGE + at % 128;
      disk.bytes[at] = kind == 2 ? 0xff : (uint8_t)disk_random(&seed);
    }
    if (thicket_log_open(&store.log, &disk.flash, 0, PAGES, store.page, priority)) continue;
    opened++;
    thicket_record record = {0};
    uint8_t data[THICKET_RECORD_BYTES_MAX] = {0};
    for (uint32_t i = 0; i < 30; i++) {
      if (thicket_log_peek(&store.log, i % STREAMS, record.key, &record)) record.key = 0;
      if (record.key) thicket_log_read(&store.log, record.key, data, sizeof data);
      if (record.key && i % 3 == 0) thicket_log_acknowledge(&store.log, record.key);
      uint32_t key;
      if (thicket_log_append(&store.log, i % STREAMS, 15, data, 300, &key) == THICKET_OK)
        CHECK(thicket_log_read(&store.log, key, data, sizeof data) == 300);
    }
  }
  CHECK(disk.violations == 0);
  CHECK(opened > 0);
  printf("# log: %u images fuzzed, %u opened\n", cases, opened);
}

int main(int count, char **arguments) {
  uint32_t times = count > 1 ? (uint32_t)atoi(arguments[1]) : 0;
  survives_cuts(times ? times : 2, times ? 2 : 1, times > 0);
  amplifies_little(times ? 100000 : 2000, 0);
  amplifies_little(times ? 20000 : 500, 1);
  gives_up_the_least();
  knows_its_limits();
  never_believes_wrong_bits();
  survives_any_image(times ? 50000 : 500);
  printf("# log: up to %llu of %u bytes waiting\n", (unsigned long long)waiting_most,
         PAGES * THICKET_FLASH_PAGE);
  return check_report("vault_log");
}
