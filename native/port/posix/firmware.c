// Port to a Unix: a program here has no partitions for a second firmware.
#include "../thicket_port.h"

int32_t thicket_port_firmware_info(thicket_firmware_info *info) {
  (void)info;
  return THICKET_E_FIRMWARE_PARTITION;
}

int32_t thicket_port_firmware_begin(uint32_t bytes) {
  (void)bytes;
  return THICKET_E_FIRMWARE_PARTITION;
}

int32_t thicket_port_firmware_write(const uint8_t *data, uint32_t bytes) {
  (void)data;
  (void)bytes;
  return THICKET_E_FIRMWARE_PARTITION;
}

int32_t thicket_port_firmware_end(const uint8_t sha256[THICKET_HASH_BYTES]) {
  (void)sha256;
  return THICKET_E_FIRMWARE_PARTITION;
}

void thicket_port_firmware_abort(void) {}

int32_t thicket_port_firmware_activate(void) { return THICKET_E_FIRMWARE_PARTITION; }

int32_t thicket_port_firmware_confirm(void) { return THICKET_E_FIRMWARE_PARTITION; }

int32_t thicket_port_firmware_rollback(void) { return THICKET_E_FIRMWARE_PARTITION; }
