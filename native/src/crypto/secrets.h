// What the crypto files share: checks of arguments, and numbers of the curve's order.
#ifndef THICKET_CRYPTO_SECRETS_H
#define THICKET_CRYPTO_SECRETS_H

#include "thicket_crypto.h"

static inline int thicket_x_is_readable(thicket_bytes bytes) { return bytes.data || !bytes.bytes; }

// Whether a number of 32 bytes is within 1..n-1, n being the order of P-256; constant time.
int thicket_x_is_scalar(const uint8_t number[32]);

#endif
