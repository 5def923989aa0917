// Picture files: see picture.h. JPEG is read by libjpeg (libjpeg-turbo on Debian).
#include "picture.h"

#include "thicket_error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<jpeglib.h>)
#define HAS_JPEG
#include <jpeglib.h>
#include <setjmp.h>
#endif
#endif

static int32_t read_ppm(FILE *file, int32_t width_max, int32_t height_max,
                        thicket_picture *picture) {
  int width, height, depth;
  if (fscanf(file, "P6 %d %d %d", &width, &height, &depth) != 3 || depth != 255 ||
      fgetc(file) == EOF)
    return THICKET_E_PIXEL_FORMAT;
  if (width < 1 || height < 1 || width > width_max || height > height_max) return THICKET_E_SIZE;
  size_t bytes = (size_t)width * (size_t)height * 3;
  *picture = (thicket_picture){width, height, malloc(bytes)};
  if (!picture->rgb) return THICKET_E_SIZE;
  if (fread(picture->rgb, 1, bytes, file) == bytes) return THICKET_OK;
  free(picture->rgb);
  return THICKET_E_PIXEL_FORMAT;
}

#ifdef HAS_JPEG
typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf escape;
} jpeg_errors;

static void jpeg_leave(j_common_ptr info) {
  longjmp(((jpeg_errors *)(void *)info->err)->escape, 1);
}

static void jpeg_silent(j_common_ptr info, int level) {
  (void)info;
  (void)level;
}

static void choose_scale(struct jpeg_decompress_struct *info, int32_t width_max,
                         int32_t height_max) {
  info->scale_num = 1;
  info->scale_denom = 1;
  jpeg_calc_output_dimensions(info);
  while (info->scale_denom < 8 && (info->output_width > (JDIMENSION)width_max ||
                                   info->output_height > (JDIMENSION)height_max)) {
    info->scale_denom *= 2;
    jpeg_calc_output_dimensions(info);
  }
}

static int32_t read_jpeg(FILE *file, int32_t width_max, int32_t height_max,
                         thicket_picture *picture) {
  struct jpeg_decompress_struct info;
  jpeg_errors errors;
  picture->rgb = NULL;
  info.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = jpeg_leave;
  errors.manager.emit_message = jpeg_silent;
  if (setjmp(errors.escape)) {
    jpeg_destroy_decompress(&info);
    free(picture->rgb);
    return THICKET_E_PIXEL_FORMAT;
  }
  jpeg_create_decompress(&info);
  jpeg_stdio_src(&info, file);
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_RGB;
  choose_scale(&info, width_max, height_max);
  picture->width = (int32_t)info.output_width;
  picture->height = (int32_t)info.output_height;
  if (picture->width <= width_max && picture->height <= height_max)
    picture->rgb = malloc((size_t)info.output_width * info.output_height * 3);
  if (picture->rgb) {
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
      JSAMPROW row = picture->rgb + (size_t)info.output_scanline * info.output_width * 3;
      jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
  }
  jpeg_destroy_decompress(&info);
  return picture->rgb ? THICKET_OK : THICKET_E_SIZE;
}
#endif

int32_t thicket_picture_read(const char *path, int32_t width_max, int32_t height_max,
                             thicket_picture *picture) {
  FILE *file = fopen(path, "rb");
  if (!file) return THICKET_E_PIXEL_FORMAT;
  int first = getc(file);
  rewind(file);
  int32_t code = THICKET_E_PIXEL_FORMAT;
  if (first == 'P') code = read_ppm(file, width_max, height_max, picture);
#ifdef HAS_JPEG
  else if (first == 0xff)
    code = read_jpeg(file, width_max, height_max, picture);
#endif
  fclose(file);
  return code;
}
