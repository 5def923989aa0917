// Cut runs: see vault_cuts.h.
#include "support/vault_cuts.h"

#include <stdio.h>
#include <string.h>

enum { STORE_BYTES_MAX = 65536 };

typedef struct {
  uint8_t bytes[sizeof(((vault_disk *)0)->bytes)];
  uint8_t store[STORE_BYTES_MAX];
} snapshot;

static snapshot before, torn, after;

static void keep(const cut_case *at, snapshot *to) {
  memcpy(to->bytes, at->disk->bytes, at->disk->pages * THICKET_FLASH_PAGE);
  memcpy(to->store, at->store, at->store_bytes);
}

static void restore(const cut_case *at, const snapshot *from) {
  memcpy(at->disk->bytes, from->bytes, at->disk->pages * THICKET_FLASH_PAGE);
  memcpy(at->store, from->store, at->store_bytes);
}

static void report(cut_totals *totals, const char *what, uint32_t cut, int model, uint32_t seed,
                   int line) {
  if (totals->failed++ < 20)
    fprintf(stderr, "%s: cut at %u, model %d, seed %u: line %d\n", what, cut, model, seed, line);
}

// Open after a cut and judge; then, when asked, do it once more to the end.
static int reopen(const cut_case *at, int is_done) {
  disk_power(at->disk, UINT32_MAX, TORN_NONE, 1);
  if (at->open(at->store)) return __LINE__;
  if (at->disk->operations) return __LINE__;
  return at->judge(at->store, is_done);
}

static int finish(const cut_case *at) {
  if (at->operate(at->store)) return __LINE__;
  int line = at->judge(at->store, 1);
  return line ? line : reopen(at, 1);
}

// The disk has been torn once and opens well: try again, cut everywhere.
static void cut_recovery(const cut_case *at, torn_model model, uint32_t seed, cut_totals *totals) {
  keep(at, &torn);
  for (uint32_t cut = 0;; cut++) {
    restore(at, &torn);
    disk_power(at->disk, cut, model, seed + cut);
    int code = at->operate(at->store);
    if (!at->disk->is_dead) {
      disk_power(at->disk, UINT32_MAX, TORN_NONE, 1);
      int line = code ? __LINE__ : at->judge(at->store, 1);
      if (line) report(totals, "tried again", cut, (int)model, seed, line);
      return;
    }
    totals->runs++;
    totals->nested++;
    int line = reopen(at, 0);
    if (!line) line = finish(at);
    if (line) report(totals, "cut again", cut, (int)model, seed, line);
  }
}

void cut_everywhere(const cut_case *at, uint32_t rounds, uint32_t seed, cut_totals *totals) {
  keep(at, &before);
  disk_power(at->disk, UINT32_MAX, TORN_NONE, 1);
  int code = at->operate(at->store);
  uint32_t operations = at->disk->operations;
  int line = code ? __LINE__ : at->judge(at->store, 1);
  if (line) report(totals, "not cut", 0, 0, seed, line);
  keep(at, &after);
  for (uint32_t cut = 0; cut < operations; cut++)
    for (uint32_t run = 0; run < TORN_MODELS * rounds; run++) {
      torn_model model = (torn_model)(run % TORN_MODELS);
      uint32_t number = seed * 2654435761u + cut * 40503u + run * 97u + 1;
      restore(at, &before);
      disk_power(at->disk, cut, model, number);
      at->operate(at->store);
      totals->runs++;
      line = at->disk->is_dead ? reopen(at, 0) : __LINE__;
      if (line) {
        report(totals, "cut", cut, (int)model, number, line);
        continue;
      }
      // Every second cut falls on the recovery too; the others must go through.
      if ((cut + run) % 2) {
        cut_recovery(at, (torn_model)(number % TORN_MODELS), number, totals);
        continue;
      }
      line = finish(at);
      if (line) report(totals, "after a cut", cut, (int)model, number, line);
    }
  restore(at, &after);
  disk_power(at->disk, UINT32_MAX, TORN_NONE, 1);
}
