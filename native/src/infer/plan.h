// Where every tensor that is written at run time, and every operator's scratch memory, lies in the
// arena. Memory is reused: two records may overlap when their lifetimes do not. Biggest first, each
// at the lowest gap that fits.
#ifndef THICKET_INFER_PLAN_H
#define THICKET_INFER_PLAN_H

#include "infer/op.h"

// Time 0 is before the first operator, i + 1 is operator i, ops + 1 is after the last.
struct record {
  int32_t owner;   // tensor index, or scratch_owner(operator)
  uint32_t bytes;  // a multiple of THICKET_ARENA_ALIGN
  uint32_t offset;
  uint16_t first;
  uint16_t last;
};

struct plan {
  struct record *records;
  uint32_t count;
};

static inline int32_t scratch_owner(uint32_t op) { return -2 - (int32_t)op; }

// Most records that a graph can need.
uint32_t plan_records_max(const struct graph *graph);

// The record of an owner, or null.
struct record *plan_find(const struct plan *plan, int32_t owner);

// Check all operators and their order, and fill `plan->records` (room for plan_records_max) with
// lifetimes.
int32_t plan_lifetimes(struct graph *graph, struct plan *plan, uint64_t *macs);

// Give every record an offset of `start` or above. Returns the end of the last one, or 0 when it is
// beyond THICKET_MODEL_BYTES_MAX.
uint32_t plan_place(struct plan *plan, uint32_t start);

#endif
