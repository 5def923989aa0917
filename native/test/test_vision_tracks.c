// Tracks of boxes through a burst: who goes on, who is new, how fast and where to.
#include "check.h"
#include "thicket.h"

#include <string.h>

static thicket_tracks tracks;

static thicket_motion_region at(int x, int y, int side) {
  return (thicket_motion_region){{x - side / 2, y - side / 2, side, side}, side * side, x, y};
}

static thicket_motion_result picture(int count, const thicket_motion_region *regions) {
  thicket_motion_result result = {.region_count = count};
  for (int i = 0; i < count; i++) result.regions[i] = regions[i];
  return result;
}

static const thicket_track *track(int id) {
  for (int i = 0; i < THICKET_TRACKS_MAX; i++)
    if (tracks.track[i].id == id) return &tracks.track[i];
  return NULL;
}

static void measures_speed_and_direction(void) {
  for (int shot = 0; shot < 3; shot++) {
    // 20 pixels to the right and 6 up in half a second.
    thicket_motion_region region = at(60 + 20 * shot, 120 - 6 * shot, 40);
    thicket_motion_result seen = picture(1, &region);
    CHECK(thicket_tracks_follow(&tracks, &seen, 500 * shot) == 1);
  }
  CHECK(track(1) != NULL);
  CHECK(track(1)->speed_x == 40 * 16 && track(1)->speed_y == -12 * 16);
  CHECK(track(1)->sightings == 3 && track(1)->region.x == 100);
}

static void tells_two_things_that_cross_apart(void) {
  for (int shot = 0; shot < 6; shot++) {
    thicket_motion_region both[2] = {at(40 + 40 * shot, 100, 36), at(260 - 40 * shot, 130, 30)};
    // The larger comes first while it is larger; later the order is turned round.
    thicket_motion_region turned[2] = {both[1], both[0]};
    thicket_motion_result seen = picture(2, shot < 3 ? both : turned);
    CHECK(thicket_tracks_follow(&tracks, &seen, 400 * shot) == 2);
  }
  CHECK(track(1)->speed_x == 100 * 16 && track(2)->speed_x == -100 * 16);
  CHECK(track(1)->sightings == 6 && track(2)->sightings == 6);
}

static void reaches_a_fast_thing_but_not_across_the_picture(void) {
  thicket_motion_region first = at(40, 100, 30);
  thicket_motion_region next = at(110, 100, 30);
  thicket_motion_region far = at(300, 20, 30);
  thicket_motion_result seen = picture(1, &first);
  thicket_tracks_follow(&tracks, &seen, 0);
  seen = picture(1, &next);
  CHECK(thicket_tracks_follow(&tracks, &seen, 500) == 1);
  CHECK(track(1)->speed_x == 140 * 16);
  seen = picture(1, &far);
  CHECK(thicket_tracks_follow(&tracks, &seen, 1000) == 2);
  CHECK(track(2) != NULL && track(2)->sightings == 1 && track(2)->speed_x == 0);
}

static void outlives_one_picture_without_it(void) {
  thicket_motion_region region = at(100, 100, 30);
  thicket_motion_result seen = picture(1, &region);
  thicket_motion_result nothing = picture(0, NULL);
  CHECK(thicket_tracks_follow(&tracks, &seen, 0) == 1);
  CHECK(thicket_tracks_follow(&tracks, &nothing, 500) == 1);
  CHECK(thicket_tracks_follow(&tracks, &seen, 1000) == 1);
  CHECK(track(1)->sightings == 2 && track(1)->missed == 0);
  CHECK(thicket_tracks_follow(&tracks, &nothing, 1500) == 1);
  CHECK(thicket_tracks_follow(&tracks, &nothing, 2000) == 0);
  CHECK(thicket_tracks_follow(&tracks, &seen, 2500) == 1);
  CHECK(track(2) != NULL && track(1) == NULL);
}

static void begins_again_with_each_burst(void) {
  thicket_motion_region region = at(100, 100, 30);
  thicket_motion_result seen = picture(1, &region);
  thicket_tracks_follow(&tracks, &seen, 0);
  thicket_tracks_follow(&tracks, &seen, 500);
  CHECK(track(1)->sightings == 2);
  CHECK(thicket_tracks_follow(&tracks, &seen, 0) == 1);
  CHECK(track(1)->sightings == 1);
  thicket_tracks_follow(&tracks, &seen, 900);
  CHECK(thicket_tracks_follow(&tracks, &seen, 800) == 1);
  CHECK(track(1)->sightings == 1 && track(1)->first_ms == 800);
}

static void keeps_eight_and_refuses_what_is_wrong(void) {
  thicket_motion_region many[THICKET_REGIONS_MAX], others[THICKET_REGIONS_MAX];
  for (int i = 0; i < THICKET_REGIONS_MAX; i++) {
    many[i] = at(20 + 40 * i, 30, 10);
    others[i] = at(20 + 40 * i, 200, 10);
  }
  thicket_motion_result seen = picture(THICKET_REGIONS_MAX, many);
  CHECK(thicket_tracks_follow(&tracks, &seen, 0) == THICKET_TRACKS_MAX);
  seen = picture(THICKET_REGIONS_MAX, others);
  CHECK(thicket_tracks_follow(&tracks, &seen, 500) == THICKET_TRACKS_MAX);
  CHECK(track(1) != NULL && track(9) == NULL);
  CHECK(thicket_tracks_follow(NULL, &seen, 500) == THICKET_E_ARGUMENT);
  CHECK(thicket_tracks_follow(&tracks, NULL, 500) == THICKET_E_ARGUMENT);
  CHECK(thicket_tracks_follow(&tracks, &seen, -1) == THICKET_E_ARGUMENT);
  seen.region_count = THICKET_REGIONS_MAX + 1;
  CHECK(thicket_tracks_follow(&tracks, &seen, 500) == THICKET_E_ARGUMENT);
  thicket_tracks_reset(NULL);
}

// The same pictures give the same tracks, and no arithmetic overflows on the widest frame.
static void is_deterministic_on_anything(void) {
  thicket_tracks first;
  for (int turn = 0; turn < 2; turn++) {
    uint32_t seed = 5;
    thicket_tracks_reset(&tracks);
    for (int shot = 0; shot < 200; shot++) {
      thicket_motion_result seen = {0};
      seed = seed * 1664525U + 1013904223U;
      seen.region_count = (int32_t)(seed >> 24) % (THICKET_REGIONS_MAX + 1);
      for (int i = 0; i < seen.region_count; i++) {
        seed = seed * 1664525U + 1013904223U;
        seen.regions[i] = at((int)(seed >> 21), (int)(seed >> 10) & 2047, 2 + (int)(seed & 255));
      }
      CHECK(thicket_tracks_follow(&tracks, &seen, 1 + shot * 7) <= THICKET_TRACKS_MAX);
    }
    if (!turn) first = tracks;
  }
  CHECK(memcmp(&first, &tracks, sizeof tracks) == 0);
}

int main(void) {
  measures_speed_and_direction();
  tells_two_things_that_cross_apart();
  reaches_a_fast_thing_but_not_across_the_picture();
  outlives_one_picture_without_it();
  begins_again_with_each_burst();
  keeps_eight_and_refuses_what_is_wrong();
  is_deterministic_on_anything();
  return check_report("vision_tracks");
}
