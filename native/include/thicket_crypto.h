// Thicket crypto: SHA-256, HMAC, HKDF, AES-256-GCM, and P-256 for signatures (ECDSA) and shared
// secrets (ECDH). The arithmetic is the platform's (mbedTLS on the chip and on Linux); here are the
// checks that must be the same everywhere, and what can be composed: HMAC, HKDF, hashes of flash.
//
// Portable C11. The caller owns all memory and nothing here allocates; mbedTLS takes a few KB of
// heap during P-256 operations and gives them back. Functions return THICKET_OK or a negative code
// of thicket_error.h: E_ARGUMENT (a null pointer), E_CRYPTO_PORT (the platform's library failed),
// and what they name. Results are wiped when they are not whole. Numbers are big-endian.
#ifndef THICKET_CRYPTO_H
#define THICKET_CRYPTO_H

#include "thicket_vault.h"

#include <stdint.h>

#define THICKET_HASH_BYTES       32  // SHA-256, and a MAC made with it
#define THICKET_KEY_BYTES        32  // AES-256
#define THICKET_NONCE_BYTES      12
#define THICKET_TAG_BYTES        16
#define THICKET_PRIVATE_BYTES    32  // 1..n-1, n being the order of the curve
#define THICKET_PUBLIC_BYTES     65  // 4, x, y
#define THICKET_SIGNATURE_BYTES  64  // r, s
#define THICKET_SHARED_BYTES     32  // x of the shared point
#define THICKET_HKDF_BYTES_MAX   (255 * THICKET_HASH_BYTES)
#define THICKET_RANDOM_BYTES_MAX 1024

// Something to read; data may be null when bytes is 0.
typedef struct {
  const void *data;
  uint32_t bytes;
} thicket_bytes;

// A hash under way: room for the platform's own state.
typedef struct {
  uint64_t state[20];
} thicket_hash;

// What the port supplies. Each function returns 0, or anything else when it failed; lengths and
// ranges have been checked before. Private keys and r, s are within 1..n-1.
typedef struct {
  void *port;  // passed to every function
  int32_t (*hash_start)(void *port, thicket_hash *hash);
  int32_t (*hash_add)(void *port, thicket_hash *hash, const void *data, uint32_t bytes);
  // Also gives up what the state holds. Called once for each start, also after a failed add.
  int32_t (*hash_end)(void *port, thicket_hash *hash, uint8_t digest[THICKET_HASH_BYTES]);
  // AES-256-GCM; `text` and `sealed` do not overlap.
  int32_t (*seal)(void *port, const uint8_t key[THICKET_KEY_BYTES],
                  const uint8_t nonce[THICKET_NONCE_BYTES], thicket_bytes associated,
                  thicket_bytes text, uint8_t *sealed, uint8_t tag[THICKET_TAG_BYTES]);
  // E_CRYPTO_AUTH when the tag is wrong.
  int32_t (*open)(void *port, const uint8_t key[THICKET_KEY_BYTES],
                  const uint8_t nonce[THICKET_NONCE_BYTES], thicket_bytes associated,
                  thicket_bytes sealed, const uint8_t tag[THICKET_TAG_BYTES], uint8_t *text);
  int32_t (*public_key)(void *port, const uint8_t private_key[THICKET_PRIVATE_BYTES],
                        uint8_t public_key[THICKET_PUBLIC_BYTES]);
  // Deterministic, RFC 6979 with SHA-256.
  int32_t (*sign)(void *port, const uint8_t private_key[THICKET_PRIVATE_BYTES],
                  const uint8_t digest[THICKET_HASH_BYTES],
                  uint8_t signature[THICKET_SIGNATURE_BYTES]);
  // E_CRYPTO_KEY when the key is no point of the curve, E_CRYPTO_SIGNATURE when it does not match.
  int32_t (*verify)(void *port, const uint8_t public_key[THICKET_PUBLIC_BYTES],
                    const uint8_t digest[THICKET_HASH_BYTES],
                    const uint8_t signature[THICKET_SIGNATURE_BYTES]);
  // E_CRYPTO_KEY when the public key is no point of the curve.
  int32_t (*ecdh)(void *port, const uint8_t private_key[THICKET_PRIVATE_BYTES],
                  const uint8_t public_key[THICKET_PUBLIC_BYTES],
                  uint8_t shared[THICKET_SHARED_BYTES]);
  // Of a generator that is fit for keys.
  int32_t (*random)(void *port, uint8_t *data, uint32_t bytes);
} thicket_crypto;

// --- Hashes --------------------------------------------------------------------------------------

// SHA-256 of bytes that lie in memory, or in flash that is mapped there.
int32_t thicket_crypto_sha256(const thicket_crypto *crypto, thicket_bytes data,
                              uint8_t digest[THICKET_HASH_BYTES]);

// The same in pieces: start, add any number of times, end. Each start needs its end, whatever add
// returned; after a failed add, end fails too.
int32_t thicket_crypto_hash_start(const thicket_crypto *crypto, thicket_hash *hash);
int32_t thicket_crypto_hash_add(const thicket_crypto *crypto, thicket_hash *hash,
                                thicket_bytes data);
int32_t thicket_crypto_hash_end(const thicket_crypto *crypto, thicket_hash *hash,
                                uint8_t digest[THICKET_HASH_BYTES]);

// SHA-256 of flash contents that are not mapped: what thicket_slots wants.
// Returns also E_VAULT_READ.
int32_t thicket_crypto_hash_flash(const thicket_crypto *crypto, const thicket_flash *flash,
                                  uint32_t address, uint32_t bytes,
                                  uint8_t digest[THICKET_HASH_BYTES]);

// HMAC-SHA-256 (RFC 2104). The key may have any length.
int32_t thicket_crypto_hmac(const thicket_crypto *crypto, thicket_bytes key, thicket_bytes data,
                            uint8_t mac[THICKET_HASH_BYTES]);

// HKDF-SHA-256 (RFC 5869), extract and expand. An empty salt is a salt of 32 zeroes.
//   bytes   1..THICKET_HKDF_BYTES_MAX, otherwise E_SIZE
int32_t thicket_crypto_hkdf(const thicket_crypto *crypto, thicket_bytes secret, thicket_bytes salt,
                            thicket_bytes info, uint8_t *key, uint32_t bytes);

// --- AES-256-GCM (SP 800-38D) --------------------------------------------------------------------

// Encrypt and authenticate. One nonce must never be used twice with a key.
//   associated   authenticated, not encrypted
//   sealed       text.bytes + THICKET_TAG_BYTES, of which the last are the tag; not the text itself
int32_t thicket_crypto_seal(const thicket_crypto *crypto, const uint8_t key[THICKET_KEY_BYTES],
                            const uint8_t nonce[THICKET_NONCE_BYTES], thicket_bytes text,
                            thicket_bytes associated, uint8_t *sealed);

// The reverse; text has room for sealed.bytes - THICKET_TAG_BYTES.
// Returns E_CRYPTO_AUTH when anything differs from what was sealed, or is shorter than a tag; text
// is wiped then.
int32_t thicket_crypto_open(const thicket_crypto *crypto, const uint8_t key[THICKET_KEY_BYTES],
                            const uint8_t nonce[THICKET_NONCE_BYTES], thicket_bytes sealed,
                            thicket_bytes associated, uint8_t *text);

// --- P-256 (FIPS 186-4, SP 800-56A) --------------------------------------------------------------

// A new key pair. Returns also E_CRYPTO_RANDOM.
int32_t thicket_crypto_key_pair(const thicket_crypto *crypto,
                                uint8_t private_key[THICKET_PRIVATE_BYTES],
                                uint8_t public_key[THICKET_PUBLIC_BYTES]);

// The public key that belongs to a private one. Returns also E_CRYPTO_KEY.
int32_t thicket_crypto_public_key(const thicket_crypto *crypto,
                                  const uint8_t private_key[THICKET_PRIVATE_BYTES],
                                  uint8_t public_key[THICKET_PUBLIC_BYTES]);

// ECDSA with SHA-256 of a message. Returns also E_CRYPTO_KEY.
int32_t thicket_crypto_sign(const thicket_crypto *crypto,
                            const uint8_t private_key[THICKET_PRIVATE_BYTES], thicket_bytes message,
                            uint8_t signature[THICKET_SIGNATURE_BYTES]);

// Returns THICKET_OK for a good signature, E_CRYPTO_SIGNATURE for a wrong one, E_CRYPTO_KEY when
// the public key is no point of the curve.
int32_t thicket_crypto_verify(const thicket_crypto *crypto,
                              const uint8_t public_key[THICKET_PUBLIC_BYTES], thicket_bytes message,
                              const uint8_t signature[THICKET_SIGNATURE_BYTES]);

// ECDH: x of the shared point, to be given to HKDF. Returns also E_CRYPTO_KEY.
int32_t thicket_crypto_ecdh(const thicket_crypto *crypto,
                            const uint8_t private_key[THICKET_PRIVATE_BYTES],
                            const uint8_t public_key[THICKET_PUBLIC_BYTES],
                            uint8_t shared[THICKET_SHARED_BYTES]);

// --- Random, comparing, wiping -------------------------------------------------------------------

//   bytes   1..THICKET_RANDOM_BYTES_MAX, otherwise E_SIZE
// Returns also E_CRYPTO_RANDOM.
int32_t thicket_crypto_random(const thicket_crypto *crypto, uint8_t *data, uint32_t bytes);

// Whether two secrets are equal, in a time that does not tell where they differ.
int thicket_crypto_is_equal(const void *a, const void *b, uint32_t bytes);

// Overwrite with zeroes, also when nothing reads the memory afterwards.
void thicket_crypto_wipe(void *data, uint32_t bytes);

#endif
