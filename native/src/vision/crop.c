// Cutting a box out of a frame and resizing it to a model's input by exact area average.
// Along one axis, source pixel j covers [j*dst, (j+1)*dst) and target pixel i covers [i*src,
// (i+1)*src) in common units, so every overlap is a whole number; the weights of one target pixel
// sum to src_width * src_height.
#include "pixels.h"

static int32_t clamp(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : value > high ? high : value;
}

// Clip to the frame. Returns OK or E_BOX. Sums are made in 64 bits: the box may come from anywhere.
static int clip(int32_t frame_width, int32_t frame_height, const thicket_box *box,
                thicket_box *out) {
  if (box->width < 1 || box->height < 1) return THICKET_E_BOX;
  int64_t right = (int64_t)box->left + box->width;
  int64_t bottom = (int64_t)box->top + box->height;
  if (right <= 0 || bottom <= 0 || box->left >= frame_width || box->top >= frame_height)
    return THICKET_E_BOX;
  out->left = clamp(box->left, 0, frame_width - 1);
  out->top = clamp(box->top, 0, frame_height - 1);
  out->width = (int32_t)(right < frame_width ? right : frame_width) - out->left;
  out->height = (int32_t)(bottom < frame_height ? bottom : frame_height) - out->top;
  return THICKET_OK;
}

int thicket_vision_widen(int32_t frame_width, int32_t frame_height, const thicket_box *box,
                         int32_t margin_pct, thicket_box *out) {
  if (!box || !out || margin_pct < 0 || margin_pct > 200) return THICKET_E_ARGUMENT;
  if (frame_width < 1 || frame_width > THICKET_VISION_SIDE_MAX) return THICKET_E_SHAPE;
  if (frame_height < 1 || frame_height > THICKET_VISION_SIDE_MAX) return THICKET_E_SHAPE;
  thicket_box inside;
  int code = clip(frame_width, frame_height, box, &inside);
  if (code) return code;
  int32_t margin_x = (inside.width * margin_pct + 50) / 100;
  int32_t margin_y = (inside.height * margin_pct + 50) / 100;
  int32_t wide = inside.width + 2 * margin_x;
  int32_t high = inside.height + 2 * margin_y;
  int32_t side = wide > high ? wide : high;
  out->width = side < frame_width ? side : frame_width;
  out->height = side < frame_height ? side : frame_height;
  // Centred on the box, then moved inside.
  out->left = clamp(inside.left + (inside.width - out->width) / 2, 0, frame_width - out->width);
  out->top = clamp(inside.top + (inside.height - out->height) / 2, 0, frame_height - out->height);
  return THICKET_OK;
}

int thicket_vision_input_init(thicket_vision_input *input, int32_t width, int32_t height,
                              int32_t channels, double scale, int32_t zero_point, int is_signed) {
  if (!input) return THICKET_E_ARGUMENT;
  if (width < 1 || width > THICKET_VISION_INPUT_SIDE_MAX) return THICKET_E_SHAPE;
  if (height < 1 || height > THICKET_VISION_INPUT_SIDE_MAX) return THICKET_E_SHAPE;
  if (channels != 1 && channels != 3) return THICKET_E_SHAPE;
  int32_t lowest = is_signed ? -128 : 0;
  if (!(scale > 1e-9 && scale < 1e9)) return THICKET_E_ARGUMENT;
  if (zero_point < lowest || zero_point > lowest + 255) return THICKET_E_ARGUMENT;

  static const double spans[3][2] = {{0.0, 1.0}, {-1.0, 1.0}, {0.0, 255.0}};
  double low = (lowest - zero_point) * scale;
  double span = 255.0 * scale;
  double start = low;
  double width_of_span = span;
  for (int i = 0; i < 3; i++) {
    double off_low = low - spans[i][0];
    double off_high = low + span - spans[i][1];
    double allowed = 0.02 * (spans[i][1] - spans[i][0]);
    if (off_low > allowed || off_low < -allowed || off_high > allowed || off_high < -allowed)
      continue;
    start = spans[i][0];
    width_of_span = spans[i][1] - spans[i][0];
  }
  for (int32_t value = 0; value < 256; value++) {
    double steps = (start + width_of_span * value / 255.0) / scale;
    int32_t rounded = (int32_t)(steps < 0 ? steps - 0.5 : steps + 0.5);
    input->bytes_of[value] = (uint8_t)(clamp(rounded + zero_point, lowest, lowest + 255) & 255);
  }
  input->width = width;
  input->height = height;
  input->channels = channels;
  return THICKET_OK;
}

size_t thicket_vision_scratch_words(int32_t width, int32_t channels) {
  if (width < 1 || width > THICKET_VISION_INPUT_SIDE_MAX || (channels != 1 && channels != 3))
    return 0;
  return (size_t)width * (size_t)channels * 2;
}

// Weighted sums of one source row for every target column; the weights of a column sum to `count`.
static void sum_row(const uint8_t *row, int32_t first, int32_t count, thicket_pixel_format format,
                    int32_t dst_width, int32_t channels, uint32_t *sums) {
  int32_t column = 0;
  int32_t room = count;  // of the current target column, in units of 1/dst_width source pixel
  uint32_t red = 0, green = 0, blue = 0;
  for (size_t x = (size_t)first; x < (size_t)(first + count); x++) {
    thicket_x_colour colour = {0, 0, 0};
    if (channels == 1)
      colour.green = thicket_x_grey_at(row, x, format);
    else
      colour = thicket_x_colour_at(row, x, format);
    int32_t left = dst_width;  // of the current source pixel
    while (left > 0) {
      int32_t part = left < room ? left : room;
      uint32_t weight = (uint32_t)part;
      red += weight * colour.red;
      green += weight * colour.green;
      blue += weight * colour.blue;
      left -= part;
      room -= part;
      if (room > 0) continue;
      if (channels == 1) {
        sums[column] = green;
      } else {
        sums[3 * column] = red;
        sums[3 * column + 1] = green;
        sums[3 * column + 2] = blue;
      }
      column++;
      room = count;
      red = green = blue = 0;
    }
  }
}

static void resize(const thicket_frame *frame, const thicket_box *box,
                   const thicket_vision_input *input, uint8_t *dst, uint32_t *scratch) {
  size_t stride = (size_t)frame->width * thicket_x_pixel_bytes(frame->format);
  size_t values = (size_t)input->width * (size_t)input->channels;
  uint32_t *row_sums = scratch;
  uint32_t *sums = scratch + values;
  uint32_t area = (uint32_t)box->width * (uint32_t)box->height;
  int32_t room = box->height;
  for (size_t i = 0; i < values; i++) sums[i] = 0;

  const uint8_t *row = frame->pixels + (size_t)box->top * stride;
  for (int32_t y = 0; y < box->height; y++, row += stride) {
    sum_row(row, box->left, box->width, frame->format, input->width, input->channels, row_sums);
    int32_t left = input->height;
    while (left > 0) {
      int32_t part = left < room ? left : room;
      uint32_t weight = (uint32_t)part;
      for (size_t i = 0; i < values; i++) sums[i] += weight * row_sums[i];
      left -= part;
      room -= part;
      if (room > 0) continue;
      for (size_t i = 0; i < values; i++) {
        *dst++ = input->bytes_of[(sums[i] + area / 2) / area];
        sums[i] = 0;
      }
      room = box->height;
    }
  }
}

int thicket_vision_crop(const thicket_frame *frame, const thicket_box *box,
                        const thicket_vision_input *input, uint8_t *dst, size_t dst_bytes,
                        uint32_t *scratch, size_t scratch_words) {
  if (!input || !dst || !scratch) return THICKET_E_ARGUMENT;
  int code = thicket_frame_check(frame);
  if (code) return code;
  size_t words = thicket_vision_scratch_words(input->width, input->channels);
  if (!words || input->height < 1 || input->height > THICKET_VISION_INPUT_SIDE_MAX)
    return THICKET_E_SHAPE;
  if (scratch_words < words) return THICKET_E_SIZE;
  if (dst_bytes < (size_t)input->width * (size_t)input->height * (size_t)input->channels)
    return THICKET_E_SIZE;
  thicket_box inside = {0, 0, frame->width, frame->height};
  if (box && box->width != 0) {
    code = clip(frame->width, frame->height, box, &inside);
    if (code) return code;
  }
  resize(frame, &inside, input, dst, scratch);
  return THICKET_OK;
}
