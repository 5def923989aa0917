// A frame as a baseline JPEG. Nothing but integers, no memory of its own, one pass over the
// picture. Source: ITU-T T.81; colour conversion of JFIF (BT.601, full range).
#include "jpeg_tables.h"
#include "pixels.h"

typedef struct {
  uint16_t code[256];
  uint8_t bits[256];
} huffman;

typedef struct {
  uint8_t *dst;
  size_t room, used;
  int is_full;
  uint32_t pending;  // bits not yet written, in the low end
  int pending_bits;
} writer;

typedef struct {
  writer out;
  uint8_t quant[2][64];  // row-major
  int16_t before[3];     // DC of the block before, per component
} encoder;

static void put(writer *out, uint32_t byte) {
  if (out->used < out->room)
    out->dst[out->used++] = (uint8_t)byte;
  else
    out->is_full = 1;
}

static void put_word(writer *out, uint32_t word) {
  put(out, word >> 8);
  put(out, word & 255U);
}

// At most 16 bits at a time. A byte 0xff in the data is followed by 0.
static void put_bits(writer *out, uint32_t bits, int count) {
  out->pending = (out->pending << count) | (bits & ((1U << count) - 1U));
  out->pending_bits += count;
  while (out->pending_bits >= 8) {
    uint32_t byte = (out->pending >> (out->pending_bits - 8)) & 255U;
    put(out, byte);
    if (byte == 255U) put(out, 0);
    out->pending_bits -= 8;
  }
}

static void make_codes(huffman *table, const uint8_t counts[16], const uint8_t *symbols) {
  uint32_t code = 0;
  for (int length = 1; length <= 16; length++) {
    for (int i = 0; i < counts[length - 1]; i++) {
      table->code[*symbols] = (uint16_t)code++;
      table->bits[*symbols++] = (uint8_t)length;
    }
    code <<= 1;
  }
}

// The scale of the Independent JPEG Group: 50 is the printed table, 100 all ones.
static void make_quant(uint8_t quant[64], const uint8_t base[64], int32_t quality_pct) {
  int32_t scale = quality_pct < 50 ? 5000 / quality_pct : 200 - 2 * quality_pct;
  for (int i = 0; i < 64; i++) {
    int32_t step = (base[i] * scale + 50) / 100;
    quant[i] = (uint8_t)(step < 1 ? 1 : step > 255 ? 255 : step);
  }
}

// 8192 * cos(k pi / 16) / 2
enum { C1 = 4017, C2 = 3784, C3 = 3406, C4 = 2896, C5 = 2276, C6 = 1567, C7 = 799 };

// One dimension of the DCT over 8 values `step` apart; the result is scaled by 2^13 >> shift.
static void transform(int32_t *at, int step, int shift) {
  int32_t s[4], d[4];
  for (int i = 0; i < 4; i++) {
    s[i] = at[i * step] + at[(7 - i) * step];
    d[i] = at[i * step] - at[(7 - i) * step];
  }
  int32_t half = 1 << (shift - 1);
  int32_t outer = s[0] + s[3], inner = s[1] + s[2];
  at[0] = ((outer + inner) * C4 + half) >> shift;
  at[4 * step] = ((outer - inner) * C4 + half) >> shift;
  at[2 * step] = ((s[0] - s[3]) * C2 + (s[1] - s[2]) * C6 + half) >> shift;
  at[6 * step] = ((s[0] - s[3]) * C6 - (s[1] - s[2]) * C2 + half) >> shift;
  at[1 * step] = (d[0] * C1 + d[1] * C3 + d[2] * C5 + d[3] * C7 + half) >> shift;
  at[3 * step] = (d[0] * C3 - d[1] * C7 - d[2] * C1 - d[3] * C5 + half) >> shift;
  at[5 * step] = (d[0] * C5 - d[1] * C1 + d[2] * C7 + d[3] * C3 + half) >> shift;
  at[7 * step] = (d[0] * C7 - d[1] * C5 + d[2] * C3 - d[3] * C1 + half) >> shift;
}

static int bit_length(int32_t value) {
  int length = 0;
  for (uint32_t rest = (uint32_t)(value < 0 ? -value : value); rest; rest >>= 1) length++;
  return length;
}

// Low bits of a value; negative ones are written as value - 1.
static void put_value(writer *out, int32_t value, int length) {
  if (length) put_bits(out, (uint32_t)(value < 0 ? value - 1 : value), length);
}

static void put_symbol(writer *out, const huffman *table, uint32_t symbol) {
  put_bits(out, table->code[symbol], table->bits[symbol]);
}

// Transform, quantise and write one block of values -128..127.
static void put_block(encoder *e, int32_t block[64], const huffman *dc, const huffman *ac,
                      const uint8_t quant[64], int16_t *before) {
  for (int y = 0; y < 8; y++) transform(block + 8 * y, 1, 10);  // leaves 3 bits of fraction
  for (int x = 0; x < 8; x++) transform(block + x, 8, 13);
  int32_t level[64];
  for (int k = 0; k < 64; k++) {
    int32_t value = block[ZIGZAG[k]];
    int32_t step = quant[ZIGZAG[k]] * 8;
    level[k] = value < 0 ? -((-value + step / 2) / step) : (value + step / 2) / step;
  }
  int32_t change = level[0] - *before;
  *before = (int16_t)level[0];
  int length = bit_length(change);
  put_symbol(&e->out, dc, (uint32_t)length);
  put_value(&e->out, change, length);
  uint32_t zeros = 0;
  for (int k = 1; k < 64; k++) {
    if (!level[k]) {
      zeros++;
      continue;
    }
    for (; zeros > 15; zeros -= 16) put_symbol(&e->out, ac, 0xf0);
    length = bit_length(level[k]);
    put_symbol(&e->out, ac, (zeros << 4) | (uint32_t)length);
    put_value(&e->out, level[k], length);
    zeros = 0;
  }
  if (zeros) put_symbol(&e->out, ac, 0);
}

static void put_header(writer *out, const thicket_frame *frame, uint8_t quant[2][64],
                       int components) {
  static const uint8_t jfif[20] = {0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F',
                                   0,    1,    1,    0,    0, 1,  0,   1,   0,   0};
  int classes = components == 1 ? 1 : 2;
  for (int i = 0; i < 20; i++) put(out, jfif[i]);
  for (int c = 0; c < classes; c++) {
    put_word(out, 0xffdb);
    put_word(out, 67);
    put(out, (uint32_t)c);
    for (int k = 0; k < 64; k++) put(out, quant[c][ZIGZAG[k]]);
  }
  put_word(out, 0xffc0);
  put_word(out, (uint32_t)(8 + 3 * components));
  put(out, 8);
  put_word(out, (uint32_t)frame->height);
  put_word(out, (uint32_t)frame->width);
  put(out, (uint32_t)components);
  for (int c = 0; c < components; c++) {
    put(out, (uint32_t)(c + 1));
    put(out, c == 0 && components == 3 ? 0x22 : 0x11);
    put(out, c == 0 ? 0 : 1);
  }
  for (int c = 0; c < classes; c++) {
    put_word(out, 0xffc4);
    put_word(out, 3 + 16 + 12);
    put(out, (uint32_t)c);
    for (int i = 0; i < 16; i++) put(out, DC_COUNTS[c][i]);
    for (int i = 0; i < 12; i++) put(out, DC_SYMBOLS[i]);
    put_word(out, 0xffc4);
    put_word(out, 3 + 16 + 162);
    put(out, (uint32_t)(0x10 | c));
    for (int i = 0; i < 16; i++) put(out, AC_COUNTS[c][i]);
    for (int i = 0; i < 162; i++) put(out, AC_SYMBOLS[c][i]);
  }
  put_word(out, 0xffda);
  put_word(out, (uint32_t)(6 + 2 * components));
  put(out, (uint32_t)components);
  for (int c = 0; c < components; c++) {
    put(out, (uint32_t)(c + 1));
    put(out, c == 0 ? 0x00 : 0x11);
  }
  put(out, 0);
  put(out, 63);
  put(out, 0);
}

// Beyond the right and lower edge the last pixel repeats.
static thicket_x_colour pixel(const thicket_frame *frame, int32_t x, int32_t y) {
  int32_t at_x = x < frame->width ? x : frame->width - 1;
  int32_t at_y = y < frame->height ? y : frame->height - 1;
  size_t stride = (size_t)frame->width * thicket_x_pixel_bytes(frame->format);
  return thicket_x_colour_at(frame->pixels + (size_t)at_y * stride, (size_t)at_x, frame->format);
}

// 16x16 pixels as four blocks of luma and one each of blue and red difference.
static void load_colour(const thicket_frame *frame, int32_t left, int32_t top,
                        int32_t blocks[6][64]) {
  for (int i = 0; i < 64; i++) blocks[4][i] = blocks[5][i] = 0;
  for (int y = 0; y < 16; y++)
    for (int x = 0; x < 16; x++) {
      thicket_x_colour colour = pixel(frame, left + x, top + y);
      int32_t red = (int32_t)colour.red, green = (int32_t)colour.green, blue = (int32_t)colour.blue;
      int32_t luma = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
      int half = (y / 2) * 8 + x / 2;
      blocks[(y / 8) * 2 + x / 8][(y % 8) * 8 + x % 8] = luma - 128;
      blocks[4][half] += -11059 * red - 21709 * green + 32768 * blue;
      blocks[5][half] += 32768 * red - 27439 * green - 5329 * blue;
    }
  for (int i = 0; i < 64; i++) {
    blocks[4][i] = (blocks[4][i] + 131072) >> 18;
    blocks[5][i] = (blocks[5][i] + 131072) >> 18;
  }
}

static void load_grey(const thicket_frame *frame, int32_t left, int32_t top, int32_t block[64]) {
  for (int y = 0; y < 8; y++)
    for (int x = 0; x < 8; x++)
      block[y * 8 + x] = (int32_t)thicket_x_grey_of(pixel(frame, left + x, top + y)) - 128;
}

static void put_picture(encoder *e, const thicket_frame *frame, const huffman dc[2],
                        const huffman ac[2]) {
  int is_grey = frame->format == THICKET_PIXEL_GREY;
  int32_t side = is_grey ? 8 : 16;
  int32_t blocks[6][64];
  for (int32_t top = 0; top < frame->height && !e->out.is_full; top += side)
    for (int32_t left = 0; left < frame->width; left += side) {
      if (is_grey) {
        load_grey(frame, left, top, blocks[0]);
        put_block(e, blocks[0], &dc[0], &ac[0], e->quant[0], &e->before[0]);
        continue;
      }
      load_colour(frame, left, top, blocks);
      for (int i = 0; i < 6; i++) {
        int component = i < 4 ? 0 : i - 3;
        int kind = component ? 1 : 0;
        put_block(e, blocks[i], &dc[kind], &ac[kind], e->quant[kind], &e->before[component]);
      }
    }
}

int32_t thicket_jpeg_encode(const thicket_frame *frame, int32_t quality_pct, uint8_t *dst,
                            size_t dst_bytes) {
  int code = thicket_frame_check(frame);
  if (code) return code;
  if (!dst || quality_pct < 1 || quality_pct > 100) return THICKET_E_ARGUMENT;
  if (dst_bytes > INT32_MAX) dst_bytes = INT32_MAX;
  huffman dc[2], ac[2];
  encoder e = {.out = {.dst = dst, .room = dst_bytes}};
  for (int c = 0; c < 2; c++) {
    make_codes(&dc[c], DC_COUNTS[c], DC_SYMBOLS);
    make_codes(&ac[c], AC_COUNTS[c], AC_SYMBOLS[c]);
    make_quant(e.quant[c], QUANT[c], quality_pct);
  }
  put_header(&e.out, frame, e.quant, frame->format == THICKET_PIXEL_GREY ? 1 : 3);
  put_picture(&e, frame, dc, ac);
  if (e.out.pending_bits) put_bits(&e.out, 0x7f, 8 - e.out.pending_bits);
  put_word(&e.out, 0xffd9);
  return e.out.is_full ? THICKET_E_SIZE : (int32_t)e.out.used;
}
