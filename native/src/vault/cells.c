// Cells: named values in a circle of pages. The newest entry of a name counts; an index of all of
// them is kept in RAM and made anew when opening.
#include "ring.h"

#include <string.h>

#define CELLS_KIND 0x314c4354u  // "TCL1"
#define CELLS_PAGES_MAX 256

enum { TYPE_VALUE = 1, TYPE_ERASED = 2 };

// Largest entry: length of the name, name, value.
#define ENTRY_MAX \
  (ENTRY_HEAD + ((1 + THICKET_CELL_NAME_MAX + THICKET_CELL_BYTES_MAX + 3) & ~3))

// Half of what is certain to leave one page with room for the largest entry: the other half bounds
// how often a page is copied.
uint32_t thicket_cells_room(uint32_t pages) {
  return pages < THICKET_CELLS_PAGES_MIN ? 0 : (pages - 1) * (PAGE_ROOM - ENTRY_MAX) / 2;
}

static int32_t init(thicket_ring *ring, const thicket_flash *flash, uint32_t address,
                    uint32_t pages) {
  if (pages < THICKET_CELLS_PAGES_MIN || pages > CELLS_PAGES_MAX) return THICKET_E_ARGUMENT;
  return thicket_x_ring_init(ring, flash, address, pages, CELLS_KIND);
}

int32_t thicket_cells_format(const thicket_flash *flash, uint32_t address, uint32_t pages) {
  thicket_ring ring;
  int32_t code = init(&ring, flash, address, pages);
  return code ? code : thicket_x_ring_format(&ring);
}

// Length of a name with its length byte in front, in `out`; or 0.
static uint32_t pack_name(const char *name, uint8_t out[1 + THICKET_CELL_NAME_MAX]) {
  uint32_t length = 0;
  while (name[length]) {
    if (length == THICKET_CELL_NAME_MAX) return 0;
    out[1 + length] = (uint8_t)name[length];
    length++;
  }
  out[0] = (uint8_t)length;
  return length ? 1 + length : 0;
}

static uint32_t id_of(const uint8_t *packed, uint32_t bytes) {
  return thicket_x_crc(0, packed, bytes);
}

static const thicket_cell *find(const thicket_cells *cells, uint32_t id) {
  for (uint32_t i = 0; i < cells->count; i++)
    if (cells->cell[i].id == id) return &cells->cell[i];
  return 0;
}

static void forget(thicket_cells *cells, uint32_t id) {
  const thicket_cell *cell = find(cells, id);
  if (!cell) return;
  cells->live_bytes -= cell->bytes;
  cells->count--;
  cells->cell[cell - cells->cell] = cells->cell[cells->count];
}

// Put an entry into the index. Returns OK, or E_VAULT_FULL which only a foreign image can cause.
static int32_t note(thicket_cells *cells, const ring_entry *entry, int is_damaged) {
  forget(cells, entry->id);
  if (entry->type != TYPE_VALUE) return THICKET_OK;
  if (cells->count == THICKET_CELLS_MAX) return THICKET_E_VAULT_FULL;
  uint32_t bytes = ring_entry_bytes(entry->bytes);
  cells->cell[cells->count++] =
      (thicket_cell){entry->id, (uint16_t)(entry->sequence % cells->ring.pages),
                     (uint16_t)entry->offset, (uint16_t)bytes, (uint16_t)is_damaged};
  cells->live_bytes += bytes;
  return THICKET_OK;
}

// Whether an entry's data is a name and a value that belong to its header.
// Returns OK, E_VAULT_DAMAGED or E_VAULT_READ.
static int32_t check(const thicket_cells *cells, const ring_entry *entry) {
  int32_t code = thicket_x_ring_verify(&cells->ring, entry);
  if (code) return code;
  uint8_t packed[1 + THICKET_CELL_NAME_MAX];
  if (entry->bytes < 2) return THICKET_E_VAULT_DAMAGED;
  uint32_t bytes = entry->bytes < sizeof packed ? entry->bytes : (uint32_t)sizeof packed;
  code = thicket_x_ring_read(&cells->ring, entry, 0, packed, bytes);
  if (code) return code;
  uint32_t name_bytes = 1u + packed[0];
  if (name_bytes < 2 || name_bytes > bytes || id_of(packed, name_bytes) != entry->id ||
      entry->bytes - name_bytes > THICKET_CELL_BYTES_MAX)
    return THICKET_E_VAULT_DAMAGED;
  return THICKET_OK;
}

static int32_t scan_page(thicket_cells *cells, uint32_t sequence, int is_opening) {
  ring_walk walk = thicket_x_ring_walk(sequence);
  ring_entry entry;
  int32_t code;
  while ((code = thicket_x_ring_next(&cells->ring, &walk, &entry)) > 0) {
    if (entry.type != TYPE_VALUE && entry.type != TYPE_ERASED) continue;
    int32_t health = check(cells, &entry);
    if (health == THICKET_E_VAULT_READ) return health;
    code = note(cells, &entry, health != THICKET_OK);
    if (code) return code;
    if (!is_opening) continue;
    cells->report.damaged += health != THICKET_OK;
    cells->report.repaired += entry.is_repaired != 0;
  }
  if (code) return code;
  return is_opening ? thicket_x_ring_finish(&cells->ring, &walk, &cells->report) : THICKET_OK;
}

int32_t thicket_cells_open(thicket_cells *cells, const thicket_flash *flash, uint32_t address,
                           uint32_t pages) {
  if (!cells) return THICKET_E_ARGUMENT;
  memset(cells, 0, sizeof *cells);
  int32_t code = init(&cells->ring, flash, address, pages);
  if (code) return code;
  code = thicket_x_ring_find(&cells->ring);
  uint32_t sequence = thicket_x_ring_oldest(&cells->ring);
  for (; !code && sequence != cells->ring.head + 1; sequence++)
    code = scan_page(cells, sequence, 1);
  // Without an index nothing may be written.
  if (code) cells->ring.pages = 0;
  return code;
}

// The sequence number of the page at an index of the circle.
static uint32_t sequence_of(const thicket_ring *ring, uint32_t page) {
  return ring->head - (ring->head % ring->pages + ring->pages - page) % ring->pages;
}

static int32_t entry_of(const thicket_cells *cells, const thicket_cell *cell, ring_entry *entry) {
  return thicket_x_ring_entry_at(&cells->ring, sequence_of(&cells->ring, cell->page), cell->offset,
                                 entry);
}

// Copy an entry's value if its name is this one. Returns its length, E_VAULT_NONE for another name.
static int32_t read_value(const thicket_cells *cells, const ring_entry *entry,
                          const uint8_t *packed, uint32_t name_bytes, void *value, uint32_t room) {
  int32_t code = check(cells, entry);
  if (code) return code;
  uint8_t name[1 + THICKET_CELL_NAME_MAX];
  uint32_t bytes = entry->bytes < name_bytes ? entry->bytes : name_bytes;
  code = thicket_x_ring_read(&cells->ring, entry, 0, name, bytes);
  if (code) return code;
  for (uint32_t i = 0; i < name_bytes; i++)
    if (i >= bytes || name[i] != packed[i]) return THICKET_E_VAULT_NONE;
  bytes = entry->bytes - name_bytes;
  if (bytes > room) return THICKET_E_SIZE;
  code = thicket_x_ring_read(&cells->ring, entry, name_bytes, value, bytes);
  if (code) return code;
  // Once more over what was handed out: a read that went wrong must not pass.
  uint32_t crc = thicket_x_crc(thicket_x_crc(0, packed, name_bytes), value, bytes);
  return crc == entry->checksum ? (int32_t)bytes : THICKET_E_VAULT_DAMAGED;
}

int32_t thicket_cells_read(const thicket_cells *cells, const char *name, void *value,
                           uint32_t room) {
  if (!cells || !cells->ring.pages || !name || (!value && room)) return THICKET_E_ARGUMENT;
  uint8_t packed[1 + THICKET_CELL_NAME_MAX];
  uint32_t name_bytes = pack_name(name, packed);
  if (!name_bytes) return THICKET_E_VAULT_NAME;
  const thicket_cell *cell = find(cells, id_of(packed, name_bytes));
  if (!cell) return THICKET_E_VAULT_NONE;
  if (cell->is_damaged) return THICKET_E_VAULT_DAMAGED;
  ring_entry entry;
  int32_t code = entry_of(cells, cell, &entry);
  return code ? code : read_value(cells, &entry, packed, name_bytes, value, room);
}

int32_t thicket_cells_read_older(const thicket_cells *cells, const char *name, void *value,
                                 uint32_t room) {
  if (!cells || !cells->ring.pages || !name || (!value && room)) return THICKET_E_ARGUMENT;
  uint8_t packed[1 + THICKET_CELL_NAME_MAX];
  uint32_t name_bytes = pack_name(name, packed);
  if (!name_bytes) return THICKET_E_VAULT_NAME;
  uint32_t id = id_of(packed, name_bytes);
  int32_t found = THICKET_E_VAULT_NONE;
  uint32_t sequence = thicket_x_ring_oldest(&cells->ring);
  for (; sequence != cells->ring.head + 1; sequence++) {
    ring_walk walk = thicket_x_ring_walk(sequence);
    ring_entry entry;
    int32_t code;
    while ((code = thicket_x_ring_next(&cells->ring, &walk, &entry)) > 0) {
      if (entry.id != id) continue;
      if (entry.type == TYPE_ERASED) found = THICKET_E_VAULT_NONE;
      if (entry.type != TYPE_VALUE) continue;
      code = read_value(cells, &entry, packed, name_bytes, value, room);
      if (code >= 0 || code == THICKET_E_SIZE) found = code;
      if (code == THICKET_E_VAULT_READ) return code;
    }
    if (code) return code;
  }
  return found;
}

static int is_live(const void *owner, const ring_entry *entry) {
  const thicket_cells *cells = owner;
  const thicket_cell *cell = find(cells, entry->id);
  return cell && cell->offset == entry->offset &&
         cell->page == entry->sequence % cells->ring.pages;
}

static int32_t append(thicket_cells *cells, uint32_t type, uint32_t id, const ring_data *data) {
  for (uint32_t tries = 0; tries <= cells->ring.pages; tries++) {
    ring_entry entry = {0};
    int32_t code = thicket_x_ring_append(&cells->ring, type, id, data, &entry.offset);
    if (code < 0) return code;
    if (code == THICKET_OK) {
      entry.sequence = cells->ring.head;
      entry.type = type;
      entry.id = id;
      entry.bytes = data->first_bytes + data->second_bytes;
      return note(cells, &entry, 0);
    }
    code = thicket_x_ring_advance(&cells->ring, is_live, cells);
    if (code) return code;
    code = scan_page(cells, cells->ring.head, 0);
    if (code) {
      // The index is not whole: better no cells than wrong ones.
      cells->ring.pages = 0;
      return code;
    }
  }
  return THICKET_E_VAULT_FULL;
}

// Whether the stored value is this one. Returns 1, 0, E_VAULT_NAME (another name with the same
// checksum) or E_VAULT_READ.
static int32_t is_equal(const thicket_cells *cells, const thicket_cell *cell,
                        const ring_data *data) {
  ring_entry entry;
  int32_t code = cell->is_damaged ? THICKET_E_VAULT_DAMAGED : entry_of(cells, cell, &entry);
  if (!code) code = check(cells, &entry);
  if (code) return code == THICKET_E_VAULT_READ ? code : 0;
  uint32_t bytes = data->first_bytes + data->second_bytes;
  int is_same = entry.bytes == bytes;
  uint8_t part[64];
  for (uint32_t at = 0; at < entry.bytes && at < bytes;) {
    uint32_t left = entry.bytes < bytes ? entry.bytes - at : bytes - at;
    uint32_t count = left < sizeof part ? left : (uint32_t)sizeof part;
    code = thicket_x_ring_read(&cells->ring, &entry, at, part, count);
    if (code) return code;
    for (uint32_t i = 0; i < count; i++, at++) {
      uint8_t wanted =
          at < data->first_bytes ? data->first[at] : data->second[at - data->first_bytes];
      if (part[i] == wanted) continue;
      if (at < data->first_bytes) return THICKET_E_VAULT_NAME;
      is_same = 0;
    }
  }
  return is_same;
}

int32_t thicket_cells_write(thicket_cells *cells, const char *name, const void *value,
                            uint32_t bytes) {
  if (!cells || !cells->ring.pages || !name || (!value && bytes)) return THICKET_E_ARGUMENT;
  if (bytes > THICKET_CELL_BYTES_MAX) return THICKET_E_SIZE;
  uint8_t packed[1 + THICKET_CELL_NAME_MAX];
  uint32_t name_bytes = pack_name(name, packed);
  if (!name_bytes) return THICKET_E_VAULT_NAME;
  uint32_t id = id_of(packed, name_bytes);
  ring_data data = {packed, name_bytes, value, bytes};
  const thicket_cell *cell = find(cells, id);
  int32_t code = cell ? is_equal(cells, cell, &data) : 0;
  if (code) return code < 0 ? code : THICKET_OK;
  uint32_t live = cells->live_bytes + ring_entry_bytes(name_bytes + bytes);
  if (cell) live -= cell->bytes;
  if (live > thicket_cells_room(cells->ring.pages)) return THICKET_E_VAULT_FULL;
  if (!cell && cells->count == THICKET_CELLS_MAX) return THICKET_E_VAULT_FULL;
  return append(cells, TYPE_VALUE, id, &data);
}

int32_t thicket_cells_erase(thicket_cells *cells, const char *name) {
  if (!cells || !cells->ring.pages || !name) return THICKET_E_ARGUMENT;
  uint8_t packed[1 + THICKET_CELL_NAME_MAX];
  uint32_t name_bytes = pack_name(name, packed);
  if (!name_bytes) return THICKET_E_VAULT_NAME;
  uint32_t id = id_of(packed, name_bytes);
  ring_data data = {packed, name_bytes, 0, 0};
  const thicket_cell *cell = find(cells, id);
  if (!cell) return THICKET_E_VAULT_NONE;
  int32_t code = is_equal(cells, cell, &data);
  if (code < 0) return code;
  return append(cells, TYPE_ERASED, id, &data);
}
