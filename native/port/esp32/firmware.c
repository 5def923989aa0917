// Port to the ESP32: the firmware's two OTA partitions, by ESP-IDF's update functions. An image
// that was begun is in hand until it is activated or given up. Source: ESP-IDF, app_update,
// esp_ota_ops.h.
#include "../thicket_port.h"

#include <esp_ota_ops.h>
#include <esp_partition.h>
#include <string.h>

static struct {
  const esp_partition_t *partition;  // NULL: nothing begun
  esp_ota_handle_t handle;
  uint32_t bytes, written;
  bool is_ended;
} update;

static const char *state_of(const esp_partition_t *partition) {
  esp_ota_img_states_t state;
  if (esp_ota_get_state_partition(partition, &state)) return "undefined";
  switch (state) {
    case ESP_OTA_IMG_NEW:
      return "new";
    case ESP_OTA_IMG_PENDING_VERIFY:
      return "pending-verify";
    case ESP_OTA_IMG_VALID:
      return "valid";
    case ESP_OTA_IMG_INVALID:
      return "invalid";
    case ESP_OTA_IMG_ABORTED:
      return "aborted";
    default:
      return "undefined";
  }
}

static void describe(const esp_partition_t *partition, thicket_firmware_partition *found) {
  esp_app_desc_t image;
  strlcpy(found->name, partition->label, sizeof found->name);
  found->address = partition->address;
  found->bytes = partition->size;
  found->state = state_of(partition);
  found->version[0] = 0;
  if (!esp_ota_get_partition_description(partition, &image))
    strlcpy(found->version, image.version, sizeof found->version);
}

int32_t thicket_port_firmware_info(thicket_firmware_info *info) {
  const esp_partition_t *boot = esp_ota_get_boot_partition();
  const esp_partition_t *running = esp_ota_get_running_partition();
  if (!boot || !running) return THICKET_E_FIRMWARE_PARTITION;
  strlcpy(info->boot, boot->label, sizeof info->boot);
  strlcpy(info->running, running->label, sizeof info->running);
  info->count = 0;
  esp_partition_iterator_t at =
      esp_partition_find(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_ANY, NULL);
  for (; at && info->count < THICKET_FIRMWARE_PARTITIONS_MAX; at = esp_partition_next(at))
    describe(esp_partition_get(at), &info->partition[info->count++]);
  esp_partition_iterator_release(at);
  return THICKET_OK;
}

int32_t thicket_port_firmware_begin(uint32_t bytes) {
  const esp_partition_t *next = esp_ota_get_next_update_partition(NULL);
  if (!next || next == esp_ota_get_running_partition()) return THICKET_E_FIRMWARE_PARTITION;
  if (update.partition) return THICKET_E_FIRMWARE_STATE;
  if (bytes > next->size) return THICKET_E_FIRMWARE_SIZE;
  esp_err_t error = esp_ota_begin(next, bytes, &update.handle);
  // It refuses while the running image has not been confirmed.
  if (error == ESP_ERR_OTA_ROLLBACK_INVALID_STATE) return THICKET_E_FIRMWARE_STATE;
  if (error) return THICKET_E_FIRMWARE_WRITE;
  update.partition = next;
  update.bytes = bytes;
  update.written = 0;
  update.is_ended = false;
  return THICKET_OK;
}

int32_t thicket_port_firmware_write(const uint8_t *data, uint32_t bytes) {
  if (!update.partition || update.is_ended) return THICKET_E_FIRMWARE_STATE;
  if (bytes > update.bytes - update.written) return THICKET_E_FIRMWARE_SIZE;
  esp_err_t error = esp_ota_write(update.handle, data, bytes);
  if (error == ESP_ERR_OTA_VALIDATE_FAILED) return THICKET_E_FIRMWARE_IMAGE;
  if (error) return THICKET_E_FIRMWARE_WRITE;
  update.written += bytes;
  return THICKET_OK;
}

static int32_t compare(const uint8_t sha256[THICKET_HASH_BYTES]) {
  uint8_t block[256], digest[THICKET_HASH_BYTES];
  thicket_hash hash;
  const thicket_crypto *crypto = thicket_port_crypto_start();
  if (!crypto || thicket_crypto_hash_start(crypto, &hash)) return THICKET_E_CRYPTO_PORT;
  int32_t code = THICKET_OK;
  for (uint32_t at = 0; !code && at < update.bytes; at += sizeof block) {
    uint32_t bytes = update.bytes - at < sizeof block ? update.bytes - at : sizeof block;
    if (esp_partition_read(update.partition, at, block, bytes)) code = THICKET_E_FIRMWARE_WRITE;
    if (!code) code = thicket_crypto_hash_add(crypto, &hash, (thicket_bytes){block, bytes});
  }
  int32_t end = thicket_crypto_hash_end(crypto, &hash, digest);
  if (code || end) return code ? code : end;
  return memcmp(digest, sha256, sizeof digest) ? THICKET_E_FIRMWARE_DIGEST : THICKET_OK;
}

int32_t thicket_port_firmware_end(const uint8_t sha256[THICKET_HASH_BYTES]) {
  if (!update.partition || update.is_ended) return THICKET_E_FIRMWARE_STATE;
  int32_t code = update.written == update.bytes ? THICKET_OK : THICKET_E_FIRMWARE_SIZE;
  if (code) {
    thicket_port_firmware_abort();
    return code;
  }
  update.is_ended = true;
  // The image's own check first: afterwards everything lies in flash.
  code = esp_ota_end(update.handle) ? THICKET_E_FIRMWARE_IMAGE : compare(sha256);
  if (code) update.partition = NULL;
  return code;
}

void thicket_port_firmware_abort(void) {
  if (update.partition && !update.is_ended) esp_ota_abort(update.handle);
  update.partition = NULL;
}

int32_t thicket_port_firmware_activate(void) {
  if (!update.partition || !update.is_ended) return THICKET_E_FIRMWARE_STATE;
  if (esp_ota_set_boot_partition(update.partition)) return THICKET_E_FIRMWARE_WRITE;
  update.partition = NULL;
  return THICKET_OK;
}

int32_t thicket_port_firmware_confirm(void) {
  return esp_ota_mark_app_valid_cancel_rollback() ? THICKET_E_FIRMWARE_WRITE : THICKET_OK;
}

int32_t thicket_port_firmware_rollback(void) {
  if (esp_ota_check_rollback_is_possible()) esp_ota_mark_app_invalid_rollback_and_reboot();
  return THICKET_E_FIRMWARE_ROLLBACK;
}
