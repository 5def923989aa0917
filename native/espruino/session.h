// What one camera keeps in native memory between calls: frame buffers, background, the open model.
// The steps between a wrapper and the library; knows nothing of JavaScript. The emulator's twin is
// port/wasm/vision_exports.c with toolchain/emulator/native. All functions return THICKET_OK, a
// value above 0, or a negative code of thicket_error.h.
#ifndef THICKET_SESSION_H
#define THICKET_SESSION_H

#include "thicket_model.h"
#include "thicket_vault.h"
#include "thicket_vision.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// --- Camera --------------------------------------------------------------------------------------

// Reserve three frame buffers and one for a JPEG, and power the sensor.
// Errors: THICKET_E_SIZE when there is no memory, and what the port says.
int32_t thicket_session_camera_open(int32_t width, int32_t height);
bool thicket_session_camera_is_open(void);
// Frames lent out are gone. Closing a closed camera does nothing.
void thicket_session_camera_close(void);

// Begin an exposure, or look whether the one begun is there: then its frame lies in a buffer.
// Returns a handle > 0, 0 (not yet), or a negative code: no frame will come of this exposure.
int32_t thicket_session_camera_step(int32_t *width, int32_t *height);
// The code of an exposure that failed before any buffer was asked for.
#define THICKET_SESSION_NO_FRAME (-1000)

// The frame behind a handle, or NULL.
const thicket_frame *thicket_session_frame(int32_t handle);
int32_t thicket_session_camera_release(int32_t handle);
// Encode into the one JPEG buffer. Returns its length.
int32_t thicket_session_camera_jpeg(int32_t handle, int32_t quality_pct);
// The JPEG buffer and its size; NULL while the camera is closed.
const uint8_t *thicket_session_jpeg_room(uint32_t *bytes);

// --- Vision --------------------------------------------------------------------------------------

// The background takes 93 KB of the port's memory from the first of these calls on;
// THICKET_E_SIZE when there is none.
// Compare a frame with the background; the result is kept for regions and follow.
int32_t thicket_session_motion(int32_t handle);
// The last comparison; all 0 before one, and after one that failed.
const thicket_motion_result *thicket_session_moved(void);
// Follow its regions. Returns the number of tracks.
int32_t thicket_session_follow(int32_t since_ms);
const thicket_tracks *thicket_session_tracks(void);
int32_t thicket_session_measure(int32_t handle, thicket_frame_stats *stats);
int32_t thicket_session_learn(int32_t handle);
// Forget the background and the tracks.
void thicket_session_forget(void);
// Into the open model's input. Box width 0: the whole frame; margin_pct above 0 widens the box.
int32_t thicket_session_crop(int32_t handle, thicket_box box, int32_t margin_pct);

// --- Model ---------------------------------------------------------------------------------------

// The file must stay where it is while the model is open.
// Errors: every THICKET_E_MODEL_*, with detail; THICKET_E_MODEL_ARENA also without memory.
int32_t thicket_session_model_open(const uint8_t *file, uint32_t bytes, thicket_detail *detail);
bool thicket_session_model_is_open(void);
// Closing without an open model does nothing.
void thicket_session_model_close(void);
// The first input, and what the model needs and has.
void thicket_session_model_shape(thicket_tensor *input, thicket_model_info *info);
// Prepare crops for the input. THICKET_E_SHAPE when it is not one int8 or uint8 picture.
int32_t thicket_session_model_takes_pictures(void);
// Whether a crop was made since the last invoke.
bool thicket_session_model_is_filled(void);
int32_t thicket_session_model_invoke(thicket_detail *detail);
// Whether outputs of an invoke are there; a crop ends them, since their memory may be the input's.
bool thicket_session_model_has_run(void);
// Output tensor `index`. THICKET_E_MODEL_INDEX when there is none.
int32_t thicket_session_model_output(uint32_t index, thicket_tensor *output);
// Its real values; as thicket_model_values.
int32_t thicket_session_model_values(uint32_t index, double *values, uint32_t count);
// The arena, into which outputs point.
const void *thicket_session_model_arena(uint32_t *bytes);
uint32_t thicket_session_model_last_ms(void);

// --- Vault ---------------------------------------------------------------------------------------

// On the port's flash. Returns as thicket_vault_open; E_VAULT_READ when the board has no partition.
int32_t thicket_session_vault_open(void);
// The open vault, or NULL.
thicket_vault *thicket_session_vault(void);
void thicket_session_vault_close(void);

#endif
