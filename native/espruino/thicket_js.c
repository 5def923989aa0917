// Argument checks, conversion and exceptions for the wrappers; see thicket_js.h.
#include "thicket_js.h"

#include "jshardware.h"
#include "jsparse.h"
#include "jsutils.h"
#include "thicket_error.h"
#include "thicket_port.h"

#include <string.h>

// A string that Espruino keeps in JsVars is copied; nothing the modules take is longer than this.
#define COPY_BYTES_MAX (1u << 20)

void thicket_js_throw(const char *code, const char *text) {
  jsExceptionHere(JSET_ERROR, "%s: %s", code, text);
}

void thicket_js_code_name(const char *module, int32_t code, char name[THICKET_JS_NAME_BYTES]) {
  const char *own = thicket_error_name(code);
  size_t length = strlen(module);
  name[0] = 0;
  if (strncmp(own, module, length) != 0 || own[length] != '_') {
    strncat(name, module, THICKET_JS_NAME_BYTES - 2);
    strcat(name, "_");
  }
  strncat(name, own, THICKET_JS_NAME_BYTES - 1 - strlen(name));
}

void thicket_js_throw_about(const char *module, int32_t code, const char *about) {
  char name[THICKET_JS_NAME_BYTES];
  thicket_js_code_name(module, code, name);
  if (about && about[0])
    jsExceptionHere(JSET_ERROR, "%s: %s: %s", name, about, thicket_error_text(code));
  else
    thicket_js_throw(name, thicket_error_text(code));
}

bool thicket_js_failed(const char *module, int32_t code) {
  if (code >= 0) return false;
  thicket_js_throw_about(module, code, NULL);
  return true;
}

bool thicket_js_whole(const char *module, const char *name, JsVar *value, int32_t *number) {
  if (jsvIsInt(value) && !jsvIsPin(value)) {
    *number = (int32_t)jsvGetInteger(value);
    return true;
  }
  if (jsvIsFloat(value)) {
    JsVarFloat real = jsvGetFloat(value);
    if (real >= -2147483648.0 && real <= 2147483647.0 && real == (JsVarFloat)(int32_t)real) {
      *number = (int32_t)real;
      return true;
    }
  }
  jsExceptionHere(JSET_ERROR, "%s_ARGUMENT: %s must be a whole number", module, name);
  return false;
}

bool thicket_js_take_bytes(const char *module, const char *text, JsVar *value,
                           thicket_js_bytes *bytes) {
  bytes->copy = NULL;
  if (!jsvIsString(value)) {
    jsExceptionHere(JSET_ERROR, "%s_ARGUMENT: %s", module, text);
    return false;
  }
  size_t length = 0;
  bytes->data = (const uint8_t *)jsvGetDataPointer(value, &length);
  if (!bytes->data) {
    length = jsvGetStringLength(value);
    if (length <= COPY_BYTES_MAX) bytes->copy = thicket_port_alloc(length ? length : 1);
    if (!bytes->copy) {
      jsExceptionHere(JSET_ERROR, "%s_MEMORY: no memory for %d bytes", module, (int)length);
      return false;
    }
    jsvGetStringChars(value, 0, bytes->copy, length);
    bytes->data = bytes->copy;
  }
  bytes->bytes = (uint32_t)length;
  return true;
}

bool thicket_js_take_string(const char *module, const char *name, JsVar *value,
                            thicket_js_bytes *bytes) {
  if (jsvIsString(value)) return thicket_js_take_bytes(module, "", value, bytes);
  jsExceptionHere(JSET_ERROR, "%s_ARGUMENT: %s must be a string", module, name);
  return false;
}

void thicket_js_free_bytes(thicket_js_bytes *bytes) {
  if (bytes->copy) thicket_port_free(bytes->copy);
  bytes->copy = NULL;
}

JsVar *thicket_js_string(const uint8_t *data, uint32_t bytes) {
  JsVar *string = jsvNewStringOfLength(bytes, (const char *)data);
  if (string && jsvGetStringLength(string) != bytes) {
    jsvUnLock(string);
    return 0;
  }
  return string;
}

JsVar *thicket_js_array(const int32_t *numbers, int count) {
  JsVar *array = jsvNewEmptyArray();
  for (int i = 0; array && i < count; i++)
    jsvArrayPushAndUnLock(array, jsvNewFromInteger(numbers[i]));
  return array;
}

void thicket_js_forget_views(const void *memory, uint32_t bytes) {
  if (memory && bytes) jsvUpdateMemoryAddress((size_t)memory, bytes, 0);
}

JsVar *thicket_js_view(const void *memory, uint32_t bytes) {
  return jsvNewNativeString((char *)memory, bytes);
}

void thicket_js_keep(const char *name, JsVar *value) {
  if (value)
    jsvObjectSetChild(execInfo.hiddenRoot, name, value);
  else
    jsvObjectRemoveChild(execInfo.hiddenRoot, name);
}

bool thicket_js_rest(void) {
  jshKickWatchDog();
  return jspIsInterrupted();
}
