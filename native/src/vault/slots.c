// App slots: a header page and an image that is read in place. A slot's state is a row of marks that
// are only ever cleared, so that each step is one program of one word in one slot. Layout: FORMAT.md.
#include "ring.h"

#include <string.h>

#define SLOT_KIND 0x31534c54u  // "TLS1"

// The larger half of a mark's bits decides, so that one wrong bit does not.
#define MARK_ZERO_BITS 16

enum { MARK_PENDING, MARK_CONFIRMED, MARK_ROLLED_BACK, MARK_TRY, MARKS = 8 };

// In flash: two copies of slot_head, then the marks; all in the first 128 bytes of the page.
typedef struct {
  uint32_t kind, bytes, release;
  uint8_t digest[THICKET_DIGEST_BYTES];
  uint32_t checksum;
} slot_head;

#define MARKS_AT (2 * sizeof(slot_head))
_Static_assert(sizeof(slot_head) == 48, "the header is 12 words");
_Static_assert(MARK_TRY + THICKET_SLOT_TRIES_MAX <= MARKS, "a mark for each try");

static int32_t guard(const thicket_slots *slots, uint32_t slot) {
  if (!slots || !slots->flash || !slots->flash->read || !slots->flash->prog ||
      !slots->flash->erase || !slots->sha256)
    return THICKET_E_ARGUMENT;
  if (slots->address % PAGE || slots->pages < 2 || slots->pages > 4096 || slot >= THICKET_SLOTS)
    return THICKET_E_ARGUMENT;
  return THICKET_OK;
}

static uint32_t address_of(const thicket_slots *slots, uint32_t slot) {
  return slots->address + slot * slots->pages * PAGE;
}

static uint32_t image_room(const thicket_slots *slots) { return (slots->pages - 1) * PAGE; }

static uint32_t head_checksum(const slot_head *head) {
  return thicket_x_crc(0, head, sizeof *head - 4);
}

static int is_set(uint32_t mark) { return thicket_x_zero_bits(mark) >= MARK_ZERO_BITS; }

int32_t thicket_slots_look(const thicket_slots *slots, uint32_t slot, thicket_slot *found) {
  int32_t code = guard(slots, slot);
  if (code || !found) return THICKET_E_ARGUMENT;
  struct {
    slot_head head[2];
    uint32_t mark[MARKS];
  } page;
  code = thicket_x_flash_read(slots->flash, address_of(slots, slot), &page, sizeof page);
  if (code) return code;
  memset(found, 0, sizeof *found);
  found->address = address_of(slots, slot) + PAGE;
  for (int i = 0; i < 2; i++) {
    const slot_head *head = &page.head[i];
    if (head->kind != SLOT_KIND || head->checksum != head_checksum(head)) continue;
    if (head->bytes == 0 || head->bytes > image_room(slots)) continue;
    found->bytes = head->bytes;
    found->release = head->release;
    memcpy(found->digest, head->digest, sizeof found->digest);
    found->state = THICKET_SLOT_STAGED;
    break;
  }
  if (found->state == THICKET_SLOT_EMPTY) return THICKET_OK;
  for (uint32_t i = 0; i < THICKET_SLOT_TRIES_MAX; i++)
    if (is_set(page.mark[MARK_TRY + i])) found->tries = i + 1;
  if (is_set(page.mark[MARK_PENDING])) found->state = THICKET_SLOT_PENDING;
  if (is_set(page.mark[MARK_CONFIRMED])) found->state = THICKET_SLOT_CONFIRMED;
  if (is_set(page.mark[MARK_ROLLED_BACK])) found->state = THICKET_SLOT_ROLLED_BACK;
  return THICKET_OK;
}

static int32_t set_mark(const thicket_slots *slots, uint32_t slot, uint32_t mark) {
  uint32_t zero = 0;
  uint32_t at = address_of(slots, slot) + (uint32_t)MARKS_AT + mark * 4;
  return thicket_x_flash_prog(slots->flash, at, &zero, sizeof zero);
}

// Both slots. `release` is that of the newest confirmed image, -1 when there is none.
static int32_t look_at_both(const thicket_slots *slots, thicket_slot both[THICKET_SLOTS],
                            int64_t *release) {
  *release = -1;
  for (uint32_t slot = 0; slot < THICKET_SLOTS; slot++) {
    int32_t code = thicket_slots_look(slots, slot, &both[slot]);
    if (code) return code;
    if (both[slot].state == THICKET_SLOT_CONFIRMED && both[slot].release > *release)
      *release = both[slot].release;
  }
  return THICKET_OK;
}

int32_t thicket_slots_begin(const thicket_slots *slots, uint32_t slot) {
  int32_t code = guard(slots, slot);
  if (code) return code;
  thicket_slot both[THICKET_SLOTS];
  int64_t release;
  code = look_at_both(slots, both, &release);
  if (code) return code;
  const thicket_slot *mine = &both[slot];
  if (mine->state == THICKET_SLOT_PENDING) return THICKET_E_VAULT_STATE;
  if (mine->state == THICKET_SLOT_CONFIRMED && mine->release == release)
    return THICKET_E_VAULT_STATE;
  return thicket_x_flash_erase(slots->flash, address_of(slots, slot));
}

int32_t thicket_slots_write(const thicket_slots *slots, uint32_t slot, uint32_t offset,
                            const void *data, uint32_t bytes) {
  int32_t code = guard(slots, slot);
  if (code || !data || offset % 4) return THICKET_E_ARGUMENT;
  if (offset > image_room(slots) || bytes > image_room(slots) - offset) return THICKET_E_SIZE;
  int32_t blank = thicket_x_flash_blank(slots->flash, address_of(slots, slot),
                                        MARKS_AT + MARKS * sizeof(uint32_t));
  if (blank < 0) return blank;
  if (!blank) return THICKET_E_VAULT_STATE;
  const uint8_t *from = data;
  uint32_t image = address_of(slots, slot) + PAGE;
  uint8_t part[CHUNK];
  while (bytes) {
    if (offset % PAGE == 0) {
      code = thicket_x_flash_erase(slots->flash, image + offset);
      if (code) return code;
    }
    uint32_t count = CHUNK - offset % CHUNK;
    if (count > bytes) count = bytes;
    uint32_t padded = (count + 3) & ~3u;
    memset(part, 0xff, sizeof part);
    memcpy(part, from, count);
    code = thicket_x_flash_prog(slots->flash, image + offset, part, padded);
    if (code) return code;
    from += count;
    offset += count;
    bytes -= count;
  }
  return THICKET_OK;
}

// Whether an image in flash has this digest. Returns OK, E_VAULT_DIGEST or E_VAULT_READ.
static int32_t verify(const thicket_slots *slots, uint32_t slot, uint32_t bytes,
                      const uint8_t digest[THICKET_DIGEST_BYTES]) {
  uint8_t found[THICKET_DIGEST_BYTES];
  if (slots->sha256(slots->flash->port, address_of(slots, slot) + PAGE, bytes, found))
    return THICKET_E_VAULT_READ;
  for (int i = 0; i < THICKET_DIGEST_BYTES; i++)
    if (found[i] != digest[i]) return THICKET_E_VAULT_DIGEST;
  return THICKET_OK;
}

int32_t thicket_slots_stage(const thicket_slots *slots, uint32_t slot, uint32_t bytes,
                            uint32_t release, const uint8_t digest[THICKET_DIGEST_BYTES]) {
  int32_t code = guard(slots, slot);
  if (code || !digest) return THICKET_E_ARGUMENT;
  if (bytes == 0 || bytes > image_room(slots)) return THICKET_E_SIZE;
  int32_t blank = thicket_x_flash_blank(slots->flash, address_of(slots, slot),
                                        MARKS_AT + MARKS * sizeof(uint32_t));
  if (blank < 0) return blank;
  if (!blank) return THICKET_E_VAULT_STATE;
  thicket_slot both[THICKET_SLOTS];
  int64_t newest;
  code = look_at_both(slots, both, &newest);
  if (code) return code;
  if (release <= newest) return THICKET_E_VAULT_RELEASE;
  code = verify(slots, slot, bytes, digest);
  if (code) return code;
  slot_head copies[2] = {{SLOT_KIND, bytes, release, {0}, 0}};
  memcpy(copies[0].digest, digest, THICKET_DIGEST_BYTES);
  copies[0].checksum = head_checksum(&copies[0]);
  copies[1] = copies[0];
  return thicket_x_flash_prog(slots->flash, address_of(slots, slot), copies, sizeof copies);
}

int32_t thicket_slots_switch(const thicket_slots *slots, uint32_t slot) {
  int32_t code = guard(slots, slot);
  if (code) return code;
  thicket_slot both[THICKET_SLOTS];
  int64_t newest;
  code = look_at_both(slots, both, &newest);
  if (code) return code;
  if (both[slot].state == THICKET_SLOT_PENDING) return THICKET_OK;
  if (both[slot].state != THICKET_SLOT_STAGED) return THICKET_E_VAULT_STATE;
  if (both[1 - slot].state == THICKET_SLOT_PENDING) return THICKET_E_VAULT_STATE;
  if (both[slot].release <= newest) return THICKET_E_VAULT_RELEASE;
  return set_mark(slots, slot, MARK_PENDING);
}

int32_t thicket_slots_confirm(const thicket_slots *slots, uint32_t slot) {
  thicket_slot found;
  int32_t code = thicket_slots_look(slots, slot, &found);
  if (code) return code;
  if (found.state == THICKET_SLOT_CONFIRMED) return THICKET_OK;
  if (found.state != THICKET_SLOT_PENDING) return THICKET_E_VAULT_STATE;
  return set_mark(slots, slot, MARK_CONFIRMED);
}

int32_t thicket_slots_roll_back(const thicket_slots *slots, uint32_t slot) {
  thicket_slot found;
  int32_t code = thicket_slots_look(slots, slot, &found);
  if (code) return code;
  if (found.state == THICKET_SLOT_ROLLED_BACK) return THICKET_OK;
  if (found.state == THICKET_SLOT_EMPTY) return THICKET_E_VAULT_STATE;
  if (found.state == THICKET_SLOT_CONFIRMED) {
    // A recall: only where there is a whole image to go back to.
    thicket_slot other;
    code = thicket_slots_look(slots, 1 - slot, &other);
    if (code) return code;
    if (other.state != THICKET_SLOT_CONFIRMED) return THICKET_E_VAULT_STATE;
    code = verify(slots, 1 - slot, other.bytes, other.digest);
    if (code) return code;
  }
  return set_mark(slots, slot, MARK_ROLLED_BACK);
}

// Try a pending image once more. Returns its slot, E_VAULT_NONE when it was rolled back, or an
// error.
static int32_t try_pending(const thicket_slots *slots, uint32_t slot, const thicket_slot *found) {
  if (found->tries >= THICKET_SLOT_TRIES_MAX) {
    int32_t code = set_mark(slots, slot, MARK_ROLLED_BACK);
    return code ? code : THICKET_E_VAULT_NONE;
  }
  int32_t code = verify(slots, slot, found->bytes, found->digest);
  if (code == THICKET_E_VAULT_DIGEST) {
    code = set_mark(slots, slot, MARK_ROLLED_BACK);
    return code ? code : THICKET_E_VAULT_NONE;
  }
  if (code) return code;
  code = set_mark(slots, slot, MARK_TRY + found->tries);
  return code ? code : (int32_t)slot;
}

int32_t thicket_slots_choose(const thicket_slots *slots) {
  int32_t code = guard(slots, 0);
  if (code) return code;
  thicket_slot both[THICKET_SLOTS];
  int64_t newest;
  code = look_at_both(slots, both, &newest);
  if (code) return code;
  for (uint32_t slot = 0; slot < THICKET_SLOTS; slot++) {
    if (both[slot].state != THICKET_SLOT_PENDING) continue;
    code = try_pending(slots, slot, &both[slot]);
    // A worn header page must not keep the camera from starting its confirmed image.
    if (code == THICKET_E_VAULT_WRITE && newest >= 0) continue;
    if (code != THICKET_E_VAULT_NONE) return code;
  }
  uint32_t first = both[0].release >= both[1].release ? 0 : 1;
  for (uint32_t i = 0; i < THICKET_SLOTS; i++) {
    uint32_t slot = i == 0 ? first : 1 - first;
    if (both[slot].state != THICKET_SLOT_CONFIRMED) continue;
    code = verify(slots, slot, both[slot].bytes, both[slot].digest);
    if (code == THICKET_OK) return (int32_t)slot;
    if (code != THICKET_E_VAULT_DIGEST) return code;
  }
  return THICKET_E_VAULT_EMPTY;
}
