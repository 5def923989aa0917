// Crypto on the chip. Call once, before Wi-Fi, Bluetooth, ADC or I2S are used.
#ifndef THICKET_PORT_ESP32_CRYPTO_H
#define THICKET_PORT_ESP32_CRYPTO_H

#include "thicket_crypto.h"

// Returns null when the chip gave no entropy.
const thicket_crypto *thicket_port_crypto_start(void);

#endif
