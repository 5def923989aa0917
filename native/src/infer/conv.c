// CONV_2D and FULLY_CONNECTED on int8: the inputs of a few output pixels at a time are gathered as int16 rows with the
// zero point taken off (padding is then 0), and multiplied with the weights where they lie in the file.
#include "infer/matmul.h"
#include "thicket_error.h"

#include <string.h>

enum { CONV_PADDING, CONV_STRIDE_W, CONV_STRIDE_H, CONV_ACTIVATION, CONV_DILATION_W, CONV_DILATION_H };
enum { DENSE_ACTIVATION, DENSE_WEIGHTS_FORMAT, DENSE_KEEP_DIMS };

static int32_t check_in_out(struct graph *graph, const struct op *op) {
  int32_t status = check_quantised(graph, &op->in[0], THICKET_INT8);
  return status == THICKET_OK ? check_quantised(graph, &op->out, THICKET_INT8) : status;
}

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
  int32_t status = check_in_out(graph, op);
  if (status != THICKET_OK) return status;
  if (filter->rank != 4) return graph_fail(graph, THICKET_E_MODEL_SHAPE, filter, "Tensor.shape rank");
  w->k_h = filter->dims[1];
  w->k_w = filter->dims[2];
  status = prepare_window(graph, op, padding);
  if (status != THICKET_OK) return status;
  if (filter->dims[0] != w->out_c || filter->dims[3] != w->in_c) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, filter, "filter channels");
  }
  op->depth = filter->elements / w->out_c;
  if (op->depth > MATMUL_DEPTH_MAX) return graph_fail(graph, THICKET_E_MODEL_LIMIT, filter, "filter size");
  op->rows = op->out.elements / w->out_c;
  op->macs = op->work = (uint64_t)op->out.elements * op->depth;
  op->scratch_bytes = matmul_scratch(MATMUL_ROWS, op->depth, w->out_c);
  status = channels_prepare(graph, op, 0, w->out_c);
  return status == THICKET_OK ? prepare_range(graph, &op->out, activation, &op->range) : status;
}

// One row of the window: k_w pixels starting at column `left` of the input row `from` (null: all padding).
static void gather_row(const struct window *w, const int8_t *from, int64_t left, int32_t zero_point, int16_t *to) {
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
  matmul_open(&matmul, op, MATMUL_ROWS, op->depth, count, 0, scratch);
  for (uint32_t pixel = 0; pixel < op->rows; pixel += MATMUL_ROWS) {
    uint32_t rows = op->rows - pixel < MATMUL_ROWS ? op->rows - pixel : MATMUL_ROWS;
    for (uint32_t i = 0; i < rows; i++) gather(op, pixel + i, matmul.rows + (size_t)i * matmul.stride);
    matmul_rows(&matmul, &op->range, rows, to + (size_t)pixel * count);
  }
}

// Filters quantised per tensor: the multiplier is formed from a product of floats, and the bias must have that scale.
static int32_t prepare_single_multiplier(struct graph *graph, struct op *op) {
  const struct tensor *filter = &op->in[1];
  const struct tensor *bias = &op->in[2];
  double product = (double)op->in[0].scale * (double)filter->scale;
  if (bias->index >= 0) {
    double difference = product - (double)bias->scale;
    if (difference < 0) difference = -difference;
    if (!(difference / (double)op->out.scale <= 0.02)) {
      return graph_fail(graph, THICKET_E_MODEL_QUANT, bias, "QuantizationParameters.scale");
    }
  }
  double real = (double)(op->in[0].scale * filter->scale) / (double)op->out.scale;
  return prepare_multiplier(graph, filter, real, &op->multiplier);
}

int32_t fully_connected_prepare(struct graph *graph, struct fb_table options, struct op *op) {
  struct fb_file *file = &graph->file;
  const struct tensor *filter = &op->in[1];
  int32_t activation = fb_i8(file, options, DENSE_ACTIVATION, 0, "fused_activation_function");
  int32_t format = fb_i8(file, options, DENSE_WEIGHTS_FORMAT, 0, "weights_format");
  if (file->error != THICKET_OK) return graph_fail(graph, file->error, 0, file->field);
  if (format != 0) return graph_fail(graph, THICKET_E_MODEL_OPTION, 0, "weights_format");
  int32_t status = check_in_out(graph, op);
  if (status != THICKET_OK) return status;
  if (filter->rank != 2) return graph_fail(graph, THICKET_E_MODEL_SHAPE, filter, "Tensor.shape rank");
  uint32_t count = filter->dims[0];
  op->depth = filter->dims[1];
  if (op->depth > MATMUL_DEPTH_MAX) return graph_fail(graph, THICKET_E_MODEL_LIMIT, filter, "filter size");
  op->rows = op->in[0].elements / op->depth;
  if (op->rows * op->depth != op->in[0].elements) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, &op->in[0], "Tensor.shape");
  }
  if ((uint64_t)op->rows * count != op->out.elements) {
    return graph_fail(graph, THICKET_E_MODEL_SHAPE, &op->out, "Tensor.shape");
  }
  op->macs = op->work = (uint64_t)op->rows * filter->elements;
  op->scratch_bytes = matmul_scratch(op->rows < MATMUL_ROWS ? op->rows : MATMUL_ROWS, op->depth, count);
  status = channels_prepare(graph, op, 0, count);
  if (status == THICKET_OK && filter->scales.count == 1) status = prepare_single_multiplier(graph, op);
  return status == THICKET_OK ? prepare_range(graph, &op->out, activation, &op->range) : status;
}

void fully_connected_run(const struct op *op, uint8_t *scratch) {
  struct matmul matmul;
  uint32_t count = op->in[1].dims[0];
  uint32_t tile = op->rows < MATMUL_ROWS ? op->rows : MATMUL_ROWS;
  const int8_t *from = (const int8_t *)op->in[0].data;
  int8_t *to = (int8_t *)op->out.data;
  matmul_open(&matmul, op, tile, op->depth, count, op->in[1].scales.count == 1, scratch);
  for (uint32_t row = 0; row < op->rows; row += tile) {
    uint32_t rows = op->rows - row < tile ? op->rows - row : tile;
    for (uint32_t i = 0; i < rows; i++) {
      widen(matmul.rows + (size_t)i * matmul.stride, from + (size_t)(row + i) * op->depth, op->depth,
            -op->in[0].zero_point);
    }
    matmul_rows(&matmul, &op->range, rows, to + (size_t)row * count);
  }
}
