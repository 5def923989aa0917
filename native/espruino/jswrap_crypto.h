// Functions of require("crypto"), as Espruino's generated table calls them.
#ifndef JSWRAP_CRYPTO_H
#define JSWRAP_CRYPTO_H

#include "jsvar.h"

JsVar *jswrap_crypto_sha256(JsVar *data);
JsVar *jswrap_crypto_hmac(JsVar *key, JsVar *data);
JsVar *jswrap_crypto_hkdf(JsVar *secret, JsVar *salt, JsVar *info, JsVar *length);
JsVar *jswrap_crypto_seal(JsVar *key, JsVar *nonce, JsVar *data, JsVar *associated);
JsVar *jswrap_crypto_open(JsVar *key, JsVar *nonce, JsVar *sealed, JsVar *associated);
JsVar *jswrap_crypto_keyPair(void);
JsVar *jswrap_crypto_sign(JsVar *private_key, JsVar *message);
bool jswrap_crypto_verify(JsVar *public_key, JsVar *message, JsVar *signature);
JsVar *jswrap_crypto_ecdh(JsVar *private_key, JsVar *public_key);
JsVar *jswrap_crypto_random(JsVar *length);

#endif
