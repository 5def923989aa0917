// Port to a Unix: what stands before the lens is a picture file. THICKET_FRAMES names it, or a
// folder, whose .jpg, .jpeg and .ppm files are shown in the order of their names, each for
// THICKET_FRAMES_REPEAT exposures (default 1). The file is read anew for each exposure, so that
// whoever runs the program may put another one in its place.
#define _DEFAULT_SOURCE
#include "picture.h"
#include "../thicket_port.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define PATH_BYTES 1024

static struct {
  int32_t width, height;  // limit; 0: closed
  uint8_t *pixels;        // RGB565, high byte first
  thicket_frame frame;
} sensor;

static unsigned exposures;

static int is_picture(const struct dirent *entry) {
  const char *end = strrchr(entry->d_name, '.');
  return entry->d_name[0] != '.' && end &&
         (!strcasecmp(end, ".jpg") || !strcasecmp(end, ".jpeg") || !strcasecmp(end, ".ppm"));
}

// Which file the next exposure shows. Returns 0 when there is none.
static int choose(char path[PATH_BYTES]) {
  const char *place = getenv("THICKET_FRAMES");
  const char *repeat = getenv("THICKET_FRAMES_REPEAT");
  unsigned each = repeat ? (unsigned)atoi(repeat) : 1;
  struct stat found;
  if (!place || stat(place, &found)) return 0;
  if (!S_ISDIR(found.st_mode)) return snprintf(path, PATH_BYTES, "%s", place) < PATH_BYTES;
  struct dirent **names;
  int count = scandir(place, &names, is_picture, alphasort);
  int is_there = 0;
  for (int i = 0; i < count; i++) {
    if ((unsigned)i == exposures / (each ? each : 1) % (unsigned)count)
      is_there = snprintf(path, PATH_BYTES, "%s/%s", place, names[i]->d_name) < PATH_BYTES;
    free(names[i]);
  }
  if (count >= 0) free(names);
  return is_there;
}

// What a sensor's RGB565 mode keeps: each colour rounded to the nearest of 32, 64 and 32 levels.
static void to_rgb565(const thicket_picture *picture, uint8_t *out) {
  const uint8_t *at = picture->rgb;
  for (int32_t i = 0; i < picture->width * picture->height; i++, at += 3) {
    uint32_t red = (at[0] * 31u + 127u) / 255u;
    uint32_t green = (at[1] * 63u + 127u) / 255u;
    uint32_t blue = (at[2] * 31u + 127u) / 255u;
    uint32_t word = red << 11 | green << 5 | blue;
    out[2 * i] = (uint8_t)(word >> 8);
    out[2 * i + 1] = (uint8_t)word;
  }
}

int32_t thicket_port_camera_open(int32_t width, int32_t height) {
  sensor.width = width;
  sensor.height = height;
  return THICKET_OK;
}

int32_t thicket_port_camera_start(void) {
  char path[PATH_BYTES];
  thicket_picture picture;
  if (!sensor.width || !choose(path)) return THICKET_E_ARGUMENT;
  exposures++;
  int32_t code = thicket_picture_read(path, sensor.width, sensor.height, &picture);
  if (code) return code;
  size_t bytes = (size_t)picture.width * (size_t)picture.height * 2;
  sensor.pixels = malloc(bytes);
  if (sensor.pixels) {
    to_rgb565(&picture, sensor.pixels);
    sensor.frame =
        (thicket_frame){sensor.pixels, bytes, picture.width, picture.height, THICKET_PIXEL_RGB565};
  }
  free(picture.rgb);
  return sensor.pixels ? THICKET_OK : THICKET_E_SIZE;
}

int32_t thicket_port_camera_poll(thicket_frame *frame) {
  if (!sensor.pixels) return THICKET_E_ARGUMENT;
  *frame = sensor.frame;
  return 1;
}

void thicket_port_camera_done(void) {
  free(sensor.pixels);
  sensor.pixels = NULL;
}

void thicket_port_camera_close(void) {
  thicket_port_camera_done();
  sensor.width = sensor.height = 0;
}
