// The ring of blobs: pictures that wait until they are uploaded. Each takes whole pages in one
// piece, so that it can be used in place; nothing is ever moved. In RAM there is the owner of each
// page, made anew when opening. Layout: FORMAT.md.
#include "ring.h"

#include <string.h>

#define BLOB_KIND      0x31424c54u  // "TLB1"
#define BLOB_PAGES_MAX 65535

enum { MARK_AT = 56, NOTE_AT = 64, DATA_AT = 256, GONE_ZERO_BITS = 8 };

// Twice at the start of the first page.
typedef struct {
  uint32_t kind, id, bytes;
  uint32_t shape;  // value in bits 0..7, length of the note in 8..15
  uint32_t data_checksum, note_checksum, checksum;
} blob_head;

_Static_assert(2 * sizeof(blob_head) == MARK_AT, "the mark follows the two headers");
_Static_assert(NOTE_AT + THICKET_BLOB_NOTE_MAX <= DATA_AT, "the note ends before the data");

static uint32_t pages_of(uint32_t bytes) { return (DATA_AT + bytes + PAGE - 1) / PAGE; }

static uint32_t value_of(const blob_head *head) { return head->shape & 0xff; }

static uint32_t note_bytes_of(const blob_head *head) { return head->shape >> 8 & 0xff; }

uint32_t thicket_blobs_room(uint32_t pages) { return pages / 4 * PAGE - DATA_AT; }

static uint32_t address_of(const thicket_blobs *blobs, uint32_t index) {
  return blobs->address + index * PAGE;
}

// Bound to its place, so that a copy of a header elsewhere is none.
static uint32_t head_checksum(const thicket_blobs *blobs, uint32_t index, const blob_head *head) {
  uint32_t place[2] = {index, blobs->pages};
  return thicket_x_crc(thicket_x_crc(0, place, sizeof place), head, sizeof *head - 4);
}

static int is_good(const thicket_blobs *blobs, uint32_t index, const blob_head *head) {
  if (head->kind != BLOB_KIND || head->checksum != head_checksum(blobs, index, head)) return 0;
  if (head->id == 0 || head->id == UINT32_MAX || head->shape >> 16) return 0;
  if (value_of(head) > THICKET_BLOB_VALUE_MAX || note_bytes_of(head) > THICKET_BLOB_NOTE_MAX)
    return 0;
  return head->bytes && head->bytes <= thicket_blobs_room(blobs->pages) &&
         pages_of(head->bytes) <= blobs->pages - index;
}

typedef struct {
  blob_head head;
  int is_kept;
  int is_begun;  // no copy is good, but one looks as if a header was meant
} blob_page;

// Number of good copies of a page's header 0..2, or E_VAULT_READ.
static int32_t read_head(const thicket_blobs *blobs, uint32_t index, blob_page *page) {
  struct {
    blob_head copy[2];
    uint32_t mark;
  } found;
  *page = (blob_page){0};
  int32_t code =
      thicket_x_flash_read(blobs->flash, address_of(blobs, index), &found, sizeof found);
  if (code) return code;
  int32_t good = 0;
  for (int i = 0; i < 2; i++) {
    page->is_begun |= found.copy[i].kind == BLOB_KIND;
    if (!is_good(blobs, index, &found.copy[i])) continue;
    page->head = found.copy[i];
    good++;
  }
  page->is_kept = good && thicket_x_zero_bits(found.mark) < GONE_ZERO_BITS;
  return good;
}

static int32_t init(thicket_blobs *blobs, const thicket_flash *flash, uint32_t address,
                    uint32_t pages) {
  thicket_ring ring;
  int32_t code = thicket_x_ring_init(&ring, flash, address, pages, BLOB_KIND);
  if (code || pages < THICKET_BLOB_PAGES_MIN || pages > BLOB_PAGES_MAX) return THICKET_E_ARGUMENT;
  *blobs = (thicket_blobs){.flash = flash, .address = address, .pages = pages, .next_id = 1};
  blobs->newest = pages;
  return THICKET_OK;
}

int32_t thicket_blobs_format(const thicket_flash *flash, uint32_t address, uint32_t pages) {
  thicket_blobs blobs;
  int32_t code = init(&blobs, flash, address, pages);
  for (uint32_t index = 0; !code && index < pages; index++) {
    blob_page page;
    int32_t good = read_head(&blobs, index, &page);
    if (good < 0) return good;
    if (page.is_begun) code = thicket_x_flash_erase(flash, address_of(&blobs, index));
  }
  return code;
}

// Put a blob's pages into the table, or with id 0 take them out.
static void own(thicket_blobs *blobs, uint32_t first, uint32_t count, uint32_t id,
                uint32_t value) {
  for (uint32_t i = first; i < first + count; i++)
    blobs->page[i] = (thicket_blob_page){id, (uint16_t)first, (uint16_t)value};
}

int32_t thicket_blobs_open(thicket_blobs *blobs, const thicket_flash *flash, uint32_t address,
                           uint32_t pages, thicket_blob_page *table) {
  if (!blobs || !table) return THICKET_E_ARGUMENT;
  memset(blobs, 0, sizeof *blobs);
  int32_t code = init(blobs, flash, address, pages);
  if (code) return code;
  blobs->page = table;
  for (uint32_t index = 0; index < pages;) {
    blob_page page;
    int32_t good = read_head(blobs, index, &page);
    if (good < 0) {
      blobs->pages = 0;
      return good;
    }
    uint32_t count = good ? pages_of(page.head.bytes) : 1;
    if (good && page.head.id >= blobs->next_id) {
      blobs->next_id = page.head.id + 1;
      blobs->newest = index;
      blobs->cursor = index + count;
    }
    // What is done with may be overwritten from its second page on.
    if (!page.is_kept) count = 1;
    own(blobs, index, count, page.is_kept ? page.head.id : 0, value_of(&page.head));
    blobs->count += page.is_kept != 0;
    blobs->report.repaired += page.is_kept && good == 1;
    blobs->report.torn += !good && page.is_begun;
    index += count;
  }
  return THICKET_OK;
}

// --- Finding -------------------------------------------------------------------------------------

// Page of a kept blob's header; `pages` when there is none.
static uint32_t find(const thicket_blobs *blobs, uint32_t id) {
  uint32_t index = 0;
  while (index < blobs->pages && (blobs->page[index].id != id || blobs->page[index].first != index))
    index++;
  return index;
}

uint32_t thicket_blobs_next(const thicket_blobs *blobs, uint32_t after) {
  uint32_t oldest = 0;
  for (uint32_t i = 0; blobs && i < blobs->pages; i++) {
    uint32_t id = blobs->page[i].id;
    if (id > after && (!oldest || id < oldest)) oldest = id;
  }
  return oldest;
}

int32_t thicket_blobs_look(const thicket_blobs *blobs, uint32_t id, thicket_blob *found) {
  if (!blobs || !blobs->pages || !id || !found) return THICKET_E_ARGUMENT;
  uint32_t index = find(blobs, id);
  if (index == blobs->pages) return THICKET_E_VAULT_NONE;
  blob_page page;
  int32_t good = read_head(blobs, index, &page);
  if (good < 0) return good;
  if (!page.is_kept || page.head.id != id) return THICKET_E_VAULT_DAMAGED;
  uint32_t address = address_of(blobs, index);
  *found = (thicket_blob){.id = id,
                          .address = address + DATA_AT,
                          .bytes = page.head.bytes,
                          .checksum = page.head.data_checksum,
                          .value = value_of(&page.head),
                          .note_bytes = note_bytes_of(&page.head)};
  int32_t code =
      thicket_x_flash_read(blobs->flash, address + NOTE_AT, found->note, found->note_bytes);
  if (code) return code;
  uint32_t crc = thicket_x_crc(0, found->note, found->note_bytes);
  return crc == page.head.note_checksum ? THICKET_OK : THICKET_E_VAULT_DAMAGED;
}

int32_t thicket_blobs_check(const thicket_blobs *blobs, uint32_t id, thicket_blob *found) {
  int32_t code = thicket_blobs_look(blobs, id, found);
  if (code) return code;
  uint8_t part[CHUNK];
  uint32_t crc = 0;
  for (uint32_t at = 0; at < found->bytes;) {
    uint32_t count = found->bytes - at < CHUNK ? found->bytes - at : CHUNK;
    code = thicket_x_flash_read(blobs->flash, found->address + at, part, count);
    if (code) return code;
    crc = thicket_x_crc(crc, part, count);
    at += count;
  }
  return crc == found->checksum ? THICKET_OK : THICKET_E_VAULT_DAMAGED;
}

// --- Writing -------------------------------------------------------------------------------------

// The program of the mark decides: before it the blob is whole, after it gone.
static int32_t drop_at(thicket_blobs *blobs, uint32_t index) {
  uint32_t zero = 0, count = 1;
  int32_t code = thicket_x_flash_prog(blobs->flash, address_of(blobs, index) + MARK_AT, &zero,
                                      sizeof zero);
  if (code) return code;
  while (index + count < blobs->pages && blobs->page[index + count].id == blobs->page[index].id)
    count++;
  own(blobs, index, count, 0, 0);
  blobs->count--;
  return THICKET_OK;
}

int32_t thicket_blobs_drop(thicket_blobs *blobs, uint32_t id) {
  if (!blobs || !blobs->pages || !id) return THICKET_E_ARGUMENT;
  uint32_t index = find(blobs, id);
  return index == blobs->pages ? THICKET_E_VAULT_NONE : drop_at(blobs, index);
}

#define UNUSABLE UINT64_MAX

// What taking these pages would cost: 0 when they are free, else 1 + (value, id) of the worthiest
// blob in them, of equals the youngest.
static uint64_t cost_of(const thicket_blobs *blobs, uint32_t start, uint32_t count) {
  uint64_t cost = 0;
  for (uint32_t i = start; i < start + count; i++) {
    const thicket_blob_page *page = &blobs->page[i];
    // The header with the highest id is what keeps ids from being used twice.
    if (i == blobs->newest || (page->id && page->first == blobs->newest)) return UNUSABLE;
    uint64_t mine = page->id ? 1 + ((uint64_t)page->value << 32 | page->id) : 0;
    if (mine > cost) cost = mine;
  }
  return cost;
}

// Where a blob costs least, from the cursor on so that wear is spread. Returns OK or E_VAULT_FULL.
static int32_t find_room(const thicket_blobs *blobs, uint32_t count, uint32_t value,
                         uint32_t *start) {
  uint64_t best = 1 + ((uint64_t)(value + 1) << 32);
  int is_found = 0;
  uint32_t starts = blobs->pages - count + 1;
  for (uint32_t i = 0; i < starts; i++) {
    uint32_t at = (blobs->cursor + i) % starts;
    if (blobs->cursor >= starts) at = i;
    uint64_t cost = cost_of(blobs, at, count);
    if (cost >= best) continue;
    best = cost;
    *start = at;
    is_found = 1;
    if (!cost) break;
  }
  return is_found ? THICKET_OK : THICKET_E_VAULT_FULL;
}

static int32_t program(const thicket_blobs *blobs, uint32_t address, const void *data,
                       uint32_t bytes) {
  const uint8_t *from = data;
  uint8_t part[CHUNK];
  for (uint32_t at = 0; at < bytes; at += CHUNK) {
    uint32_t count = bytes - at < CHUNK ? bytes - at : CHUNK;
    memset(part, 0xff, sizeof part);
    memcpy(part, from + at, count);
    int32_t code =
        thicket_x_flash_prog(blobs->flash, address + at, part, (count + 3) & ~3u);
    if (code) return code;
  }
  return THICKET_OK;
}

static int32_t write_blob(const thicket_blobs *blobs, uint32_t start, const blob_head *head,
                          const char *note, const void *data) {
  for (uint32_t i = 0; i < pages_of(head->bytes); i++) {
    int32_t code = thicket_x_flash_erase(blobs->flash, address_of(blobs, start + i));
    if (code) return code;
  }
  uint32_t address = address_of(blobs, start);
  int32_t code = program(blobs, address + DATA_AT, data, head->bytes);
  if (!code) code = program(blobs, address + NOTE_AT, note, note_bytes_of(head));
  if (code) return code;
  blob_head copies[2] = {*head, *head};
  return thicket_x_flash_prog(blobs->flash, address, copies, sizeof copies);
}

int32_t thicket_blobs_put(thicket_blobs *blobs, uint32_t value, const char *note,
                          uint32_t note_bytes, const void *data, uint32_t bytes, uint32_t *id) {
  if (!blobs || !blobs->pages || (!note && note_bytes) || !data || !id) return THICKET_E_ARGUMENT;
  if (value > THICKET_BLOB_VALUE_MAX) return THICKET_E_ARGUMENT;
  if (note_bytes > THICKET_BLOB_NOTE_MAX || !bytes || bytes > thicket_blobs_room(blobs->pages))
    return THICKET_E_SIZE;
  if (blobs->next_id == UINT32_MAX) return THICKET_E_VAULT_FULL;
  uint32_t count = pages_of(bytes), start = 0;
  int32_t code = find_room(blobs, count, value, &start);
  if (code) return code;
  for (uint32_t i = start; i < start + count; i++) {
    if (!blobs->page[i].id) continue;
    code = drop_at(blobs, blobs->page[i].first);
    if (code) return code;
    blobs->evicted++;
  }
  blob_head head = {BLOB_KIND, blobs->next_id, bytes, note_bytes << 8 | value, 0, 0, 0};
  head.data_checksum = thicket_x_crc(0, data, bytes);
  head.note_checksum = thicket_x_crc(0, note, note_bytes);
  head.checksum = head_checksum(blobs, start, &head);
  // Whatever comes of it, the next one goes elsewhere, and an id that may have reached the flash is
  // not used again.
  blobs->cursor = start + count;
  blobs->next_id++;
  code = write_blob(blobs, start, &head, note, data);
  if (code) return code;
  blobs->newest = start;
  own(blobs, start, count, head.id, value);
  blobs->count++;
  *id = head.id;
  return THICKET_OK;
}
