// Applies patches: a decoder that takes byte after byte, and a writer that programs whole words.
// The format is FORMAT.md. Everything in a patch and in a state is distrusted: it is judged on a
// dry run of the piece before the flash is touched.
#include "thicket_patch.h"

#include <string.h>

#define STATE_KIND 0x50

enum { FORMAT = 1, COPY_MORE = 15, INSERT_MORE = 3, NUMBER_SHIFT_MAX = 21, CHUNK = 256 };

// What the next byte of the patch is.
typedef enum { START, SIZE, TOKEN, INSERTS, COPIES, ADDRESS, LITERALS, DONE, PHASES } phase;

// Where a token's copy comes from.
typedef enum { STRAIGHT, MOVED, QUOTED, AGAIN } source;

typedef struct {
  uint8_t phase, source;
  uint8_t shift;    // of the next seven bits of `number`
  uint8_t kept[4];  // the made % 4 last bytes of the image, which make no word yet
  uint32_t taken;   // bytes of the patch
  uint32_t image_bytes;
  uint32_t made;  // bytes of the image
  uint32_t next;  // place in the base after the last copy that was not quoted
  uint32_t inserts, copies;
  uint32_t number;  // being read; then where the copy begins
  uint32_t base;    // first word of the base's digest
} decoder;

typedef struct {
  const thicket_slots *slots;
  uint32_t slot, room;
  uint32_t base_address, base_bytes;
  int is_dry;
  uint32_t start;  // of the chunk in the image; a multiple of 4
  uint32_t count;  // bytes in the chunk
  uint8_t chunk[CHUNK];
} writer;

static uint32_t word_at(const uint8_t *at) {
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put_word(uint8_t *at, uint32_t word) {
  for (int i = 0; i < 4; i++) at[i] = (uint8_t)(word >> 8 * i);
}

static void save(const decoder *of, uint8_t *state) {
  const uint8_t head[8] = {STATE_KIND,  of->phase,   of->source,  of->shift,
                           of->kept[0], of->kept[1], of->kept[2], of->kept[3]};
  const uint32_t words[8] = {of->taken,   of->image_bytes, of->made,   of->next,
                             of->inserts, of->copies,      of->number, of->base};
  memcpy(state, head, sizeof head);
  for (uint32_t i = 0; i < 8; i++) put_word(state + 8 + 4 * i, words[i]);
}

static int32_t load(decoder *of, const uint8_t *state) {
  if (state[0] != STATE_KIND || state[1] >= PHASES || state[2] > AGAIN)
    return THICKET_E_PATCH_STATE;
  *of = (decoder){state[1],
                  state[2],
                  state[3],
                  {state[4], state[5], state[6], state[7]},
                  word_at(state + 8),
                  word_at(state + 12),
                  word_at(state + 16),
                  word_at(state + 20),
                  word_at(state + 24),
                  word_at(state + 28),
                  word_at(state + 32),
                  word_at(state + 36)};
  // Numbers of a patch have 28 bits, and a token adds to them.
  const uint32_t limit = 1u << 29;
  if (of->shift > NUMBER_SHIFT_MAX || of->image_bytes >= limit || of->next >= limit ||
      of->inserts >= limit || of->copies >= limit || of->number >= limit ||
      of->made > of->image_bytes || (of->phase == DONE && of->made != of->image_bytes) ||
      (of->phase <= SIZE && (of->made || of->next)))
    return THICKET_E_PATCH_STATE;
  return THICKET_OK;
}

// --- Writing -------------------------------------------------------------------------------------

static int32_t flush(writer *to, int is_last) {
  uint32_t bytes = is_last ? to->count : to->count & ~3u;
  if (bytes == 0) return THICKET_OK;
  int32_t code = thicket_slots_write(to->slots, to->slot, to->start, to->chunk, bytes);
  if (code) return code;
  memmove(to->chunk, to->chunk + bytes, to->count - bytes);
  to->start += bytes;
  to->count -= bytes;
  return THICKET_OK;
}

static int32_t insert(decoder *of, writer *to, uint8_t byte) {
  of->made++;
  if (to->is_dry) return THICKET_OK;
  to->chunk[to->count++] = byte;
  return to->count == CHUNK ? flush(to, 0) : THICKET_OK;
}

static int32_t read_flash(const writer *from, uint32_t address, void *data, uint32_t bytes) {
  const thicket_flash *flash = from->slots->flash;
  return flash->read(flash->port, address, data, bytes) ? THICKET_E_VAULT_READ : THICKET_OK;
}

// The copy of a token that has been judged.
static int32_t copy(decoder *of, writer *to) {
  uint32_t image = to->slots->address + (to->slot * to->slots->pages + 1) * THICKET_FLASH_PAGE;
  uint32_t at = of->number;
  if (to->is_dry) {
    of->made += of->copies;
    of->copies = 0;
  }
  while (of->copies) {
    uint32_t bytes = CHUNK - to->count < of->copies ? CHUNK - to->count : of->copies;
    uint8_t *end = to->chunk + to->count;
    int32_t code = THICKET_OK;
    if (of->source != AGAIN) {
      code = read_flash(to, to->base_address + at, end, bytes);
    } else if (at < to->start) {
      if (bytes > to->start - at) bytes = to->start - at;
      code = read_flash(to, image + at, end, bytes);
    } else {
      // Not in flash yet. A copy may reach into itself, so byte after byte.
      bytes = 1;
      *end = to->chunk[at - to->start];
    }
    if (code) return code;
    at += bytes;
    to->count += bytes;
    of->made += bytes;
    of->copies -= bytes;
    code = to->count == CHUNK ? flush(to, 0) : THICKET_OK;
    if (code) return code;
  }
  return THICKET_OK;
}

// --- Decoding ------------------------------------------------------------------------------------

// Seven more bits of a number, low ones first. Returns 1 when it is complete, 0, or E_PATCH_FORMAT.
static int32_t take_number(decoder *of, uint8_t byte) {
  of->number |= (uint32_t)(byte & 0x7f) << of->shift;
  if (byte & 0x80) {
    if (of->shift == NUMBER_SHIFT_MAX) return THICKET_E_PATCH_FORMAT;
    of->shift = (uint8_t)(of->shift + 7);
    return 0;
  }
  of->shift = 0;
  return 1;
}

// Whether what a token wants lies inside; `number` is where its copy begins.
static int32_t judge(const decoder *of, const writer *to) {
  uint32_t left = of->image_bytes - of->made;
  if (of->inserts > left || of->copies > left - of->inserts) return THICKET_E_PATCH_BOUNDS;
  if (of->copies == 0) return THICKET_OK;
  int is_inside = of->source == AGAIN
                      ? of->number < of->made + of->inserts
                      : of->number <= to->base_bytes && of->copies <= to->base_bytes - of->number;
  return is_inside ? THICKET_OK : THICKET_E_PATCH_BOUNDS;
}

// A number as the place where the copy begins. Returns OK or E_PATCH_BOUNDS.
static int32_t locate(decoder *of) {
  if (of->source == AGAIN) {
    uint32_t end = of->made + of->inserts;
    if (of->number >= end) return THICKET_E_PATCH_BOUNDS;
    of->number = end - 1 - of->number;
    return THICKET_OK;
  }
  // The sign is the lowest bit.
  uint32_t distance = of->number >> 1;
  if (of->number & 1) {
    if (distance >= of->next) return THICKET_E_PATCH_BOUNDS;
    of->number = of->next - 1 - distance;
  } else {
    of->number = of->next + distance;
  }
  return THICKET_OK;
}

// A token's literals are there: copy, and go on to the next one.
static int32_t finish_token(decoder *of, writer *to) {
  if (of->copies && of->source <= MOVED) of->next = of->number + of->copies;
  int32_t code = copy(of, to);
  if (code) return code;
  of->number = 0;
  of->phase = of->made == of->image_bytes ? DONE : TOKEN;
  return of->phase == DONE && !to->is_dry ? flush(to, 1) : THICKET_OK;
}

// What comes next of a token of which `read` was read last.
static int32_t go_on(decoder *of, writer *to, phase read) {
  if (read < INSERTS && of->inserts == INSERT_MORE) {
    of->phase = INSERTS;
    return THICKET_OK;
  }
  if (read < COPIES && of->copies == COPY_MORE) {
    of->phase = COPIES;
    return THICKET_OK;
  }
  if (read < ADDRESS && of->source != STRAIGHT) {
    of->phase = ADDRESS;
    return THICKET_OK;
  }
  int32_t code = THICKET_OK;
  if (of->source == STRAIGHT)
    of->number = of->next + of->inserts;
  else
    code = locate(of);
  if (!code) code = judge(of, to);
  if (code) return code;
  of->phase = LITERALS;
  return of->inserts ? THICKET_OK : finish_token(of, to);
}

static int32_t take_token(decoder *of, writer *to, uint8_t byte) {
  of->source = byte >> 6;
  of->inserts = byte >> 4 & 3;
  of->copies = byte & 15;
  if (of->inserts + of->copies == 0) return THICKET_E_PATCH_FORMAT;
  return go_on(of, to, TOKEN);
}

static int32_t take_size(decoder *of, const writer *to) {
  of->image_bytes = of->number;
  of->number = 0;
  of->phase = TOKEN;
  return of->image_bytes && of->image_bytes <= to->room ? THICKET_OK : THICKET_E_PATCH_SIZE;
}

// A number of a token has come whole.
static int32_t take_part(decoder *of, writer *to) {
  phase read = (phase)of->phase;
  if (read == INSERTS) of->inserts += of->number;
  if (read == COPIES) of->copies += of->number;
  if (read != ADDRESS) of->number = 0;
  return go_on(of, to, read);
}

static int32_t take(decoder *of, writer *to, uint8_t byte) {
  int32_t code;
  of->taken++;
  switch (of->phase) {
    case START:
      of->phase = SIZE;
      return byte == FORMAT ? THICKET_OK : THICKET_E_PATCH_FORMAT;
    case TOKEN:
      return take_token(of, to, byte);
    case LITERALS:
      code = insert(of, to, byte);
      return code || --of->inserts ? code : finish_token(of, to);
    case DONE:
      return THICKET_E_PATCH_LENGTH;
    default:
      code = take_number(of, byte);
      if (code <= 0) return code;
      return of->phase == SIZE ? take_size(of, to) : take_part(of, to);
  }
}

// --- A piece -------------------------------------------------------------------------------------

static int32_t run(decoder *of, writer *to, const uint8_t *piece, uint32_t bytes) {
  to->start = of->made & ~3u;
  to->count = of->phase == DONE ? 0 : of->made & 3;
  memcpy(to->chunk, of->kept, to->count);
  for (uint32_t i = 0; i < bytes; i++) {
    int32_t code = take(of, to, piece[i]);
    if (code) return code;
  }
  if (to->is_dry) return THICKET_OK;
  int32_t code = flush(to, 0);
  memset(of->kept, 0, sizeof of->kept);
  if (!code) memcpy(of->kept, to->chunk, to->count);
  return code;
}

// A state that was not of this piece's slot must not lead outside either.
static int32_t judge_state(const decoder *of, const writer *to) {
  if (of->phase == START) return THICKET_OK;
  if (of->image_bytes > to->room || of->next > to->base_bytes) return THICKET_E_PATCH_STATE;
  if (of->phase != LITERALS) return THICKET_OK;
  return of->inserts == 0 || judge(of, to) ? THICKET_E_PATCH_STATE : THICKET_OK;
}

// The slots as they must be. Returns OK, E_ARGUMENT, E_VAULT_STATE, E_VAULT_READ or E_PATCH_BASE.
static int32_t look(decoder *of, writer *to) {
  thicket_slot mine, base;
  int32_t code = thicket_slots_look(to->slots, to->slot, &mine);
  if (!code) code = thicket_slots_look(to->slots, 1 - to->slot, &base);
  if (code) return code;
  if (mine.state != THICKET_SLOT_EMPTY) return THICKET_E_VAULT_STATE;
  if (base.state == THICKET_SLOT_EMPTY) return THICKET_E_PATCH_BASE;
  to->base_address = base.address;
  to->base_bytes = base.bytes;
  to->room = (to->slots->pages - 1) * THICKET_FLASH_PAGE;
  if (of->phase == START) of->base = word_at(base.digest);
  return of->base == word_at(base.digest) ? THICKET_OK : THICKET_E_PATCH_BASE;
}

void thicket_patch_begin(uint8_t state[THICKET_PATCH_STATE_BYTES]) {
  memset(state, 0, THICKET_PATCH_STATE_BYTES);
  state[0] = STATE_KIND;
}

int32_t thicket_patch_apply(const thicket_slots *slots, uint32_t slot,
                            uint8_t state[THICKET_PATCH_STATE_BYTES], const void *piece,
                            uint32_t bytes) {
  decoder judged, made;
  writer to = {.slots = slots, .slot = slot};
  if (!state || (!piece && bytes)) return THICKET_E_ARGUMENT;
  int32_t code = load(&made, state);
  if (!code) code = look(&made, &to);
  if (!code) code = judge_state(&made, &to);
  if (code) return code;
  judged = made;
  to.is_dry = 1;
  code = run(&judged, &to, piece, bytes);
  if (code) return code;
  to.is_dry = 0;
  code = run(&made, &to, piece, bytes);
  if (!code) save(&made, state);
  return code;
}

int32_t thicket_patch_offsets(const uint8_t state[THICKET_PATCH_STATE_BYTES], uint32_t *taken,
                              uint32_t *made) {
  decoder of;
  if (!state || !taken || !made) return THICKET_E_ARGUMENT;
  int32_t code = load(&of, state);
  if (code) return code;
  *taken = of.taken;
  *made = of.made;
  return THICKET_OK;
}
