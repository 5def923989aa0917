// SHA-256 over memory and flash, and what is made of it: HMAC (RFC 2104), HKDF (RFC 5869).
#include "secrets.h"

#include <string.h>

#define BLOCK_BYTES       64
#define FLASH_CHUNK_BYTES 256

int32_t thicket_crypto_hash_start(const thicket_crypto *crypto, thicket_hash *hash) {
  if (!crypto || !hash) return THICKET_E_ARGUMENT;
  return crypto->hash_start(crypto->port, hash) ? THICKET_E_CRYPTO_PORT : THICKET_OK;
}

int32_t thicket_crypto_hash_add(const thicket_crypto *crypto, thicket_hash *hash,
                                thicket_bytes data) {
  if (!crypto || !hash || !thicket_x_is_readable(data)) return THICKET_E_ARGUMENT;
  if (data.bytes == 0) return THICKET_OK;
  return crypto->hash_add(crypto->port, hash, data.data, data.bytes) ? THICKET_E_CRYPTO_PORT
                                                                     : THICKET_OK;
}

int32_t thicket_crypto_hash_end(const thicket_crypto *crypto, thicket_hash *hash,
                                uint8_t digest[THICKET_HASH_BYTES]) {
  if (!crypto || !hash || !digest) return THICKET_E_ARGUMENT;
  int32_t code = crypto->hash_end(crypto->port, hash, digest);
  thicket_crypto_wipe(hash, sizeof *hash);
  if (!code) return THICKET_OK;
  thicket_crypto_wipe(digest, THICKET_HASH_BYTES);
  return THICKET_E_CRYPTO_PORT;
}

// Hash up to three pieces one after the other.
static int32_t hash_of(const thicket_crypto *crypto, const thicket_bytes pieces[], int count,
                       uint8_t digest[THICKET_HASH_BYTES]) {
  thicket_hash hash;
  int32_t code = thicket_crypto_hash_start(crypto, &hash);
  if (code) return code;
  for (int i = 0; i < count && !code; i++) code = thicket_crypto_hash_add(crypto, &hash, pieces[i]);
  int32_t ended = thicket_crypto_hash_end(crypto, &hash, digest);
  if (code) thicket_crypto_wipe(digest, THICKET_HASH_BYTES);
  return code ? code : ended;
}

int32_t thicket_crypto_sha256(const thicket_crypto *crypto, thicket_bytes data,
                              uint8_t digest[THICKET_HASH_BYTES]) {
  if (!crypto || !digest || !thicket_x_is_readable(data)) return THICKET_E_ARGUMENT;
  return hash_of(crypto, &data, 1, digest);
}

int32_t thicket_crypto_hash_flash(const thicket_crypto *crypto, const thicket_flash *flash,
                                  uint32_t address, uint32_t bytes,
                                  uint8_t digest[THICKET_HASH_BYTES]) {
  if (!crypto || !flash || !flash->read || !digest) return THICKET_E_ARGUMENT;
  thicket_hash hash;
  int32_t code = thicket_crypto_hash_start(crypto, &hash);
  if (code) return code;
  uint8_t part[FLASH_CHUNK_BYTES];
  while (bytes && !code) {
    uint32_t count = bytes < sizeof part ? bytes : (uint32_t)sizeof part;
    if (flash->read(flash->port, address, part, count)) {
      code = THICKET_E_VAULT_READ;
      break;
    }
    code = thicket_crypto_hash_add(crypto, &hash, (thicket_bytes){part, count});
    address += count;
    bytes -= count;
  }
  int32_t ended = thicket_crypto_hash_end(crypto, &hash, digest);
  if (code) thicket_crypto_wipe(digest, THICKET_HASH_BYTES);
  return code ? code : ended;
}

// HMAC of the pieces one after the other; at most three.
static int32_t hmac_of(const thicket_crypto *crypto, thicket_bytes key,
                       const thicket_bytes pieces[], int count, uint8_t mac[THICKET_HASH_BYTES]) {
  uint8_t block[BLOCK_BYTES] = {0};
  uint8_t inner[THICKET_HASH_BYTES];
  thicket_bytes all[4] = {{block, BLOCK_BYTES}};
  int32_t code = THICKET_OK;
  if (key.bytes > BLOCK_BYTES)
    code = thicket_crypto_sha256(crypto, key, block);
  else if (key.bytes)
    memcpy(block, key.data, key.bytes);
  if (code) return code;

  for (int i = 0; i < BLOCK_BYTES; i++) block[i] ^= 0x36;
  for (int i = 0; i < count; i++) all[i + 1] = pieces[i];
  code = hash_of(crypto, all, count + 1, inner);
  if (!code) {
    for (int i = 0; i < BLOCK_BYTES; i++) block[i] ^= 0x36 ^ 0x5c;
    all[1] = (thicket_bytes){inner, sizeof inner};
    code = hash_of(crypto, all, 2, mac);
  }
  thicket_crypto_wipe(block, sizeof block);
  thicket_crypto_wipe(inner, sizeof inner);
  return code;
}

int32_t thicket_crypto_hmac(const thicket_crypto *crypto, thicket_bytes key, thicket_bytes data,
                            uint8_t mac[THICKET_HASH_BYTES]) {
  if (!crypto || !mac || !thicket_x_is_readable(key) || !thicket_x_is_readable(data))
    return THICKET_E_ARGUMENT;
  return hmac_of(crypto, key, &data, 1, mac);
}

int32_t thicket_crypto_hkdf(const thicket_crypto *crypto, thicket_bytes secret, thicket_bytes salt,
                            thicket_bytes info, uint8_t *key, uint32_t bytes) {
  if (!crypto || !key || !thicket_x_is_readable(secret) || !thicket_x_is_readable(salt) ||
      !thicket_x_is_readable(info))
    return THICKET_E_ARGUMENT;
  if (bytes == 0 || bytes > THICKET_HKDF_BYTES_MAX) return THICKET_E_SIZE;
  uint8_t extracted[THICKET_HASH_BYTES];
  uint8_t part[THICKET_HASH_BYTES];
  uint8_t number = 0;
  // HMAC fills a short key with zeroes, so that an empty salt is one of zeroes.
  int32_t code = hmac_of(crypto, salt, &secret, 1, extracted);
  for (uint32_t done = 0; done < bytes && !code;) {
    number++;
    thicket_bytes pieces[3] = {{part, done ? sizeof part : 0}, info, {&number, 1}};
    code = hmac_of(crypto, (thicket_bytes){extracted, sizeof extracted}, pieces, 3, part);
    if (code) break;
    uint32_t count = bytes - done < sizeof part ? bytes - done : (uint32_t)sizeof part;
    memcpy(key + done, part, count);
    done += count;
  }
  thicket_crypto_wipe(extracted, sizeof extracted);
  thicket_crypto_wipe(part, sizeof part);
  if (code) thicket_crypto_wipe(key, bytes);
  return code;
}
