// Image slots of require("vault").
#include "jswrap_vault_slots.h"

#include "jsutils.h"
#include "vault_js.h"

#include <stdio.h>

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "slot",
  "generate" : "jswrap_vault_slot",
  "params" : [
    ["kind","JsVar","`app` or `model`"],
    ["index","JsVar","0 or 1"]
  ],
  "return" : ["JsVar","what it holds"],
  "typescript" : "slot(kind: SlotKind, index: number): SlotInfo;"
}
What a slot holds, by its header alone.
*/
JsVar *jswrap_vault_slot(JsVar *kind, JsVar *index) {
  static const char *const states[] = {"empty", "staged", "pending", "confirmed", "rolledBack"};
  thicket_slot found;
  vault_place at;
  if (!vault_js_take_slot(kind, index, &at) ||
      thicket_js_failed(VAULT_JS, thicket_slots_look(at.slots, at.slot, &found)))
    return 0;
  JsVar *info = jsvNewObject();
  if (!info) return 0;
  char digest[2 * THICKET_DIGEST_BYTES + 1] = "";
  if (found.state != THICKET_SLOT_EMPTY)
    for (int i = 0; i < THICKET_DIGEST_BYTES; i++)
      snprintf(digest + 2 * i, 3, "%02x", found.digest[i]);
  jsvObjectSetStringChild(info, "state", states[found.state]);
  jsvObjectSetIntChild(info, "bytes", (JsVarInt)found.bytes);
  jsvObjectSetIntChild(info, "bytesMax", (JsVarInt)((at.slots->pages - 1) * THICKET_FLASH_PAGE));
  jsvObjectSetChildAndUnLock(info, "release", vault_js_number_of(found.release));
  jsvObjectSetIntChild(info, "tries", (JsVarInt)found.tries);
  jsvObjectSetStringChild(info, "digest", digest);
  return info;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "begin",
  "generate" : "jswrap_vault_begin",
  "params" : [
    ["kind","JsVar","`app` or `model`"],
    ["index","JsVar","0 or 1"]
  ],
  "typescript" : "begin(kind: SlotKind, index: number): void;"
}
Start writing an image.
*/
void jswrap_vault_begin(JsVar *kind, JsVar *index) {
  vault_place at;
  if (!vault_js_take_slot(kind, index, &at)) return;
  int32_t code = thicket_slots_begin(at.slots, at.slot);
  // Only now: the image of a slot that is refused may be the program that runs.
  thicket_part slot = {at.slots->address + at.slot * at.slots->pages * THICKET_FLASH_PAGE,
                       at.slots->pages};
  if (!code) vault_js_forget(&slot);
  if (!thicket_js_rest()) thicket_js_failed(VAULT_JS, code);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "writeSlot",
  "generate" : "jswrap_vault_writeSlot",
  "params" : [
    ["kind","JsVar","`app` or `model`"],
    ["index","JsVar","0 or 1"],
    ["offset","JsVar","multiple of 4"],
    ["data","JsVar","the next piece"]
  ],
  "typescript" : "writeSlot(kind: SlotKind, index: number, offset: number, data: string): void;"
}
The next piece of an image, in order.
*/
void jswrap_vault_writeSlot(JsVar *kind, JsVar *index, JsVar *offset, JsVar *data) {
  vault_place at;
  int32_t from;
  thicket_js_bytes given;
  if (!vault_js_take_slot(kind, index, &at) || !vault_js_take("offset", offset, &from) ||
      !vault_js_take_data("data", data, &given))
    return;
  int32_t code = thicket_slots_write(at.slots, at.slot, (uint32_t)from, given.data, given.bytes);
  thicket_js_free_bytes(&given);
  if (!thicket_js_rest()) thicket_js_failed(VAULT_JS, code);
}

static bool take_digest(JsVar *value, thicket_js_bytes *digest) {
  if (!thicket_js_take_string(VAULT_JS, "digest", value, digest)) return false;
  if (digest->bytes == THICKET_DIGEST_BYTES) return true;
  thicket_js_free_bytes(digest);
  thicket_js_throw("VAULT_ARGUMENT", "digest must have 32 bytes");
  return false;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "stage",
  "generate" : "jswrap_vault_stage",
  "params" : [
    ["args","JsVarArray","kind, index, bytes, release, digest"]
  ],
  "typescript" : "stage(kind: SlotKind, index: number, bytes: number, release: number, digest: string): void;"
}
Check the image against its SHA-256 (32 bytes) and mark it staged.
*/
void jswrap_vault_stage(JsVar *args) {
  JsVar *arg[5];
  jsvGetArrayItems(args, 5, arg);
  vault_place at;
  int32_t bytes;
  uint32_t release;
  thicket_js_bytes digest;
  if (vault_js_take_slot(arg[0], arg[1], &at) && vault_js_take("bytes", arg[2], &bytes) &&
      vault_js_take_key("release", arg[3], &release) && take_digest(arg[4], &digest)) {
    thicket_js_rest();
    int32_t code = thicket_slots_stage(at.slots, at.slot, (uint32_t)bytes, release, digest.data);
    thicket_js_free_bytes(&digest);
    if (!thicket_js_rest()) thicket_js_failed(VAULT_JS, code);
  }
  jsvUnLockMany(5, arg);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "switchTo",
  "generate" : "jswrap_vault_switchTo",
  "params" : [
    ["kind","JsVar","`app` or `model`"],
    ["index","JsVar","0 or 1"]
  ],
  "typescript" : "switchTo(kind: SlotKind, index: number): void;"
}
Try a staged image at the next boots.
*/
void jswrap_vault_switchTo(JsVar *kind, JsVar *index) {
  vault_place at;
  if (!vault_js_take_slot(kind, index, &at)) return;
  int32_t code = thicket_slots_switch(at.slots, at.slot);
  if (!thicket_js_rest()) thicket_js_failed(VAULT_JS, code);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "confirm",
  "generate" : "jswrap_vault_confirm",
  "params" : [
    ["kind","JsVar","`app` or `model`"],
    ["index","JsVar","0 or 1"]
  ],
  "typescript" : "confirm(kind: SlotKind, index: number): void;"
}
A pending image has proved itself.
*/
void jswrap_vault_confirm(JsVar *kind, JsVar *index) {
  vault_place at;
  if (!vault_js_take_slot(kind, index, &at)) return;
  int32_t code = thicket_slots_confirm(at.slots, at.slot);
  if (!thicket_js_rest()) thicket_js_failed(VAULT_JS, code);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "rollBack",
  "generate" : "jswrap_vault_rollBack",
  "params" : [
    ["kind","JsVar","`app` or `model`"],
    ["index","JsVar","0 or 1"]
  ],
  "typescript" : "rollBack(kind: SlotKind, index: number): void;"
}
Give a staged or pending image up.
*/
void jswrap_vault_rollBack(JsVar *kind, JsVar *index) {
  vault_place at;
  if (!vault_js_take_slot(kind, index, &at)) return;
  int32_t code = thicket_slots_roll_back(at.slots, at.slot);
  if (!thicket_js_rest()) thicket_js_failed(VAULT_JS, code);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "choose",
  "generate" : "jswrap_vault_choose",
  "params" : [
    ["kind","JsVar","`app` or `model`"]
  ],
  "return" : ["JsVar","0, 1, or -1: nothing to start"],
  "typescript" : "choose(kind: SlotKind): number;"
}
For the boot guard: the slot to start.
*/
JsVar *jswrap_vault_choose(JsVar *kind) {
  vault_place at;
  if (!vault_js_take_kind(kind, &at)) return 0;
  thicket_js_rest();
  int32_t slot = thicket_slots_choose(at.slots);
  if (thicket_js_rest()) return 0;
  if (slot == THICKET_E_VAULT_EMPTY) return jsvNewFromInteger(-1);
  return thicket_js_failed(VAULT_JS, slot) ? 0 : jsvNewFromInteger(slot);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "image",
  "generate" : "jswrap_vault_image",
  "params" : [
    ["kind","JsVar","`app` or `model`"],
    ["index","JsVar","0 or 1"]
  ],
  "return" : ["JsVar","the image, in place; undefined when empty"],
  "typescript" : "image(kind: SlotKind, index: number): string | undefined;"
}
A slot's image.
*/
JsVar *jswrap_vault_image(JsVar *kind, JsVar *index) {
  thicket_slot found;
  vault_place at;
  if (!vault_js_take_slot(kind, index, &at) ||
      thicket_js_failed(VAULT_JS, thicket_slots_look(at.slots, at.slot, &found)) ||
      found.state == THICKET_SLOT_EMPTY)
    return 0;
  return vault_js_view(found.address, found.bytes);
}
