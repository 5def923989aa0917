// Pictures of require("vault").
#include "jswrap_vault_blobs.h"

#include "vault_js.h"

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "putBlob",
  "generate" : "jswrap_vault_putBlob",
  "params" : [
    ["value","JsVar","0..15"],
    ["note","JsVar","up to 128 bytes"],
    ["data","JsVar","a picture"]
  ],
  "return" : ["JsVar","its id"],
  "typescript" : "putBlob(value: number, note: string, data: string): number;"
}
Keep a picture with a note until it is dropped.
*/
JsVar *jswrap_vault_putBlob(JsVar *value, JsVar *note, JsVar *data) {
  int32_t worth;
  uint32_t id;
  thicket_js_bytes words, given;
  thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take("value", value, &worth) || !vault_js_take_data("note", note, &words))
    return 0;
  if (!vault_js_take_data("data", data, &given)) {
    thicket_js_free_bytes(&words);
    return 0;
  }
  int32_t code = thicket_blobs_put(&vault->blobs, (uint32_t)worth, (const char *)words.data,
                                   words.bytes, given.data, given.bytes, &id);
  thicket_js_free_bytes(&words);
  thicket_js_free_bytes(&given);
  vault_js_forget(&vault->layout.blobs);
  if (thicket_js_rest() || thicket_js_failed(VAULT_JS, code)) return 0;
  return vault_js_number_of(id);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "nextBlob",
  "generate" : "jswrap_vault_nextBlob",
  "params" : [
    ["after","JsVar","id, 0: the oldest"]
  ],
  "return" : ["JsVar","id, or 0"],
  "typescript" : "nextBlob(after: number): number;"
}
Id of the oldest blob above `after`.
*/
JsVar *jswrap_vault_nextBlob(JsVar *after) {
  uint32_t id;
  const thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take_key("after", after, &id)) return 0;
  return vault_js_number_of(thicket_blobs_next(&vault->blobs, id));
}

static bool look_at_blob(JsVar *id,
                         int32_t (*look)(const thicket_blobs *, uint32_t, thicket_blob *),
                         thicket_blob *found) {
  uint32_t number;
  const thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take_key("id", id, &number)) return false;
  int32_t code = look(&vault->blobs, number, found);
  return code != THICKET_E_VAULT_NONE && !thicket_js_failed(VAULT_JS, code);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "blob",
  "generate" : "jswrap_vault_blob",
  "params" : [
    ["id","JsVar","of a blob"]
  ],
  "return" : ["JsVar","its data, in place; undefined when it is gone"],
  "typescript" : "blob(id: number): string | undefined;"
}
A picture, checked.
*/
JsVar *jswrap_vault_blob(JsVar *id) {
  thicket_blob found;
  return look_at_blob(id, thicket_blobs_check, &found) ? vault_js_view(found.address, found.bytes)
                                                       : 0;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "blobNote",
  "generate" : "jswrap_vault_blobNote",
  "params" : [
    ["id","JsVar","of a blob"]
  ],
  "return" : ["JsVar","its note; undefined when it is gone"],
  "typescript" : "blobNote(id: number): string | undefined;"
}
What was noted with a picture.
*/
JsVar *jswrap_vault_blobNote(JsVar *id) {
  thicket_blob found;
  if (!look_at_blob(id, thicket_blobs_look, &found)) return 0;
  return thicket_js_string((const uint8_t *)found.note, found.note_bytes);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "dropBlob",
  "generate" : "jswrap_vault_dropBlob",
  "params" : [
    ["id","JsVar","of a blob"]
  ],
  "return" : ["bool","whether there was one"],
  "typescript" : "dropBlob(id: number): boolean;"
}
A picture is done with.
*/
bool jswrap_vault_dropBlob(JsVar *id) {
  uint32_t number;
  thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take_key("id", id, &number)) return false;
  int32_t code = thicket_blobs_drop(&vault->blobs, number);
  vault_js_forget(&vault->layout.blobs);
  return vault_js_was_there(code);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "blobs",
  "generate" : "jswrap_vault_blobs",
  "return" : ["JsVar","how many"],
  "typescript" : "blobs(): number;"
}
Pictures kept.
*/
JsVar *jswrap_vault_blobs(void) {
  const thicket_vault *vault = vault_js_require_open();
  return vault ? vault_js_number_of(vault->blobs.count) : 0;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "evictedBlobs",
  "generate" : "jswrap_vault_evictedBlobs",
  "return" : ["JsVar","how many"],
  "typescript" : "evictedBlobs(): number;"
}
Overwritten for want of room since open.
*/
JsVar *jswrap_vault_evictedBlobs(void) {
  const thicket_vault *vault = vault_js_require_open();
  return vault ? vault_js_number_of(vault->blobs.evicted) : 0;
}
