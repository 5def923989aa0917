// require("model"): one model open at a time, its file used in place. The interpreter keeps the
// file's string while the model is open; whether it still lies where it lay is looked at before
// each use.
#include "jswrap_model.h"

#include "jsparse.h"
#include "jsutils.h"
#include "session.h"
#include "thicket_js.h"
#include "thicket_port.h"

#include <stdio.h>
#include <string.h>

/*JSON{
  "type" : "library",
  "class" : "model"
}
Int8 inference on a TensorFlow Lite file.
*/

#define MODULE "MODEL"
// The open model's file.
#define FILE_KEPT  "thicketModel"
#define ABOUT_SIZE 160

// The arena has been lent to a string.
static bool has_view;
// Where the file lay when it was opened; `copy` when it lay in no one piece.
static thicket_js_bytes file;

// Operator, tensor and field of an error, as the emulator puts it.
static void throw_detail(int32_t code, const thicket_detail *detail) {
  char about[ABOUT_SIZE] = "";
  size_t used = 0;
  if (detail->op >= 0)
    used += (size_t)snprintf(about, sizeof about, "operator %d", (int)detail->op);
  if (detail->op >= 0 && detail->builtin >= 0)
    used += (size_t)snprintf(about + used, sizeof about - used, " (%s)",
                             thicket_op_name(detail->builtin));
  if (detail->tensor >= 0)
    used += (size_t)snprintf(about + used, sizeof about - used, "%stensor %d", used ? ", " : "",
                             (int)detail->tensor);
  if (detail->field && detail->field[0])
    snprintf(about + used, sizeof about - used, "%s%s", used ? ", " : "", detail->field);
  thicket_js_throw_about(MODULE, code, about);
}

static bool require_open(void) {
  if (!thicket_session_model_is_open()) thicket_js_throw("MODEL_CLOSED", "call open first");
  return thicket_session_model_is_open();
}

void jswrap_model_forget_view(void) {
  uint32_t bytes;
  const void *arena = thicket_session_model_arena(&bytes);
  if (has_view) thicket_js_forget_views(arena, bytes);
  has_view = false;
}

// True when every output is one byte an element with one scale.
static bool has_plain_outputs(uint32_t count) {
  thicket_tensor output;
  for (uint32_t i = 0; i < count; i++)
    if (thicket_session_model_output(i, &output) || output.scales != 1 ||
        (output.type != THICKET_INT8 && output.type != THICKET_UINT8))
      return false;
  return count > 0;
}

static JsVar *describe(const thicket_tensor *input, const thicket_model_info *info) {
  thicket_tensor output;
  JsVar *shape = jsvNewObject();
  if (!shape || thicket_session_model_output(0, &output)) return shape;
  jsvObjectSetIntChild(shape, "width", (JsVarInt)input->dims[2]);
  jsvObjectSetIntChild(shape, "height", (JsVarInt)input->dims[1]);
  jsvObjectSetIntChild(shape, "channels", (JsVarInt)input->dims[3]);
  jsvObjectSetIntChild(shape, "outputs", (JsVarInt)output.bytes);
  jsvObjectSetIntChild(shape, "tensors", (JsVarInt)info->outputs);
  jsvObjectSetIntChild(shape, "arenaBytes", (JsVarInt)info->arena_bytes);
  return shape;
}

static void throw_input(const thicket_tensor *input) {
  char shape[ABOUT_SIZE] = "";
  size_t used = 0;
  for (uint32_t i = 0; i < input->rank; i++)
    used += (size_t)snprintf(shape + used, sizeof shape - used, "%s%u", i ? "," : "",
                             (unsigned)input->dims[i]);
  jsExceptionHere(
      JSET_ERROR,
      "MODEL_INPUT: the input is not one int8 or uint8 picture of 1 or 3 channels but %s [%s]",
      thicket_type_name(input->type), shape);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "model",
  "name" : "open",
  "generate" : "jswrap_model_open",
  "params" : [
    ["bytes","JsVar","of a .tflite file, as Storage.read gives it"]
  ],
  "return" : ["JsVar","`{width, height, channels, outputs, tensors, arenaBytes}`"],
  "typescript" : "open(bytes: string): { width: number; height: number; channels: number; outputs: number; tensors: number; arenaBytes: number };"
}
Open a model whose input is one picture. A native string is used in place.
*/
JsVar *jswrap_model_open(JsVar *bytes) {
  thicket_js_bytes given;
  thicket_tensor input;
  thicket_model_info info;
  if (!thicket_js_take_bytes(MODULE, "open takes the bytes of a model file", bytes, &given))
    return 0;
  if (thicket_session_model_is_open()) {
    thicket_js_free_bytes(&given);
    thicket_js_throw("MODEL_BUSY", "a model is open already");
    return 0;
  }
  thicket_detail detail = {-1, -1, -1, NULL};
  int32_t code = thicket_session_model_open(given.data, given.bytes, &detail);
  file = given;
  if (code) {
    throw_detail(code, &detail);
    jswrap_model_close();
    return 0;
  }
  thicket_session_model_shape(&input, &info);
  if (thicket_session_model_takes_pictures())
    throw_input(&input);
  else if (!has_plain_outputs(info.outputs))
    thicket_js_throw("MODEL_OUTPUT", "an output is neither int8 nor uint8");
  else {
    thicket_js_keep(FILE_KEPT, bytes);
    return describe(&input, &info);
  }
  jswrap_model_close();
  return 0;
}

// Compacting Storage moves files, erasing them turns their strings into null.
static bool has_file(void) {
  if (file.copy) return true;
  size_t length = 0;
  JsVar *kept = jsvObjectGetChildIfExists(execInfo.hiddenRoot, FILE_KEPT);
  const uint8_t *now = kept ? (const uint8_t *)jsvGetDataPointer(kept, &length) : NULL;
  jsvUnLock(kept);
  if (now == file.data && length == file.bytes) return true;
  jswrap_model_close();
  thicket_js_throw("MODEL_MOVED", "the model's file was moved or erased; open it again");
  return false;
}

static bool require_output(JsVar *index, int32_t *number, thicket_tensor *output) {
  if (!thicket_js_whole(MODULE, "index", index, number) || !require_open()) return false;
  if (!thicket_session_model_has_run()) {
    thicket_js_throw("MODEL_NO_OUTPUT", "call invoke first");
    return false;
  }
  if (*number >= 0 && !thicket_session_model_output((uint32_t)*number, output)) return true;
  jsExceptionHere(JSET_ERROR, "MODEL_INDEX: the model has no output %d", (int)*number);
  return false;
}

static JsVar *values_of(uint32_t index) {
  int32_t count = thicket_session_model_values(index, NULL, 0);
  double *values = count > 0 ? thicket_port_alloc((size_t)count * sizeof *values) : NULL;
  if (!values) {
    thicket_js_throw("MODEL_MEMORY", "no memory for the outputs");
    return 0;
  }
  thicket_session_model_values(index, values, (uint32_t)count);
  JsVar *array = jsvNewEmptyArray();
  for (int32_t i = 0; array && i < count; i++)
    jsvArrayPushAndUnLock(array, jsvNewFromFloat(values[i]));
  thicket_port_free(values);
  return array;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "model",
  "name" : "invoke",
  "generate" : "jswrap_model_invoke",
  "return" : ["JsVar","real values of output 0"],
  "typescript" : "invoke(): number[];"
}
Run on what vision.crop filled in.
*/
JsVar *jswrap_model_invoke(void) {
  thicket_detail detail = {-1, -1, -1, NULL};
  if (!require_open() || !has_file()) return 0;
  if (!thicket_session_model_is_filled()) {
    thicket_js_throw("MODEL_NO_INPUT", "call vision.crop before each invoke");
    return 0;
  }
  jswrap_model_forget_view();
  if (thicket_js_rest()) return 0;
  int32_t code = thicket_session_model_invoke(&detail);
  if (thicket_js_rest()) return 0;
  if (!code) return values_of(0);
  throw_detail(code, &detail);
  return 0;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "model",
  "name" : "output",
  "generate" : "jswrap_model_output",
  "params" : [
    ["index","JsVar","of the output tensor"]
  ],
  "return" : ["JsVar","real values"],
  "typescript" : "output(index: number): number[];"
}
Real values of an output tensor of the last invoke.
*/
JsVar *jswrap_model_output(JsVar *index) {
  thicket_tensor output;
  int32_t number;
  return require_output(index, &number, &output) ? values_of((uint32_t)number) : 0;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "model",
  "name" : "outputBytes",
  "generate" : "jswrap_model_outputBytes",
  "params" : [
    ["index","JsVar","of the output tensor"]
  ],
  "return" : ["JsVar","`{bytes, scale, zeroPoint, isSigned}`"],
  "typescript" : "outputBytes(index: number): { bytes: string; scale: number; zeroPoint: number; isSigned: boolean };"
}
An output tensor as it lies: a native string of one JsVar, which the next crop, invoke or close turns into null.
*/
JsVar *jswrap_model_outputBytes(JsVar *index) {
  thicket_tensor output;
  int32_t number;
  if (!require_output(index, &number, &output)) return 0;
  JsVar *found = jsvNewObject();
  if (!found) return 0;
  has_view = true;
  jsvObjectSetChildAndUnLock(found, "bytes", jsvNewNativeString(output.data, output.bytes));
  jsvObjectSetFloatChild(found, "scale", (JsVarFloat)output.scale);
  jsvObjectSetIntChild(found, "zeroPoint", output.zero_point);
  jsvObjectSetBoolChild(found, "isSigned", output.type == THICKET_INT8);
  return found;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "model",
  "name" : "lastMs",
  "generate" : "jswrap_model_lastMs",
  "return" : ["int32","milliseconds of the last invoke; 0 before the first"],
  "typescript" : "lastMs(): number;"
}
How long the last invoke took.
*/
int jswrap_model_lastMs(void) { return (int)thicket_session_model_last_ms(); }

/*JSON{
  "type" : "staticmethod",
  "class" : "model",
  "name" : "close",
  "generate" : "jswrap_model_close",
  "typescript" : "close(): void;"
}
Let the model and its file go. Closing without an open model is no error.
*/
/*JSON{
  "type" : "kill",
  "generate" : "jswrap_model_close"
}
*/
void jswrap_model_close(void) {
  jswrap_model_forget_view();
  thicket_session_model_close();
  thicket_js_free_bytes(&file);
  thicket_js_keep(FILE_KEPT, 0);
}
