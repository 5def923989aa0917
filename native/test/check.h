// The whole test framework: CHECK counts, says where it failed, and check_report prints the last
// line.
#ifndef THICKET_CHECK_H
#define THICKET_CHECK_H

#include <stdio.h>

static int check_passed;
static int check_failed;

#define CHECK(claim)                                              \
  do {                                                            \
    if (claim) {                                                  \
      check_passed++;                                             \
    } else {                                                      \
      check_failed++;                                             \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #claim); \
    }                                                             \
  } while (0)

// Prints `name: N passed, N failed`. Returns the exit status of the program.
static inline int check_report(const char *name) {
  printf("%s: %d passed, %d failed\n", name, check_passed, check_failed);
  return check_failed != 0 || check_passed == 0;
}

#endif
