// The one vault of a camera, on the port's flash: see session.h.
#include "session.h"

#include "thicket_port.h"

static thicket_vault vault;

static int32_t sha256(void *port, uint32_t address, uint32_t bytes,
                      uint8_t digest[THICKET_DIGEST_BYTES]) {
  (void)port;
  uint32_t size;
  const thicket_crypto *crypto = thicket_port_crypto_start();
  const thicket_flash *flash = thicket_port_flash(&size);
  if (!crypto || !flash) return THICKET_E_CRYPTO_PORT;
  return thicket_crypto_hash_flash(crypto, flash, address, bytes, digest);
}

int32_t thicket_session_vault_open(void) {
  uint32_t bytes;
  const thicket_flash *flash = thicket_port_flash(&bytes);
  if (!flash) return THICKET_E_VAULT_READ;
  return thicket_vault_open(&vault, flash, sha256, bytes);
}

thicket_vault *thicket_session_vault(void) { return vault.is_open ? &vault : NULL; }

void thicket_session_vault_close(void) { thicket_vault_close(&vault); }
