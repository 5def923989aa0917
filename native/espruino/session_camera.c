// Camera and vision halves of the session: see session.h.
#include "session.h"

#include "thicket_port.h"
#include "vision/pixels.h"

#include <string.h>

// Headers and Huffman tables, beside the picture itself.
#define JPEG_HEAD_BYTES  1024
#define LEARN_WEIGHT_PCT 20
// RGB565 or less.
#define PIXEL_BYTES_MAX 2

static struct {
  thicket_frames frames;
  uint8_t *memory;
  uint8_t *jpeg;
  uint32_t jpeg_bytes;
  bool is_open, is_exposing;
} camera;

static thicket_motion *motion;
static thicket_motion_result moved;
static thicket_tracks tracks;

int32_t thicket_session_camera_open(int32_t width, int32_t height) {
  if (width < 1 || width > THICKET_VISION_SIDE_MAX || height < 1 ||
      height > THICKET_VISION_SIDE_MAX)
    return THICKET_E_SHAPE;
  size_t bytes = (size_t)width * (size_t)height * PIXEL_BYTES_MAX;
  camera.jpeg_bytes = (uint32_t)bytes + JPEG_HEAD_BYTES;
  camera.memory = thicket_port_alloc(bytes * THICKET_FRAMES_MAX);
  camera.jpeg = thicket_port_alloc(camera.jpeg_bytes);
  int32_t code = THICKET_E_SIZE;
  if (camera.memory && camera.jpeg)
    code = thicket_frames_init(&camera.frames, camera.memory, bytes * THICKET_FRAMES_MAX);
  if (!code) code = thicket_port_camera_open(width, height);
  camera.is_open = true;
  if (code) thicket_session_camera_close();
  return code;
}

bool thicket_session_camera_is_open(void) { return camera.is_open; }

void thicket_session_camera_close(void) {
  if (!camera.is_open) return;
  thicket_port_camera_close();
  if (camera.memory) thicket_port_free(camera.memory);
  if (camera.jpeg) thicket_port_free(camera.jpeg);
  memset(&camera, 0, sizeof camera);
}

// Copy the driver's frame into a buffer of ours, so that the driver can go on.
static int32_t take(const thicket_frame *seen) {
  uint8_t *pixels;
  int32_t handle =
      thicket_frames_take(&camera.frames, seen->width, seen->height, seen->format, &pixels);
  if (handle <= 0) return handle;
  size_t bytes = (size_t)seen->width * (size_t)seen->height * thicket_x_pixel_bytes(seen->format);
  memcpy(pixels, seen->pixels, bytes);
  return handle;
}

int32_t thicket_session_camera_step(int32_t *width, int32_t *height) {
  if (!camera.is_exposing) {
    if (thicket_port_camera_start() < 0) return THICKET_SESSION_NO_FRAME;
    camera.is_exposing = true;
  }
  thicket_frame seen = {0};
  int32_t code = thicket_port_camera_poll(&seen);
  if (code == 0) return 0;
  camera.is_exposing = false;
  if (code < 0) return THICKET_SESSION_NO_FRAME;
  code = thicket_frame_check(&seen) ? THICKET_SESSION_NO_FRAME : take(&seen);
  thicket_port_camera_done();
  *width = seen.width;
  *height = seen.height;
  return code;
}

int32_t thicket_session_camera_release(int32_t handle) {
  return thicket_frames_release(&camera.frames, handle);
}

int32_t thicket_session_camera_jpeg(int32_t handle, int32_t quality_pct) {
  const thicket_frame *frame = thicket_frames_get(&camera.frames, handle);
  if (!frame) return THICKET_E_HANDLE;
  return thicket_jpeg_encode(frame, quality_pct, camera.jpeg, camera.jpeg_bytes);
}

const uint8_t *thicket_session_jpeg_room(uint32_t *bytes) {
  *bytes = camera.jpeg_bytes;
  return camera.jpeg;
}

static bool has_background(void) {
  if (!motion) {
    motion = thicket_port_alloc(sizeof *motion);
    if (motion) thicket_motion_reset(motion);
  }
  return motion != NULL;
}

int32_t thicket_session_motion(int32_t handle) {
  const thicket_frame *frame = thicket_frames_get(&camera.frames, handle);
  moved = (thicket_motion_result){0};
  if (!frame) return THICKET_E_HANDLE;
  return has_background() ? thicket_motion_compare(motion, frame, &moved) : THICKET_E_SIZE;
}

const thicket_motion_result *thicket_session_moved(void) { return &moved; }

int32_t thicket_session_follow(int32_t since_ms) {
  return thicket_tracks_follow(&tracks, &moved, since_ms);
}

const thicket_tracks *thicket_session_tracks(void) { return &tracks; }

int32_t thicket_session_measure(int32_t handle, thicket_frame_stats *stats) {
  const thicket_frame *frame = thicket_frames_get(&camera.frames, handle);
  return frame ? thicket_frame_measure(frame, stats) : THICKET_E_HANDLE;
}

int32_t thicket_session_learn(int32_t handle) {
  const thicket_frame *frame = thicket_frames_get(&camera.frames, handle);
  if (!frame) return THICKET_E_HANDLE;
  return has_background() ? thicket_motion_learn(motion, frame, LEARN_WEIGHT_PCT) : THICKET_E_SIZE;
}

void thicket_session_forget(void) {
  if (motion) thicket_motion_reset(motion);
  thicket_tracks_reset(&tracks);
  moved = (thicket_motion_result){0};
}

const thicket_frame *thicket_session_frame(int32_t handle) {
  return thicket_frames_get(&camera.frames, handle);
}
