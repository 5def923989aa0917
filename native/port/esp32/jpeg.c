// thicket_jpeg_decode on Espressif's esp_jpeg component (TJpgDec, in the chip's ROM where it has
// one). Its own size question comes first, so that nothing is written past dst. Written against
// version 1.3's header; has not run on a chip.
#include "thicket_jpeg.h"

#include <jpeg_decoder.h>

int thicket_jpeg_decode(const uint8_t *jpeg, size_t jpeg_bytes, int32_t scale, uint8_t *dst,
                        size_t dst_bytes, thicket_frame *out) {
  if (!jpeg || !jpeg_bytes || !dst || !out || scale < 0 || scale > 3) return THICKET_E_ARGUMENT;
  esp_jpeg_image_cfg_t config = {
      // The component takes a pointer that is not const, and only reads.
      .indata = (uint8_t *)(uintptr_t)jpeg,
      .indata_size = (uint32_t)jpeg_bytes,
      .outbuf = dst,
      .outbuf_size = (uint32_t)dst_bytes,
      .out_format = JPEG_IMAGE_FORMAT_RGB565,
      .out_scale = (esp_jpeg_image_scale_t)scale,
      // RGB565 high byte first, as the sensor sends it.
      .flags = {.swap_color_bytes = 1},
  };
  esp_jpeg_image_output_t size;
  // Tells the size before scaling.
  if (esp_jpeg_get_image_info(&config, &size) != ESP_OK) return THICKET_E_JPEG;
  int32_t by = 1 << scale;
  // The component rounds down but its decoder rounds up, and a row would run into the next.
  if (size.width % by || size.height % by) return THICKET_E_SHAPE;
  int32_t width = size.width / by;
  int32_t height = size.height / by;
  if (width < 1 || height < 1) return THICKET_E_SHAPE;
  if (width > THICKET_VISION_SIDE_MAX || height > THICKET_VISION_SIDE_MAX) return THICKET_E_SHAPE;
  if ((size_t)width * (size_t)height * 2 > dst_bytes) return THICKET_E_SIZE;
  if (esp_jpeg_decode(&config, &size) != ESP_OK) return THICKET_E_JPEG;
  *out = (thicket_frame){dst, dst_bytes, width, height, THICKET_PIXEL_RGB565};
  return THICKET_OK;
}
