// Flash access of the vault: every program is read back, and CRC-32C.
// Source of the polynomial: RFC 3720 section 12.1 (Castagnoli, reflected 0x82f63b78).
#include "ring.h"

uint32_t thicket_x_crc(uint32_t crc, const void *data, uint32_t bytes) {
  // Remainders of the 16 low nibbles.
  static const uint32_t table[16] = {0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
                                     0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
                                     0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
                                     0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};
  const uint8_t *at = data;
  crc = ~crc;
  for (uint32_t i = 0; i < bytes; i++) {
    crc ^= at[i];
    crc = (crc >> 4) ^ table[crc & 15];
    crc = (crc >> 4) ^ table[crc & 15];
  }
  return ~crc;
}

uint32_t thicket_x_zero_bits(uint32_t word) {
  uint32_t count = 0;
  for (word = ~word; word; word &= word - 1) count++;
  return count;
}

int32_t thicket_x_flash_read(const thicket_flash *flash, uint32_t address, void *data,
                             uint32_t bytes) {
  if (bytes == 0) return THICKET_OK;
  return flash->read(flash->port, address, data, bytes) ? THICKET_E_VAULT_READ : THICKET_OK;
}

int32_t thicket_x_flash_prog(const thicket_flash *flash, uint32_t address, const void *data,
                             uint32_t bytes) {
  if (flash->prog(flash->port, address, data, bytes)) return THICKET_E_VAULT_WRITE;
  const uint8_t *wanted = data;
  uint8_t kept[64];
  for (uint32_t at = 0; at < bytes;) {
    uint32_t part = bytes - at < sizeof kept ? bytes - at : (uint32_t)sizeof kept;
    int32_t code = thicket_x_flash_read(flash, address + at, kept, part);
    if (code) return code;
    for (uint32_t i = 0; i < part; i++)
      if (kept[i] != wanted[at + i]) return THICKET_E_VAULT_WRITE;
    at += part;
  }
  return THICKET_OK;
}

int32_t thicket_x_flash_erase(const thicket_flash *flash, uint32_t address) {
  return flash->erase(flash->port, address) ? THICKET_E_VAULT_WRITE : THICKET_OK;
}

int32_t thicket_x_flash_blank(const thicket_flash *flash, uint32_t address, uint32_t bytes) {
  uint8_t kept[64];
  for (uint32_t at = 0; at < bytes;) {
    uint32_t part = bytes - at < sizeof kept ? bytes - at : (uint32_t)sizeof kept;
    int32_t code = thicket_x_flash_read(flash, address + at, kept, part);
    if (code) return code;
    for (uint32_t i = 0; i < part; i++)
      if (kept[i] != 0xff) return 0;
    at += part;
  }
  return 1;
}
