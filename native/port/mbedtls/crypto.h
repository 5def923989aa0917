// The port's half of thicket_crypto on mbedTLS 2.28's API: Debian's libmbedtls-dev on Linux,
// ESP-IDF 4.4's component on the chip (with its SHA, AES and big-number hardware below it).
#ifndef THICKET_PORT_MBEDTLS_CRYPTO_H
#define THICKET_PORT_MBEDTLS_CRYPTO_H

#include "thicket_crypto.h"

// Seed the generator of random bytes and give out the port's functions; later calls give out the
// same again. The chip calls it by thicket_port_crypto_start of port/esp32/crypto.c.
// Returns null when the platform has no entropy.
const thicket_crypto *thicket_mbedtls_start(void);

#endif
