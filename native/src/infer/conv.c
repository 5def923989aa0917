// CONV_2D on int8: the inputs of a few output pixels at a time are gathered as int16 rows with the
// zero point taken off (padding is then 0), and multiplied with the weights where they lie in the
// file.
#include "infer/matmul.h"
#include "thicket_error.h"

#include <string.h>

enum {
  CONV_PADDING,
  CONV_STRIDE_W,
  CONV_STRIDE_H,
  CONV_ACTIVATION,
  CONV_DILATION_W,
  CONV_DILATION_H
};

int32_t conv_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  struct fb_file *file = &graph->file;
  const struct tensor *filter = &op->in[1];
  struct window *w = &op->window;
  int32_t padding = fb_i8(file, options, CONV_PADDING, 0, "padding");
  w->stride_w = (uint32_t)fb_i32(file, options, CONV_STRIDE_W, 0, "stride_w");
  w->stride_h = (uint32_t)fb_i32(file, options, CONV_STRIDE_H, 0, "stride_h");
  w->dilation_w = (uint32_t)fb_i32(file, options, CONV_DILATION_W, 1, "dilation_w_factor");
  w->dilation_h = (uint32_t)fb_i32(file, options, CONV_DILATION_H, 1, "dilation_h_factor");
  int32_t activation = fb_i8(file, options, CONV_ACTIVATION, 0, "fused_activation_function");
  if (file->error != THICKET_OK) return graph_fail(graph, file->error, 0, file->field);
  int32_t status = check_quantised(graph, &op->in[0], THICKET_INT8);
  if (status == THICKET_OK) status = check_quantised(graph, &op->out, THICKET_INT8);
  if (status != THICKET_OK) return status;
  if (filter->rank != 4)
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, filter, "Tensor.shape rank");
  w->k_h = filter->dims[1];
  w->k_w = filter->dims[2];
  status = prepare_window(graph, op, padding);
  if (status != THICKET_OK) return status;
  if (filter->dims[0] != w->out_c || filter->dims[3] != w->in_c) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, filter, "filter channels");
  }
  op->depth = filter->elements / w->out_c;
  if (op->depth > MATMUL_DEPTH_MAX)
    return graph_fail(graph, THICKET_E_MODEL_LIMIT, filter, "filter size");
  op->rows = op->out.elements / w->out_c;
  op->macs = op->work = (uint64_t)op->out.elements * op->depth;
  op->scratch_bytes = matmul_scratch(MATMUL_ROWS, op->depth, w->out_c);
  status = channels_prepare(graph, op, 0, w->out_c);
  return status == THICKET_OK ? prepare_range(graph, &op->out, activation, &op->range) : status;
}

// One row of the window: k_w pixels starting at column `left` of the input row `from` (null: all
// padding).
static void gather_row(const struct window *w, const int8_t *from, int64_t left, int32_t zero_point,
                       int16_t *to) {
  uint32_t channels = w->in_c;
  if (from == 0) {
    memset(to, 0, (size_t)w->k_w * channels * 2);
    return;
  }
  if (w->dilation_w == 1 && left >= 0 && left + w->k_w <= w->in_w) {
    widen(to, from + (size_t)left * channels, w->k_w * channels, -zero_point);
    return;
  }
  for (uint32_t kx = 0; kx < w->k_w; kx++, to += channels) {
    int64_t x = left + (int64_t)kx * w->dilation_w;
    if (x < 0 || x >= w->in_w) {
      memset(to, 0, (size_t)channels * 2);
    } else {
      widen(to, from + (size_t)x * channels, channels, -zero_point);
    }
  }
}

// The whole window of output pixel `pixel` (counted through rows and batches).
static void gather(const struct op *op, uint32_t pixel, int16_t *to) {
  const struct window *w = &op->window;
  uint32_t x = pixel % w->out_w;
  uint32_t y = pixel / w->out_w % w->out_h;
  uint32_t batch = pixel / w->out_w / w->out_h;
  size_t row_bytes = (size_t)w->in_w * w->in_c;
  const int8_t *image = (const int8_t *)op->in[0].data + (size_t)batch * w->in_h * row_bytes;
  int64_t top = (int64_t)y * w->stride_h - w->pad_h;
  int64_t left = (int64_t)x * w->stride_w - w->pad_w;
  for (uint32_t ky = 0; ky < w->k_h; ky++) {
    int64_t row = top + (int64_t)ky * w->dilation_h;
    const int8_t *from = row < 0 || row >= w->in_h ? 0 : image + (size_t)row * row_bytes;
    gather_row(w, from, left, op->in[0].zero_point, to);
    to += (size_t)w->k_w * w->in_c;
  }
}

void conv_run(const struct op *op, uint8_t *scratch) {
  struct matmul matmul;
  uint32_t count = op->window.out_c;
  int8_t *to = (int8_t *)op->out.data;
  matmul_open(&matmul, op, MATMUL_ROWS, op->depth, count, scratch);
  for (uint32_t pixel = 0; pixel < op->rows; pixel += MATMUL_ROWS) {
    uint32_t rows = op->rows - pixel < MATMUL_ROWS ? op->rows - pixel : MATMUL_ROWS;
    for (uint32_t i = 0; i < rows; i++)
      gather(op, pixel + i, matmul.rows + (size_t)i * matmul.stride);
    matmul_rows(&matmul, &op->range, rows, to + (size_t)pixel * count);
  }
}
