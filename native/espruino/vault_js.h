// What the vault's wrappers share: the open vault, its arguments, and strings over its flash.
#ifndef VAULT_JS_H
#define VAULT_JS_H

#include "session.h"
#include "thicket_js.h"

#define VAULT_JS "VAULT"
// Longer names are refused by the library.
#define VAULT_NAME_BYTES (THICKET_CELL_NAME_MAX + 2)

typedef struct {
  thicket_vault *vault;
  const thicket_slots *slots;
  uint32_t slot;
} vault_place;

// NULL: VAULT_CLOSED has been thrown.
thicket_vault *vault_js_require_open(void);

// Strings over this region become null: it has been written.
void vault_js_forget(const thicket_part *region);

// A native string over mapped flash.
JsVar *vault_js_view(uint32_t address, uint32_t bytes);

// Arguments; false: an exception has been thrown.
bool vault_js_take(const char *name, JsVar *value, int32_t *number);
// Keys, ids and releases: whole numbers from 0 up to 32 bits without sign.
bool vault_js_take_key(const char *name, JsVar *value, uint32_t *key);
bool vault_js_take_stream(JsVar *value, int32_t *stream);
// Data to be written. What lies in the vault itself is copied first: writing may erase it.
bool vault_js_take_data(const char *name, JsVar *value, thicket_js_bytes *data);
// Zero-terminated; one too long stays too long.
bool vault_js_take_name(JsVar *value, char name[VAULT_NAME_BYTES]);
bool vault_js_take_kind(JsVar *kind, vault_place *at);
bool vault_js_take_slot(JsVar *kind, JsVar *index, vault_place *at);

// Results.
JsVar *vault_js_number_of(uint32_t value);
// False for VAULT_NONE; another error is thrown.
bool vault_js_was_there(int32_t code);

#endif
