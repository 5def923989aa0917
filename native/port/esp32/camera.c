// Port to the ESP32: frames from esp32-camera, RGB565 in external RAM. The driver's call waits for
// a frame, so a task of its own makes it; the interpreter polls. Between open and close the sensor
// is powered, otherwise its power-down line is up and its clock off. Source: esp32-camera,
// driver/include/esp_camera.h.
#include "../../boards/pins.h"
#include "../thicket_port.h"

#include <driver/gpio.h>
#include <esp_camera.h>
#include <freertos/FreeRTOS.h>
#include <freertos/queue.h>
#include <freertos/task.h>

#define CLOCK_HZ   20000000
#define STACK      3072
#define PRIORITY   6
#define WAIT_TICKS pdMS_TO_TICKS(5000)

// Espruino: leave sleep, an event is there.
void jshHadEvent(void);

static const struct {
  framesize_t size;
  int32_t width, height;
} SIZES[] = {{FRAMESIZE_UXGA, 1600, 1200}, {FRAMESIZE_XGA, 1024, 768}, {FRAMESIZE_SVGA, 800, 600},
             {FRAMESIZE_VGA, 640, 480},    {FRAMESIZE_QVGA, 320, 240}, {FRAMESIZE_QQVGA, 160, 120}};

static QueueHandle_t frames;
static TaskHandle_t task;
static camera_fb_t *held;
static int is_open, is_exposing;

static void expose(void *unused) {
  (void)unused;
  for (;;) {
    ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    camera_fb_t *frame = esp_camera_fb_get();
    xQueueSend(frames, &frame, portMAX_DELAY);
    jshHadEvent();
  }
}

static void power_down(void) {
#if THICKET_PIN_PWDN >= 0
  gpio_set_direction(THICKET_PIN_PWDN, GPIO_MODE_OUTPUT);
  gpio_set_level(THICKET_PIN_PWDN, 1);
#endif
}

int32_t thicket_port_camera_open(int32_t width, int32_t height) {
  camera_config_t config = {.pin_pwdn = THICKET_PIN_PWDN,
                            .pin_reset = THICKET_PIN_RESET,
                            .pin_xclk = THICKET_PIN_XCLK,
                            .pin_sccb_sda = THICKET_PIN_SIOD,
                            .pin_sccb_scl = THICKET_PIN_SIOC,
                            .pin_d0 = THICKET_PIN_D0,
                            .pin_d1 = THICKET_PIN_D1,
                            .pin_d2 = THICKET_PIN_D2,
                            .pin_d3 = THICKET_PIN_D3,
                            .pin_d4 = THICKET_PIN_D4,
                            .pin_d5 = THICKET_PIN_D5,
                            .pin_d6 = THICKET_PIN_D6,
                            .pin_d7 = THICKET_PIN_D7,
                            .pin_vsync = THICKET_PIN_VSYNC,
                            .pin_href = THICKET_PIN_HREF,
                            .pin_pclk = THICKET_PIN_PCLK,
                            .xclk_freq_hz = CLOCK_HZ,
                            .ledc_timer = LEDC_TIMER_1,
                            .ledc_channel = LEDC_CHANNEL_1,
                            .pixel_format = PIXFORMAT_RGB565,
                            .fb_count = 2,
                            .fb_location = CAMERA_FB_IN_PSRAM,
                            // Not a frame that has waited since the last one was given back.
                            .grab_mode = CAMERA_GRAB_LATEST};
  size_t i = 0;
  size_t count = sizeof SIZES / sizeof SIZES[0];
  while (i < count && (SIZES[i].width > width || SIZES[i].height > height)) i++;
  if (i == count) return THICKET_E_SHAPE;
  config.frame_size = SIZES[i].size;
  if (!frames) frames = xQueueCreate(1, sizeof(camera_fb_t *));
  if (!frames || esp_camera_init(&config)) {
    power_down();
    return THICKET_E_SIZE;
  }
  is_open = xTaskCreate(expose, "thicket camera", STACK, NULL, PRIORITY, &task) == pdPASS;
  if (is_open) return THICKET_OK;
  esp_camera_deinit();
  power_down();
  return THICKET_E_SIZE;
}

int32_t thicket_port_camera_start(void) {
  if (!is_open) return THICKET_E_ARGUMENT;
  is_exposing = 1;
  xTaskNotifyGive(task);
  return THICKET_OK;
}

int32_t thicket_port_camera_poll(thicket_frame *frame) {
  if (xQueueReceive(frames, &held, 0) != pdTRUE) return 0;
  is_exposing = 0;
  if (!held) return THICKET_E_ARGUMENT;
  *frame = (thicket_frame){held->buf, held->len, (int32_t)held->width, (int32_t)held->height,
                           THICKET_PIXEL_RGB565};
  return 1;
}

void thicket_port_camera_done(void) {
  if (held) esp_camera_fb_return(held);
  held = NULL;
}

void thicket_port_camera_close(void) {
  if (!is_open) return;
  thicket_port_camera_done();
  // The driver must not be stopped under the task's feet; its own wait ends after 4 seconds.
  if (is_exposing && xQueueReceive(frames, &held, WAIT_TICKS) == pdTRUE) thicket_port_camera_done();
  is_exposing = is_open = 0;
  vTaskDelete(task);
  esp_camera_deinit();
  power_down();
}
