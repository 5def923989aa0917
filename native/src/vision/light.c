// How the light of a frame differs from the background's. Over the whole picture: gain and offset
// by least squares over the cells that agree, found by starting from the median ratio; what moves
// is an outlier and does not count. Then in patches, for shade and spots of sun: where the
// background's texture is still there its own gain and offset hold, elsewhere those around it. The
// patches also say how restless their surroundings usually are.
#include "motion.h"

#define ONE 1024
// Ratios are sorted into steps of 1/64, up to 4.
#define RATIO_ONE   64
#define RATIO_STEPS 256
// Darker cells say nothing about the ratio.
#define USUAL_MIN 10
#define GAIN_MIN  (ONE / 8)
#define GAIN_MAX  (ONE * 6)
#define ROUNDS    2
#define NOISE_MAX 3

// Patches of 10x10 cells; each is measured over twice its size.
#define ACROSS     16
#define DOWN       12
#define PATCH      10
#define FILL_TURNS 4
// Squared correlation, percent, from which the texture is called the same.
#define SAME_R2_PCT 75

// The value below which half of `counted` lie.
static int32_t median_of(const uint32_t *histogram, int32_t values, uint32_t counted) {
  uint32_t below = 0;
  for (int32_t i = 0; i < values; i++) {
    below += histogram[i];
    if (below * 2 >= counted) return i;
  }
  return 0;
}

static int32_t ratio(const thicket_motion *motion, uint32_t *histogram) {
  uint32_t counted = 0;
  for (int i = 0; i < RATIO_STEPS; i++) histogram[i] = 0;
  for (int i = 0; i < CELLS; i++) {
    uint32_t usual = motion->usual[i];
    if (usual < USUAL_MIN) continue;
    uint32_t step = (motion->grey[i] * (uint32_t)RATIO_ONE + usual / 2) / usual;
    histogram[step < RATIO_STEPS ? step : RATIO_STEPS - 1]++;
    counted++;
  }
  if (counted < CELLS / 20) return ONE;
  return median_of(histogram, RATIO_STEPS, counted) * (ONE / RATIO_ONE);
}

static int32_t noise(const thicket_motion *motion, const thicket_x_light *light,
                     uint32_t *histogram) {
  for (int i = 0; i < 256; i++) histogram[i] = 0;
  for (int i = 0; i < CELLS; i++)
    histogram[thicket_x_apart(motion->grey[i], thicket_x_lit(light, motion->usual[i]))]++;
  return median_of(histogram, 256, CELLS);
}

// One round of least squares over cells within `reach` of what `light` expects.
static thicket_x_light refine(const thicket_motion *motion, const thicket_x_light *light,
                              int32_t reach) {
  int64_t n = 0, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
  for (int i = 0; i < CELLS; i++) {
    int32_t x = motion->usual[i];
    int32_t y = motion->grey[i];
    // What the sensor cut off follows no line.
    if (y >= 250 || y <= 2 || thicket_x_apart(y, thicket_x_lit(light, x)) > reach) continue;
    n++;
    sum_x += x;
    sum_y += y;
    sum_xx += x * x;
    sum_xy += x * y;
  }
  int64_t spread = n * sum_xx - sum_x * sum_x;
  // With too few cells, or all of one grey, only the old line is known.
  if (n < CELLS / 4 || spread < n * n * 16) return *light;
  int64_t gain = (n * sum_xy - sum_x * sum_y) * ONE / spread;
  if (gain < GAIN_MIN || gain > GAIN_MAX) return *light;
  int64_t offset = (sum_y * ONE - gain * sum_x) / n;
  return (thicket_x_light){(int32_t)gain, (int32_t)offset, 0};
}

static thicket_x_light whole(thicket_motion *motion) {
  uint32_t *histogram = motion->scratch;
  thicket_x_light light = {ratio(motion, histogram), 0, 0};
  if (light.gain < GAIN_MIN) light.gain = GAIN_MIN;
  light.noise = noise(motion, &light, histogram);
  for (int round = 0; round < ROUNDS; round++) {
    thicket_x_light next = refine(motion, &light, 4 + 3 * light.noise);
    next.noise = noise(motion, &next, histogram);
    if (next.noise > light.noise) break;
    light = next;
  }
  return light;
}

// Light of the patch around column `across` and row `down`; 0 when its texture is not the
// background's, or it has none.
static int patch(const thicket_motion *motion, const thicket_x_light *global, int across, int down,
                 thicket_x_light *out) {
  int64_t n = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0, xy = 0;
  for (int y = down * PATCH - PATCH / 2; y < down * PATCH + PATCH * 3 / 2; y++)
    for (int x = across * PATCH - PATCH / 2; x < across * PATCH + PATCH * 3 / 2; x++) {
      if (x < 0 || y < 0 || x >= WIDTH || y >= HEIGHT) continue;
      int32_t usual = motion->usual[y * WIDTH + x];
      int32_t grey = motion->grey[y * WIDTH + x];
      n++;
      x1 += usual;
      y1 += grey;
      x2 += usual * usual;
      y2 += grey * grey;
      xy += usual * grey;
    }
  int64_t xx = (n * x2 - x1 * x1) / (n * n);
  int64_t yy = (n * y2 - y1 * y1) / (n * n);
  int64_t both = (n * xy - x1 * y1) / (n * n);
  int64_t rough = 3 + 2 * global->noise;
  if (both <= 0 || xx < rough * rough || both * both * 100 < xx * yy * SAME_R2_PCT) return 0;
  int64_t gain = both * ONE / xx;
  if (gain < GAIN_MIN || gain > GAIN_MAX) return 0;
  *out = (thicket_x_light){(int32_t)gain, (int32_t)((y1 * ONE - gain * x1) / n), 0};
  return 1;
}

// Give unknown patches (gain 0) the mean of the known ones around them, a ring further each turn.
static void fill(thicket_motion *motion, const thicket_x_light *global) {
  for (int turn = 0; turn <= FILL_TURNS; turn++) {
    // Those found in this turn are marked by their sign until its end.
    for (int i = 0; i < ACROSS * DOWN; i++) {
      if (motion->patch_gain[i]) continue;
      int32_t gain = 0, offset = 0, known = 0;
      for (int y = i / ACROSS - 1; y <= i / ACROSS + 1; y++)
        for (int x = i % ACROSS - 1; x <= i % ACROSS + 1; x++) {
          if (x < 0 || y < 0 || x >= ACROSS || y >= DOWN) continue;
          if (motion->patch_gain[y * ACROSS + x] <= 0) continue;
          gain += motion->patch_gain[y * ACROSS + x];
          offset += motion->patch_offset[y * ACROSS + x];
          known++;
        }
      if (turn == FILL_TURNS || known) {
        motion->patch_gain[i] = -(known ? gain / known : global->gain);
        motion->patch_offset[i] = known ? offset / known : global->offset;
      }
    }
    for (int i = 0; i < ACROSS * DOWN; i++)
      if (motion->patch_gain[i] < 0) motion->patch_gain[i] = -motion->patch_gain[i];
  }
}

static int32_t unrest_around(const thicket_motion *motion, int across, int down) {
  int32_t n = 0, sum = 0;
  for (int y = down * PATCH - PATCH / 2; y < down * PATCH + PATCH * 3 / 2; y++)
    for (int x = across * PATCH - PATCH / 2; x < across * PATCH + PATCH * 3 / 2; x++) {
      if (x < 0 || y < 0 || x >= WIDTH || y >= HEIGHT) continue;
      n++;
      sum += motion->unrest[y * WIDTH + x];
    }
  return sum / n;
}

int32_t thicket_x_between(const int32_t *values, int x, int y) {
  int left = (x - PATCH / 2) / PATCH;
  int top = (y - PATCH / 2) / PATCH;
  if (left > ACROSS - 2) left = ACROSS - 2;
  if (top > DOWN - 2) top = DOWN - 2;
  int right = x - PATCH / 2 - left * PATCH;
  int below = y - PATCH / 2 - top * PATCH;
  right = right < 0 ? 0 : right > PATCH ? PATCH : right;
  below = below < 0 ? 0 : below > PATCH ? PATCH : below;
  const int32_t *at = values + top * ACROSS + left;
  int32_t upper = at[0] * (PATCH - right) + at[1] * right;
  int32_t lower = at[ACROSS] * (PATCH - right) + at[ACROSS + 1] * right;
  return (upper * (PATCH - below) + lower * below) / (PATCH * PATCH);
}

thicket_x_light thicket_x_light_fit(thicket_motion *motion) {
  thicket_x_light global = whole(motion);
  for (int i = 0; i < ACROSS * DOWN; i++) {
    thicket_x_light own = {0, 0, 0};
    (void)patch(motion, &global, i % ACROSS, i / ACROSS, &own);
    motion->patch_gain[i] = own.gain;
    motion->patch_offset[i] = own.offset;
    motion->patch_unrest[i] = unrest_around(motion, i % ACROSS, i / ACROSS);
  }
  fill(motion, &global);
  uint32_t *histogram = motion->scratch;
  for (int i = 0; i < 256; i++) histogram[i] = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int i = y * WIDTH + x;
      thicket_x_light here = {thicket_x_between(motion->patch_gain, x, y),
                              thicket_x_between(motion->patch_offset, x, y), 0};
      motion->lit[i] = (uint8_t)thicket_x_lit(&here, motion->usual[i]);
      histogram[thicket_x_apart(motion->grey[i], motion->lit[i])]++;
    }
  global.noise = median_of(histogram, 256, CELLS);
  // More than this is no noise but something large before the lens.
  if (global.noise > NOISE_MAX) global.noise = NOISE_MAX;
  return global;
}
