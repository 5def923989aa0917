// Regions of successive pictures joined to tracks: first by how much of the box is overlapped where
// the track should be by now, then by distance. Ties go to the smaller track and the larger region,
// so the same pictures always give the same tracks.
#include "thicket_vision.h"

#define TRACKS THICKET_TRACKS_MAX
// A track that was not seen for longer than this many pictures has ended.
#define MISSED_MAX 1
// Distance, in multiples of the mean side of both boxes, that a thing may have jumped.
#define REACH 3

static int32_t side(const thicket_box *box) { return (box->width + box->height + 1) / 2; }

static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }
static int32_t apart(int32_t a, int32_t b) { return a < b ? b - a : a - b; }

// Where a track's box should be at a moment.
static thicket_box moved(const thicket_track *track, int32_t at_ms) {
  thicket_box box = track->region.box;
  int64_t ms = at_ms - track->last_ms;
  box.left += (int32_t)(track->speed_x * ms / 16000);
  box.top += (int32_t)(track->speed_y * ms / 16000);
  return box;
}

// Overlap of two boxes, permille of the smaller one.
static int32_t overlap(const thicket_box *a, const thicket_box *b) {
  int64_t width = smaller(a->left + a->width, b->left + b->width) - larger(a->left, b->left);
  int64_t height = smaller(a->top + a->height, b->top + b->height) - larger(a->top, b->top);
  if (width <= 0 || height <= 0) return 0;
  int64_t area_a = (int64_t)a->width * a->height;
  int64_t area_b = (int64_t)b->width * b->height;
  return (int32_t)(width * height * 1000 / (area_a < area_b ? area_a : area_b));
}

// How well a region continues a track: above 1000 by overlap, 1..1000 by nearness, 0 not at all.
static int32_t fit(const thicket_track *track, const thicket_motion_region *region, int32_t at_ms) {
  thicket_box box = moved(track, at_ms);
  int32_t shared = overlap(&box, &region->box);
  if (shared) return 1000 + shared;
  int32_t reach = REACH * (side(&box) + side(&region->box)) / 2;
  int32_t far = larger(apart(2 * box.left + box.width, 2 * region->box.left + region->box.width),
                       apart(2 * box.top + box.height, 2 * region->box.top + region->box.height)) /
                2;
  return far < reach ? 1 + (int32_t)((int64_t)(reach - far) * 999 / reach) : 0;
}

static void go_on(thicket_track *track, const thicket_motion_region *region, int32_t at_ms) {
  track->region = *region;
  track->last_ms = at_ms;
  track->sightings++;
  // Over the whole time seen: short steps are mostly noise of the outline.
  int64_t ms = at_ms - track->first_ms;
  track->speed_x = (int32_t)((int64_t)(region->x - track->first_x) * 16000 / ms);
  track->speed_y = (int32_t)((int64_t)(region->y - track->first_y) * 16000 / ms);
}

static void appear(thicket_tracks *tracks, const thicket_motion_region *region, int32_t at_ms) {
  for (int t = 0; t < TRACKS; t++) {
    if (tracks->track[t].id) continue;
    tracks->track[t] = (thicket_track){.id = ++tracks->last_id,
                                       .region = *region,
                                       .sightings = 1,
                                       .first_x = region->x,
                                       .first_y = region->y,
                                       .first_ms = at_ms,
                                       .last_ms = at_ms};
    return;
  }
}

void thicket_tracks_reset(thicket_tracks *tracks) {
  if (tracks) *tracks = (thicket_tracks){.last_ms = -1};
}

int thicket_tracks_follow(thicket_tracks *tracks, const thicket_motion_result *seen,
                          int32_t at_ms) {
  if (!tracks || !seen || at_ms < 0 || seen->region_count < 0 ||
      seen->region_count > THICKET_REGIONS_MAX)
    return THICKET_E_ARGUMENT;
  if (at_ms == 0 || at_ms <= tracks->last_ms) thicket_tracks_reset(tracks);
  int is_taken[THICKET_REGIONS_MAX] = {0};
  int is_seen[TRACKS] = {0};
  for (;;) {
    int32_t best = 0;
    int best_track = 0, best_region = 0;
    for (int t = 0; t < TRACKS; t++)
      for (int r = 0; r < seen->region_count; r++) {
        if (!tracks->track[t].id || is_seen[t] || is_taken[r]) continue;
        int32_t good = fit(&tracks->track[t], &seen->regions[r], at_ms);
        if (good <= best) continue;
        best = good;
        best_track = t;
        best_region = r;
      }
    if (!best) break;
    go_on(&tracks->track[best_track], &seen->regions[best_region], at_ms);
    is_seen[best_track] = is_taken[best_region] = 1;
  }
  int count = 0;
  for (int t = 0; t < TRACKS; t++) {
    thicket_track *track = &tracks->track[t];
    if (track->id && !is_seen[t] && ++track->missed > MISSED_MAX) *track = (thicket_track){0};
    if (is_seen[t]) track->missed = 0;
  }
  for (int r = 0; r < seen->region_count; r++)
    if (!is_taken[r]) appear(tracks, &seen->regions[r], at_ms);
  for (int t = 0; t < TRACKS; t++) count += tracks->track[t].id != 0;
  tracks->last_ms = at_ms;
  return count;
}
