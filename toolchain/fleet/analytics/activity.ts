/**
 * Diel activity of one species: density over the day, activity level (the share of the day it is active, if at the peak all are),
 * peak hour. Activity level = 1 / (2π max f). Interval by smoothed bootstrap, basic0 as in overlap.ts: smoothing twice
 * flattens the peak, so plain percentiles lie too high.
 * Source: Rowcliffe et al. 2014; CRAN activity 1.3.4 (fitact: 513-point grid, bandwidth of the resample's own).
 */
import { type Interval, interval } from "./answer.ts";
import {
  bandwidth,
  grid,
  gridDensity,
  hoursOf,
  moment,
  rayleigh,
  smoothedSampler,
  TURN,
} from "./circular.ts";
import { ascending, mean, quantile, seeded } from "./numerics/random.ts";
import type { Sampling } from "./rai.ts";

const GRID_POINTS = 513;
/** A resample needs no finer grid than its own wiggles. */
const RESAMPLE_GRID_POINTS = 129;

export interface Activity {
  n: number;
  bandwidth: number;
  /** Share of the day, 0..1. */
  level: number;
  /** Hour of the day with most activity, 0..24. */
  peakHour: number;
  /** Direction of the mean, radians 0..2π, and how concentrated times are, 0..1. */
  meanRad: number;
  concentration: number;
  /** P-value that there is no preferred time. */
  rayleighP: number;
  /** Density per radian on 513 points from 0 to 2π. */
  density: number[];
}

/** @param angles times of day, radians */
export function activity(angles: readonly number[], bw = bandwidth(angles)): Activity {
  const at = grid(GRID_POINTS);
  const fit = gridDensity(angles, bw, GRID_POINTS);
  const peak = fit.reduce((best, f, i) => (f > fit[best]! ? i : best), 0);
  const { direction, length } = moment(angles);
  return {
    n: angles.length,
    bandwidth: bw,
    level: 1 / (TURN * fit[peak]!),
    peakHour: hoursOf(at[peak]!),
    meanRad: direction,
    concentration: length,
    rayleighP: rayleigh(angles),
    density: fit,
  };
}

/** Interval of the activity level. */
export function levelInterval(angles: readonly number[], bw: number, sampling: Sampling): Interval {
  const { level, seed, bootstraps } = sampling;
  const drawn = smoothedSampler(angles, bw, seeded(seed));
  const levelOf = (times: readonly number[], concentration: number) =>
    1 / (TURN * Math.max(...gridDensity(times, concentration, RESAMPLE_GRID_POINTS)));
  const levels = Array.from({ length: bootstraps }, () => {
    const sample = drawn();
    return levelOf(sample, bandwidth(sample));
  });
  const bias = mean(levels) - levelOf(angles, bw);
  const sorted = ascending(levels);
  const tail = (1 - level) / 2;
  const low = Math.max(0, quantile(sorted, tail) - bias);
  const high = Math.min(1, quantile(sorted, 1 - tail) - bias);
  return interval([low, high], level, "smoothed bootstrap, basic0");
}
