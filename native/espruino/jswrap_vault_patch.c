// Patches of require("vault").
#include "jswrap_vault_patch.h"

#include "jsutils.h"
#include "thicket_patch.h"
#include "vault_js.h"

#include <string.h>

static bool failed(int32_t code) {
  return thicket_js_failed(code <= THICKET_E_PATCH_FORMAT ? "PATCH" : VAULT_JS, code);
}

// "" is the state before the first piece. What has another length stays no state: zeroes are none.
static bool take_state(JsVar *value, uint8_t state[THICKET_PATCH_STATE_BYTES]) {
  thicket_js_bytes given;
  if (!thicket_js_take_string(VAULT_JS, "state", value, &given)) return false;
  memset(state, 0, THICKET_PATCH_STATE_BYTES);
  if (given.bytes == THICKET_PATCH_STATE_BYTES)
    memcpy(state, given.data, given.bytes);
  else if (given.bytes == 0)
    thicket_patch_begin(state);
  thicket_js_free_bytes(&given);
  return true;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "patch",
  "generate" : "jswrap_vault_patch",
  "params" : [
    ["kind","JsVar","`app` or `model`"],
    ["index","JsVar","0 or 1"],
    ["state","JsVar","\"\", then what the last call returned"],
    ["piece","JsVar","the next piece of the patch"]
  ],
  "return" : ["JsVar","the state after the piece"],
  "typescript" : "patch(kind: SlotKind, index: number, state: string, piece: string): string;"
}
Make a new image of the one in the other slot.
*/
JsVar *jswrap_vault_patch(JsVar *kind, JsVar *index, JsVar *state, JsVar *piece) {
  vault_place at;
  uint8_t held[THICKET_PATCH_STATE_BYTES];
  thicket_js_bytes given;
  if (!vault_js_take_slot(kind, index, &at) || !take_state(state, held) ||
      !vault_js_take_data("piece", piece, &given))
    return 0;
  int32_t code = thicket_patch_apply(at.slots, at.slot, held, given.data, given.bytes);
  thicket_js_free_bytes(&given);
  if (thicket_js_rest() || failed(code)) return 0;
  return thicket_js_string(held, sizeof held);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "patchOffset",
  "generate" : "jswrap_vault_patchOffset",
  "params" : [
    ["state","JsVar","what patch returned"]
  ],
  "return" : ["JsVar","bytes of the patch taken, bytes of the image made"],
  "typescript" : "patchOffset(state: string): number[];"
}
How far a patch is.
*/
JsVar *jswrap_vault_patchOffset(JsVar *state) {
  uint8_t held[THICKET_PATCH_STATE_BYTES];
  uint32_t taken, made;
  if (!take_state(state, held) || failed(thicket_patch_offsets(held, &taken, &made))) return 0;
  const int32_t numbers[] = {(int32_t)taken, (int32_t)made};
  return thicket_js_array(numbers, 2);
}
