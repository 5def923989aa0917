// Comparing and wiping secrets, random bytes, and the range of the curve's scalars.
#include "secrets.h"

// Order of P-256 (FIPS 186-4, D.1.2.3).
static const uint8_t ORDER[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                  0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

int thicket_x_is_scalar(const uint8_t number[32]) {
  // Subtract the order; a borrow at the end means that the number is below it.
  uint32_t borrow = 0, any = 0;
  for (int i = 31; i >= 0; i--) {
    uint32_t difference = (uint32_t)number[i] - ORDER[i] - borrow;
    borrow = difference >> 31;
    any |= number[i];
  }
  return (int)(borrow & ((0u - any) >> 31));
}

int thicket_crypto_is_equal(const void *a, const void *b, uint32_t bytes) {
  const volatile uint8_t *left = a;
  const volatile uint8_t *right = b;
  uint32_t differs = 0;
  for (uint32_t i = 0; i < bytes; i++) differs |= (uint32_t)(left[i] ^ right[i]);
  return differs == 0;
}

void thicket_crypto_wipe(void *data, uint32_t bytes) {
  volatile uint8_t *at = data;
  while (bytes--) *at++ = 0;
}

int32_t thicket_crypto_random(const thicket_crypto *crypto, uint8_t *data, uint32_t bytes) {
  if (!crypto || !data) return THICKET_E_ARGUMENT;
  if (bytes == 0 || bytes > THICKET_RANDOM_BYTES_MAX) return THICKET_E_SIZE;
  if (!crypto->random(crypto->port, data, bytes)) return THICKET_OK;
  thicket_crypto_wipe(data, bytes);
  return THICKET_E_CRYPTO_RANDOM;
}
