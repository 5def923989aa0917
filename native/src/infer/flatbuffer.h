// Reads a flatbuffer in place without trusting it: every offset is checked against the file before
// a byte is read, and nothing needs alignment. The first thing found wrong is kept in `error` and
// `field`; after that every read answers "absent", so that callers check once per step. Source:
// FlatBuffers internals (little-endian, vtables).
#ifndef THICKET_INFER_FLATBUFFER_H
#define THICKET_INFER_FLATBUFFER_H

#include <stdint.h>

struct fb_file {
  const uint8_t *base;
  uint32_t size;
  int32_t error;      // THICKET_OK or the first error
  const char *field;  // what it is about
};

// A table, or absent when `at` is 0 (position 0 holds the root offset, never a table).
struct fb_table {
  uint32_t at;
  uint32_t vtable;
  uint32_t vtable_bytes;
};

// Elements in place; absent when `at` is 0.
struct fb_vector {
  uint32_t at;
  uint32_t count;
};

// Remember an error unless there is one already.
void fb_fail(struct fb_file *file, int32_t error, const char *field);

struct fb_table fb_root(struct fb_file *file);
struct fb_table fb_child(struct fb_file *file, struct fb_table table, uint32_t id,
                         const char *field);
struct fb_vector fb_children(struct fb_file *file, struct fb_table table, uint32_t id,
                             uint32_t element_bytes, const char *field);
struct fb_table fb_table_in(struct fb_file *file, struct fb_vector vector, uint32_t index,
                            const char *field);

// Position of a scalar, checked for `bytes`; 0 when absent.
uint32_t fb_scalar(struct fb_file *file, struct fb_table table, uint32_t id, uint32_t bytes,
                   const char *field);

int32_t fb_i32(struct fb_file *file, struct fb_table table, uint32_t id, int32_t fallback,
               const char *field);
int32_t fb_i8(struct fb_file *file, struct fb_table table, uint32_t id, int32_t fallback,
              const char *field);
float fb_f32(struct fb_file *file, struct fb_table table, uint32_t id, float fallback,
             const char *field);

// Elements of a vector that was read with the matching element size; the index must be below its
// count.
int32_t fb_i32_in(const struct fb_file *file, struct fb_vector vector, uint32_t index);
int64_t fb_i64_in(const struct fb_file *file, struct fb_vector vector, uint32_t index);
float fb_f32_in(const struct fb_file *file, struct fb_vector vector, uint32_t index);

#endif
