// Port to the ESP32: ESP-NOW. Its callbacks come from the Wi-Fi task and only fill queues; the
// interpreter polls. Source: ESP-IDF, esp_now.h; the callbacks' types changed with version 5.
#include "../thicket_port.h"

#include <esp_idf_version.h>
#include <esp_now.h>
#include <esp_wifi.h>
#include <freertos/FreeRTOS.h>
#include <freertos/queue.h>
#include <string.h>

#define FRAMES_WAITING 8

// Espruino: leave sleep, an event is there.
void jshHadEvent(void);

static QueueHandle_t received, sent;

static void take_frame(const uint8_t *from, const uint8_t *data, int bytes, int rssi_dbm) {
  thicket_radio_frame frame = {.bytes = (uint32_t)bytes, .rssi_dbm = rssi_dbm};
  if (bytes < 1 || bytes > THICKET_RADIO_BYTES_MAX) return;
  memcpy(frame.address, from, sizeof frame.address);
  memcpy(frame.data, data, frame.bytes);
  xQueueSend(received, &frame, 0);
  jshHadEvent();
}

#if ESP_IDF_VERSION_MAJOR >= 5
static void on_receive(const esp_now_recv_info_t *info, const uint8_t *data, int bytes) {
  take_frame(info->src_addr, data, bytes, info->rx_ctrl->rssi);
}
#else
static void on_receive(const uint8_t *from, const uint8_t *data, int bytes) {
  take_frame(from, data, bytes, 0);
}
#endif

static void on_sent(const uint8_t *to, esp_now_send_status_t status) {
  (void)to;
  bool is_delivered = status == ESP_NOW_SEND_SUCCESS;
  xQueueOverwrite(sent, &is_delivered);
  jshHadEvent();
}

static int32_t code_of(esp_err_t error) {
  switch (error) {
    case ESP_OK:
      return THICKET_OK;
    case ESP_ERR_ESPNOW_FULL:
      return THICKET_E_RADIO_PEERS;
    case ESP_ERR_ESPNOW_NOT_FOUND:
      return THICKET_E_RADIO_PEER;
    case ESP_ERR_ESPNOW_ARG:
      return THICKET_E_ARGUMENT;
    default:
      return THICKET_E_RADIO_PORT;
  }
}

int32_t thicket_port_radio_open(int32_t channel) {
  uint8_t primary = 0;
  wifi_second_chan_t second;
  if (!received) received = xQueueCreate(FRAMES_WAITING, sizeof(thicket_radio_frame));
  if (!sent) sent = xQueueCreate(1, sizeof(bool));
  if (!received || !sent) return THICKET_E_RADIO_PORT;
  xQueueReset(received);
  xQueueReset(sent);
  // While the station is associated its access point decides the channel.
  if (esp_wifi_set_channel((uint8_t)channel, WIFI_SECOND_CHAN_NONE) &&
      (esp_wifi_get_channel(&primary, &second) || primary != channel))
    return THICKET_E_RADIO_CHANNEL;
  if (esp_now_init()) return THICKET_E_RADIO_PORT;
  if (!esp_now_register_recv_cb(on_receive) && !esp_now_register_send_cb(on_sent))
    return THICKET_OK;
  esp_now_deinit();
  return THICKET_E_RADIO_PORT;
}

void thicket_port_radio_close(void) { esp_now_deinit(); }

int32_t thicket_port_radio_address(uint8_t address[THICKET_RADIO_ADDRESS_BYTES]) {
  return esp_wifi_get_mac(WIFI_IF_STA, address) ? THICKET_E_RADIO_PORT : THICKET_OK;
}

int32_t thicket_port_radio_add_peer(const uint8_t address[THICKET_RADIO_ADDRESS_BYTES],
                                    const uint8_t *key) {
  // Channel 0: the one the radio is on.
  esp_now_peer_info_t peer = {.ifidx = WIFI_IF_STA, .encrypt = key != NULL};
  memcpy(peer.peer_addr, address, sizeof peer.peer_addr);
  if (key) memcpy(peer.lmk, key, sizeof peer.lmk);
  return code_of(esp_now_is_peer_exist(address) ? esp_now_mod_peer(&peer)
                                                : esp_now_add_peer(&peer));
}

int32_t thicket_port_radio_remove_peer(const uint8_t address[THICKET_RADIO_ADDRESS_BYTES]) {
  return code_of(esp_now_del_peer(address));
}

int32_t thicket_port_radio_send(const uint8_t address[THICKET_RADIO_ADDRESS_BYTES],
                                const uint8_t *data, uint32_t bytes) {
  return code_of(esp_now_send(address, data, bytes));
}

int32_t thicket_port_radio_sent(bool *is_delivered) {
  return xQueueReceive(sent, is_delivered, 0) == pdTRUE;
}

int32_t thicket_port_radio_receive(thicket_radio_frame *frame) {
  return xQueueReceive(received, frame, 0) == pdTRUE;
}
