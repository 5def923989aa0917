// require("firmware"): the C firmware's own partitions, by the platform's update functions.
#include "jswrap_firmware.h"

#include "jsutils.h"
#include "thicket_js.h"
#include "thicket_port.h"

/*JSON{
  "type" : "library",
  "class" : "firmware"
}
The C firmware itself, in the platform's two update partitions.
*/

#define MODULE "FIRMWARE"

// Long work: flash of a whole partition is erased, or hashed.
static void run(int32_t (*step)(void)) {
  thicket_js_rest();
  int32_t code = step();
  if (!thicket_js_rest()) thicket_js_failed(MODULE, code);
}

static JsVar *describe(const thicket_firmware_partition *partition) {
  JsVar *found = jsvNewObject();
  if (!found) return 0;
  jsvObjectSetStringChild(found, "name", partition->name);
  jsvObjectSetIntChild(found, "address", (JsVarInt)partition->address);
  jsvObjectSetIntChild(found, "bytes", (JsVarInt)partition->bytes);
  jsvObjectSetStringChild(found, "state", partition->state);
  jsvObjectSetStringChild(found, "version", partition->version);
  return found;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "firmware",
  "name" : "info",
  "generate" : "jswrap_firmware_info",
  "return" : ["JsVar","`{running, boot, partitions}`"],
  "typescript" : "info(): { running: string; boot: string; partitions: FirmwarePartition[] };"
}
Names of the running partition, of the one that boots next, and all that hold firmware.
*/
JsVar *jswrap_firmware_info(void) {
  thicket_firmware_info info;
  if (thicket_js_failed(MODULE, thicket_port_firmware_info(&info))) return 0;
  JsVar *found = jsvNewObject();
  JsVar *partitions = jsvNewEmptyArray();
  if (found && partitions) {
    jsvObjectSetStringChild(found, "running", info.running);
    jsvObjectSetStringChild(found, "boot", info.boot);
    for (uint32_t i = 0; i < info.count; i++)
      jsvArrayPushAndUnLock(partitions, describe(&info.partition[i]));
    jsvObjectSetChild(found, "partitions", partitions);
  }
  jsvUnLock(partitions);
  return found;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "firmware",
  "name" : "begin",
  "generate" : "jswrap_firmware_begin",
  "params" : [
    ["bytes","JsVar","of the image"]
  ],
  "typescript" : "begin(bytes: number): void;"
}
Start writing an image into the partition that does not run; it is erased (seconds).
*/
void jswrap_firmware_begin(JsVar *bytes) {
  int32_t size;
  if (!thicket_js_whole(MODULE, "bytes", bytes, &size)) return;
  if (size < 1) {
    thicket_js_throw("FIRMWARE_SIZE", "an image has at least 1 byte");
    return;
  }
  thicket_js_rest();
  int32_t code = thicket_port_firmware_begin((uint32_t)size);
  if (!thicket_js_rest()) thicket_js_failed(MODULE, code);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "firmware",
  "name" : "write",
  "generate" : "jswrap_firmware_write",
  "params" : [
    ["data","JsVar","a string"]
  ],
  "typescript" : "write(data: string): void;"
}
The next piece.
*/
void jswrap_firmware_write(JsVar *data) {
  thicket_js_bytes given;
  if (!thicket_js_take_string(MODULE, "data", data, &given)) return;
  int32_t code = thicket_port_firmware_write(given.data, given.bytes);
  thicket_js_free_bytes(&given);
  if (!thicket_js_rest()) thicket_js_failed(MODULE, code);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "firmware",
  "name" : "end",
  "generate" : "jswrap_firmware_end",
  "params" : [
    ["sha256","JsVar","of the whole image, 32 bytes"]
  ],
  "typescript" : "end(sha256: string): void;"
}
Check length and SHA-256 of what is in flash.
*/
void jswrap_firmware_end(JsVar *sha256) {
  thicket_js_bytes given;
  if (!thicket_js_take_string(MODULE, "sha256", sha256, &given)) return;
  if (given.bytes == THICKET_HASH_BYTES) {
    thicket_js_rest();
    int32_t code = thicket_port_firmware_end(given.data);
    if (!thicket_js_rest()) thicket_js_failed(MODULE, code);
  } else
    thicket_js_throw("FIRMWARE_ARGUMENT", "sha256 must have 32 bytes");
  thicket_js_free_bytes(&given);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "firmware",
  "name" : "abort",
  "generate" : "jswrap_firmware_abort",
  "typescript" : "abort(): void;"
}
Give up what was begun. Nothing begun is no error.
*/
/*JSON{
  "type" : "kill",
  "generate" : "jswrap_firmware_abort"
}
*/
void jswrap_firmware_abort(void) { thicket_port_firmware_abort(); }

/*JSON{
  "type" : "staticmethod",
  "class" : "firmware",
  "name" : "activate",
  "generate" : "jswrap_firmware_activate",
  "typescript" : "activate(): void;"
}
Boot the image just ended from now on.
*/
void jswrap_firmware_activate(void) { run(thicket_port_firmware_activate); }

/*JSON{
  "type" : "staticmethod",
  "class" : "firmware",
  "name" : "confirm",
  "generate" : "jswrap_firmware_confirm",
  "typescript" : "confirm(): void;"
}
The running image has proved itself. Idempotent.
*/
void jswrap_firmware_confirm(void) { run(thicket_port_firmware_confirm); }

/*JSON{
  "type" : "staticmethod",
  "class" : "firmware",
  "name" : "rollback",
  "generate" : "jswrap_firmware_rollback",
  "typescript" : "rollback(): void;"
}
The running image is invalid: go back to the other one and restart.
*/
void jswrap_firmware_rollback(void) { run(thicket_port_firmware_rollback); }
