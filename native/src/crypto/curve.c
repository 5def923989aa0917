// P-256: keys, signatures, shared secrets. Ranges are checked here, so that every port refuses the
// same; that a public key is a point of the curve is the port's to check.
#include "secrets.h"

// How often a random number is drawn again that is no private key; one is with 1 - 2^-32.
#define DRAWS_MAX 4

static int is_uncompressed(const uint8_t public_key[THICKET_PUBLIC_BYTES]) {
  return public_key[0] == 4;
}

// What a port's function returned, reduced to what may be returned.
static int32_t code_of(int32_t code) {
  if (code == THICKET_OK || code == THICKET_E_CRYPTO_KEY || code == THICKET_E_CRYPTO_SIGNATURE)
    return code;
  return THICKET_E_CRYPTO_PORT;
}

int32_t thicket_crypto_public_key(const thicket_crypto *crypto,
                                  const uint8_t private_key[THICKET_PRIVATE_BYTES],
                                  uint8_t public_key[THICKET_PUBLIC_BYTES]) {
  if (!crypto || !private_key || !public_key) return THICKET_E_ARGUMENT;
  if (!thicket_x_is_scalar(private_key)) return THICKET_E_CRYPTO_KEY;
  if (!crypto->public_key(crypto->port, private_key, public_key)) return THICKET_OK;
  thicket_crypto_wipe(public_key, THICKET_PUBLIC_BYTES);
  return THICKET_E_CRYPTO_PORT;
}

int32_t thicket_crypto_key_pair(const thicket_crypto *crypto,
                                uint8_t private_key[THICKET_PRIVATE_BYTES],
                                uint8_t public_key[THICKET_PUBLIC_BYTES]) {
  if (!crypto || !private_key || !public_key) return THICKET_E_ARGUMENT;
  int32_t code = THICKET_E_CRYPTO_RANDOM;
  for (int draw = 0; draw < DRAWS_MAX; draw++) {
    code = thicket_crypto_random(crypto, private_key, THICKET_PRIVATE_BYTES);
    if (code) break;
    code = THICKET_E_CRYPTO_RANDOM;
    if (!thicket_x_is_scalar(private_key)) continue;
    code = thicket_crypto_public_key(crypto, private_key, public_key);
    break;
  }
  if (code) thicket_crypto_wipe(private_key, THICKET_PRIVATE_BYTES);
  return code;
}

int32_t thicket_crypto_sign(const thicket_crypto *crypto,
                            const uint8_t private_key[THICKET_PRIVATE_BYTES], thicket_bytes message,
                            uint8_t signature[THICKET_SIGNATURE_BYTES]) {
  if (!crypto || !private_key || !signature) return THICKET_E_ARGUMENT;
  if (!thicket_x_is_scalar(private_key)) return THICKET_E_CRYPTO_KEY;
  uint8_t digest[THICKET_HASH_BYTES];
  int32_t code = thicket_crypto_sha256(crypto, message, digest);
  if (code) return code;
  if (!crypto->sign(crypto->port, private_key, digest, signature)) return THICKET_OK;
  thicket_crypto_wipe(signature, THICKET_SIGNATURE_BYTES);
  return THICKET_E_CRYPTO_PORT;
}

int32_t thicket_crypto_verify(const thicket_crypto *crypto,
                              const uint8_t public_key[THICKET_PUBLIC_BYTES], thicket_bytes message,
                              const uint8_t signature[THICKET_SIGNATURE_BYTES]) {
  if (!crypto || !public_key || !signature) return THICKET_E_ARGUMENT;
  if (!is_uncompressed(public_key)) return THICKET_E_CRYPTO_KEY;
  uint8_t digest[THICKET_HASH_BYTES];
  int32_t code = thicket_crypto_sha256(crypto, message, digest);
  if (code) return code;
  if (!thicket_x_is_scalar(signature) || !thicket_x_is_scalar(signature + 32))
    return THICKET_E_CRYPTO_SIGNATURE;
  return code_of(crypto->verify(crypto->port, public_key, digest, signature));
}

int32_t thicket_crypto_ecdh(const thicket_crypto *crypto,
                            const uint8_t private_key[THICKET_PRIVATE_BYTES],
                            const uint8_t public_key[THICKET_PUBLIC_BYTES],
                            uint8_t shared[THICKET_SHARED_BYTES]) {
  if (!crypto || !private_key || !public_key || !shared) return THICKET_E_ARGUMENT;
  if (!thicket_x_is_scalar(private_key) || !is_uncompressed(public_key))
    return THICKET_E_CRYPTO_KEY;
  int32_t code = code_of(crypto->ecdh(crypto->port, private_key, public_key, shared));
  if (code) thicket_crypto_wipe(shared, THICKET_SHARED_BYTES);
  return code;
}
