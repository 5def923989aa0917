// thicket_jpeg_decode on libjpeg (Debian: libjpeg-dev). Its errors come back through longjmp.
#include "thicket_jpeg.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf back;
} errors;

static void leave(j_common_ptr info) { longjmp(((errors *)info->err)->back, 1); }

// A file cut short is only a warning to libjpeg, which then invents the rest.
static void warn(j_common_ptr info, int level) {
  if (level < 0) leave(info);
}

static void put_row(const uint8_t *rgb, int32_t width, uint8_t *dst) {
  for (int32_t x = 0; x < width; x++, rgb += 3, dst += 2) {
    uint32_t word = ((uint32_t)(rgb[0] >> 3) << 11) | ((uint32_t)(rgb[1] >> 2) << 5) | rgb[2] >> 3;
    dst[0] = (uint8_t)(word >> 8);
    dst[1] = (uint8_t)word;
  }
}

static int decode(struct jpeg_decompress_struct *info, int32_t scale, uint8_t *dst,
                  size_t dst_bytes, thicket_frame *out) {
  jpeg_read_header(info, TRUE);
  info->scale_num = 1;
  info->scale_denom = 1U << scale;
  info->out_color_space = JCS_RGB;
  jpeg_calc_output_dimensions(info);
  if (info->output_width > THICKET_VISION_SIDE_MAX || info->output_height > THICKET_VISION_SIDE_MAX)
    return THICKET_E_SHAPE;
  int32_t width = (int32_t)info->output_width;
  int32_t height = (int32_t)info->output_height;
  size_t wanted = (size_t)width * (size_t)height * 2;
  if (wanted > dst_bytes) return THICKET_E_SIZE;
  jpeg_start_decompress(info);
  JSAMPARRAY row =
      info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, 3 * info->output_width, 1);
  for (int32_t y = 0; y < height; y++) {
    (void)jpeg_read_scanlines(info, row, 1);
    put_row(row[0], width, dst + (size_t)y * (size_t)width * 2);
  }
  jpeg_finish_decompress(info);
  *out = (thicket_frame){dst, dst_bytes, width, height, THICKET_PIXEL_RGB565};
  return THICKET_OK;
}

int thicket_jpeg_decode(const uint8_t *jpeg, size_t jpeg_bytes, int32_t scale, uint8_t *dst,
                        size_t dst_bytes, thicket_frame *out) {
  if (!jpeg || !jpeg_bytes || !dst || !out || scale < 0 || scale > 3) return THICKET_E_ARGUMENT;
  struct jpeg_decompress_struct info;
  errors errors;
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = leave;
  errors.base.emit_message = warn;
  if (setjmp(errors.back)) {
    jpeg_destroy_decompress(&info);
    return THICKET_E_JPEG;
  }
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, jpeg, jpeg_bytes);
  int code = decode(&info, scale, dst, dst_bytes, out);
  jpeg_destroy_decompress(&info);
  return code;
}
