// require("radio"): ESP-NOW. What arrives, and whether what was sent arrived, is asked of the port by
// the idle hook; callbacks are queued as events.
#include "jswrap_radio.h"

#include "jsinteractive.h"
#include "jsutils.h"
#include "thicket_js.h"
#include "thicket_port.h"

#include <stdio.h>
#include <string.h>

/*JSON{
  "type" : "library",
  "class" : "radio"
}
Datagrams between boards without an access point. Addresses are text like aa:bb:cc:dd:ee:ff; ff:ff:ff:ff:ff:ff is everybody.
*/

#define MODULE "RADIO"
// What the interpreter keeps: the callback of the frame that is being sent, and the receiver.
#define SENDING   "thicketSend"
#define RECEIVING "thicketReceive"

#define ADDRESS_CHARS (3 * THICKET_RADIO_ADDRESS_BYTES)

static bool is_open, is_sending;

static bool require_open(void) {
  if (!is_open) thicket_js_throw("RADIO_CLOSED", "call open first");
  return is_open;
}

static int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// "aa:bb:cc:dd:ee:ff"
static bool take_address(JsVar *value, uint8_t address[THICKET_RADIO_ADDRESS_BYTES]) {
  char text[ADDRESS_CHARS + 1] = "";
  bool is_good = jsvIsString(value) && jsvGetStringLength(value) == ADDRESS_CHARS - 1;
  if (is_good) jsvGetString(value, text, sizeof text);
  for (int i = 0; is_good && i < THICKET_RADIO_ADDRESS_BYTES; i++) {
    int high = digit(text[3 * i]), low = digit(text[3 * i + 1]);
    char after = i < THICKET_RADIO_ADDRESS_BYTES - 1 ? ':' : 0;
    is_good = high >= 0 && low >= 0 && text[3 * i + 2] == after;
    address[i] = (uint8_t)(high * 16 + low);
  }
  if (!is_good) thicket_js_throw("RADIO_ARGUMENT", "an address is text like aa:bb:cc:dd:ee:ff");
  return is_good;
}

static JsVar *address_of(const uint8_t address[THICKET_RADIO_ADDRESS_BYTES]) {
  char text[ADDRESS_CHARS];
  snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", address[0], address[1], address[2],
           address[3], address[4], address[5]);
  return jsvNewFromString(text);
}

static JsVar *kept(const char *name) {
  return jsvObjectGetChildIfExists(execInfo.hiddenRoot, name);
}

static void stop(void) {
  if (is_open) thicket_port_radio_close();
  is_open = is_sending = false;
  thicket_js_keep(SENDING, 0);
  thicket_js_keep(RECEIVING, 0);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "radio",
  "name" : "open",
  "generate" : "jswrap_radio_open",
  "params" : [
    ["channel","JsVar","of Wi-Fi, 1..14"]
  ],
  "typescript" : "open(channel: number): void;"
}
Switch the radio on.
*/
void jswrap_radio_open(JsVar *channel) {
  int32_t number;
  if (!thicket_js_whole(MODULE, "channel", channel, &number)) return;
  if (is_open) {
    thicket_js_throw("RADIO_BUSY", "the radio is open already");
    return;
  }
  if (number < 1 || number > 14) {
    thicket_js_throw("RADIO_ARGUMENT", "channel must be 1..14");
    return;
  }
  is_open = !thicket_js_failed(MODULE, thicket_port_radio_open(number));
}

/*JSON{
  "type" : "staticmethod",
  "class" : "radio",
  "name" : "address",
  "generate" : "jswrap_radio_address",
  "return" : ["JsVar","text"],
  "typescript" : "address(): string;"
}
This board's own address.
*/
JsVar *jswrap_radio_address(void) {
  uint8_t address[THICKET_RADIO_ADDRESS_BYTES];
  if (!require_open() || thicket_js_failed(MODULE, thicket_port_radio_address(address))) return 0;
  return address_of(address);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "radio",
  "name" : "addPeer",
  "generate" : "jswrap_radio_addPeer",
  "params" : [
    ["address","JsVar","of a board, or of everybody"],
    ["key","JsVar","16 bytes; absent: plain"]
  ],
  "typescript" : "addPeer(address: string, key?: string): void;"
}
A board (or everybody) to which may be sent.
*/
void jswrap_radio_addPeer(JsVar *address, JsVar *key) {
  uint8_t peer[THICKET_RADIO_ADDRESS_BYTES];
  thicket_js_bytes secret = {NULL, 0, NULL};
  if (!take_address(address, peer)) return;
  if (key && !thicket_js_take_string(MODULE, "key", key, &secret)) return;
  if (key && secret.bytes != THICKET_RADIO_KEY_BYTES)
    thicket_js_throw("RADIO_ARGUMENT", "key must have 16 bytes");
  else if (require_open())
    thicket_js_failed(MODULE, thicket_port_radio_add_peer(peer, secret.data));
  thicket_js_free_bytes(&secret);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "radio",
  "name" : "removePeer",
  "generate" : "jswrap_radio_removePeer",
  "params" : [
    ["address","JsVar","of a peer"]
  ],
  "typescript" : "removePeer(address: string): void;"
}
Nothing is sent to it any more.
*/
void jswrap_radio_removePeer(JsVar *address) {
  uint8_t peer[THICKET_RADIO_ADDRESS_BYTES];
  if (take_address(address, peer) && require_open())
    thicket_js_failed(MODULE, thicket_port_radio_remove_peer(peer));
}

/*JSON{
  "type" : "staticmethod",
  "class" : "radio",
  "name" : "send",
  "generate" : "jswrap_radio_send",
  "params" : [
    ["address","JsVar","of a peer"],
    ["data","JsVar","1..250 bytes"],
    ["done","JsVar","called later with whether it was delivered"]
  ],
  "typescript" : "send(address: string, data: string, done: (isDelivered: boolean) => void): void;"
}
Send one frame.
*/
void jswrap_radio_send(JsVar *address, JsVar *data, JsVar *done) {
  uint8_t peer[THICKET_RADIO_ADDRESS_BYTES];
  thicket_js_bytes given;
  if (!take_address(address, peer) || !thicket_js_take_string(MODULE, "data", data, &given)) return;
  if (!jsvIsFunction(done))
    thicket_js_throw("RADIO_ARGUMENT", "send takes a function");
  else if (given.bytes < 1 || given.bytes > THICKET_RADIO_BYTES_MAX)
    thicket_js_throw("RADIO_SIZE", "a frame has 1..250 bytes");
  else if (require_open()) {
    if (is_sending)
      thicket_js_throw("RADIO_BUSY", "the last frame is still being sent");
    else if (!thicket_js_failed(MODULE, thicket_port_radio_send(peer, given.data, given.bytes))) {
      is_sending = true;
      thicket_js_keep(SENDING, done);
    }
  }
  thicket_js_free_bytes(&given);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "radio",
  "name" : "onReceive",
  "generate" : "jswrap_radio_onReceive",
  "params" : [
    ["run","JsVar","called later with address, data, rssiDbm"]
  ],
  "typescript" : "onReceive(run: (address: string, data: string, rssiDbm: number) => void): void;"
}
Who is called for each frame that arrives.
*/
void jswrap_radio_onReceive(JsVar *run) {
  if (!jsvIsFunction(run))
    thicket_js_throw("RADIO_ARGUMENT", "onReceive takes a function");
  else if (require_open())
    thicket_js_keep(RECEIVING, run);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "radio",
  "name" : "close",
  "generate" : "jswrap_radio_close",
  "typescript" : "close(): void;"
}
Forgets peers and receiver. Closing a closed radio is no error.
*/
/*JSON{
  "type" : "kill",
  "generate" : "jswrap_radio_kill"
}
*/
void jswrap_radio_close(void) {
  JsVar *done = is_sending ? kept(SENDING) : 0;
  stop();
  if (done) {
    JsVar *args[] = {jsvNewFromBool(false)};
    jsiQueueEvents(0, done, args, 1);
    jsvUnLock2(args[0], done);
  }
}

void jswrap_radio_kill(void) { stop(); }

static bool answer_sent(void) {
  bool is_delivered;
  if (!is_sending || thicket_port_radio_sent(&is_delivered) == 0) return false;
  is_sending = false;
  JsVar *done = kept(SENDING);
  JsVar *args[] = {jsvNewFromBool(is_delivered)};
  thicket_js_keep(SENDING, 0);
  jsiQueueEvents(0, done, args, 1);
  jsvUnLock2(args[0], done);
  return true;
}

static bool answer_received(void) {
  thicket_radio_frame frame;
  if (thicket_port_radio_receive(&frame) == 0) return false;
  JsVar *run = kept(RECEIVING);
  if (run) {
    JsVar *args[] = {address_of(frame.address), thicket_js_string(frame.data, frame.bytes),
                     jsvNewFromInteger(frame.rssi_dbm)};
    jsiQueueEvents(0, run, args, 3);
    jsvUnLockMany(3, args);
  }
  jsvUnLock(run);
  return true;
}

/*JSON{
  "type" : "idle",
  "generate" : "jswrap_radio_idle"
}
*/
bool jswrap_radio_idle(void) {
  if (!is_open) return false;
  bool was_sent = answer_sent();
  return answer_received() || was_sent;
}
