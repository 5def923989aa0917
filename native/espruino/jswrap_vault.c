// require("vault"): cells and records; pictures and image slots are in the files beside. What is
// handed out in place becomes null with the call that writes that part of the vault. Flash stays
// mapped when the vault is closed, so a program that runs from its slot may close it.
#include "jswrap_vault.h"

#include "jsutils.h"
#include "vault_js.h"

/*JSON{
  "type" : "library",
  "class" : "vault"
}
Cells, records, pictures and image slots in a flash partition of their own.
*/

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "open",
  "generate" : "jswrap_vault_open",
  "return" : ["JsVar","what was found"],
  "typescript" : "open(): VaultReport;"
}
Find what is stored; a region that holds nothing readable is formatted. Called again it reads anew.
*/
JsVar *jswrap_vault_open(void) {
  static const char *const names[] = {"cells", "log", "blobs"};
  static const uint32_t bits[] = {THICKET_FORMATTED_CELLS, THICKET_FORMATTED_LOG,
                                  THICKET_FORMATTED_BLOBS};
  thicket_session_vault_close();
  thicket_js_rest();
  if (thicket_js_failed(VAULT_JS, thicket_session_vault_open()) || thicket_js_rest()) return 0;
  const thicket_vault *vault = thicket_session_vault();
  if (vault->formatted & THICKET_FORMATTED_LOG) vault_js_forget(&vault->layout.log);
  if (vault->formatted & THICKET_FORMATTED_BLOBS) vault_js_forget(&vault->layout.blobs);
  JsVar *report = jsvNewObject();
  JsVar *formatted = jsvNewEmptyArray();
  if (report && formatted) {
    for (int i = 0; i < 3; i++)
      if (vault->formatted & bits[i]) jsvArrayPushString(formatted, names[i]);
    jsvObjectSetChild(report, "formatted", formatted);
    jsvObjectSetIntChild(report, "repaired", (JsVarInt)vault->report.repaired);
    jsvObjectSetIntChild(report, "torn", (JsVarInt)vault->report.torn);
    jsvObjectSetIntChild(report, "damaged", (JsVarInt)vault->report.damaged);
  }
  jsvUnLock(formatted);
  return report;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "close",
  "generate" : "jswrap_vault_close",
  "typescript" : "close(): void;"
}
Nothing is written. Closing a closed vault is no error.
*/
/*JSON{
  "type" : "kill",
  "generate" : "jswrap_vault_close"
}
*/
void jswrap_vault_close(void) { thicket_session_vault_close(); }

static JsVar *read_cell(JsVar *name,
                        int32_t (*read)(const thicket_cells *, const char *, void *, uint32_t)) {
  uint8_t value[THICKET_CELL_BYTES_MAX];
  char text[VAULT_NAME_BYTES];
  const thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take_name(name, text)) return 0;
  int32_t length = read(&vault->cells, text, value, sizeof value);
  if (length == THICKET_E_VAULT_NONE || thicket_js_failed(VAULT_JS, length)) return 0;
  return thicket_js_string(value, (uint32_t)length);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "read",
  "generate" : "jswrap_vault_read",
  "params" : [
    ["name","JsVar","of the cell"]
  ],
  "return" : ["JsVar","its text, or undefined"],
  "typescript" : "read(name: string): string | undefined;"
}
Text of a cell.
*/
JsVar *jswrap_vault_read(JsVar *name) { return read_cell(name, thicket_cells_read); }

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "readOlder",
  "generate" : "jswrap_vault_readOlder",
  "params" : [
    ["name","JsVar","of the cell"]
  ],
  "return" : ["JsVar","its text, or undefined"],
  "typescript" : "readOlder(name: string): string | undefined;"
}
The newest intact value of a cell, perhaps an old one.
*/
JsVar *jswrap_vault_readOlder(JsVar *name) { return read_cell(name, thicket_cells_read_older); }

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "write",
  "generate" : "jswrap_vault_write",
  "params" : [
    ["name","JsVar","of the cell"],
    ["text","JsVar","up to 1024 bytes"]
  ],
  "typescript" : "write(name: string, text: string): void;"
}
Replace a cell. An equal value costs no write.
*/
void jswrap_vault_write(JsVar *name, JsVar *text) {
  char cell[VAULT_NAME_BYTES];
  thicket_js_bytes given;
  thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take_name(name, cell) || !vault_js_take_data("text", text, &given))
    return;
  thicket_js_failed(VAULT_JS, thicket_cells_write(&vault->cells, cell, given.data, given.bytes));
  thicket_js_free_bytes(&given);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "erase",
  "generate" : "jswrap_vault_erase",
  "params" : [
    ["name","JsVar","of the cell"]
  ],
  "return" : ["bool","whether there was one"],
  "typescript" : "erase(name: string): boolean;"
}
Forget a cell.
*/
bool jswrap_vault_erase(JsVar *name) {
  char cell[VAULT_NAME_BYTES];
  thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take_name(name, cell)) return false;
  return vault_js_was_there(thicket_cells_erase(&vault->cells, cell));
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "append",
  "generate" : "jswrap_vault_append",
  "params" : [
    ["stream","JsVar","0..7"],
    ["value","JsVar","0..15"],
    ["data","JsVar","1..2048 bytes"]
  ],
  "return" : ["JsVar","its key"],
  "typescript" : "append(stream: number, value: number, data: string): number;"
}
Keep a record until it is acknowledged.
*/
JsVar *jswrap_vault_append(JsVar *stream, JsVar *value, JsVar *data) {
  int32_t where, worth;
  uint32_t key;
  thicket_js_bytes given;
  thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take("stream", stream, &where) ||
      !vault_js_take("value", value, &worth) || !vault_js_take_data("data", data, &given))
    return 0;
  int32_t code = thicket_log_append(&vault->log, (uint32_t)where, (uint32_t)worth, given.data,
                                    given.bytes, &key);
  thicket_js_free_bytes(&given);
  vault_js_forget(&vault->layout.log);
  return thicket_js_failed(VAULT_JS, code) ? 0 : vault_js_number_of(key);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "next",
  "generate" : "jswrap_vault_next",
  "params" : [
    ["stream","JsVar","0..7"],
    ["after","JsVar","key, 0: the oldest"]
  ],
  "return" : ["JsVar","key, or 0"],
  "typescript" : "next(stream: number, after: number): number;"
}
Key of the oldest waiting record of a stream above `after`.
*/
JsVar *jswrap_vault_next(JsVar *stream, JsVar *after) {
  int32_t where;
  uint32_t key;
  thicket_record found;
  const thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take("stream", stream, &where) ||
      !vault_js_take_key("after", after, &key))
    return 0;
  int32_t code = thicket_log_peek(&vault->log, (uint32_t)where, key, &found);
  if (code == THICKET_E_VAULT_NONE) return vault_js_number_of(0);
  return thicket_js_failed(VAULT_JS, code) ? 0 : vault_js_number_of(found.key);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "record",
  "generate" : "jswrap_vault_record",
  "params" : [
    ["key","JsVar","of a record"]
  ],
  "return" : ["JsVar","its data, in place; undefined when it does not wait"],
  "typescript" : "record(key: number): string | undefined;"
}
A waiting record.
*/
JsVar *jswrap_vault_record(JsVar *key) {
  uint32_t number;
  thicket_record found;
  const thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take_key("key", key, &number)) return 0;
  int32_t code = thicket_log_check(&vault->log, number, &found);
  if (code == THICKET_E_VAULT_NONE || thicket_js_failed(VAULT_JS, code)) return 0;
  return vault_js_view(found.address, found.bytes);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "acknowledge",
  "generate" : "jswrap_vault_acknowledge",
  "params" : [
    ["key","JsVar","of a record"]
  ],
  "return" : ["bool","whether it waited"],
  "typescript" : "acknowledge(key: number): boolean;"
}
From now on it does not wait.
*/
bool jswrap_vault_acknowledge(JsVar *key) {
  uint32_t number;
  thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take_key("key", key, &number)) return false;
  int32_t code = thicket_log_acknowledge(&vault->log, number);
  vault_js_forget(&vault->layout.log);
  return vault_js_was_there(code);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "waiting",
  "generate" : "jswrap_vault_waiting",
  "params" : [
    ["stream","JsVar","0..7"]
  ],
  "return" : ["JsVar","how many"],
  "typescript" : "waiting(stream: number): number;"
}
Waiting records of a stream.
*/
JsVar *jswrap_vault_waiting(JsVar *stream) {
  int32_t where;
  const thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take_stream(stream, &where)) return 0;
  return vault_js_number_of(vault->log.waiting[where]);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "vault",
  "name" : "evicted",
  "generate" : "jswrap_vault_evicted",
  "params" : [
    ["stream","JsVar","0..7"]
  ],
  "return" : ["JsVar","how many"],
  "typescript" : "evicted(stream: number): number;"
}
Records given up for want of room since open.
*/
JsVar *jswrap_vault_evicted(JsVar *stream) {
  int32_t where;
  const thicket_vault *vault = vault_js_require_open();
  if (!vault || !vault_js_take_stream(stream, &where)) return 0;
  return vault_js_number_of(vault->log.evicted[where]);
}
