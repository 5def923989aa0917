// Arguments and results of the vault's wrappers: see vault_js.h.
#include "vault_js.h"

#include "jsutils.h"
#include "session.h"
#include "thicket_port.h"

#include <string.h>

// Some part has been lent to a string.
static bool has_view;

thicket_vault *vault_js_require_open(void) {
  thicket_vault *vault = thicket_session_vault();
  if (!vault) thicket_js_throw("VAULT_CLOSED", "call open first");
  return vault;
}

void vault_js_forget(const thicket_part *region) {
  uint32_t bytes = region->pages * THICKET_FLASH_PAGE;
  if (has_view) thicket_js_forget_views(thicket_port_flash_map(region->address, bytes), bytes);
}

JsVar *vault_js_view(uint32_t address, uint32_t bytes) {
  const uint8_t *memory = thicket_port_flash_map(address, bytes);
  if (!memory) {
    thicket_js_failed(VAULT_JS, THICKET_E_VAULT_READ);
    return 0;
  }
  has_view = true;
  return thicket_js_view(memory, bytes);
}

bool vault_js_take(const char *name, JsVar *value, int32_t *number) {
  return thicket_js_whole(VAULT_JS, name, value, number);
}

bool vault_js_take_key(const char *name, JsVar *value, uint32_t *key) {
  int32_t number;
  if (jsvIsFloat(value)) {
    JsVarFloat real = jsvGetFloat(value);
    if (real >= 0 && real <= 4294967295.0 && real == (JsVarFloat)(uint32_t)real) {
      *key = (uint32_t)real;
      return true;
    }
  }
  if (!vault_js_take(name, value, &number)) return false;
  *key = (uint32_t)number;
  if (number >= 0) return true;
  thicket_js_failed(VAULT_JS, THICKET_E_ARGUMENT);
  return false;
}

bool vault_js_take_stream(JsVar *value, int32_t *stream) {
  if (!vault_js_take("stream", value, stream)) return false;
  if (*stream >= 0 && *stream < THICKET_STREAMS_MAX) return true;
  thicket_js_failed(VAULT_JS, THICKET_E_ARGUMENT);
  return false;
}

JsVar *vault_js_number_of(uint32_t value) { return jsvNewFromLongInteger((long long)value); }

bool vault_js_was_there(int32_t code) {
  return code != THICKET_E_VAULT_NONE && !thicket_js_failed(VAULT_JS, code);
}

bool vault_js_take_data(const char *name, JsVar *value, thicket_js_bytes *data) {
  uint32_t size;
  if (!thicket_js_take_string(VAULT_JS, name, value, data)) return false;
  const uint8_t *flash = thicket_port_flash(&size) ? thicket_port_flash_map(0, size) : NULL;
  if (!flash || data->data < flash || data->data >= flash + size) return true;
  data->copy = thicket_port_alloc(data->bytes ? data->bytes : 1);
  if (data->copy) {
    memcpy(data->copy, data->data, data->bytes);
    data->data = data->copy;
  } else
    thicket_js_throw("VAULT_MEMORY", "no memory to copy what lies in the vault");
  return data->copy != NULL;
}

bool vault_js_take_name(JsVar *value, char name[VAULT_NAME_BYTES]) {
  thicket_js_bytes given;
  if (!thicket_js_take_string(VAULT_JS, "name", value, &given)) return false;
  uint32_t bytes = given.bytes < VAULT_NAME_BYTES - 1 ? given.bytes : VAULT_NAME_BYTES - 1;
  memcpy(name, given.data, bytes);
  name[bytes] = 0;
  bool is_whole = memchr(name, 0, VAULT_NAME_BYTES) == name + bytes;
  thicket_js_free_bytes(&given);
  if (!is_whole) thicket_js_failed(VAULT_JS, THICKET_E_VAULT_NAME);
  return is_whole;
}

bool vault_js_take_kind(JsVar *kind, vault_place *at) {
  at->vault = vault_js_require_open();
  if (!at->vault) return false;
  bool is_model = jsvIsStringEqual(kind, "model");
  at->slots = &at->vault->slots[is_model ? THICKET_MODEL : THICKET_APP];
  at->slot = 0;
  if (is_model || jsvIsStringEqual(kind, "app")) return true;
  thicket_js_throw("VAULT_ARGUMENT", "kind must be app or model");
  return false;
}

bool vault_js_take_slot(JsVar *kind, JsVar *index, vault_place *at) {
  int32_t number;
  if (!vault_js_take_kind(kind, at) || !vault_js_take("index", index, &number)) return false;
  at->slot = (uint32_t)number;
  if (number == 0 || number == 1) return true;
  thicket_js_throw("VAULT_ARGUMENT", "index must be 0 or 1");
  return false;
}
