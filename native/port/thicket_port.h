// What a platform supplies to the extension: memory, time, the camera's frames, the flash region of
// the vault, crypto, the radio, the firmware's own partitions. Implemented in port/esp32 and
// port/posix; called by espruino/ only. Functions return THICKET_OK, something above 0, or a
// negative code of thicket_error.h.
#ifndef THICKET_PORT_H
#define THICKET_PORT_H

#include "thicket_crypto.h"
#include "thicket_vault.h"
#include "thicket_vision.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Memory for frames and models, aligned to 16 bytes, from external RAM where the board has some.
// Returns NULL when there is none.
void *thicket_port_alloc(size_t bytes);
void thicket_port_free(void *memory);

// Milliseconds since some moment, wrapping round.
uint32_t thicket_port_now_ms(void);

// Power the sensor and the driver for frames of at most this size, in pixels.
// Returns THICKET_OK or a negative code.
int32_t thicket_port_camera_open(int32_t width, int32_t height);

// Begin one exposure. Called only when none is under way. Returns THICKET_OK or a negative code.
int32_t thicket_port_camera_start(void);

// The frame that was begun. Its pixels stay valid until thicket_port_camera_done.
// Returns 1 when it is there, 0 when it is not there yet, a negative code when there will be none.
int32_t thicket_port_camera_poll(thicket_frame *frame);

// Give the frame that poll returned back to the driver.
void thicket_port_camera_done(void);

// Power the sensor down, also in the middle of an exposure. Closing a closed camera does nothing.
void thicket_port_camera_close(void);

// The vault's partition.
//   bytes   its size
// Returns NULL when the board has none.
const thicket_flash *thicket_port_flash(uint32_t *bytes);

// Where a part of the vault's partition lies in memory, for reading in place; NULL when it cannot
// be mapped. The place stays the same until the next restart.
const uint8_t *thicket_port_flash_map(uint32_t address, uint32_t bytes);

// The platform's crypto, started. Returns NULL when there is no entropy.
const thicket_crypto *thicket_port_crypto_start(void);

// --- Radio ---------------------------------------------------------------------------------------

#define THICKET_RADIO_ADDRESS_BYTES 6
#define THICKET_RADIO_KEY_BYTES     16
#define THICKET_RADIO_BYTES_MAX     250

typedef struct {
  uint8_t address[THICKET_RADIO_ADDRESS_BYTES];
  uint8_t data[THICKET_RADIO_BYTES_MAX];
  uint32_t bytes;
  int32_t rssi_dbm;  // 0: unknown
} thicket_radio_frame;

// Errors: THICKET_E_RADIO_CHANNEL, THICKET_E_RADIO_PORT.
int32_t thicket_port_radio_open(int32_t channel);
void thicket_port_radio_close(void);
int32_t thicket_port_radio_address(uint8_t address[THICKET_RADIO_ADDRESS_BYTES]);
// Add a peer or replace its key; NULL: plain. Errors: THICKET_E_RADIO_PEERS, _RADIO_PORT,
// THICKET_E_ARGUMENT (a key for everybody).
int32_t thicket_port_radio_add_peer(const uint8_t address[THICKET_RADIO_ADDRESS_BYTES],
                                    const uint8_t *key);
// Errors: THICKET_E_RADIO_PEER.
int32_t thicket_port_radio_remove_peer(const uint8_t address[THICKET_RADIO_ADDRESS_BYTES]);
// Errors: THICKET_E_RADIO_PEER, _RADIO_PORT.
int32_t thicket_port_radio_send(const uint8_t address[THICKET_RADIO_ADDRESS_BYTES],
                                const uint8_t *data, uint32_t bytes);
// Whether the frame that was sent arrived. Returns 1 when that is known, once, 0 otherwise.
int32_t thicket_port_radio_sent(bool *is_delivered);
// The oldest frame that waits. Returns 1, or 0 when none does.
int32_t thicket_port_radio_receive(thicket_radio_frame *frame);

// --- Firmware ------------------------------------------------------------------------------------

#define THICKET_FIRMWARE_PARTITIONS_MAX 4
#define THICKET_FIRMWARE_NAME_BYTES     17
#define THICKET_FIRMWARE_VERSION_BYTES  33

typedef struct {
  char name[THICKET_FIRMWARE_NAME_BYTES];
  uint32_t address, bytes;
  const char *state;  // as ESP-IDF calls it: "new", "pending-verify", "valid", ...
  char version[THICKET_FIRMWARE_VERSION_BYTES];
} thicket_firmware_partition;

typedef struct {
  char running[THICKET_FIRMWARE_NAME_BYTES], boot[THICKET_FIRMWARE_NAME_BYTES];
  uint32_t count;
  thicket_firmware_partition partition[THICKET_FIRMWARE_PARTITIONS_MAX];
} thicket_firmware_info;

// Errors of all: THICKET_E_FIRMWARE_PARTITION (the board has no such partitions), and those named.
int32_t thicket_port_firmware_info(thicket_firmware_info *info);
// Errors: THICKET_E_FIRMWARE_SIZE, _FIRMWARE_STATE, _FIRMWARE_WRITE.
int32_t thicket_port_firmware_begin(uint32_t bytes);
// Errors: THICKET_E_FIRMWARE_STATE, _FIRMWARE_SIZE, _FIRMWARE_IMAGE, _FIRMWARE_WRITE.
int32_t thicket_port_firmware_write(const uint8_t *data, uint32_t bytes);
// Errors: THICKET_E_FIRMWARE_STATE, _FIRMWARE_SIZE, _FIRMWARE_DIGEST, _FIRMWARE_IMAGE.
int32_t thicket_port_firmware_end(const uint8_t sha256[THICKET_HASH_BYTES]);
void thicket_port_firmware_abort(void);
// Errors: THICKET_E_FIRMWARE_STATE, _FIRMWARE_WRITE.
int32_t thicket_port_firmware_activate(void);
int32_t thicket_port_firmware_confirm(void);
// Does not return when it succeeds. Errors: THICKET_E_FIRMWARE_ROLLBACK.
int32_t thicket_port_firmware_rollback(void);

#endif
