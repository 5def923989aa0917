// How the light of a frame differs from the background's: gain and offset by least squares over the
// cells that agree, found by starting from the median ratio. What moves is an outlier and does not
// count.
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

thicket_x_light thicket_x_light_fit(thicket_motion *motion) {
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
  // More than this is no noise but something large before the lens.
  if (light.noise > NOISE_MAX) light.noise = NOISE_MAX;
  return light;
}
