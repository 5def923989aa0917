// Crypto on the chip: mbedTLS as ESP-IDF builds it, its generator seeded while the hardware's one
// has true entropy. Source: ESP-IDF 4.4, "Random Number Generation": with the radio off, random
// numbers are true only between bootloader_random_enable and _disable, and the two must not run
// together with ADC, I2S, Wi-Fi or Bluetooth. Later the generator (CTR_DRBG) stretches that seed.
#include "crypto.h"

#include "../mbedtls/crypto.h"

#include <bootloader_random.h>

const thicket_crypto *thicket_port_crypto_start(void) {
  bootloader_random_enable();
  const thicket_crypto *crypto = thicket_mbedtls_start();
  bootloader_random_disable();
  return crypto;
}
