// The three functions of string.h that the library may use. The wasm build has no C library: with
// bulk memory the compiler turns them into memory.copy and memory.fill, and nothing is left to
// link.
#ifndef THICKET_WASM_STRING_H
#define THICKET_WASM_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

// Freestanding compilers know these only by their builtin names.
#define memcpy  __builtin_memcpy
#define memmove __builtin_memmove
#define memset  __builtin_memset

#endif
