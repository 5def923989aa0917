// Files and models for tests; see files.h.
#define _POSIX_C_SOURCE 200809L
#include "support/files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes file_read(const char *path) {
  struct bytes result = {NULL, 0};
  FILE *file = fopen(path, "rb");
  if (file == NULL) return result;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  if (size >= 0) {
    result.data = malloc((size_t)size + (size == 0));
    result.size = (uint32_t)size;
    if (result.data != NULL && fread(result.data, 1, (size_t)size, file) != (size_t)size)
      result.size = 0;
  }
  fclose(file);
  return result;
}

static int compare_names(const void *a, const void *b) {
  return strcmp((const char *)a, (const char *)b);
}

int files_list(const char *folder, const char *suffix, char names[][256], int max) {
  DIR *directory = opendir(folder);
  int count = 0;
  if (directory == NULL) return 0;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL && count < max;) {
    size_t length = strlen(entry->d_name);
    size_t wanted = strlen(suffix);
    if (length <= wanted || length >= 256 || strcmp(entry->d_name + length - wanted, suffix) != 0)
      continue;
    memcpy(names[count++], entry->d_name, length + 1);
  }
  closedir(directory);
  qsort(names, (size_t)count, sizeof names[0], compare_names);
  return count;
}

void *arena_alloc(size_t bytes) {
  void *arena = NULL;
  return posix_memalign(&arena, THICKET_ARENA_ALIGN, bytes) == 0 ? arena : NULL;
}

int32_t model_open_with(uint32_t backend, const struct bytes *file, void **arena,
                        thicket_model_info *info, thicket_detail *detail) {
  *arena = NULL;
  uint32_t room = 0;
  for (;;) {
    int32_t status =
        thicket_model_open_with(backend, file->data, file->size, *arena, room, info, detail);
    uint32_t wanted = info->arena_bytes > 0 ? info->arena_bytes : info->head_bytes;
    if (status != THICKET_E_MODEL_ARENA || wanted <= room) return status;
    free(*arena);
    *arena = arena_alloc(wanted);
    if (*arena == NULL) return THICKET_E_MODEL_LIMIT;
    memset(*arena, 0xA5, wanted);
    room = wanted;
  }
}

int32_t model_open(const struct bytes *file, void **arena, thicket_model_info *info,
                   thicket_detail *detail) {
  return model_open_with(0, file, arena, info, detail);
}
