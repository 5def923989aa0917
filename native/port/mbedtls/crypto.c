// thicket_crypto on mbedTLS. Raw keys and signatures go straight into its numbers and points, so
// that nothing here parses DER. Source: mbedTLS 2.28, sha256.h, gcm.h, ecdsa.h, ecdh.h, ctr_drbg.h.
#include "crypto.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecdh.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/entropy.h>
#include <mbedtls/gcm.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <string.h>

#define HALF 32

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context generator;

_Static_assert(sizeof(mbedtls_sha256_context) <= sizeof(thicket_hash), "room for a hash's state");

static mbedtls_sha256_context *context_of(thicket_hash *hash) {
  return (mbedtls_sha256_context *)(void *)hash->state;
}

static int32_t hash_start(void *port, thicket_hash *hash) {
  (void)port;
  mbedtls_sha256_init(context_of(hash));
  int code = mbedtls_sha256_starts_ret(context_of(hash), 0);
  if (code) mbedtls_sha256_free(context_of(hash));
  return code;
}

static int32_t hash_add(void *port, thicket_hash *hash, const void *data, uint32_t bytes) {
  (void)port;
  return mbedtls_sha256_update_ret(context_of(hash), data, bytes);
}

static int32_t hash_end(void *port, thicket_hash *hash, uint8_t digest[THICKET_HASH_BYTES]) {
  (void)port;
  int code = mbedtls_sha256_finish_ret(context_of(hash), digest);
  mbedtls_sha256_free(context_of(hash));
  return code;
}

// A pointer that may be given to functions that refuse null for no bytes.
static const uint8_t *from(thicket_bytes bytes) {
  static const uint8_t nothing[1] = {0};
  return bytes.bytes ? bytes.data : nothing;
}

static int32_t gcm_seal(void *port, const uint8_t key[THICKET_KEY_BYTES],
                        const uint8_t nonce[THICKET_NONCE_BYTES], thicket_bytes associated,
                        thicket_bytes text, uint8_t *sealed, uint8_t tag[THICKET_TAG_BYTES]) {
  (void)port;
  mbedtls_gcm_context gcm;
  mbedtls_gcm_init(&gcm);
  int code = mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, key, THICKET_KEY_BYTES * 8);
  if (!code)
    code = mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, text.bytes, nonce,
                                     THICKET_NONCE_BYTES, from(associated), associated.bytes,
                                     from(text), sealed, THICKET_TAG_BYTES, tag);
  mbedtls_gcm_free(&gcm);
  return code;
}

static int32_t gcm_open(void *port, const uint8_t key[THICKET_KEY_BYTES],
                        const uint8_t nonce[THICKET_NONCE_BYTES], thicket_bytes associated,
                        thicket_bytes sealed, const uint8_t tag[THICKET_TAG_BYTES], uint8_t *text) {
  (void)port;
  mbedtls_gcm_context gcm;
  mbedtls_gcm_init(&gcm);
  int code = mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, key, THICKET_KEY_BYTES * 8);
  if (!code)
    code =
        mbedtls_gcm_auth_decrypt(&gcm, sealed.bytes, nonce, THICKET_NONCE_BYTES, from(associated),
                                 associated.bytes, tag, THICKET_TAG_BYTES, from(sealed), text);
  mbedtls_gcm_free(&gcm);
  return code == MBEDTLS_ERR_GCM_AUTH_FAILED ? THICKET_E_CRYPTO_AUTH : code;
}

// Everything one operation on the curve needs; freeing it wipes it.
typedef struct {
  mbedtls_ecp_group group;
  mbedtls_ecp_point point;
  mbedtls_mpi secret, r, s;
} curve;

static int curve_open(curve *at) {
  mbedtls_ecp_group_init(&at->group);
  mbedtls_ecp_point_init(&at->point);
  mbedtls_mpi_init(&at->secret);
  mbedtls_mpi_init(&at->r);
  mbedtls_mpi_init(&at->s);
  return mbedtls_ecp_group_load(&at->group, MBEDTLS_ECP_DP_SECP256R1);
}

static void curve_close(curve *at) {
  mbedtls_ecp_group_free(&at->group);
  mbedtls_ecp_point_free(&at->point);
  mbedtls_mpi_free(&at->secret);
  mbedtls_mpi_free(&at->r);
  mbedtls_mpi_free(&at->s);
}

// Read a public key and make sure that it is a point of the curve.
static int32_t read_point(curve *at, const uint8_t public_key[THICKET_PUBLIC_BYTES]) {
  int code =
      mbedtls_ecp_point_read_binary(&at->group, &at->point, public_key, THICKET_PUBLIC_BYTES);
  if (!code) code = mbedtls_ecp_check_pubkey(&at->group, &at->point);
  int is_refused = code == MBEDTLS_ERR_ECP_INVALID_KEY || code == MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
  return is_refused ? THICKET_E_CRYPTO_KEY : code;
}

static int32_t p256_public_key(void *port, const uint8_t private_key[THICKET_PRIVATE_BYTES],
                               uint8_t public_key[THICKET_PUBLIC_BYTES]) {
  (void)port;
  curve at;
  size_t bytes = 0;
  int code = curve_open(&at);
  if (!code) code = mbedtls_mpi_read_binary(&at.secret, private_key, THICKET_PRIVATE_BYTES);
  if (!code)
    code = mbedtls_ecp_mul(&at.group, &at.point, &at.secret, &at.group.G, mbedtls_ctr_drbg_random,
                           &generator);
  if (!code)
    code = mbedtls_ecp_point_write_binary(&at.group, &at.point, MBEDTLS_ECP_PF_UNCOMPRESSED, &bytes,
                                          public_key, THICKET_PUBLIC_BYTES);
  curve_close(&at);
  return code;
}

static int32_t p256_sign(void *port, const uint8_t private_key[THICKET_PRIVATE_BYTES],
                         const uint8_t digest[THICKET_HASH_BYTES],
                         uint8_t signature[THICKET_SIGNATURE_BYTES]) {
  (void)port;
  curve at;
  int code = curve_open(&at);
  if (!code) code = mbedtls_mpi_read_binary(&at.secret, private_key, THICKET_PRIVATE_BYTES);
  if (!code)
    code =
        mbedtls_ecdsa_sign_det_ext(&at.group, &at.r, &at.s, &at.secret, digest, THICKET_HASH_BYTES,
                                   MBEDTLS_MD_SHA256, mbedtls_ctr_drbg_random, &generator);
  if (!code) code = mbedtls_mpi_write_binary(&at.r, signature, HALF);
  if (!code) code = mbedtls_mpi_write_binary(&at.s, signature + HALF, HALF);
  curve_close(&at);
  return code;
}

static int32_t p256_verify(void *port, const uint8_t public_key[THICKET_PUBLIC_BYTES],
                           const uint8_t digest[THICKET_HASH_BYTES],
                           const uint8_t signature[THICKET_SIGNATURE_BYTES]) {
  (void)port;
  curve at;
  int32_t code = curve_open(&at);
  if (!code) code = read_point(&at, public_key);
  if (!code) code = mbedtls_mpi_read_binary(&at.r, signature, HALF);
  if (!code) code = mbedtls_mpi_read_binary(&at.s, signature + HALF, HALF);
  if (!code)
    code = mbedtls_ecdsa_verify(&at.group, digest, THICKET_HASH_BYTES, &at.point, &at.r, &at.s);
  curve_close(&at);
  return code == MBEDTLS_ERR_ECP_VERIFY_FAILED ? THICKET_E_CRYPTO_SIGNATURE : code;
}

static int32_t p256_ecdh(void *port, const uint8_t private_key[THICKET_PRIVATE_BYTES],
                         const uint8_t public_key[THICKET_PUBLIC_BYTES],
                         uint8_t shared[THICKET_SHARED_BYTES]) {
  (void)port;
  curve at;
  int32_t code = curve_open(&at);
  if (!code) code = read_point(&at, public_key);
  if (!code) code = mbedtls_mpi_read_binary(&at.secret, private_key, THICKET_PRIVATE_BYTES);
  if (!code)
    code = mbedtls_ecdh_compute_shared(&at.group, &at.r, &at.point, &at.secret,
                                       mbedtls_ctr_drbg_random, &generator);
  if (!code) code = mbedtls_mpi_write_binary(&at.r, shared, THICKET_SHARED_BYTES);
  curve_close(&at);
  return code;
}

static int32_t random_bytes(void *port, uint8_t *data, uint32_t bytes) {
  (void)port;
  return mbedtls_ctr_drbg_random(&generator, data, bytes);
}

_Static_assert(THICKET_RANDOM_BYTES_MAX <= MBEDTLS_CTR_DRBG_MAX_REQUEST, "one request is enough");

static const thicket_crypto crypto = {.hash_start = hash_start,
                                      .hash_add = hash_add,
                                      .hash_end = hash_end,
                                      .seal = gcm_seal,
                                      .open = gcm_open,
                                      .public_key = p256_public_key,
                                      .sign = p256_sign,
                                      .verify = p256_verify,
                                      .ecdh = p256_ecdh,
                                      .random = random_bytes};

const thicket_crypto *thicket_mbedtls_start(void) {
  static const uint8_t name[] = "thicket";
  static int is_started;
  if (is_started) return &crypto;
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&generator);
  int code =
      mbedtls_ctr_drbg_seed(&generator, mbedtls_entropy_func, &entropy, name, sizeof name - 1);
  is_started = code == 0;
  if (is_started) return &crypto;
  mbedtls_ctr_drbg_free(&generator);
  mbedtls_entropy_free(&entropy);
  return 0;
}
