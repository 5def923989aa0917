// Bounds-checked flatbuffer reading; see flatbuffer.h.
#include "infer/flatbuffer.h"

#include "thicket_error.h"

#include <string.h>

void fb_fail(struct fb_file *file, int32_t error, const char *field) {
  if (file->error != THICKET_OK) return;
  file->error = error;
  file->field = field;
}

static int fb_is_inside(const struct fb_file *file, uint64_t at, uint64_t bytes) {
  return at <= file->size && bytes <= file->size - at;
}

// The caller has checked that the bytes are inside.
static uint32_t fb_u32_at(const struct fb_file *file, uint32_t at) {
  const uint8_t *p = file->base + at;
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t fb_u16_at(const struct fb_file *file, uint32_t at) {
  return (uint32_t)file->base[at] | (uint32_t)file->base[at + 1] << 8;
}

static const struct fb_table ABSENT_TABLE = {0, 0, 0};
static const struct fb_vector ABSENT_VECTOR = {0, 0};

static struct fb_table fb_table_at(struct fb_file *file, uint64_t at, const char *field) {
  struct fb_table table;
  if (at == 0 || !fb_is_inside(file, at, 4)) goto fail;
  table.at = (uint32_t)at;
  int64_t vtable = (int64_t)at - (int32_t)fb_u32_at(file, table.at);
  if (vtable < 0 || !fb_is_inside(file, (uint64_t)vtable, 4)) goto fail;
  table.vtable = (uint32_t)vtable;
  table.vtable_bytes = fb_u16_at(file, table.vtable);
  if (table.vtable_bytes < 4 || !fb_is_inside(file, table.vtable, table.vtable_bytes)) goto fail;
  return table;
fail:
  fb_fail(file, THICKET_E_MODEL_BOUNDS, field);
  return ABSENT_TABLE;
}

// Where the offset stored at `at` points; 0 when it leaves the file.
static uint64_t fb_follow(struct fb_file *file, uint32_t at, const char *field) {
  uint64_t target = (uint64_t)at + fb_u32_at(file, at);
  if (fb_is_inside(file, target, 4)) return target;
  fb_fail(file, THICKET_E_MODEL_BOUNDS, field);
  return 0;
}

struct fb_table fb_root(struct fb_file *file) {
  if (file->error != THICKET_OK) return ABSENT_TABLE;
  if (file->size < 8) {
    fb_fail(file, THICKET_E_MODEL_FORMAT, "file size");
    return ABSENT_TABLE;
  }
  uint64_t root = fb_follow(file, 0, "root offset");
  return root == 0 ? ABSENT_TABLE : fb_table_at(file, root, "root table");
}

uint32_t fb_scalar(struct fb_file *file, struct fb_table table, uint32_t id, uint32_t bytes,
                   const char *field) {
  if (file->error != THICKET_OK || table.at == 0) return 0;
  uint32_t slot = 4 + 2 * id;
  if (slot + 2 > table.vtable_bytes) return 0;
  uint32_t offset = fb_u16_at(file, table.vtable + slot);
  if (offset == 0) return 0;
  if (!fb_is_inside(file, (uint64_t)table.at + offset, bytes)) {
    fb_fail(file, THICKET_E_MODEL_BOUNDS, field);
    return 0;
  }
  return table.at + offset;
}

struct fb_table fb_child(struct fb_file *file, struct fb_table table, uint32_t id,
                         const char *field) {
  uint32_t at = fb_scalar(file, table, id, 4, field);
  uint64_t target = at == 0 ? 0 : fb_follow(file, at, field);
  return target == 0 ? ABSENT_TABLE : fb_table_at(file, target, field);
}

struct fb_vector fb_children(struct fb_file *file, struct fb_table table, uint32_t id,
                             uint32_t element_bytes, const char *field) {
  uint32_t at = fb_scalar(file, table, id, 4, field);
  uint64_t target = at == 0 ? 0 : fb_follow(file, at, field);
  if (target == 0) return ABSENT_VECTOR;
  struct fb_vector vector = {(uint32_t)target + 4, fb_u32_at(file, (uint32_t)target)};
  if (!fb_is_inside(file, vector.at, (uint64_t)vector.count * element_bytes)) {
    fb_fail(file, THICKET_E_MODEL_BOUNDS, field);
    return ABSENT_VECTOR;
  }
  return vector;
}

struct fb_table fb_table_in(struct fb_file *file, struct fb_vector vector, uint32_t index,
                            const char *field) {
  if (file->error != THICKET_OK) return ABSENT_TABLE;
  if (index >= vector.count) {
    fb_fail(file, THICKET_E_MODEL_INDEX, field);
    return ABSENT_TABLE;
  }
  uint64_t target = fb_follow(file, vector.at + 4 * index, field);
  return target == 0 ? ABSENT_TABLE : fb_table_at(file, target, field);
}

int32_t fb_i32(struct fb_file *file, struct fb_table table, uint32_t id, int32_t fallback,
               const char *field) {
  uint32_t at = fb_scalar(file, table, id, 4, field);
  return at == 0 ? fallback : (int32_t)fb_u32_at(file, at);
}

int32_t fb_i8(struct fb_file *file, struct fb_table table, uint32_t id, int32_t fallback,
              const char *field) {
  uint32_t at = fb_scalar(file, table, id, 1, field);
  return at == 0 ? fallback : (int8_t)file->base[at];
}

static float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

float fb_f32(struct fb_file *file, struct fb_table table, uint32_t id, float fallback,
             const char *field) {
  uint32_t at = fb_scalar(file, table, id, 4, field);
  return at == 0 ? fallback : float_of(fb_u32_at(file, at));
}

int32_t fb_i32_in(const struct fb_file *file, struct fb_vector vector, uint32_t index) {
  return (int32_t)fb_u32_at(file, vector.at + 4 * index);
}

int64_t fb_i64_in(const struct fb_file *file, struct fb_vector vector, uint32_t index) {
  uint32_t at = vector.at + 8 * index;
  return (int64_t)((uint64_t)fb_u32_at(file, at) | (uint64_t)fb_u32_at(file, at + 4) << 32);
}

float fb_f32_in(const struct fb_file *file, struct fb_vector vector, uint32_t index) {
  return float_of(fb_u32_at(file, vector.at + 4 * index));
}
