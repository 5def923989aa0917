// AES-256-GCM as one message: ciphertext and tag together. The tag is always whole.
#include "secrets.h"

int32_t thicket_crypto_seal(const thicket_crypto *crypto, const uint8_t key[THICKET_KEY_BYTES],
                            const uint8_t nonce[THICKET_NONCE_BYTES], thicket_bytes text,
                            thicket_bytes associated, uint8_t *sealed) {
  if (!crypto || !key || !nonce || !sealed || !thicket_x_is_readable(text) ||
      !thicket_x_is_readable(associated))
    return THICKET_E_ARGUMENT;
  if (text.bytes > UINT32_MAX - THICKET_TAG_BYTES) return THICKET_E_SIZE;
  uint8_t *tag = sealed + text.bytes;
  if (!crypto->seal(crypto->port, key, nonce, associated, text, sealed, tag)) return THICKET_OK;
  thicket_crypto_wipe(sealed, text.bytes + THICKET_TAG_BYTES);
  return THICKET_E_CRYPTO_PORT;
}

int32_t thicket_crypto_open(const thicket_crypto *crypto, const uint8_t key[THICKET_KEY_BYTES],
                            const uint8_t nonce[THICKET_NONCE_BYTES], thicket_bytes sealed,
                            thicket_bytes associated, uint8_t *text) {
  if (!crypto || !key || !nonce || !text || !thicket_x_is_readable(sealed) ||
      !thicket_x_is_readable(associated))
    return THICKET_E_ARGUMENT;
  if (sealed.bytes < THICKET_TAG_BYTES) return THICKET_E_CRYPTO_AUTH;
  thicket_bytes body = {sealed.data, sealed.bytes - THICKET_TAG_BYTES};
  const uint8_t *tag = (const uint8_t *)sealed.data + body.bytes;
  int32_t code = crypto->open(crypto->port, key, nonce, associated, body, tag, text);
  if (!code) return THICKET_OK;
  thicket_crypto_wipe(text, body.bytes);
  return code == THICKET_E_CRYPTO_AUTH ? code : THICKET_E_CRYPTO_PORT;
}
