/**
 * The moon's phase: how much of it is lit. Low precision, k within 0.002.
 * Source: Meeus 1998, ch. 48 (phase angle i by the short series; k = (1 + cos i) / 2).
 */
import { centuries } from "./sun.ts";

const RAD = Math.PI / 180;

export interface Moon {
  /** Lit share of the disc, 0..1. */
  illuminated: number;
  /** Elongation along the month, degrees 0..360: 0 new, 90 first quarter, 180 full, 270 last quarter. */
  phase: number;
}

/** @param ms milliseconds since 1970 */
export function moon(ms: number): Moon {
  const t = centuries(ms);
  const d = 297.8501921 + 445267.1114034 * t - 0.0018819 * t * t;
  const m = (357.5291092 + 35999.0502909 * t) * RAD;
  const mMoon = (134.9633964 + 477198.8675055 * t + 0.0087414 * t * t) * RAD;
  const dRad = d * RAD;
  const elongation =
    d +
    6.289 * Math.sin(mMoon) -
    2.1 * Math.sin(m) +
    1.274 * Math.sin(2 * dRad - mMoon) +
    0.658 * Math.sin(2 * dRad) +
    0.214 * Math.sin(2 * mMoon) +
    0.11 * Math.sin(dRad);
  return {
    illuminated: (1 + Math.cos((180 - elongation) * RAD)) / 2,
    phase: ((elongation % 360) + 360) % 360,
  };
}
