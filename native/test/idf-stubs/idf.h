// Names and types of ESP-IDF that port/esp32 uses, declared anew after its documented API, so that
// a compiler can read that port on any machine. Nothing here runs.
#ifndef THICKET_IDF_STUBS_H
#define THICKET_IDF_STUBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef ESP_IDF_VERSION_MAJOR
#define ESP_IDF_VERSION_MAJOR 4
#endif

typedef int esp_err_t;
#define ESP_OK                             0
#define ESP_ERR_OTA_VALIDATE_FAILED        0x1503
#define ESP_ERR_OTA_ROLLBACK_INVALID_STATE 0x1506
#define ESP_ERR_ESPNOW_ARG                 0x3066
#define ESP_ERR_ESPNOW_FULL                0x3068
#define ESP_ERR_ESPNOW_NOT_FOUND           0x3069

size_t strlcpy(char *to, const char *from, size_t bytes);

#define MALLOC_CAP_8BIT   (1u << 2)
#define MALLOC_CAP_SPIRAM (1u << 10)
void *heap_caps_aligned_alloc(size_t alignment, size_t bytes, uint32_t caps);
void heap_caps_free(void *memory);
int64_t esp_timer_get_time(void);
void bootloader_random_enable(void);
void bootloader_random_disable(void);

typedef enum { ESP_PARTITION_TYPE_APP = 0, ESP_PARTITION_TYPE_DATA = 1 } esp_partition_type_t;
typedef enum { ESP_PARTITION_SUBTYPE_ANY = 0xff } esp_partition_subtype_t;
typedef struct {
  uint32_t address, size;
  char label[17];
} esp_partition_t;
typedef struct esp_partition_iterator *esp_partition_iterator_t;
typedef uint32_t spi_flash_mmap_handle_t;
typedef uint32_t esp_partition_mmap_handle_t;
typedef enum {
  SPI_FLASH_MMAP_DATA,
  ESP_PARTITION_MMAP_DATA = SPI_FLASH_MMAP_DATA
} spi_flash_mmap_memory_t;
const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
                                                esp_partition_subtype_t subtype, const char *label);
esp_partition_iterator_t esp_partition_find(esp_partition_type_t type,
                                            esp_partition_subtype_t subtype, const char *label);
esp_partition_iterator_t esp_partition_next(esp_partition_iterator_t at);
const esp_partition_t *esp_partition_get(esp_partition_iterator_t at);
void esp_partition_iterator_release(esp_partition_iterator_t at);
esp_err_t esp_partition_read(const esp_partition_t *from, size_t at, void *data, size_t bytes);
esp_err_t esp_partition_write(const esp_partition_t *to, size_t at, const void *data, size_t bytes);
esp_err_t esp_partition_erase_range(const esp_partition_t *of, size_t at, size_t bytes);
esp_err_t esp_partition_mmap(const esp_partition_t *of, size_t at, size_t bytes,
                             spi_flash_mmap_memory_t kind, const void **memory, uint32_t *handle);

typedef uint32_t esp_ota_handle_t;
typedef enum {
  ESP_OTA_IMG_NEW,
  ESP_OTA_IMG_PENDING_VERIFY,
  ESP_OTA_IMG_VALID,
  ESP_OTA_IMG_INVALID,
  ESP_OTA_IMG_ABORTED,
  ESP_OTA_IMG_UNDEFINED
} esp_ota_img_states_t;
typedef struct {
  char version[32];
} esp_app_desc_t;
const esp_partition_t *esp_ota_get_boot_partition(void);
const esp_partition_t *esp_ota_get_running_partition(void);
const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *from);
esp_err_t esp_ota_get_state_partition(const esp_partition_t *of, esp_ota_img_states_t *state);
esp_err_t esp_ota_get_partition_description(const esp_partition_t *of, esp_app_desc_t *image);
esp_err_t esp_ota_begin(const esp_partition_t *to, size_t bytes, esp_ota_handle_t *handle);
esp_err_t esp_ota_write(esp_ota_handle_t handle, const void *data, size_t bytes);
esp_err_t esp_ota_end(esp_ota_handle_t handle);
esp_err_t esp_ota_abort(esp_ota_handle_t handle);
esp_err_t esp_ota_set_boot_partition(const esp_partition_t *next);
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void);
esp_err_t esp_ota_mark_app_invalid_rollback_and_reboot(void);
bool esp_ota_check_rollback_is_possible(void);

typedef enum { WIFI_IF_STA = 0 } wifi_interface_t;
typedef enum { WIFI_SECOND_CHAN_NONE = 0 } wifi_second_chan_t;
typedef struct {
  signed rssi : 8;
} wifi_pkt_rx_ctrl_t;
esp_err_t esp_wifi_set_channel(uint8_t primary, wifi_second_chan_t second);
esp_err_t esp_wifi_get_channel(uint8_t *primary, wifi_second_chan_t *second);
esp_err_t esp_wifi_get_mac(wifi_interface_t interface, uint8_t address[6]);

typedef enum { ESP_NOW_SEND_SUCCESS = 0, ESP_NOW_SEND_FAIL } esp_now_send_status_t;
typedef struct {
  uint8_t peer_addr[6];
  uint8_t lmk[16];
  uint8_t channel;
  wifi_interface_t ifidx;
  bool encrypt;
} esp_now_peer_info_t;
typedef struct {
  uint8_t *src_addr, *des_addr;
  wifi_pkt_rx_ctrl_t *rx_ctrl;
} esp_now_recv_info_t;
#if ESP_IDF_VERSION_MAJOR >= 5
typedef void (*esp_now_recv_cb_t)(const esp_now_recv_info_t *info, const uint8_t *data, int bytes);
#else
typedef void (*esp_now_recv_cb_t)(const uint8_t *from, const uint8_t *data, int bytes);
#endif
typedef void (*esp_now_send_cb_t)(const uint8_t *to, esp_now_send_status_t status);
esp_err_t esp_now_init(void);
esp_err_t esp_now_deinit(void);
esp_err_t esp_now_register_recv_cb(esp_now_recv_cb_t run);
esp_err_t esp_now_register_send_cb(esp_now_send_cb_t run);
esp_err_t esp_now_add_peer(const esp_now_peer_info_t *peer);
esp_err_t esp_now_mod_peer(const esp_now_peer_info_t *peer);
esp_err_t esp_now_del_peer(const uint8_t *address);
bool esp_now_is_peer_exist(const uint8_t *address);
esp_err_t esp_now_send(const uint8_t *address, const uint8_t *data, size_t bytes);

typedef uint32_t TickType_t;
typedef int BaseType_t;
typedef struct QueueDefinition *QueueHandle_t;
typedef struct tskTaskControlBlock *TaskHandle_t;
#define pdTRUE            1
#define pdPASS            1
#define portMAX_DELAY     0xffffffffu
#define pdMS_TO_TICKS(ms) ((TickType_t)(ms))
QueueHandle_t xQueueCreate(unsigned length, unsigned bytes);
BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t wait);
BaseType_t xQueueOverwrite(QueueHandle_t queue, const void *item);
BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t wait);
BaseType_t xQueueReset(QueueHandle_t queue);
BaseType_t xTaskCreate(void (*run)(void *), const char *name, uint32_t stack, void *argument,
                       unsigned priority, TaskHandle_t *task);
void vTaskDelete(TaskHandle_t task);
BaseType_t xTaskNotifyGive(TaskHandle_t task);
uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t wait);

typedef enum { GPIO_MODE_OUTPUT = 2 } gpio_mode_t;
esp_err_t gpio_set_direction(int pin, gpio_mode_t mode);
esp_err_t gpio_set_level(int pin, uint32_t level);

typedef enum { LEDC_TIMER_1 = 1 } ledc_timer_t;
typedef enum { LEDC_CHANNEL_1 = 1 } ledc_channel_t;
typedef enum { PIXFORMAT_RGB565 } pixformat_t;
typedef enum {
  FRAMESIZE_QQVGA,
  FRAMESIZE_QVGA,
  FRAMESIZE_VGA,
  FRAMESIZE_SVGA,
  FRAMESIZE_XGA,
  FRAMESIZE_UXGA
} framesize_t;
typedef enum { CAMERA_FB_IN_PSRAM } camera_fb_location_t;
typedef enum { CAMERA_GRAB_WHEN_EMPTY, CAMERA_GRAB_LATEST } camera_grab_mode_t;
typedef struct {
  int pin_pwdn, pin_reset, pin_xclk, pin_sccb_sda, pin_sccb_scl;
  int pin_d7, pin_d6, pin_d5, pin_d4, pin_d3, pin_d2, pin_d1, pin_d0;
  int pin_vsync, pin_href, pin_pclk;
  int xclk_freq_hz;
  ledc_timer_t ledc_timer;
  ledc_channel_t ledc_channel;
  pixformat_t pixel_format;
  framesize_t frame_size;
  int jpeg_quality;
  size_t fb_count;
  camera_fb_location_t fb_location;
  camera_grab_mode_t grab_mode;
} camera_config_t;
typedef struct {
  uint8_t *buf;
  size_t len, width, height;
  pixformat_t format;
} camera_fb_t;
esp_err_t esp_camera_init(const camera_config_t *config);
esp_err_t esp_camera_deinit(void);
camera_fb_t *esp_camera_fb_get(void);
void esp_camera_fb_return(camera_fb_t *frame);

#endif
