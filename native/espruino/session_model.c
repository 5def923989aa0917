// Model half of the session, and crops into its input: see session.h.
#include "session.h"

#include "thicket_port.h"

#include <string.h>

static struct {
  void *arena;  // NULL: closed
  uint32_t arena_bytes;
  thicket_model_info info;
  thicket_tensor input;
  thicket_vision_input pixels;
  bool is_filled, has_run;
} model;

static uint32_t scratch[THICKET_VISION_INPUT_SIDE_MAX * 3 * 2];
static uint32_t last_ms;

static int32_t lay_out(const uint8_t *file, uint32_t bytes, thicket_detail *detail) {
  for (;;) {
    int32_t code =
        thicket_model_open(file, bytes, model.arena, model.arena_bytes, &model.info, detail);
    if (code != THICKET_E_MODEL_ARENA) return code;
    uint32_t wanted = model.info.arena_bytes ? model.info.arena_bytes : model.info.head_bytes;
    if (wanted <= model.arena_bytes) return code;
    if (model.arena) thicket_port_free(model.arena);
    model.arena = thicket_port_alloc(wanted);
    model.arena_bytes = wanted;
    if (!model.arena) return code;
  }
}

int32_t thicket_session_model_open(const uint8_t *file, uint32_t bytes, thicket_detail *detail) {
  int32_t code = lay_out(file, bytes, detail);
  if (!code) code = thicket_model_input(model.arena, 0, &model.input);
  if (code) thicket_session_model_close();
  return code;
}

bool thicket_session_model_is_open(void) { return model.arena != NULL; }

void thicket_session_model_close(void) {
  if (model.arena) thicket_port_free(model.arena);
  memset(&model, 0, sizeof model);
}

void thicket_session_model_shape(thicket_tensor *input, thicket_model_info *info) {
  *input = model.input;
  *info = model.info;
}

int32_t thicket_session_model_takes_pictures(void) {
  const thicket_tensor *input = &model.input;
  bool is_8_bit = input->type == THICKET_INT8 || input->type == THICKET_UINT8;
  if (input->rank != 4 || input->dims[0] != 1 || !is_8_bit || input->scales != 1)
    return THICKET_E_SHAPE;
  return thicket_vision_input_init(&model.pixels, (int32_t)input->dims[2], (int32_t)input->dims[1],
                                   (int32_t)input->dims[3], (double)input->scale, input->zero_point,
                                   input->type == THICKET_INT8);
}

int32_t thicket_session_crop(int32_t handle, thicket_box box, int32_t margin_pct) {
  const thicket_frame *frame = thicket_session_frame(handle);
  int32_t code = THICKET_OK;
  if (!frame) return THICKET_E_HANDLE;
  if (margin_pct < 0) return THICKET_E_ARGUMENT;
  model.has_run = false;
  if (box.width && margin_pct)
    code = thicket_vision_widen(frame->width, frame->height, &box, margin_pct, &box);
  if (!code)
    code = thicket_vision_crop(frame, &box, &model.pixels, model.input.data, model.input.bytes,
                               scratch, sizeof scratch / sizeof scratch[0]);
  if (!code) model.is_filled = true;
  return code;
}

bool thicket_session_model_is_filled(void) { return model.is_filled; }

int32_t thicket_session_model_invoke(thicket_detail *detail) {
  uint32_t started = thicket_port_now_ms();
  model.is_filled = false;
  int32_t code = thicket_model_invoke(model.arena, detail);
  last_ms = thicket_port_now_ms() - started;
  model.has_run = code == THICKET_OK;
  return code;
}

bool thicket_session_model_has_run(void) { return model.has_run; }

int32_t thicket_session_model_output(uint32_t index, thicket_tensor *output) {
  return thicket_model_output(model.arena, index, output);
}

int32_t thicket_session_model_values(uint32_t index, double *values, uint32_t count) {
  return thicket_model_values(model.arena, index, values, count);
}

const void *thicket_session_model_arena(uint32_t *bytes) {
  *bytes = model.arena_bytes;
  return model.arena;
}

uint32_t thicket_session_model_last_ms(void) { return last_ms; }
