// require("vision"): motion against a background, and crops into the open model's input.
#include "jswrap_vision.h"

#include "jsutils.h"
#include "jswrap_model.h"
#include "session.h"
#include "thicket_js.h"

/*JSON{
  "type" : "library",
  "class" : "vision"
}
What moved, and what the model is to look at. The background lies in native memory.
*/

#define MODULE "VISION"

/*JSON{
  "type" : "staticmethod",
  "class" : "vision",
  "name" : "motion",
  "generate" : "jswrap_vision_motion",
  "params" : [
    ["handle","JsVar","of a frame"]
  ],
  "return" : ["JsVar","changed permille, left, top, width, height, suppressed permille; empty without a background"],
  "typescript" : "motion(handle: number): number[];"
}
Compare a frame with the background.
*/
JsVar *jswrap_vision_motion(JsVar *handle) {
  int32_t number;
  if (!thicket_js_whole(MODULE, "handle", handle, &number)) return 0;
  int32_t code = thicket_session_motion(number);
  if (code == THICKET_E_NO_BACKGROUND) return jsvNewEmptyArray();
  if (thicket_js_rest() || thicket_js_failed(MODULE, code)) return 0;
  const thicket_motion_result *found = thicket_session_moved();
  const thicket_box *box = &found->box;
  const int32_t numbers[] = {found->changed_permille,
                             box->left,
                             box->top,
                             box->width,
                             box->height,
                             found->light_permille + found->ghost_permille};
  return thicket_js_array(numbers, 6);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vision",
  "name" : "regions",
  "generate" : "jswrap_vision_regions",
  "return" : ["JsVar","left, top, width, height, area, x, y of each"],
  "typescript" : "regions(): number[];"
}
Regions of the last motion, largest first.
*/
JsVar *jswrap_vision_regions(void) {
  const thicket_motion_result *found = thicket_session_moved();
  int32_t numbers[7 * THICKET_REGIONS_MAX], *at = numbers;
  for (int i = 0; i < found->region_count; i++) {
    const thicket_motion_region *region = &found->regions[i];
    *at++ = region->box.left;
    *at++ = region->box.top;
    *at++ = region->box.width;
    *at++ = region->box.height;
    *at++ = region->area;
    *at++ = region->x;
    *at++ = region->y;
  }
  return thicket_js_array(numbers, (int)(at - numbers));
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vision",
  "name" : "follow",
  "generate" : "jswrap_vision_follow",
  "params" : [
    ["sinceMs","JsVar","since the first picture of the burst; 0 begins one"]
  ],
  "return" : ["JsVar","how many tracks there are"],
  "typescript" : "follow(sinceMs: number): number;"
}
Follow the regions of the last motion.
*/
JsVar *jswrap_vision_follow(JsVar *since_ms) {
  int32_t number;
  if (!thicket_js_whole(MODULE, "sinceMs", since_ms, &number)) return 0;
  int32_t count = thicket_session_follow(number);
  return thicket_js_failed(MODULE, count) ? 0 : jsvNewFromInteger(count);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vision",
  "name" : "tracks",
  "generate" : "jswrap_vision_tracks",
  "return" : ["JsVar","id, left, top, width, height, speedX, speedY, sightings of each"],
  "typescript" : "tracks(): number[];"
}
What is being followed.
*/
JsVar *jswrap_vision_tracks(void) {
  const thicket_tracks *followed = thicket_session_tracks();
  int32_t numbers[8 * THICKET_TRACKS_MAX], *at = numbers;
  for (int i = 0; i < THICKET_TRACKS_MAX; i++) {
    const thicket_track *track = &followed->track[i];
    if (!track->id) continue;
    *at++ = track->id;
    *at++ = track->region.box.left;
    *at++ = track->region.box.top;
    *at++ = track->region.box.width;
    *at++ = track->region.box.height;
    *at++ = track->speed_x;
    *at++ = track->speed_y;
    *at++ = track->sightings;
  }
  return thicket_js_array(numbers, (int)(at - numbers));
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vision",
  "name" : "statistics",
  "generate" : "jswrap_vision_statistics",
  "params" : [
    ["handle","JsVar","of a frame"]
  ],
  "return" : ["JsVar","mean, deviation, dark permille, bright permille, crisp permille, lens"],
  "typescript" : "statistics(handle: number): number[];"
}
Grey values of a frame, and the state of the lens.
*/
JsVar *jswrap_vision_statistics(JsVar *handle) {
  int32_t number;
  thicket_frame_stats stats;
  if (!thicket_js_whole(MODULE, "handle", handle, &number)) return 0;
  int32_t code = thicket_session_measure(number, &stats);
  if (thicket_js_rest() || thicket_js_failed(MODULE, code)) return 0;
  const int32_t numbers[] = {stats.mean,           stats.deviation,
                             stats.dark_permille,  stats.bright_permille,
                             stats.crisp_permille, (int32_t)stats.lens};
  return thicket_js_array(numbers, 6);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vision",
  "name" : "learn",
  "generate" : "jswrap_vision_learn",
  "params" : [
    ["handle","JsVar","of a frame"]
  ],
  "typescript" : "learn(handle: number): void;"
}
Blend a frame into the background.
*/
void jswrap_vision_learn(JsVar *handle) {
  int32_t number;
  if (thicket_js_whole(MODULE, "handle", handle, &number))
    thicket_js_failed(MODULE, thicket_session_learn(number));
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vision",
  "name" : "crop",
  "generate" : "jswrap_vision_crop",
  "params" : [
    ["args","JsVarArray","handle, left, top, width, height, marginPct"]
  ],
  "typescript" : "crop(handle: number, left: number, top: number, width: number, height: number, marginPct: number): void;"
}
Cut out, resize and quantise into the open model's input. (Espruino's table has room for four
parameters of their own, so these come as one list.)
*/
void jswrap_vision_crop(JsVar *args) {
  static const char *const names[] = {"handle", "left", "top", "width", "height", "marginPct"};
  int32_t number[6];
  for (int i = 0; i < 6; i++) {
    JsVar *value = jsvGetArrayItem(args, i);
    bool is_whole = thicket_js_whole(MODULE, names[i], value, &number[i]);
    jsvUnLock(value);
    if (!is_whole) return;
  }
  if (!thicket_session_model_is_open()) {
    thicket_js_throw("MODEL_CLOSED", "call open first");
    return;
  }
  jswrap_model_forget_view();
  thicket_box box = {number[1], number[2], number[3], number[4]};
  int32_t code = thicket_session_crop(number[0], box, number[5]);
  if (!thicket_js_rest()) thicket_js_failed(MODULE, code);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vision",
  "name" : "reset",
  "generate" : "jswrap_vision_reset",
  "typescript" : "reset(): void;"
}
Forget the background and the tracks.
*/
/*JSON{
  "type" : "kill",
  "generate" : "jswrap_vision_reset"
}
*/
void jswrap_vision_reset(void) { thicket_session_forget(); }
