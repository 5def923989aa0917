// Cut runs: one operation is run on a flash that loses power at each of its programs and erases.
// After each cut the store is opened anew and must hold the state before or after the operation;
// then the operation is tried again, with a cut at each of its own programs and erases.
#ifndef THICKET_VAULT_CUTS_H
#define THICKET_VAULT_CUTS_H

#include "support/vault_disk.h"

typedef struct {
  // Open the store that is on the disk; 0 when that worked.
  int (*open)(void *store);
  // Run the operation at hand; 0 when that worked.
  int (*operate)(void *store);
  // Whether what the store holds may follow from the operation at hand: the state before or after
  // it; with `is_done` after it only. 0 when it may, else the number of the line that says why not.
  int (*judge)(void *store, int is_done);
  void *store;       // of the caller, `store_bytes` without pointers to itself
  uint32_t store_bytes;
  vault_disk *disk;  // the store's
} cut_case;

typedef struct {
  uint64_t runs;
  uint64_t nested;
  uint64_t failed;
} cut_totals;

// Cut the operation everywhere, `rounds` times for each model with other random numbers, and leave
// disk and store in the state after it ran undisturbed. Failures are printed with all that is
// needed to find them again.
void cut_everywhere(const cut_case *at, uint32_t rounds, uint32_t seed, cut_totals *totals);

#endif
