// The record log: several streams in one circle of pages. A record waits until its mark is cleared
// in place. In RAM there is only a summary of each page; searches walk the pages that may match.
#include "ring.h"

#include <string.h>

#define LOG_KIND 0x314c4c54u  // "TLL1"
#define LOG_PAGES_MAX 1024

// The mark of a record. A torn or flipped mark counts as what it is nearer to.
#define MARK_EVICTED      0x0000ffffu
#define MARK_ACKNOWLEDGED 0u
#define GONE_ZERO_BITS    8

static int32_t init(thicket_ring *ring, const thicket_flash *flash, uint32_t address,
                    uint32_t pages) {
  if (pages < THICKET_LOG_PAGES_MIN || pages > LOG_PAGES_MAX) return THICKET_E_ARGUMENT;
  return thicket_x_ring_init(ring, flash, address, pages, LOG_KIND);
}

int32_t thicket_log_format(const thicket_flash *flash, uint32_t address, uint32_t pages) {
  thicket_ring ring;
  int32_t code = init(&ring, flash, address, pages);
  return code ? code : thicket_x_ring_format(&ring);
}

static uint32_t stream_of(const ring_entry *entry) { return entry->type >> 4; }

static int is_waiting(const void *owner, const ring_entry *entry) {
  (void)owner;
  return thicket_x_zero_bits(entry->mark) < GONE_ZERO_BITS && entry->id != 0 &&
         stream_of(entry) < THICKET_STREAMS_MAX;
}

static uint32_t worth_of(const thicket_log *log, const ring_entry *entry) {
  return (uint32_t)log->priority[stream_of(entry)] << 4 | (entry->type & 15);
}

static thicket_log_page *page_of(const thicket_log *log, uint32_t sequence) {
  return &log->page[sequence % log->ring.pages];
}

// Count an entry in (or, with is_new 0, only into its page).
static void count_in(thicket_log *log, const ring_entry *entry, int is_new) {
  thicket_log_page *page = page_of(log, entry->sequence);
  uint32_t bytes = ring_entry_bytes(entry->bytes);
  if (!page->live_bytes || entry->id < page->first_key) page->first_key = entry->id;
  if (!page->live_bytes || entry->id > page->last_key) page->last_key = entry->id;
  page->live_bytes += bytes;
  if (!is_new) return;
  log->live_bytes += bytes;
  log->waiting[stream_of(entry)]++;
}

static int32_t scan_page(thicket_log *log, uint32_t sequence, int is_opening) {
  ring_walk walk = thicket_x_ring_walk(sequence);
  ring_entry entry;
  int32_t code;
  memset(page_of(log, sequence), 0, sizeof(thicket_log_page));
  while ((code = thicket_x_ring_next(&log->ring, &walk, &entry)) > 0) {
    if (is_opening) {
      log->report.repaired += entry.is_repaired != 0;
      if (entry.id >= log->ring.next_key && entry.id != UINT32_MAX)
        log->ring.next_key = entry.id + 1;
    }
    if (is_waiting(log, &entry)) count_in(log, &entry, is_opening);
  }
  if (code) return code;
  return is_opening ? thicket_x_ring_finish(&log->ring, &walk, &log->report) : THICKET_OK;
}

int32_t thicket_log_open(thicket_log *log, const thicket_flash *flash, uint32_t address,
                         uint32_t pages, thicket_log_page *page,
                         const uint8_t priority[THICKET_STREAMS_MAX]) {
  if (!log || !page || !priority) return THICKET_E_ARGUMENT;
  memset(log, 0, sizeof *log);
  int32_t code = init(&log->ring, flash, address, pages);
  if (code) return code;
  for (int i = 0; i < THICKET_STREAMS_MAX; i++) {
    if (priority[i] > 15) code = THICKET_E_ARGUMENT;
    log->priority[i] = priority[i];
  }
  log->page = page;
  memset(page, 0, pages * sizeof *page);
  if (!code) code = thicket_x_ring_find(&log->ring);
  uint32_t sequence = thicket_x_ring_oldest(&log->ring);
  for (; !code && sequence != log->ring.head + 1; sequence++) code = scan_page(log, sequence, 1);
  if (code) log->ring.pages = 0;
  return code;
}

// --- Searching -----------------------------------------------------------------------------------

// The waiting record with a key. Returns OK, E_VAULT_NONE or E_VAULT_READ.
static int32_t find(const thicket_log *log, uint32_t key, ring_entry *entry) {
  uint32_t sequence = thicket_x_ring_oldest(&log->ring);
  for (; sequence != log->ring.head + 1; sequence++) {
    const thicket_log_page *page = page_of(log, sequence);
    if (!page->live_bytes || key < page->first_key || key > page->last_key) continue;
    ring_walk walk = thicket_x_ring_walk(sequence);
    int32_t code;
    while ((code = thicket_x_ring_next(&log->ring, &walk, entry)) > 0)
      if (entry->id == key && is_waiting(log, entry)) return THICKET_OK;
    if (code) return code;
  }
  return THICKET_E_VAULT_NONE;
}

static thicket_record record_of(const thicket_log *log, const ring_entry *entry) {
  uint32_t offset = entry->offset + ENTRY_HEAD;
  return (thicket_record){entry->id, thicket_x_ring_address(&log->ring, entry->sequence, offset),
                          (uint16_t)entry->bytes, (uint8_t)stream_of(entry),
                          (uint8_t)(entry->type & 15)};
}

int32_t thicket_log_peek(const thicket_log *log, uint32_t stream, uint32_t after,
                         thicket_record *record) {
  if (!log || !log->ring.pages || !record || stream >= THICKET_STREAMS_MAX)
    return THICKET_E_ARGUMENT;
  record->key = 0;
  if (!log->waiting[stream]) return THICKET_E_VAULT_NONE;
  uint32_t sequence = thicket_x_ring_oldest(&log->ring);
  for (; sequence != log->ring.head + 1; sequence++) {
    const thicket_log_page *page = page_of(log, sequence);
    if (!page->live_bytes || page->last_key <= after) continue;
    if (record->key && page->first_key >= record->key) continue;
    ring_walk walk = thicket_x_ring_walk(sequence);
    ring_entry entry;
    int32_t code;
    while ((code = thicket_x_ring_next(&log->ring, &walk, &entry)) > 0) {
      if (!is_waiting(log, &entry) || stream_of(&entry) != stream || entry.id <= after) continue;
      if (record->key && entry.id >= record->key) continue;
      *record = record_of(log, &entry);
    }
    if (code) return code;
  }
  return record->key ? THICKET_OK : THICKET_E_VAULT_NONE;
}

int32_t thicket_log_read(const thicket_log *log, uint32_t key, void *data, uint32_t room) {
  if (!log || !log->ring.pages || !data || !key) return THICKET_E_ARGUMENT;
  ring_entry entry;
  int32_t code = find(log, key, &entry);
  if (code) return code;
  if (entry.bytes > room) return THICKET_E_SIZE;
  code = thicket_x_ring_read(&log->ring, &entry, 0, data, entry.bytes);
  if (code) return code;
  uint32_t crc = thicket_x_crc(0, data, entry.bytes);
  return crc == entry.checksum ? (int32_t)entry.bytes : THICKET_E_VAULT_DAMAGED;
}

int32_t thicket_log_check(const thicket_log *log, uint32_t key, thicket_record *record) {
  if (!log || !log->ring.pages || !record || !key) return THICKET_E_ARGUMENT;
  ring_entry entry;
  int32_t code = find(log, key, &entry);
  if (!code) code = thicket_x_ring_verify(&log->ring, &entry);
  if (code) return code;
  *record = record_of(log, &entry);
  return THICKET_OK;
}

// Clear a record's mark as far as `mark` says and count it out.
static int32_t set_mark(thicket_log *log, const ring_entry *entry, uint32_t mark) {
  uint32_t word = entry->mark & mark;
  uint32_t at = thicket_x_ring_address(&log->ring, entry->sequence, entry->offset + 16);
  int32_t code = thicket_x_flash_prog(log->ring.flash, at, &word, sizeof word);
  if (code) return code;
  uint32_t bytes = ring_entry_bytes(entry->bytes);
  page_of(log, entry->sequence)->live_bytes -= bytes;
  log->live_bytes -= bytes;
  log->waiting[stream_of(entry)]--;
  return THICKET_OK;
}

int32_t thicket_log_acknowledge(thicket_log *log, uint32_t key) {
  if (!log || !log->ring.pages || !key) return THICKET_E_ARGUMENT;
  ring_entry entry;
  int32_t code = find(log, key, &entry);
  return code ? code : set_mark(log, &entry, MARK_ACKNOWLEDGED);
}

// --- Appending -----------------------------------------------------------------------------------

// The waiting record of least worth, at most `worth`, of equals the oldest; and how many bytes such
// records take together. Returns OK, E_VAULT_NONE or E_VAULT_READ.
static int32_t least(const thicket_log *log, uint32_t worth, ring_entry *victim, uint32_t *bytes) {
  uint32_t sequence = thicket_x_ring_oldest(&log->ring);
  int is_found = 0;
  *bytes = 0;
  for (; sequence != log->ring.head + 1; sequence++) {
    if (!page_of(log, sequence)->live_bytes) continue;
    ring_walk walk = thicket_x_ring_walk(sequence);
    ring_entry entry;
    int32_t code;
    while ((code = thicket_x_ring_next(&log->ring, &walk, &entry)) > 0) {
      if (!is_waiting(log, &entry) || worth_of(log, &entry) > worth) continue;
      *bytes += ring_entry_bytes(entry.bytes);
      if (is_found) {
        uint32_t mine = worth_of(log, &entry), best = worth_of(log, victim);
        if (mine > best || (mine == best && entry.id >= victim->id)) continue;
      }
      *victim = entry;
      is_found = 1;
    }
    if (code) return code;
  }
  return is_found ? THICKET_OK : THICKET_E_VAULT_NONE;
}

// Give records up until at most `allowed` bytes wait. Returns OK, E_VAULT_FULL with nothing given
// up, E_VAULT_WRITE or E_VAULT_READ.
static int32_t make_room(thicket_log *log, uint32_t worth, uint32_t allowed) {
  int is_first = 1;
  while (log->live_bytes > allowed) {
    ring_entry victim;
    uint32_t bytes;
    int32_t code = least(log, worth, &victim, &bytes);
    if (code == THICKET_E_VAULT_NONE) return THICKET_E_VAULT_FULL;
    if (code) return code;
    if (is_first && log->live_bytes - bytes > allowed) return THICKET_E_VAULT_FULL;
    is_first = 0;
    code = set_mark(log, &victim, MARK_EVICTED);
    if (code) return code;
    log->evicted[stream_of(&victim)]++;
  }
  return THICKET_OK;
}

int32_t thicket_log_append(thicket_log *log, uint32_t stream, uint32_t value, const void *data,
                           uint32_t bytes, uint32_t *key) {
  if (!log || !log->ring.pages || !data || !key) return THICKET_E_ARGUMENT;
  if (stream >= THICKET_STREAMS_MAX || value > THICKET_RECORD_VALUE_MAX) return THICKET_E_ARGUMENT;
  if (bytes == 0 || bytes > THICKET_RECORD_BYTES_MAX) return THICKET_E_SIZE;
  thicket_ring *ring = &log->ring;
  if (ring->next_key == UINT32_MAX) return THICKET_E_VAULT_FULL;
  ring_entry entry = {0};
  entry.type = stream << 4 | value;
  entry.bytes = bytes;
  // Below (pages - 1) * (room of a page - entry) some page has room for it; an eighth less bounds
  // how much is copied to get there.
  uint32_t allowed = (ring->pages - 1) * (PAGE_ROOM - ring_entry_bytes(bytes)) / 8 * 7;
  int32_t code = make_room(log, worth_of(log, &entry), allowed);
  if (code) return code;
  ring_data pieces = {data, bytes, 0, 0};
  entry.id = ring->next_key;
  for (uint32_t tries = 0; tries <= ring->pages; tries++) {
    // A key that may have reached the flash is not used again.
    code = thicket_x_ring_append(ring, entry.type, entry.id, &pieces, &entry.offset);
    if (code != RING_NO_ROOM) ring->next_key = entry.id + 1;
    if (code < 0) return code;
    if (code == THICKET_OK) {
      entry.sequence = ring->head;
      count_in(log, &entry, 1);
      *key = entry.id;
      return THICKET_OK;
    }
    // The oldest page becomes the spare; what waits in it is in the newest one then.
    uint32_t oldest = thicket_x_ring_oldest(ring);
    code = thicket_x_ring_advance(ring, is_waiting, log);
    if (code) return code;
    memset(page_of(log, oldest), 0, sizeof(thicket_log_page));
    code = scan_page(log, ring->head, 0);
    if (code) {
      ring->pages = 0;
      return code;
    }
  }
  return THICKET_E_VAULT_FULL;
}
