// Port to a Unix: crypto is mbedTLS, with the system's entropy.
#include "../mbedtls/crypto.h"
#include "../thicket_port.h"

const thicket_crypto *thicket_port_crypto_start(void) { return thicket_mbedtls_start(); }
