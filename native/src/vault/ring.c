// The circle of pages: entries are appended to the newest page; one page is always spare. A page
// counts once its header is programmed, an entry once its own is, so that each change is one
// program. What a page holds is bound to its sequence number, so that leftovers of an earlier life
// are never taken for entries. Layout and proofs: FORMAT.md.
#include "ring.h"

#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the vault's format is little-endian and so must be the machine"
#endif

#define ENTRY_MAGIC  0xa5u
#define SEQUENCE_MAX 0xfffffff0u
#define ADDRESS_MAX  0x10000000u

typedef struct {
  uint32_t kind, sequence, next_key, checksum;
} page_head;

// Programmed as its first four words; the mark stays blank.
typedef struct {
  uint32_t shape;  // data length in bits 0..15, type in 16..23, ENTRY_MAGIC in 24..31
  uint32_t id, data_checksum, checksum, mark;
} entry_head;

int32_t thicket_x_ring_init(thicket_ring *ring, const thicket_flash *flash, uint32_t address,
                            uint32_t pages, uint32_t kind) {
  if (!ring || !flash || !flash->read || !flash->prog || !flash->erase) return THICKET_E_ARGUMENT;
  if (address % PAGE || address > ADDRESS_MAX) return THICKET_E_ARGUMENT;
  *ring = (thicket_ring){flash, address, pages, kind, 0, PAGE, 1};
  return THICKET_OK;
}

uint32_t thicket_x_ring_address(const thicket_ring *ring, uint32_t sequence, uint32_t offset) {
  return ring->address + sequence % ring->pages * PAGE + offset;
}

uint32_t thicket_x_ring_oldest(const thicket_ring *ring) { return ring->head + 2 - ring->pages; }

static uint32_t page_checksum(const thicket_ring *ring, const page_head *head) {
  uint32_t crc = thicket_x_crc(0, head, 12);
  return thicket_x_crc(crc, &ring->pages, sizeof ring->pages);
}

static int32_t write_page_head(const thicket_ring *ring, uint32_t sequence) {
  page_head copies[2] = {{ring->kind, sequence, ring->next_key, 0}};
  copies[0].checksum = page_checksum(ring, &copies[0]);
  copies[1] = copies[0];
  return thicket_x_flash_prog(ring->flash, thicket_x_ring_address(ring, sequence, 0), copies,
                              sizeof copies);
}

// Number of good copies 0..2, or E_VAULT_READ.
static int32_t read_page_head(const thicket_ring *ring, uint32_t index, page_head *head) {
  page_head copies[2];
  *head = (page_head){0};
  int32_t code = thicket_x_flash_read(ring->flash, ring->address + index * PAGE, copies,
                                      sizeof copies);
  if (code) return code;
  int32_t good = 0;
  for (int i = 0; i < 2; i++) {
    const page_head *copy = &copies[i];
    if (copy->kind != ring->kind || copy->checksum != page_checksum(ring, copy)) continue;
    if (copy->sequence < ring->pages || copy->sequence > SEQUENCE_MAX) continue;
    if (copy->sequence % ring->pages != index) continue;
    *head = *copy;
    good++;
  }
  return good;
}

int32_t thicket_x_ring_format(thicket_ring *ring) {
  // No header of an earlier life may be newer. A page that is taken later is erased then, so that
  // one that reads blank can stay as it is; the first is taken now.
  for (uint32_t index = 0; index < ring->pages; index++) {
    uint32_t address = ring->address + index * PAGE;
    int32_t code = index ? thicket_x_flash_blank(ring->flash, address, PAGE) : 0;
    if (code == 0) code = thicket_x_flash_erase(ring->flash, address);
    if (code < 0) return code;
  }
  return write_page_head(ring, ring->pages);
}

int32_t thicket_x_ring_find(thicket_ring *ring) {
  ring->head = 0;
  for (uint32_t index = 0; index < ring->pages; index++) {
    page_head head;
    int32_t good = read_page_head(ring, index, &head);
    if (good < 0) return good;
    if (good == 0 || head.sequence <= ring->head) continue;
    ring->head = head.sequence;
    ring->next_key = head.next_key;
  }
  ring->tail = PAGE;
  return ring->head ? THICKET_OK : THICKET_E_VAULT_EMPTY;
}

// --- Entries -------------------------------------------------------------------------------------

static uint32_t entry_checksum(const thicket_ring *ring, uint32_t sequence, uint32_t offset,
                               const entry_head *head) {
  uint32_t place[3] = {ring->kind, sequence, offset};
  return thicket_x_crc(thicket_x_crc(0, place, sizeof place), head, 12);
}

// Put one wrong bit right. The checksum's distance over 224 bits is far above 3, so that nothing
// but a header with one wrong bit passes.
static int repair(const thicket_ring *ring, uint32_t sequence, uint32_t offset, entry_head *head) {
  uint32_t *word = &head->shape;
  if (thicket_x_zero_bits(~(head->checksum ^ entry_checksum(ring, sequence, offset, head))) == 1)
    return 1;
  for (uint32_t bit = 0; bit < 96; bit++) {
    word[bit / 32] ^= 1u << bit % 32;
    if (head->checksum == entry_checksum(ring, sequence, offset, head)) return 1;
    word[bit / 32] ^= 1u << bit % 32;
  }
  return 0;
}

enum { PARSED = 1, BLANK = 2, NONSENSE = 3 };

static int32_t parse(const thicket_ring *ring, uint32_t sequence, uint32_t offset, int may_repair,
                     ring_entry *entry) {
  entry_head head;
  int32_t code = thicket_x_flash_read(
      ring->flash, thicket_x_ring_address(ring, sequence, offset), &head, sizeof head);
  if (code) return code;
  if ((head.shape & head.id & head.data_checksum & head.checksum) == 0xffffffffu) return BLANK;
  int is_repaired = head.checksum != entry_checksum(ring, sequence, offset, &head);
  if (is_repaired && !(may_repair && repair(ring, sequence, offset, &head))) return NONSENSE;
  uint32_t bytes = head.shape & 0xffff;
  if (head.shape >> 24 != ENTRY_MAGIC || offset + ring_entry_bytes(bytes) > PAGE) return NONSENSE;
  *entry = (ring_entry){sequence, offset,    head.shape >> 16 & 0xff, bytes,
                        head.id,  head.data_checksum, head.mark, is_repaired};
  return PARSED;
}

ring_walk thicket_x_ring_walk(uint32_t sequence) { return (ring_walk){sequence, PAGE_HEAD, 0, 0}; }

int32_t thicket_x_ring_next(const thicket_ring *ring, ring_walk *walk, ring_entry *entry) {
  while (walk->offset + ENTRY_HEAD <= PAGE) {
    int32_t found = parse(ring, walk->sequence, walk->offset, !walk->is_gap, entry);
    if (found < 0) return found;
    if (found == PARSED) {
      walk->damage += walk->is_gap != 0;
      walk->is_gap = 0;
      walk->offset += ring_entry_bytes(entry->bytes);
      return 1;
    }
    if (found == BLANK && !walk->is_gap) return 0;
    // A header is unreadable and with it the length: look for the next entry word by word.
    walk->is_gap = 1;
    walk->offset += 4;
  }
  return 0;
}

int32_t thicket_x_ring_entry_at(const thicket_ring *ring, uint32_t sequence, uint32_t offset,
                                ring_entry *entry) {
  int32_t found = parse(ring, sequence, offset, 1, entry);
  if (found < 0) return found;
  return found == PARSED ? THICKET_OK : THICKET_E_VAULT_DAMAGED;
}

int32_t thicket_x_ring_finish(thicket_ring *ring, const ring_walk *walk,
                              thicket_vault_report *report) {
  report->damaged += walk->damage;
  report->torn += walk->is_gap != 0;
  if (walk->sequence != ring->head) return THICKET_OK;
  page_head head;
  int32_t good = read_page_head(ring, ring->head % ring->pages, &head);
  if (good < 0) return good;
  report->repaired += good == 1;
  if (walk->is_gap) return THICKET_OK;
  int32_t blank = thicket_x_flash_blank(ring->flash,
                                        thicket_x_ring_address(ring, ring->head, walk->offset),
                                        PAGE - walk->offset);
  if (blank < 0) return blank;
  // Never program over what an interrupted write may have left: the page is full then.
  if (blank) ring->tail = walk->offset;
  report->torn += blank == 0;
  return THICKET_OK;
}

int32_t thicket_x_ring_read(const thicket_ring *ring, const ring_entry *entry, uint32_t from,
                            void *data, uint32_t bytes) {
  uint32_t offset = entry->offset + ENTRY_HEAD + from;
  return thicket_x_flash_read(ring->flash, thicket_x_ring_address(ring, entry->sequence, offset),
                              data, bytes);
}

int32_t thicket_x_ring_verify(const thicket_ring *ring, const ring_entry *entry) {
  uint8_t part[64];
  uint32_t crc = 0;
  for (uint32_t at = 0; at < entry->bytes;) {
    uint32_t bytes = entry->bytes - at < sizeof part ? entry->bytes - at : (uint32_t)sizeof part;
    int32_t code = thicket_x_ring_read(ring, entry, at, part, bytes);
    if (code) return code;
    crc = thicket_x_crc(crc, part, bytes);
    at += bytes;
  }
  return crc == entry->checksum ? THICKET_OK : THICKET_E_VAULT_DAMAGED;
}

static int32_t write_entry_head(const thicket_ring *ring, const ring_entry *entry) {
  entry_head head = {ENTRY_MAGIC << 24 | entry->type << 16 | entry->bytes, entry->id,
                     entry->checksum, 0, 0};
  head.checksum = entry_checksum(ring, entry->sequence, entry->offset, &head);
  return thicket_x_flash_prog(
      ring->flash, thicket_x_ring_address(ring, entry->sequence, entry->offset), &head, 16);
}

static uint8_t byte_of(const ring_data *data, uint32_t at) {
  return at < data->first_bytes ? data->first[at] : data->second[at - data->first_bytes];
}

int32_t thicket_x_ring_append(thicket_ring *ring, uint32_t type, uint32_t id, const ring_data *data,
                              uint32_t *offset) {
  uint32_t bytes = data->first_bytes + data->second_bytes;
  if (ring->tail + ring_entry_bytes(bytes) > PAGE) return RING_NO_ROOM;
  ring_entry entry = {ring->head, ring->tail, type, bytes, id, 0, 0, 0};
  entry.checksum = thicket_x_crc(0, data->first, data->first_bytes);
  entry.checksum = thicket_x_crc(entry.checksum, data->second, data->second_bytes);
  // Until all has been programmed the rest of the page is not to be trusted.
  ring->tail = PAGE;
  uint8_t part[CHUNK];
  for (uint32_t at = 0; at < bytes;) {
    uint32_t count = 0;
    while (count < CHUNK && at < bytes) part[count++] = byte_of(data, at++);
    uint32_t start = entry.offset + ENTRY_HEAD + at - count;
    while (count % 4) part[count++] = 0xff;
    int32_t code = thicket_x_flash_prog(
        ring->flash, thicket_x_ring_address(ring, ring->head, start), part, count);
    if (code) return code;
  }
  int32_t code = write_entry_head(ring, &entry);
  if (code) return code;
  *offset = entry.offset;
  ring->tail = entry.offset + ring_entry_bytes(bytes);
  return THICKET_OK;
}

// --- The next page -------------------------------------------------------------------------------

// Data and checksum are copied as they are: what was damaged stays known as damaged.
static int32_t copy_entry(const thicket_ring *ring, const ring_entry *from, uint32_t sequence,
                          uint32_t offset) {
  uint8_t part[CHUNK];
  for (uint32_t at = 0; at < from->bytes;) {
    uint32_t count = from->bytes - at < CHUNK ? from->bytes - at : CHUNK;
    int32_t code = thicket_x_ring_read(ring, from, at, part, count);
    if (code) return code;
    uint32_t start = offset + ENTRY_HEAD + at;
    at += count;
    while (count % 4) part[count++] = 0xff;
    code = thicket_x_flash_prog(ring->flash, thicket_x_ring_address(ring, sequence, start), part,
                                count);
    if (code) return code;
  }
  ring_entry to = *from;
  to.sequence = sequence;
  to.offset = offset;
  return write_entry_head(ring, &to);
}

int32_t thicket_x_ring_advance(thicket_ring *ring, ring_is_live is_live, const void *owner) {
  uint32_t sequence = ring->head + 1;
  if (sequence > SEQUENCE_MAX) return THICKET_E_VAULT_WRITE;
  int32_t code =
      thicket_x_flash_erase(ring->flash, thicket_x_ring_address(ring, sequence, 0));
  if (code) return code;
  uint32_t tail = PAGE_HEAD;
  ring_walk walk = thicket_x_ring_walk(thicket_x_ring_oldest(ring));
  ring_entry entry;
  while ((code = thicket_x_ring_next(ring, &walk, &entry)) > 0) {
    if (!is_live(owner, &entry)) continue;
    code = copy_entry(ring, &entry, sequence, tail);
    if (code) return code;
    tail += ring_entry_bytes(entry.bytes);
  }
  if (code) return code;
  // If the flash fails now, the header may count or not: nothing may be appended to the old page.
  ring->tail = PAGE;
  code = write_page_head(ring, sequence);
  if (code) return code;
  ring->head = sequence;
  ring->tail = tail;
  return THICKET_OK;
}
