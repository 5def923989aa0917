// Files and models for tests. Everything is read whole; memory ends exactly where the data does, so
// that AddressSanitizer sees every read past the end.
#ifndef THICKET_TEST_FILES_H
#define THICKET_TEST_FILES_H

#include "thicket_model.h"

#include <stddef.h>
#include <stdint.h>

struct bytes {
  uint8_t *data;
  uint32_t size;
};

// Contents of a file, or {NULL, 0}. The caller frees `data`.
struct bytes file_read(const char *path);

// Names in a folder that end in `suffix`, sorted. Returns their number (at most `max`); 0 when
// there is no folder.
int files_list(const char *folder, const char *suffix, char names[][256], int max);

// Open a model with an arena of exactly the size it asks for. Returns the code of
// thicket_model_open; the caller frees `*arena` in every case.
int32_t model_open(const struct bytes *file, void **arena, thicket_model_info *info,
                   thicket_detail *detail);

// The same with the backend of this index.
int32_t model_open_with(uint32_t backend, const struct bytes *file, void **arena,
                        thicket_model_info *info, thicket_detail *detail);

// Memory aligned to THICKET_ARENA_ALIGN whose end is guarded; free() releases it.
void *arena_alloc(size_t bytes);

#endif
