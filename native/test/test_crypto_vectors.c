// Crypto on mbedTLS against published vectors (../test/fixtures/crypto-vectors.json, one to a
// line), right ones and wrong ones, and what must hold for any key.
#include "check.h"
#include "../port/mbedtls/crypto.h"
#include "support/files.h"
#include "thicket.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 8, FIELD_MAX = 1200 };

static const thicket_crypto *crypto;

// A row: kind, name, then values. Texts stay in the file's memory; values are decoded as asked for.
typedef struct {
  const char *text[COLUMNS_MAX];
  uint32_t chars[COLUMNS_MAX];
  int columns;
} row;

// The quoted strings of one line. No value of these files holds a quote or a backslash.
static row row_of(const char *line, const char *end) {
  row found = {.columns = 0};
  while (line < end && found.columns < COLUMNS_MAX) {
    const char *open = memchr(line, '"', (size_t)(end - line));
    if (!open) break;
    const char *close = memchr(open + 1, '"', (size_t)(end - open - 1));
    if (!close) break;
    found.text[found.columns] = open + 1;
    found.chars[found.columns++] = (uint32_t)(close - open - 1);
    line = close + 1;
  }
  return found;
}

static int is_text(const row *at, int column, const char *text) {
  return column < at->columns && at->chars[column] == strlen(text) &&
         memcmp(at->text[column], text, at->chars[column]) == 0;
}

static uint8_t nibble(char digit) {
  return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

// A value in memory of exactly its size, so that a read past its end is seen. The caller frees it.
static thicket_bytes value_of(const row *at, int column, uint8_t **memory) {
  uint32_t bytes = column < at->columns ? at->chars[column] / 2 : 0;
  *memory = malloc(bytes + !bytes);
  for (uint32_t i = 0; i < bytes; i++)
    (*memory)[i] =
        (uint8_t)(nibble(at->text[column][2 * i]) << 4 | nibble(at->text[column][2 * i + 1]));
  return (thicket_bytes){*memory, bytes};
}

static int is_same(thicket_bytes wanted, const uint8_t *found, uint32_t bytes) {
  return wanted.bytes == bytes && memcmp(wanted.data, found, bytes) == 0;
}

static int is_row_good(const row *at) {
  uint8_t *memory[COLUMNS_MAX] = {0};
  thicket_bytes v[COLUMNS_MAX] = {{0, 0}};
  uint8_t out[FIELD_MAX];
  int is_valid = is_text(at, at->columns - 1, "valid");
  int is_good = 0;
  for (int i = 2; i < COLUMNS_MAX; i++) v[i] = value_of(at, i, &memory[i]);
  const uint8_t *b[COLUMNS_MAX];
  for (int i = 0; i < COLUMNS_MAX; i++) b[i] = v[i].data;

  if (is_text(at, 0, "sha256")) {
    is_good = !thicket_crypto_sha256(crypto, v[2], out) && is_same(v[3], out, 32);
  } else if (is_text(at, 0, "sha256-repeated")) {
    thicket_hash hash;
    is_good = !thicket_crypto_hash_start(crypto, &hash);
    for (int i = atoi(at->text[3]); i > 0; i--)
      is_good &= !thicket_crypto_hash_add(crypto, &hash, v[2]);
    is_good &= !thicket_crypto_hash_end(crypto, &hash, out) && is_same(v[4], out, 32);
  } else if (is_text(at, 0, "hmac")) {
    is_good = !thicket_crypto_hmac(crypto, v[2], v[3], out) && is_same(v[4], out, 32);
  } else if (is_text(at, 0, "hkdf")) {
    is_good = !thicket_crypto_hkdf(crypto, v[2], v[3], v[4], out, v[5].bytes) &&
              is_same(v[5], out, v[5].bytes);
  } else if (is_text(at, 0, "gcm")) {
    int32_t code = thicket_crypto_open(crypto, b[2], b[3], v[6], v[4], out);
    is_good = code == (is_valid ? THICKET_OK : THICKET_E_CRYPTO_AUTH);
    if (is_valid) {
      is_good &= is_same(v[5], out, v[6].bytes - 16);
      is_good &= !thicket_crypto_seal(crypto, b[2], b[3], v[5], v[4], out);
      is_good &= is_same(v[6], out, v[5].bytes + 16);
    }
  } else if (is_text(at, 0, "ecdh")) {
    // Another length cannot be passed here; the wrappers refuse it.
    if (v[3].bytes != 65)
      is_good = !is_valid;
    else if (!is_valid)
      is_good = thicket_crypto_ecdh(crypto, b[2], b[3], out) == THICKET_E_CRYPTO_KEY;
    else
      is_good = !thicket_crypto_ecdh(crypto, b[2], b[3], out) && is_same(v[4], out, 32);
  } else if (is_text(at, 0, "public")) {
    is_good = !thicket_crypto_public_key(crypto, b[2], out) && is_same(v[3], out, 65);
  } else if (is_text(at, 0, "sign")) {
    is_good = !thicket_crypto_sign(crypto, b[2], v[3], out) && is_same(v[4], out, 64);
  } else if (is_text(at, 0, "verify")) {
    int32_t wanted = is_valid ? THICKET_OK : THICKET_E_CRYPTO_SIGNATURE;
    if (v[4].bytes != 64)
      is_good = !is_valid;
    else
      is_good = thicket_crypto_verify(crypto, b[2], v[3], b[4]) == wanted;
  }
  for (int i = 0; i < COLUMNS_MAX; i++) free(memory[i]);
  return is_good;
}

static void test_vectors(const char *path) {
  struct bytes file = file_read(path);
  const char *at = (const char *)file.data;
  const char *end = at + file.size;
  int rows = 0;
  while (at && at < end) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    if (!stop) stop = end;
    if (stop - at > 6 && memcmp(at, "    [\"", 6) == 0) {
      row found = row_of(at, stop);
      int is_good = is_row_good(&found);
      if (!is_good)
        fprintf(stderr, "%.*s\n", (int)(found.chars[0] + found.chars[1] + 4), found.text[0]);
      CHECK(is_good);
      rows++;
    }
    at = stop + 1;
  }
  CHECK(rows > 300);
  free(file.data);
}

// What one camera does with another: keys, a signature, a shared secret, a sealed message.
static void test_exchange(void) {
  uint8_t ours[32], our_public[65], theirs[32], their_public[65];
  uint8_t one[32], other[32], signature[64], key[32], nonce[12], sealed[16 + 16], text[16];
  static const uint8_t message[16] = "sixteen bytes..";
  thicket_bytes said = {message, sizeof message};
  CHECK(thicket_crypto_key_pair(crypto, ours, our_public) == THICKET_OK);
  CHECK(thicket_crypto_key_pair(crypto, theirs, their_public) == THICKET_OK);
  CHECK(memcmp(ours, theirs, 32) != 0);
  CHECK(thicket_crypto_ecdh(crypto, ours, their_public, one) == THICKET_OK);
  CHECK(thicket_crypto_ecdh(crypto, theirs, our_public, other) == THICKET_OK);
  CHECK(thicket_crypto_is_equal(one, other, 32));

  CHECK(thicket_crypto_sign(crypto, ours, said, signature) == THICKET_OK);
  CHECK(thicket_crypto_verify(crypto, our_public, said, signature) == THICKET_OK);
  CHECK(thicket_crypto_verify(crypto, their_public, said, signature) == THICKET_E_CRYPTO_SIGNATURE);
  for (int bit = 0; bit < 512; bit += 37) {
    signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
    CHECK(thicket_crypto_verify(crypto, our_public, said, signature) == THICKET_E_CRYPTO_SIGNATURE);
    signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  our_public[64] ^= 1;
  CHECK(thicket_crypto_verify(crypto, our_public, said, signature) == THICKET_E_CRYPTO_KEY);

  CHECK(thicket_crypto_hkdf(crypto, (thicket_bytes){one, 32}, (thicket_bytes){0, 0}, said, key,
                            32) == THICKET_OK);
  CHECK(thicket_crypto_random(crypto, nonce, sizeof nonce) == THICKET_OK);
  CHECK(thicket_crypto_seal(crypto, key, nonce, said, said, sealed) == THICKET_OK);
  // Every bit of a sealed message counts.
  for (int bit = 0; bit < 256; bit++) {
    sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    CHECK(thicket_crypto_open(crypto, key, nonce, (thicket_bytes){sealed, 32}, said, text) ==
          THICKET_E_CRYPTO_AUTH);
    CHECK(text[0] == 0 && text[15] == 0);
    sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  CHECK(thicket_crypto_open(crypto, key, nonce, (thicket_bytes){sealed, 32}, said, text) ==
        THICKET_OK);
  CHECK(memcmp(text, message, 16) == 0);
  nonce[0] ^= 1;
  CHECK(thicket_crypto_open(crypto, key, nonce, (thicket_bytes){sealed, 32}, said, text) ==
        THICKET_E_CRYPTO_AUTH);
}

int main(int count, char **arguments) {
  crypto = thicket_mbedtls_start();
  CHECK(crypto && thicket_mbedtls_start() == crypto);
  if (crypto) {
    test_vectors(count > 1 ? arguments[1] : "../test/fixtures/crypto-vectors.json");
    test_exchange();
  }
  return check_report("crypto_vectors");
}
