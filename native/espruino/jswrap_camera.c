// require("camera"): frames by handle, pictures asynchronously. A capture waits in a list that the
// interpreter keeps; the idle hook asks the sensor and queues the callbacks as events.
#include "jswrap_camera.h"

#include "jsinteractive.h"
#include "jsutils.h"
#include "session.h"
#include "thicket_js.h"

/*JSON{
  "type" : "library",
  "class" : "camera"
}
The camera's sensor and its frame buffers. Frames are handles; pixels stay in native memory.
*/

// Callbacks that wait for a frame, the oldest first.
#define WAITING "thicketCaptures"
#define MODULE  "CAMERA"

// The JPEG buffer has been lent to a string.
static bool has_view;

static void forget_view(void) {
  uint32_t bytes;
  const uint8_t *room = thicket_session_jpeg_room(&bytes);
  if (has_view) thicket_js_forget_views(room, bytes);
  has_view = false;
}

static bool require_open(void) {
  if (!thicket_session_camera_is_open()) thicket_js_throw("CAMERA_CLOSED", "call open first");
  return thicket_session_camera_is_open();
}

static bool side(JsVar *options, const char *name, int32_t *pixels) {
  JsVar *value = jsvIsObject(options) ? jsvObjectGetChildIfExists(options, name) : 0;
  bool is_whole = thicket_js_whole(MODULE, name, value, pixels);
  jsvUnLock(value);
  return is_whole;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "camera",
  "name" : "open",
  "generate" : "jswrap_camera_open",
  "params" : [
    ["options","JsVar","`{width, height}`: the largest frame, pixels, 1..2048"]
  ],
  "typescript" : "open(options: { width: number; height: number }): void;"
}
Power the sensor and reserve three frame buffers.
*/
void jswrap_camera_open(JsVar *options) {
  int32_t width, height;
  if (!side(options, "width", &width) || !side(options, "height", &height)) return;
  if (thicket_session_camera_is_open()) {
    thicket_js_throw("CAMERA_BUSY", "the camera is open already");
    return;
  }
  int32_t code = thicket_session_camera_open(width, height);
  if (code == THICKET_E_SHAPE)
    jsExceptionHere(JSET_ERROR, "CAMERA_SHAPE: width and height must be 1..%d",
                    THICKET_VISION_SIDE_MAX);
  else
    thicket_js_failed(MODULE, code);
}

static void answer(JsVar *done, int32_t handle, int32_t width, int32_t height,
                   const char *problem) {
  JsVar *args[] = {jsvNewFromInteger(handle), jsvNewFromInteger(width), jsvNewFromInteger(height),
                   jsvNewFromString(problem)};
  jsiQueueEvents(0, done, args, 4);
  jsvUnLockMany(4, args);
}

static JsVar *waiting(void) { return jsvObjectGetChildIfExists(execInfo.hiddenRoot, WAITING); }

/*JSON{
  "type" : "staticmethod",
  "class" : "camera",
  "name" : "capture",
  "generate" : "jswrap_camera_capture",
  "params" : [
    ["done","JsVar","called later with handle, width, height, problem"]
  ],
  "typescript" : "capture(done: (handle: number, width: number, height: number, problem: string) => void): void;"
}
Take one frame. The handle is 0 when there is none; problem then is the name of an error.
*/
void jswrap_camera_capture(JsVar *done) {
  if (!jsvIsFunction(done)) {
    thicket_js_throw("CAMERA_ARGUMENT", "capture takes a function");
    return;
  }
  if (!require_open()) return;
  JsVar *list = jsvObjectGetChild(execInfo.hiddenRoot, WAITING, JSV_ARRAY);
  if (list) jsvArrayPush(list, done);
  jsvUnLock(list);
}

/*JSON{
  "type" : "idle",
  "generate" : "jswrap_camera_idle"
}
*/
bool jswrap_camera_idle(void) {
  JsVar *list = waiting();
  if (!list) return false;
  int32_t width = 0, height = 0;
  int32_t handle = thicket_session_camera_step(&width, &height);
  bool is_over = handle != 0;
  if (is_over) {
    JsVar *done = jsvSkipNameAndUnLock(jsvArrayPopFirst(list));
    char problem[THICKET_JS_NAME_BYTES] = "CAMERA_NO_FRAME";
    if (handle > 0)
      answer(done, handle, width, height, "");
    else {
      if (handle != THICKET_SESSION_NO_FRAME) thicket_js_code_name(MODULE, handle, problem);
      answer(done, 0, 0, 0, problem);
    }
    jsvUnLock(done);
    if (jsvArrayIsEmpty(list)) thicket_js_keep(WAITING, 0);
  }
  jsvUnLock(list);
  return is_over;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "camera",
  "name" : "release",
  "generate" : "jswrap_camera_release",
  "params" : [
    ["handle","JsVar","of a frame"]
  ],
  "typescript" : "release(handle: number): void;"
}
Give a frame's buffer back. A JPEG made before becomes null.
*/
void jswrap_camera_release(JsVar *handle) {
  int32_t number;
  if (!thicket_js_whole(MODULE, "handle", handle, &number) || !require_open()) return;
  if (!thicket_js_failed(MODULE, thicket_session_camera_release(number))) forget_view();
}

/*JSON{
  "type" : "staticmethod",
  "class" : "camera",
  "name" : "jpeg",
  "generate" : "jswrap_camera_jpeg",
  "params" : [
    ["handle","JsVar","of a frame"],
    ["qualityPct","JsVar","1..100"]
  ],
  "return" : ["JsVar","the JPEG: a native string of one JsVar"],
  "typescript" : "jpeg(handle: number, qualityPct: number): string;"
}
Encode a frame. There is one JPEG at a time: the next jpeg, release or close turns the string into null.
*/
JsVar *jswrap_camera_jpeg(JsVar *handle, JsVar *quality_pct) {
  int32_t number, quality;
  if (!thicket_js_whole(MODULE, "handle", handle, &number) ||
      !thicket_js_whole(MODULE, "quality", quality_pct, &quality) || !require_open())
    return 0;
  forget_view();
  if (thicket_js_rest()) return 0;
  int32_t length = thicket_session_camera_jpeg(number, quality);
  if (thicket_js_rest() || thicket_js_failed(MODULE, length)) return 0;
  uint32_t bytes;
  has_view = true;
  return jsvNewNativeString((char *)thicket_session_jpeg_room(&bytes), (size_t)length);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "camera",
  "name" : "close",
  "generate" : "jswrap_camera_close",
  "typescript" : "close(): void;"
}
Power the sensor down. Frames lent out are gone, captures that wait are answered with CAMERA_CLOSED.
*/
void jswrap_camera_close(void) {
  forget_view();
  thicket_session_camera_close();
  JsVar *list = waiting();
  while (list && !jsvArrayIsEmpty(list)) {
    JsVar *done = jsvSkipNameAndUnLock(jsvArrayPopFirst(list));
    answer(done, 0, 0, 0, "CAMERA_CLOSED");
    jsvUnLock(done);
  }
  jsvUnLock(list);
  thicket_js_keep(WAITING, 0);
}

/*JSON{
  "type" : "kill",
  "generate" : "jswrap_camera_kill"
}
*/
void jswrap_camera_kill(void) {
  forget_view();
  thicket_session_camera_close();
  thicket_js_keep(WAITING, 0);
}
