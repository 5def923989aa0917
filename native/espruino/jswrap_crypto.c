// require("crypto"): keeps no state. Arguments are read in place where they lie in one piece; what may
// be secret is wiped from native memory.
#include "jswrap_crypto.h"

#include "jsutils.h"
#include "session.h"
#include "thicket_js.h"
#include "thicket_port.h"

/*JSON{
  "type" : "library",
  "class" : "crypto",
  "ifndef" : "USE_CRYPTO"
}
SHA-256, HMAC, HKDF, AES-256-GCM and P-256, beside what the firmware's own module of that name has.
*/

#define MODULE "CRYPTO"

// The most arguments a function has.
#define ARGS_MAX 4

// Strings of one call, freed together.
typedef struct {
  const thicket_crypto *crypto;
  thicket_js_bytes arg[ARGS_MAX];
  int count;
} call;

static void end(call *call) {
  while (call->count > 0) {
    thicket_js_bytes *arg = &call->arg[--call->count];
    if (arg->copy) thicket_crypto_wipe(arg->copy, arg->bytes);
    thicket_js_free_bytes(arg);
  }
}

// Take the strings of a call. False: an exception has been thrown, nothing is held.
static bool begin(call *call, int count, const char *const *names, JsVar *const *values) {
  call->count = 0;
  for (int i = 0; i < count; i++) {
    if (!thicket_js_take_string(MODULE, names[i], values[i], &call->arg[i])) {
      end(call);
      return false;
    }
    call->count++;
  }
  call->crypto = thicket_port_crypto_start();
  if (call->crypto && !thicket_js_rest()) return true;
  if (!call->crypto) thicket_js_failed(MODULE, THICKET_E_CRYPTO_RANDOM);
  end(call);
  return false;
}

// A key that must have one length.
static bool has_length(const call *call, int index, uint32_t bytes) {
  return call->arg[index].bytes == bytes || !thicket_js_failed(MODULE, THICKET_E_CRYPTO_KEY);
}

static bool is_cipher(const call *call) {
  bool has_key = call->arg[0].bytes == THICKET_KEY_BYTES;
  bool has_nonce = call->arg[1].bytes == THICKET_NONCE_BYTES;
  if (!has_key)
    thicket_js_throw("CRYPTO_KEY", "the key must have 32 bytes");
  else if (!has_nonce)
    thicket_js_throw("CRYPTO_SIZE", "the nonce must have 12 bytes");
  return has_key && has_nonce;
}

// A number of bytes wanted.
static bool take_length(JsVar *value, int32_t max, int32_t *length) {
  if (!thicket_js_whole(MODULE, "length", value, length)) return false;
  if (*length >= 1 && *length <= max) return true;
  jsExceptionHere(JSET_ERROR, "CRYPTO_SIZE: length must be 1..%d", (int)max);
  return false;
}

static thicket_bytes bytes_of(const call *call, int index) {
  return (thicket_bytes){call->arg[index].data, call->arg[index].bytes};
}

// The result of a call that ends here: a string, or an exception.
static JsVar *result(call *call, int32_t code, uint8_t *data, uint32_t bytes) {
  end(call);
  JsVar *string = 0;
  if (!thicket_js_rest() && !thicket_js_failed(MODULE, code))
    string = thicket_js_string(data, bytes);
  thicket_crypto_wipe(data, bytes);
  return string;
}

// Memory for a result of any length. NULL: an exception has been thrown, the call has ended.
static uint8_t *room(call *call, uint32_t bytes) {
  uint8_t *memory = thicket_port_alloc(bytes ? bytes : 1);
  if (memory) return memory;
  end(call);
  thicket_js_failed(MODULE, THICKET_E_CRYPTO_PORT);
  return NULL;
}

static JsVar *result_of_room(call *call, int32_t code, uint8_t *data, uint32_t bytes) {
  JsVar *string = result(call, code, data, bytes);
  thicket_port_free(data);
  return string;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "crypto",
  "name" : "sha256",
  "generate" : "jswrap_crypto_sha256",
  "params" : [
    ["data","JsVar","any string"]
  ],
  "return" : ["JsVar","32 bytes"],
  "typescript" : "sha256(data: string): string;"
}
SHA-256.
*/
JsVar *jswrap_crypto_sha256(JsVar *data) {
  static const char *const names[] = {"data"};
  JsVar *const values[] = {data};
  call call;
  uint8_t digest[THICKET_HASH_BYTES];
  if (!begin(&call, 1, names, values)) return 0;
  int32_t code = thicket_crypto_sha256(call.crypto, bytes_of(&call, 0), digest);
  return result(&call, code, digest, sizeof digest);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "crypto",
  "name" : "hmac",
  "generate" : "jswrap_crypto_hmac",
  "params" : [
    ["key","JsVar","any length"],
    ["data","JsVar","any string"]
  ],
  "return" : ["JsVar","32 bytes"],
  "typescript" : "hmac(key: string, data: string): string;"
}
HMAC-SHA-256.
*/
JsVar *jswrap_crypto_hmac(JsVar *key, JsVar *data) {
  static const char *const names[] = {"key", "data"};
  JsVar *const values[] = {key, data};
  call call;
  uint8_t mac[THICKET_HASH_BYTES];
  if (!begin(&call, 2, names, values)) return 0;
  int32_t code = thicket_crypto_hmac(call.crypto, bytes_of(&call, 0), bytes_of(&call, 1), mac);
  return result(&call, code, mac, sizeof mac);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "crypto",
  "name" : "hkdf",
  "generate" : "jswrap_crypto_hkdf",
  "params" : [
    ["secret","JsVar","any length"],
    ["salt","JsVar","may be empty"],
    ["info","JsVar","may be empty"],
    ["length","JsVar","bytes wanted"]
  ],
  "return" : ["JsVar","that many bytes"],
  "typescript" : "hkdf(secret: string, salt: string, info: string, length: number): string;"
}
HKDF-SHA-256, extract and expand.
*/
JsVar *jswrap_crypto_hkdf(JsVar *secret, JsVar *salt, JsVar *info, JsVar *length) {
  static const char *const names[] = {"secret", "salt", "info"};
  JsVar *const values[] = {secret, salt, info};
  call call;
  int32_t bytes;
  if (!begin(&call, 3, names, values)) return 0;
  if (!take_length(length, THICKET_HKDF_BYTES_MAX, &bytes)) {
    end(&call);
    return 0;
  }
  uint8_t *key = room(&call, (uint32_t)bytes);
  if (!key) return 0;
  int32_t code = thicket_crypto_hkdf(call.crypto, bytes_of(&call, 0), bytes_of(&call, 1),
                                     bytes_of(&call, 2), key, (uint32_t)bytes);
  return result_of_room(&call, code, key, (uint32_t)bytes);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "crypto",
  "name" : "seal",
  "generate" : "jswrap_crypto_seal",
  "params" : [
    ["key","JsVar","32 bytes"],
    ["nonce","JsVar","12 bytes"],
    ["data","JsVar","any string"],
    ["associated","JsVar","may be empty"]
  ],
  "return" : ["JsVar","ciphertext and tag"],
  "typescript" : "seal(key: string, nonce: string, data: string, associated: string): string;"
}
AES-256-GCM.
*/
JsVar *jswrap_crypto_seal(JsVar *key, JsVar *nonce, JsVar *data, JsVar *associated) {
  static const char *const names[] = {"key", "nonce", "data", "associated"};
  JsVar *const values[] = {key, nonce, data, associated};
  call call;
  if (!begin(&call, 4, names, values)) return 0;
  if (!is_cipher(&call)) {
    end(&call);
    return 0;
  }
  uint32_t bytes = call.arg[2].bytes + THICKET_TAG_BYTES;
  uint8_t *sealed = room(&call, bytes);
  if (!sealed) return 0;
  int32_t code = thicket_crypto_seal(call.crypto, call.arg[0].data, call.arg[1].data,
                                     bytes_of(&call, 2), bytes_of(&call, 3), sealed);
  return result_of_room(&call, code, sealed, bytes);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "crypto",
  "name" : "open",
  "generate" : "jswrap_crypto_open",
  "params" : [
    ["key","JsVar","32 bytes"],
    ["nonce","JsVar","12 bytes"],
    ["sealed","JsVar","ciphertext and tag"],
    ["associated","JsVar","may be empty"]
  ],
  "return" : ["JsVar","what was sealed"],
  "typescript" : "open(key: string, nonce: string, sealed: string, associated: string): string;"
}
The reverse of seal.
*/
JsVar *jswrap_crypto_open(JsVar *key, JsVar *nonce, JsVar *sealed, JsVar *associated) {
  static const char *const names[] = {"key", "nonce", "sealed", "associated"};
  JsVar *const values[] = {key, nonce, sealed, associated};
  call call;
  if (!begin(&call, 4, names, values)) return 0;
  if (!is_cipher(&call)) {
    end(&call);
    return 0;
  }
  bool has_tag = call.arg[2].bytes >= THICKET_TAG_BYTES;
  uint32_t bytes = has_tag ? call.arg[2].bytes - THICKET_TAG_BYTES : 0;
  uint8_t *text = room(&call, bytes);
  if (!text) return 0;
  int32_t code = thicket_crypto_open(call.crypto, call.arg[0].data, call.arg[1].data,
                                     bytes_of(&call, 2), bytes_of(&call, 3), text);
  return result_of_room(&call, code, text, bytes);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "crypto",
  "name" : "keyPair",
  "generate" : "jswrap_crypto_keyPair",
  "return" : ["JsVar","`{privateKey, publicKey}`"],
  "typescript" : "keyPair(): { privateKey: string; publicKey: string };"
}
A new P-256 key pair.
*/
JsVar *jswrap_crypto_keyPair(void) {
  call call;
  uint8_t private_key[THICKET_PRIVATE_BYTES], public_key[THICKET_PUBLIC_BYTES];
  if (!begin(&call, 0, NULL, NULL)) return 0;
  int32_t code = thicket_crypto_key_pair(call.crypto, private_key, public_key);
  JsVar *pair = 0;
  if (!thicket_js_rest() && !thicket_js_failed(MODULE, code)) pair = jsvNewObject();
  if (pair) {
    jsvObjectSetChildAndUnLock(pair, "privateKey",
                               thicket_js_string(private_key, sizeof private_key));
    jsvObjectSetChildAndUnLock(pair, "publicKey", thicket_js_string(public_key, sizeof public_key));
  }
  thicket_crypto_wipe(private_key, sizeof private_key);
  return pair;
}

/*JSON{
  "type" : "staticmethod",
  "class" : "crypto",
  "name" : "sign",
  "generate" : "jswrap_crypto_sign",
  "params" : [
    ["privateKey","JsVar","private key, 32 bytes"],
    ["message","JsVar","any string"]
  ],
  "return" : ["JsVar","r and s, 32 bytes each"],
  "typescript" : "sign(privateKey: string, message: string): string;"
}
ECDSA P-256 with SHA-256 of the message.
*/
JsVar *jswrap_crypto_sign(JsVar *private_key, JsVar *message) {
  static const char *const names[] = {"privateKey", "message"};
  JsVar *const values[] = {private_key, message};
  call call;
  uint8_t signature[THICKET_SIGNATURE_BYTES];
  if (!begin(&call, 2, names, values)) return 0;
  if (!has_length(&call, 0, THICKET_PRIVATE_BYTES)) {
    end(&call);
    return 0;
  }
  int32_t code = thicket_crypto_sign(call.crypto, call.arg[0].data, bytes_of(&call, 1), signature);
  return result(&call, code, signature, sizeof signature);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "crypto",
  "name" : "verify",
  "generate" : "jswrap_crypto_verify",
  "params" : [
    ["publicKey","JsVar","public key, 65 bytes"],
    ["message","JsVar","any string"],
    ["signature","JsVar","64 bytes"]
  ],
  "return" : ["bool","whether it is one"],
  "typescript" : "verify(publicKey: string, message: string, signature: string): boolean;"
}
Whether it is a signature of the message by that key.
*/
bool jswrap_crypto_verify(JsVar *public_key, JsVar *message, JsVar *signature) {
  static const char *const names[] = {"publicKey", "message", "signature"};
  JsVar *const values[] = {public_key, message, signature};
  call call;
  if (!begin(&call, 3, names, values)) return false;
  if (!has_length(&call, 0, THICKET_PUBLIC_BYTES)) {
    end(&call);
    return false;
  }
  int32_t code = THICKET_E_CRYPTO_SIGNATURE;
  if (call.arg[2].bytes == THICKET_SIGNATURE_BYTES)
    code =
        thicket_crypto_verify(call.crypto, call.arg[0].data, bytes_of(&call, 1), call.arg[2].data);
  end(&call);
  if (thicket_js_rest() || code == THICKET_E_CRYPTO_SIGNATURE) return false;
  return !thicket_js_failed(MODULE, code);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "crypto",
  "name" : "ecdh",
  "generate" : "jswrap_crypto_ecdh",
  "params" : [
    ["privateKey","JsVar","private key, 32 bytes"],
    ["publicKey","JsVar","public key, 65 bytes"]
  ],
  "return" : ["JsVar","x of the shared point, 32 bytes"],
  "typescript" : "ecdh(privateKey: string, publicKey: string): string;"
}
ECDH P-256. Not a key by itself: give it to hkdf.
*/
JsVar *jswrap_crypto_ecdh(JsVar *private_key, JsVar *public_key) {
  static const char *const names[] = {"privateKey", "publicKey"};
  JsVar *const values[] = {private_key, public_key};
  call call;
  uint8_t shared[THICKET_SHARED_BYTES];
  if (!begin(&call, 2, names, values)) return 0;
  if (!has_length(&call, 0, THICKET_PRIVATE_BYTES) || !has_length(&call, 1, THICKET_PUBLIC_BYTES)) {
    end(&call);
    return 0;
  }
  int32_t code = thicket_crypto_ecdh(call.crypto, call.arg[0].data, call.arg[1].data, shared);
  return result(&call, code, shared, sizeof shared);
}

/*JSON{
  "type" : "staticmethod",
  "class" : "crypto",
  "name" : "random",
  "generate" : "jswrap_crypto_random",
  "params" : [
    ["length","JsVar","1..1024"]
  ],
  "return" : ["JsVar","that many bytes"],
  "typescript" : "random(length: number): string;"
}
Bytes of the hardware's generator.
*/
JsVar *jswrap_crypto_random(JsVar *length) {
  int32_t bytes;
  call call;
  if (!take_length(length, THICKET_RANDOM_BYTES_MAX, &bytes)) return 0;
  if (!begin(&call, 0, NULL, NULL)) return 0;
  uint8_t data[THICKET_RANDOM_BYTES_MAX];
  int32_t code = thicket_crypto_random(call.crypto, data, (uint32_t)bytes);
  return result(&call, code, data, (uint32_t)bytes);
}
