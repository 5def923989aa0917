// What all wrappers share: checking an argument, converting a value, turning a code into an
// exception. The words of the exceptions are those of toolchain/emulator/native, which one test
// compares. Espruino's rules: a parameter is locked by the caller, a result is unlocked by it.
#ifndef THICKET_JS_H
#define THICKET_JS_H

#include "jsvar.h"

#include <stdint.h>

// Throw Error "CODE: text".
void thicket_js_throw(const char *code, const char *text);

// Throw what a library function returned: its name after the module's ("VISION_HANDLE"), unless the
// name begins with it already, and its words.
//   module  in capitals, without underscore
//   about   where it happened, put before the words; NULL: nothing
// Returns true when `code` is an error, so that a wrapper can leave.
bool thicket_js_failed(const char *module, int32_t code);
void thicket_js_throw_about(const char *module, int32_t code, const char *about);

// Name of a code after the module's, into `name`.
#define THICKET_JS_NAME_BYTES 32
void thicket_js_code_name(const char *module, int32_t code, char name[THICKET_JS_NAME_BYTES]);

// An argument that must be a whole number within 32 bits. False: MODULE_ARGUMENT has been thrown.
bool thicket_js_whole(const char *module, const char *name, JsVar *value, int32_t *number);

// The bytes of a string argument, in place where they lie in one piece, else a copy.
typedef struct {
  const uint8_t *data;
  uint32_t bytes;
  void *copy;
} thicket_js_bytes;

// False: an exception has been thrown, MODULE_ARGUMENT or MODULE_MEMORY, and there is nothing to
// free. `text` says what was expected.
bool thicket_js_take_bytes(const char *module, const char *text, JsVar *value,
                           thicket_js_bytes *bytes);
// The same for an argument that is called `name`.
bool thicket_js_take_string(const char *module, const char *name, JsVar *value,
                            thicket_js_bytes *bytes);
void thicket_js_free_bytes(thicket_js_bytes *bytes);

// A byte string of its own memory. Unlike Espruino's own function it never leaves half a string:
// 0 and the interpreter's memory flag when there is no room.
JsVar *thicket_js_string(const uint8_t *data, uint32_t bytes);

// An array of whole numbers.
JsVar *thicket_js_array(const int32_t *numbers, int count);

// Memory that native strings may point to is about to change or go: they become null.
void thicket_js_forget_views(const void *memory, uint32_t bytes);

// A native string over memory that JavaScript may only read.
JsVar *thicket_js_view(const void *memory, uint32_t bytes);

// Something the interpreter must keep while native code uses it; 0 lets it go.
void thicket_js_keep(const char *name, JsVar *value);

// Before and after long work. True when the user pressed Ctrl-C: leave without a result.
bool thicket_js_rest(void);

#endif
