// What crypto promises on every port, on one that counts its calls and can fail at any of them:
// checks of arguments and ranges, named errors, results wiped when they are not whole.
#include "check.h"
#include "thicket.h"
#include "thicket_crypto.h"

#include <string.h>

// A toy in the place of the platform's library: not secret, but every byte counts.
typedef struct {
  int calls, fail_at;  // the call that fails, from 1; 0: none
  int open_hashes;     // starts without their end
  int32_t answer;      // of verify, open and ecdh
  uint8_t random;      // every random byte, until draws are used up; then 1
  int draws;
} toy;

typedef struct {
  uint32_t sum, count;
} toy_hash;

static int32_t called(void *port) {
  toy *at = port;
  return ++at->calls == at->fail_at;
}

static int32_t start(void *port, thicket_hash *hash) {
  toy_hash state = {2166136261u, 0};
  memcpy(hash->state, &state, sizeof state);
  if (called(port)) return 1;
  ((toy *)port)->open_hashes++;
  return 0;
}

static int32_t add(void *port, thicket_hash *hash, const void *data, uint32_t bytes) {
  toy_hash state;
  memcpy(&state, hash->state, sizeof state);
  for (uint32_t i = 0; i < bytes; i++) {
    state.sum = (state.sum ^ ((const uint8_t *)data)[i]) * 16777619u;
    state.count++;
  }
  memcpy(hash->state, &state, sizeof state);
  return called(port);
}

static int32_t end(void *port, thicket_hash *hash, uint8_t digest[THICKET_HASH_BYTES]) {
  toy_hash state;
  memcpy(&state, hash->state, sizeof state);
  for (uint32_t i = 0; i < THICKET_HASH_BYTES; i++)
    digest[i] = (uint8_t)((state.sum * (i + 1) + state.count) >> (i % 24));
  ((toy *)port)->open_hashes--;
  return called(port);
}

static int32_t toy_seal(void *port, const uint8_t key[32], const uint8_t nonce[12],
                        thicket_bytes associated, thicket_bytes text, uint8_t *sealed,
                        uint8_t tag[16]) {
  (void)associated;
  for (uint32_t i = 0; i < text.bytes; i++)
    sealed[i] = (uint8_t)(((const uint8_t *)text.data)[i] ^ key[i % 32] ^ nonce[0]);
  memset(tag, 0x77, 16);
  return called(port);
}

static int32_t toy_open(void *port, const uint8_t key[32], const uint8_t nonce[12],
                        thicket_bytes associated, thicket_bytes sealed, const uint8_t tag[16],
                        uint8_t *text) {
  uint8_t unused[16];
  (void)tag;
  int32_t code = toy_seal(port, key, nonce, associated, sealed, text, unused);
  return code ? code : ((toy *)port)->answer;
}

static int32_t toy_public(void *port, const uint8_t private_key[32], uint8_t public_key[65]) {
  public_key[0] = 4;
  memcpy(public_key + 1, private_key, 32);
  memcpy(public_key + 33, private_key, 32);
  return called(port);
}

static int32_t toy_sign(void *port, const uint8_t private_key[32], const uint8_t digest[32],
                        uint8_t signature[64]) {
  memcpy(signature, private_key, 32);
  memcpy(signature + 32, digest, 32);
  return called(port);
}

static int32_t toy_verify(void *port, const uint8_t public_key[65], const uint8_t digest[32],
                          const uint8_t signature[64]) {
  (void)public_key, (void)digest, (void)signature;
  return called(port) ? 1 : ((toy *)port)->answer;
}

static int32_t toy_ecdh(void *port, const uint8_t private_key[32], const uint8_t public_key[65],
                        uint8_t shared[32]) {
  (void)public_key;
  memcpy(shared, private_key, 32);
  return called(port) ? 1 : ((toy *)port)->answer;
}

static int32_t toy_random(void *port, uint8_t *data, uint32_t bytes) {
  toy *at = port;
  memset(data, at->draws-- > 0 ? at->random : 1, bytes);
  return called(port);
}

static toy platform;
static const thicket_crypto crypto = {&platform,  start,    add,        end,
                                      toy_seal,   toy_open, toy_public, toy_sign,
                                      toy_verify, toy_ecdh, toy_random};

static void reset(int fail_at) { platform = (toy){.fail_at = fail_at}; }

static int is_wiped(const void *data, uint32_t bytes) {
  uint8_t any = 0;
  for (uint32_t i = 0; i < bytes; i++) any |= ((const uint8_t *)data)[i];
  return any == 0;
}

static const uint8_t KEY[32] = {1, 2, 3};
static const uint8_t PUBLIC[65] = {4, 1};
static const uint8_t NONCE[12] = {9};
static const uint8_t TEXT[100] = "a text of a hundred bytes";
#define BYTES(array) ((thicket_bytes){array, sizeof(array)})
static const thicket_bytes NOTHING = {0, 0};

// One call of each function that can fail; returns its code, leaves its result in `out`.
enum { SHA, MAC, DERIVE, SEAL, OPEN, PAIR, PUBLIC_OF, SIGN, VERIFY, AGREE, RANDOM, FLASH, CALLS };

static int32_t flash_code;
static int32_t read_flash(void *port, uint32_t address, void *data, uint32_t bytes) {
  (void)port;
  memset(data, (int)address, bytes);
  return flash_code;
}

static int32_t run(int call, uint8_t out[512], uint32_t *bytes) {
  static const thicket_flash flash = {.read = read_flash};
  static const uint8_t signature[64] = {[31] = 1, [63] = 1};
  static const uint32_t sizes[CALLS] = {32, 32, 40, 116, 84, 97, 65, 64, 0, 32, 20, 32};
  memset(out, 0x55, 512);
  *bytes = sizes[call];
  switch (call) {
    case SHA:
      return thicket_crypto_sha256(&crypto, BYTES(TEXT), out);
    case MAC:
      return thicket_crypto_hmac(&crypto, BYTES(TEXT), BYTES(KEY), out);
    case DERIVE:
      return thicket_crypto_hkdf(&crypto, BYTES(KEY), BYTES(NONCE), BYTES(TEXT), out, 40);
    case SEAL:
      return thicket_crypto_seal(&crypto, KEY, NONCE, BYTES(TEXT), BYTES(KEY), out);
    case OPEN:
      return thicket_crypto_open(&crypto, KEY, NONCE, BYTES(TEXT), NOTHING, out);
    case PAIR:
      return thicket_crypto_key_pair(&crypto, out, out + 32);
    case PUBLIC_OF:
      return thicket_crypto_public_key(&crypto, KEY, out);
    case SIGN:
      return thicket_crypto_sign(&crypto, KEY, BYTES(TEXT), out);
    case VERIFY:
      return thicket_crypto_verify(&crypto, PUBLIC, BYTES(TEXT), signature);
    case AGREE:
      return thicket_crypto_ecdh(&crypto, KEY, PUBLIC, out);
    case RANDOM:
      return thicket_crypto_random(&crypto, out, 20);
    default:
      return thicket_crypto_hash_flash(&crypto, &flash, 4096, 600, out);
  }
}

// At whatever call the platform fails: a named error, the result wiped, no hash left open.
static void test_failing_port(void) {
  uint8_t out[512];
  uint32_t bytes;
  for (int call = 0; call < CALLS; call++) {
    reset(0);
    CHECK(run(call, out, &bytes) == THICKET_OK);
    CHECK(out[bytes] == 0x55 && platform.open_hashes == 0);
    int calls = platform.calls;
    CHECK(calls > 0);
    for (int fail_at = 1; fail_at <= calls; fail_at++) {
      reset(fail_at);
      int32_t code = run(call, out, &bytes);
      int is_random = call == RANDOM || (call == PAIR && fail_at == 1);
      CHECK(code == (is_random ? THICKET_E_CRYPTO_RANDOM : THICKET_E_CRYPTO_PORT));
      if (call == PAIR && is_random) bytes = 32;
      // Wiped, or never touched; of a key that was derived in part nothing stays.
      CHECK(is_wiped(out, bytes) || (out[0] == 0x55 && call != DERIVE));
      CHECK(platform.open_hashes == 0);
    }
  }
}

static void test_arguments(void) {
  uint8_t out[512];
  thicket_hash hash;
  thicket_bytes lost = {0, 5};
  thicket_flash blind = {0};
  reset(0);
  CHECK(thicket_crypto_sha256(0, BYTES(TEXT), out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_sha256(&crypto, lost, out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_sha256(&crypto, BYTES(TEXT), 0) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_hash_start(&crypto, 0) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_hash_add(&crypto, &hash, lost) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_hash_end(&crypto, &hash, 0) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_hash_flash(&crypto, &blind, 0, 4, out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_hmac(&crypto, lost, NOTHING, out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_hkdf(&crypto, NOTHING, lost, NOTHING, out, 4) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_hkdf(&crypto, NOTHING, NOTHING, NOTHING, out, 0) == THICKET_E_SIZE);
  CHECK(thicket_crypto_hkdf(&crypto, NOTHING, NOTHING, NOTHING, out, 255 * 32 + 1) ==
        THICKET_E_SIZE);
  CHECK(thicket_crypto_seal(&crypto, 0, NONCE, NOTHING, NOTHING, out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_seal(&crypto, KEY, NONCE, lost, NOTHING, out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_seal(&crypto, KEY, NONCE, (thicket_bytes){TEXT, UINT32_MAX - 15}, NOTHING,
                            out) == THICKET_E_SIZE);
  CHECK(thicket_crypto_open(&crypto, KEY, 0, BYTES(TEXT), NOTHING, out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_open(&crypto, KEY, NONCE, (thicket_bytes){TEXT, 15}, NOTHING, out) ==
        THICKET_E_CRYPTO_AUTH);
  CHECK(thicket_crypto_public_key(&crypto, 0, out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_key_pair(&crypto, out, 0) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_sign(&crypto, KEY, NOTHING, 0) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_sign(&crypto, KEY, lost, out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_verify(&crypto, PUBLIC, lost, out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_verify(&crypto, 0, NOTHING, out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_ecdh(&crypto, KEY, 0, out) == THICKET_E_ARGUMENT);
  CHECK(thicket_crypto_random(&crypto, out, 0) == THICKET_E_SIZE);
  CHECK(thicket_crypto_random(&crypto, out, 1025) == THICKET_E_SIZE);
  CHECK(thicket_crypto_random(&crypto, 0, 5) == THICKET_E_ARGUMENT);
  CHECK(platform.calls == 0 && platform.open_hashes == 0);
}

// Order of the curve, from its standard.
static const uint8_t ORDER[32] = {0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,    0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                  0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

// 0 and everything from n on is no private key and no half of a signature; 1 and n - 1 are.
static void test_ranges(void) {
  uint8_t number[32], out[512], signature[64];
  for (int difference = -1; difference <= 1; difference++) {
    memcpy(number, ORDER, 32);
    number[31] = (uint8_t)(number[31] + difference);
    int32_t code = difference < 0 ? THICKET_OK : THICKET_E_CRYPTO_KEY;
    reset(0);
    CHECK(thicket_crypto_public_key(&crypto, number, out) == code);
    CHECK(thicket_crypto_sign(&crypto, number, BYTES(TEXT), out) == code);
    CHECK(thicket_crypto_ecdh(&crypto, number, PUBLIC, out) == code);
    for (int half = 0; half < 64; half += 32) {
      memset(signature, 1, sizeof signature);
      memcpy(signature + half, number, 32);
      code = difference < 0 ? THICKET_OK : THICKET_E_CRYPTO_SIGNATURE;
      CHECK(thicket_crypto_verify(&crypto, PUBLIC, NOTHING, signature) == code);
    }
  }
  memset(number, 0, 32);
  CHECK(thicket_crypto_public_key(&crypto, number, out) == THICKET_E_CRYPTO_KEY);
  memset(signature, 1, sizeof signature);
  memset(signature + 32, 0, 32);
  CHECK(thicket_crypto_verify(&crypto, PUBLIC, NOTHING, signature) == THICKET_E_CRYPTO_SIGNATURE);
  number[31] = 1;
  CHECK(thicket_crypto_public_key(&crypto, number, out) == THICKET_OK);
  memset(number, 0xff, 32);
  CHECK(thicket_crypto_public_key(&crypto, number, out) == THICKET_E_CRYPTO_KEY);

  uint8_t compressed[65] = {2, 1};
  CHECK(thicket_crypto_ecdh(&crypto, KEY, compressed, out) == THICKET_E_CRYPTO_KEY);
  CHECK(thicket_crypto_verify(&crypto, compressed, NOTHING, signature) == THICKET_E_CRYPTO_KEY);
}

// A key pair is drawn until its private key is one; a generator that never gives one is reported.
static void test_draws(void) {
  uint8_t private_key[32], public_key[65];
  reset(0);
  platform.draws = 3;
  platform.random = 0xff;
  CHECK(thicket_crypto_key_pair(&crypto, private_key, public_key) == THICKET_OK);
  CHECK(private_key[0] == 1);
  reset(0);
  platform.draws = 99;
  CHECK(thicket_crypto_key_pair(&crypto, private_key, public_key) == THICKET_E_CRYPTO_RANDOM);
  CHECK(is_wiped(private_key, 32));
}

// The port's own refusals pass through; anything else it may say does not.
static void test_refusals(void) {
  uint8_t out[512];
  uint32_t bytes;
  static const struct {
    int call;
    int32_t answer, code;
  } rows[] = {
      {VERIFY, THICKET_E_CRYPTO_SIGNATURE, THICKET_E_CRYPTO_SIGNATURE},
      {VERIFY, THICKET_E_CRYPTO_KEY, THICKET_E_CRYPTO_KEY},
      {VERIFY, -0x4f80, THICKET_E_CRYPTO_PORT},
      {VERIFY, 7, THICKET_E_CRYPTO_PORT},
      {AGREE, THICKET_E_CRYPTO_KEY, THICKET_E_CRYPTO_KEY},
      {AGREE, -0x10, THICKET_E_CRYPTO_PORT},
      {OPEN, THICKET_E_CRYPTO_AUTH, THICKET_E_CRYPTO_AUTH},
      {OPEN, -0x12, THICKET_E_CRYPTO_PORT},
  };
  for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    reset(0);
    platform.answer = rows[i].answer;
    CHECK(run(rows[i].call, out, &bytes) == rows[i].code);
    CHECK(is_wiped(out, bytes));
  }
}

static void test_pieces(void) {
  uint8_t whole[32], pieces[32];
  thicket_hash hash;
  reset(0);
  CHECK(thicket_crypto_sha256(&crypto, BYTES(TEXT), whole) == THICKET_OK);
  CHECK(thicket_crypto_hash_start(&crypto, &hash) == THICKET_OK);
  for (uint32_t at = 0; at < sizeof TEXT; at += 7) {
    uint32_t count = sizeof TEXT - at < 7 ? (uint32_t)sizeof TEXT - at : 7;
    CHECK(thicket_crypto_hash_add(&crypto, &hash, (thicket_bytes){TEXT + at, count}) == THICKET_OK);
  }
  CHECK(thicket_crypto_hash_add(&crypto, &hash, NOTHING) == THICKET_OK);
  CHECK(thicket_crypto_hash_end(&crypto, &hash, pieces) == THICKET_OK);
  CHECK(memcmp(whole, pieces, 32) == 0);
  CHECK(is_wiped(&hash, sizeof hash));

  uint32_t bytes;
  uint8_t out[512];
  flash_code = -1;
  CHECK(run(FLASH, out, &bytes) == THICKET_E_VAULT_READ && is_wiped(out, 32));
  CHECK(platform.open_hashes == 0);
  flash_code = 0;
}

static void test_comparing(void) {
  uint8_t a[40], b[40];
  memset(a, 7, sizeof a);
  memcpy(b, a, sizeof a);
  CHECK(thicket_crypto_is_equal(a, b, 40) == 1 && thicket_crypto_is_equal(a, b, 0) == 1);
  for (int at = 0; at < 40; at++) {
    b[at] ^= 0x80;
    CHECK(thicket_crypto_is_equal(a, b, 40) == 0);
    b[at] ^= 0x80;
  }
  thicket_crypto_wipe(a, 39);
  CHECK(is_wiped(a, 39) && a[39] == 7);
}

int main(void) {
  test_failing_port();
  test_arguments();
  test_ranges();
  test_draws();
  test_refusals();
  test_pieces();
  test_comparing();
  return check_report("crypto");
}
