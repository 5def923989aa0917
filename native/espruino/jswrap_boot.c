// The boot guard in the firmware: before Espruino starts a program of its own accord, device/boot runs
// and says what to start. Decisions are made there, in JavaScript; this file only does what it says.
#include "jswrap_boot.h"

#include "boot_guard.h"
#include "jsinteractive.h"
#include "jsparse.h"
#include "jsvar.h"

// The global in which the guard finds whether the chip itself has started, and leaves its answer.
#define ANSWER "boot"

// Espruino runs init hooks also in reset() and load(file), where somebody chose what runs, and after
// save(). load() by itself starts the program anew, and so do we.
static bool is_automatic(void) {
  if (jsiStatus & (JSIS_TODO_RESET | JSIS_TODO_FLASH_SAVE)) return false;
  JsVar *file = jsvObjectGetChildIfExists(execInfo.root, "__FILE__");
  jsvUnLock(file);
  return !file;
}

static void start(JsVar *program, JsVar *boot) {
  jsvUnLock(jspEvaluateVar(program, 0, "app"));
  bool threw = jspHasError() && !jspIsInterrupted();
  jsiCheckErrors(false);  // prints what was thrown
  JsVar *failed = threw ? jsvObjectGetChildIfExists(boot, "failed") : 0;
  if (failed) jsvUnLock(jspExecuteFunction(failed, boot, 0, 0));
  jsvUnLock(failed);
}

/*JSON{
  "type" : "init",
  "generate" : "jswrap_boot_init"
}
*/
void jswrap_boot_init(void) {
  if (!is_automatic()) return;
  JsVar *boot = jsvObjectGetChild(execInfo.root, ANSWER, JSV_OBJECT);
  if (!boot) return;
  jsvObjectSetChildAndUnLock(boot, "isFirst", jsvNewFromBool(jsiStatus & JSIS_FIRST_BOOT));
  jsvUnLock(boot);
  JsVar *guard = jsvNewNativeString((char *)thicket_boot_guard, sizeof thicket_boot_guard - 1);
  jsvUnLock2(jspEvaluateVar(guard, 0, "boot guard"), guard);
  // Interrupted by Ctrl-C there is no answer; the flag stays set until the console is there, so
  // nothing else starts.
  boot = jsvObjectGetChildIfExists(execInfo.root, ANSWER);
  if (!boot) return;
  jsvObjectRemoveChild(execInfo.root, ANSWER);
  JsVar *program = jsvObjectGetChildIfExists(boot, "program");
  if (jsvObjectGetBoolChild(boot, "isSafe"))
    jsiCtrlC();
  else if (jsvIsString(program) && !jsvIsEmptyString(program))
    start(program, boot);
  jsvUnLock2(program, boot);
}
