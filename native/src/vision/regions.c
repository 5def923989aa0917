// From a mask of changed cells to regions, in one pass over runs of cells: only the runs of two
// rows and the regions that reach the current row are kept. A region is judged when it ends:
// something that was not there before brings edges along; a change of light keeps the texture below
// it and has a soft rim; and where a thing was learnt and has gone, its outline is in the
// background.
#include "motion.h"

// Changed cells among the eight around it that a changed cell needs to stay.
#define NEIGHBOURS_MIN 4
// Changed cells among the eight around it that make a weak cell change too, and how far that goes.
#define GROW_MIN   2
#define GROW_REACH 6
// Cells up to this far from a changed one bridge gaps.
#define GAP_REACH        4
#define REGION_CELLS_MIN 16
// Grey steps over two cells, before noise, that count as an edge.
#define EDGE_GREY 12
#define RUNS_MAX  THICKET_X_RUNS_MAX

typedef struct {
  int16_t start, end;  // columns, end exclusive
  int16_t region;
} run;

typedef struct {
  thicket_motion *motion;
  const thicket_x_light *light;
  thicket_motion_result *result;
  run before[RUNS_MAX], here[RUNS_MAX];
  int before_count, here_count;
} pass;

// Changed cells in the 3x3 around (x, y).
static int changed_around(const uint8_t *mask, int x, int y) {
  const uint8_t *at = mask + y * WIDTH + x;
  int count = 0;
  for (int j = y > 0 ? -1 : 0; j <= (y + 1 < HEIGHT); j++)
    for (int i = x > 0 ? -1 : 0; i <= (x + 1 < WIDTH); i++) count += at[j * WIDTH + i] & CHANGED;
  return count;
}

// Bit 1 of each cell: whether it stays.
static void drop_lone_cells(uint8_t *mask) {
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      uint8_t *at = mask + y * WIDTH + x;
      if (*at & CHANGED && changed_around(mask, x, y) > NEIGHBOURS_MIN) *at |= 2;
    }
  for (int i = 0; i < CELLS; i++)
    if (mask[i] != WEAK) mask[i] = mask[i] & 2 ? CHANGED : STILL;
}

// Hysteresis: the rim and the pale parts of a thing are off by less than its middle. Leaves CHANGED
// and STILL.
static void grow(uint8_t *mask) {
  for (int step = 0; step < GROW_REACH; step++) {
    for (int y = 0; y < HEIGHT; y++)
      for (int x = 0; x < WIDTH; x++) {
        uint8_t *at = mask + y * WIDTH + x;
        if (*at == WEAK && changed_around(mask, x, y) >= GROW_MIN) *at |= 2;
      }
    for (int i = 0; i < CELLS; i++)
      if (mask[i] & 2) mask[i] = CHANGED;
  }
  for (int i = 0; i < CELLS; i++) mask[i] &= CHANGED;
}

// Bit 1: a changed cell within reach in this row; bit 2: such a one within reach in this column.
static void bridge_gaps(uint8_t *mask) {
  for (int y = 0; y < HEIGHT; y++) {
    uint8_t *row = mask + y * WIDTH;
    for (int x = 0; x < WIDTH; x++) {
      if (!(row[x] & 1)) continue;
      for (int i = x < GAP_REACH ? 0 : x - GAP_REACH; i <= x + GAP_REACH && i < WIDTH; i++)
        row[i] |= 2;
    }
  }
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      if (!(mask[y * WIDTH + x] & 2)) continue;
      for (int j = y < GAP_REACH ? 0 : y - GAP_REACH; j <= y + GAP_REACH && j < HEIGHT; j++)
        mask[j * WIDTH + x] |= 4;
    }
  for (int i = 0; i < CELLS; i++) mask[i] = mask[i] & 1 ? CHANGED : mask[i] & 4 ? GAP : STILL;
}

// Change over two cells, both ways; 0..510.
static uint32_t slope(const uint8_t *grey, int x, int y) {
  int left = x > 0 ? -1 : 0;
  int right = x + 1 < WIDTH ? 1 : 0;
  int up = y > 0 ? -WIDTH : 0;
  int down = y + 1 < HEIGHT ? WIDTH : 0;
  const uint8_t *at = grey + y * WIDTH + x;
  return (uint32_t)(thicket_x_apart(at[left], at[right]) + thicket_x_apart(at[up], at[down]));
}

static int is_rim(const uint8_t *mask, int x, int y) {
  const uint8_t *at = mask + y * WIDTH + x;
  return (x > 0 && at[-1] != CHANGED) || (x + 1 < WIDTH && at[1] != CHANGED) ||
         (y > 0 && at[-WIDTH] != CHANGED) || (y + 1 < HEIGHT && at[WIDTH] != CHANGED);
}

static void gather(const pass *p, thicket_x_region *region, int x, int y) {
  const thicket_motion *motion = p->motion;
  int i = y * WIDTH + x;
  uint32_t now = slope(motion->grey, x, y);
  uint32_t old = slope(motion->lit, x, y);
  // A wrong guess of the light has edges, too: what has gone must have been in the background.
  uint32_t usual = slope(motion->usual, x, y);
  uint32_t gone = usual < old ? usual : old;
  uint32_t edge = EDGE_GREY + 4U * (uint32_t)p->light->noise;
  region->edges += now > edge + old + old / 2 || gone > edge + now + now / 2;
  if (motion->mask[i] != CHANGED) return;
  if (x < region->left) region->left = x;
  if (x >= region->right) region->right = x + 1;
  if (y < region->top) region->top = y;
  if (y >= region->bottom) region->bottom = y + 1;
  region->cells++;
  region->sum_x += (uint32_t)x;
  region->sum_y += (uint32_t)y;
  uint32_t grey = motion->grey[i];
  usual = motion->usual[i];
  region->now += grey;
  region->old += usual;
  region->now2 += grey * grey;
  region->old2 += usual * usual;
  region->product += grey * usual;
  if (is_rim(motion->mask, x, y)) {
    region->rim_new += now;
    region->rim_old += old;
  }
}

static void merge(pass *p, int into, int from) {
  thicket_x_region *a = &p->motion->open[into];
  thicket_x_region *b = &p->motion->open[from];
  if (b->left < a->left) a->left = b->left;
  if (b->top < a->top) a->top = b->top;
  if (b->right > a->right) a->right = b->right;
  if (b->bottom > a->bottom) a->bottom = b->bottom;
  a->cells += b->cells;
  a->sum_x += b->sum_x;
  a->sum_y += b->sum_y;
  a->edges += b->edges;
  a->rim_new += b->rim_new;
  a->rim_old += b->rim_old;
  a->now += b->now;
  a->old += b->old;
  a->now2 += b->now2;
  a->old2 += b->old2;
  a->product += b->product;
  b->right = 0;
  for (int i = 0; i < p->before_count; i++)
    if (p->before[i].region == from) p->before[i].region = (int16_t)into;
  for (int i = 0; i < p->here_count; i++)
    if (p->here[i].region == from) p->here[i].region = (int16_t)into;
}

// The texture of the background is still there, brighter or darker.
static int has_old_texture(const thicket_x_region *region, const thicket_x_light *light) {
  int64_t n = region->cells;
  int64_t now = n * region->now2 - (int64_t)region->now * region->now;
  int64_t old = n * region->old2 - (int64_t)region->old * region->old;
  int64_t both = n * region->product - (int64_t)region->now * region->old;
  int64_t rough = 4 + 2 * light->noise;
  if (both <= 0 || old < n * n * rough * rough) return 0;
  // Correlation squared above 0.85. The variances are below 2^14 once n * n is divided out.
  now /= n * n;
  old /= n * n;
  both /= n * n;
  return both * both * 100 > now * old * 85;
}

// Repaint the changed cells of a region that has ended.
static void repaint(thicket_motion *motion, const thicket_x_region *region, uint8_t value) {
  for (int y = region->top; y < region->bottom; y++)
    for (int x = region->left; x < region->right; x++) {
      uint8_t *at = &motion->mask[y * WIDTH + x];
      if (*at == CHANGED) *at = value;
    }
}

// Cells to frame pixels, outwards.
static thicket_motion_region to_pixels(const thicket_motion *motion,
                                       const thicket_x_region *region) {
  int32_t width = motion->frame_width;
  int32_t height = motion->frame_height;
  int32_t left = region->left * width / WIDTH;
  int32_t top = region->top * height / HEIGHT;
  int32_t right = (region->right * width + WIDTH - 1) / WIDTH;
  int32_t bottom = (region->bottom * height + HEIGHT - 1) / HEIGHT;
  int32_t cells = (int32_t)region->cells;
  return (thicket_motion_region){
      .box = {left, top, right - left, bottom - top},
      .area = (int32_t)((int64_t)cells * width * height / CELLS),
      .x = (int32_t)((2 * (int64_t)region->sum_x + cells) * width / (2 * WIDTH * cells)),
      .y = (int32_t)((2 * (int64_t)region->sum_y + cells) * height / (2 * HEIGHT * cells)),
  };
}

// Keep the largest, largest first; of equals the one that ended first.
static void report(thicket_motion_result *result, const thicket_motion_region *region) {
  int at = result->region_count;
  if (at == THICKET_REGIONS_MAX && result->regions[at - 1].area >= region->area) return;
  if (at < THICKET_REGIONS_MAX)
    result->region_count++;
  else
    at--;
  for (; at > 0 && result->regions[at - 1].area < region->area; at--)
    result->regions[at] = result->regions[at - 1];
  result->regions[at] = *region;
}

// A region has ended. Cells are counted here and turned into permille at the end.
static void finish(pass *p, thicket_x_region *region) {
  uint32_t cells = region->cells;
  if (cells >= REGION_CELLS_MIN) {
    // An outline of a square of this area has 4 * sqrt(cells) cells; a third of it must be new.
    int has_edges = (uint64_t)region->edges * region->edges * 9 >= 16 * (uint64_t)cells;
    if (!has_edges || has_old_texture(region, p->light)) {
      p->result->light_permille += (int32_t)cells;
      repaint(p->motion, region, GAP);
    } else if (region->rim_old > 3 * region->rim_new) {
      p->result->ghost_permille += (int32_t)cells;
      repaint(p->motion, region, GHOST);
    } else {
      thicket_motion_region pixels = to_pixels(p->motion, region);
      p->result->changed_permille += (int32_t)cells;
      report(p->result, &pixels);
    }
  } else {
    repaint(p->motion, region, GAP);
  }
  region->right = 0;
}

// A free place for a region; there are twice as many as runs in a row, so one is free.
static int begin(pass *p) {
  int at = 0;
  while (p->motion->open[at].right) at++;
  p->motion->open[at] = (thicket_x_region){.left = WIDTH, .top = HEIGHT, .right = 1};
  return at;
}

static void read_runs(pass *p, int y) {
  const uint8_t *row = p->motion->mask + y * WIDTH;
  p->here_count = 0;
  for (int x = 0; x < WIDTH; x++) {
    if (row[x] == STILL) continue;
    int start = x;
    while (x < WIDTH && row[x] != STILL) x++;
    int region = -1;
    for (int i = 0; i < p->before_count; i++) {
      const run *above = &p->before[i];
      // Touching by a corner is enough.
      if (above->start > x || above->end < start) continue;
      if (region < 0)
        region = above->region;
      else if (above->region != region)
        merge(p, region, above->region);
    }
    if (region < 0) region = begin(p);
    p->here[p->here_count++] = (run){(int16_t)start, (int16_t)x, (int16_t)region};
    for (int i = start; i < x; i++) gather(p, &p->motion->open[region], i, y);
  }
}

static int goes_on(const pass *p, int region) {
  for (int i = 0; i < p->here_count; i++)
    if (p->here[i].region == region) return 1;
  return 0;
}

void thicket_x_regions(thicket_motion *motion, const thicket_x_light *light,
                       thicket_motion_result *result) {
  pass p = {.motion = motion, .light = light, .result = result};
  *result = (thicket_motion_result){0};
  drop_lone_cells(motion->mask);
  grow(motion->mask);
  bridge_gaps(motion->mask);
  for (int i = 0; i < 2 * RUNS_MAX; i++) motion->open[i].right = 0;
  for (int y = 0; y <= HEIGHT; y++) {
    p.here_count = 0;
    if (y < HEIGHT) read_runs(&p, y);
    for (int i = 0; i < 2 * RUNS_MAX; i++)
      if (motion->open[i].right && !goes_on(&p, i)) finish(&p, &motion->open[i]);
    for (int i = 0; i < p.here_count; i++) p.before[i] = p.here[i];
    p.before_count = p.here_count;
  }
  result->changed_permille = result->changed_permille * 1000 / CELLS;
  result->light_permille = result->light_permille * 1000 / CELLS;
  result->ghost_permille = result->ghost_permille * 1000 / CELLS;
  if (result->region_count) result->box = result->regions[0].box;
}
