/** Activity and overlap against CRAN activity and overlap, solar anchoring against transtime. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { activity, levelInterval } from "../../../toolchain/fleet/analytics/activity.ts";
import {
  bandwidth,
  density,
  grid,
  gridDensity,
  moment,
  rayleigh,
  smoothedSampler,
  TURN,
} from "../../../toolchain/fleet/analytics/circular.ts";
import { seeded } from "../../../toolchain/fleet/analytics/numerics/random.ts";
import { besselIScaled } from "../../../toolchain/fleet/analytics/numerics/special.ts";
import {
  estimatorFor,
  overlap,
  overlapIntervals,
} from "../../../toolchain/fleet/analytics/overlap.ts";
import {
  type Anchor,
  anchored,
  averageAnchor,
  dielAngles,
  EQUINOX,
} from "../../../toolchain/fleet/analytics/solar-time.ts";
import { near, oracle } from "./support/oracle.ts";
import { vonMises } from "./support/von-mises.ts";

interface Sample {
  n: number;
  times_rad: number[];
  overlap_bw_kappa: number;
  activity_bw_kappa: number;
  density_at: number[];
  density: number[];
  activity_level: number;
  peak_hour: number;
  circ_mean_rad: number;
  circ_rho: number;
  rayleigh_p: number;
}
interface Pair {
  A: string;
  B: string;
  Dhat1: number;
  Dhat4: number;
  recommended: string;
}

/** Times about a mean, the same on every machine. */
function times(n: number, mean: number, kappa: number, seed = 7): number[] {
  const draw = vonMises(seeded(seed), kappa);
  return Array.from({ length: n }, () => mean + draw());
}

test("bandwidth, density, activity level and moments are those of activity and overlap", () => {
  const file = oracle<{ samples: Record<string, Sample> }>("oracle/activity-overlap.json");
  for (const [name, s] of Object.entries(file?.samples ?? {})) {
    // The R packages find the root to 1e-4 and differ from one another by as much.
    const bw = bandwidth(s.times_rad);
    assert.ok(Math.abs(bw / s.activity_bw_kappa - 1) < 2e-5, `${name}: ${bw}`);
    assert.ok(Math.abs(bw / s.overlap_bw_kappa - 1) < 2e-5, `${name}: ${bw}`);
    const fit = activity(s.times_rad, s.activity_bw_kappa);
    near(fit.level, s.activity_level, 1e-6, `${name} level`);
    near(activity(s.times_rad).level, s.activity_level, 1e-6, `${name} level, own bandwidth`);
    near(fit.peakHour, s.peak_hour, 1e-9, `${name} peak`);
    near(moment(s.times_rad).length, s.circ_rho, 1e-9, `${name} rho`);
    near(Math.cos(fit.meanRad - s.circ_mean_rad), 1, 1e-12, `${name} mean`);
    assert.ok(Math.abs(rayleigh(s.times_rad) / s.rayleigh_p - 1) < 1e-6, `${name} Rayleigh`);
    const fitted = density(s.times_rad, s.overlap_bw_kappa, s.density_at);
    fitted.forEach((f, i) => {
      near(f, s.density[i]!, 1e-6, `${name} density`);
    });
  }
});

test("Dhat1 and Dhat4 are those of overlap, and so is the choice between them", () => {
  const file = oracle<{ samples: Record<string, Sample>; overlap: Pair[] }>(
    "oracle/activity-overlap.json",
  );
  for (const { A, B, Dhat1, Dhat4, recommended } of file?.overlap ?? []) {
    const [a, b] = [file!.samples[A]!.times_rad, file!.samples[B]!.times_rad];
    near(overlap(a, b, "Dhat1"), Dhat1, 1e-6, `${A} ${B} Dhat1`);
    near(overlap(a, b, "Dhat4"), Dhat4, 1e-6, `${A} ${B} Dhat4`);
    assert.is(estimatorFor(a, b), recommended);
  }
});

test("anchoring is that of transtime", () => {
  const file = oracle<Record<string, number[]>>("oracle/solar-anchor.json");
  if (!file) return;
  const hours = (h: number) => (h / 24) * TURN;
  const anchors = file.sunrise_h!.map((h, i): Anchor => {
    return { sunrise: hours(h), sunset: hours(file.sunset_h![i]!) };
  });
  const average = averageAnchor(anchors);
  near(average.sunrise, file.mean_anchor_rad![0]!, 1e-9);
  near(average.sunset, file.mean_anchor_rad![1]!, 1e-9);
  file.clock_rad!.forEach((angle, i) => {
    near(anchored(angle, anchors[i]!, average), file.solar_average_rad![i]!, 1e-6);
    near(anchored(angle, anchors[i]!, EQUINOX), file.solar_equinoctial_rad![i]!, 1e-6);
  });
});

// A clone without ../shared still compares something: values of I_k(x) as any table has them.
test("scaled Bessel functions are those of the tables", () => {
  const rows: [number, number, number][] = [
    [0, 1, 1.2660658778],
    [1, 1, 0.565159104],
    [0, 5, 27.2398718236],
    [1, 5, 24.3356421424],
    [2, 1, 0.1357476698],
  ];
  for (const [k, x, expected] of rows)
    near(besselIScaled(k, x) * Math.exp(x), expected, 1e-9, `I${k}(${x})`);
  for (const k of [0, 1, 2, 3]) {
    // Series and asymptotic form meet.
    const at = 30 + k * k;
    const [below, above] = [besselIScaled(k, at - 1e-9), besselIScaled(k, at + 1e-9)];
    near(above / below, 1, 1e-9, `I${k} at the seam`);
  }
  assert.ok(Number.isFinite(besselIScaled(2, 5000)));
});

test("the density integrates to one and turns with the clock", () => {
  const sample = times(60, 1, 3);
  const bw = bandwidth(sample);
  const at = grid(513).slice(1);
  const sum = density(sample, bw, at).reduce((total, f) => total + f, 0);
  near((sum * TURN) / at.length, 1, 1e-12);
  const turned = sample.map((t) => t + 2);
  near(bandwidth(turned), bw, 1e-9);
  near(density(turned, bw, [3])[0]!, density(sample, bw, [1])[0]!, 1e-12);
});

test("on a grid the density is that of its points, for wide kernels and narrow ones", () => {
  for (const [n, kappa] of [
    [3, 0.01],
    [40, 1],
    [2000, 8],
  ] as const) {
    const sample = times(n, 2, kappa);
    for (const bw of [0.01, 1, bandwidth(sample), 300]) {
      const exact = density(sample, bw, grid(129));
      gridDensity(sample, bw, 129).forEach((f, i) => {
        near(f, exact[i]!, 1e-9, `${n} times, concentration ${bw}, point ${i}`);
      });
    }
  }
});

test("overlap is one with oneself, symmetric, and near none for opposite times", () => {
  const [a, b] = [times(80, 0, 5), times(70, Math.PI, 5, 8)];
  near(overlap(a, a), 1, 1e-12);
  near(overlap(a, b), overlap(b, a), 1e-12);
  assert.ok(overlap(a, b) < 0.1);
});

test("smoothed samples have the kernel's density", () => {
  const sample = times(40, 3, 2);
  const bw = bandwidth(sample);
  const draw = smoothedSampler(sample, bw, seeded(5));
  const drawn = Array.from({ length: 2000 }, draw).flat();
  assert.is(drawn.length, 80_000);
  assert.ok(drawn.every((angle) => angle >= 0 && angle < TURN));
  // Moments of the sample, times those of the kernel.
  for (const k of [1, 2, 3]) {
    const [of, inSample] = [moment(drawn, k), moment(sample, k)];
    near(of.length, (inSample.length * besselIScaled(k, bw)) / besselIScaled(0, bw), 0.01);
    near(Math.cos(of.direction - inSample.direction), 1, 0.01);
  }
});

test("bootstrap intervals hold the estimate and repeat with their seed", () => {
  const [a, b] = [times(30, 0, 2), times(25, 1, 2, 9)];
  const sampling = { level: 0.95, seed: 3, bootstraps: 99 };
  const first = overlapIntervals(a, b, sampling);
  assert.equal(first, overlapIntervals(a, b, sampling));
  const estimate = overlap(a, b);
  for (const [low, high] of [first.norm0, first.basic0]) {
    assert.ok(low <= estimate && estimate <= high, `${low} ${estimate} ${high}`);
  }
  const { bandwidth: bw, level } = activity(a);
  const range = levelInterval(a, bw, sampling);
  assert.ok(range.low < level && level < range.high);
});

test("records in polar day are counted, not anchored", () => {
  const records = [
    { timeMs: Date.parse("2024-06-21T12:00:00Z"), latitude: 70, longitude: 20 },
    { timeMs: Date.parse("2024-06-21T12:00:00Z"), latitude: 50, longitude: 0 },
  ];
  const { angles, polar } = dielAngles(records, "equinoctial");
  assert.is(polar, 1);
  assert.is(angles.length, 1);
  near(angles[0]!, Math.PI, 0.02);
});

test.run();
