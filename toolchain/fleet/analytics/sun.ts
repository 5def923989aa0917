/**
 * Sunrise, sunset and twilight from place and date, to about 10 s below 60° latitude. Polar day and polar night are values.
 * cos H = (cos z − sin φ sin δ) / (cos φ cos δ); events iterate four times on their own declination and equation of time.
 * Source: NOAA solar calculator after Meeus 1998 ch. 25, 28. Refraction and the sun's radius are in the zenith angle 90.833°.
 */

const RAD = Math.PI / 180;
const DAY_MS = 86_400_000;
const J2000_MS = Date.UTC(2000, 0, 1, 12);
const ITERATIONS = 4;

/** Zenith angles of the sun at events, degrees. */
export const ZENITH = { horizon: 90.833, civil: 96, nautical: 102, astronomical: 108 } as const;

/** Julian centuries since 2000-01-01 12:00. */
export const centuries = (ms: number): number => (ms - J2000_MS) / (36_525 * DAY_MS);

export interface SunPosition {
  /** Degrees north. */
  declination: number;
  /** Apparent minus mean solar time, minutes. */
  equationOfTime: number;
}

export function sunPosition(ms: number): SunPosition {
  const t = centuries(ms);
  const l0 = 280.46646 + 36000.76983 * t + 0.0003032 * t * t;
  const m = (357.52911 + 35999.05029 * t - 0.0001537 * t * t) * RAD;
  const e = 0.016708634 - 0.000042037 * t - 0.0000001267 * t * t;
  const centre =
    (1.914602 - 0.004817 * t) * Math.sin(m) +
    (0.019993 - 0.000101 * t) * Math.sin(2 * m) +
    0.000289 * Math.sin(3 * m);
  const omega = (125.04 - 1934.136 * t) * RAD;
  const lambda = (l0 + centre - 0.00569 - 0.00478 * Math.sin(omega)) * RAD;
  const epsilon = (23 + (26 + (21.448 - 46.815 * t) / 60) / 60 + 0.00256 * Math.cos(omega)) * RAD;
  const y = Math.tan(epsilon / 2) ** 2;
  const l = l0 * RAD;
  const equation =
    y * Math.sin(2 * l) -
    2 * e * Math.sin(m) +
    4 * e * y * Math.sin(m) * Math.cos(2 * l) -
    0.5 * y * y * Math.sin(4 * l) -
    1.25 * e * e * Math.sin(2 * m);
  return {
    declination: Math.asin(Math.sin(epsilon) * Math.sin(lambda)) / RAD,
    equationOfTime: (4 * equation) / RAD,
  };
}

/** Height of the sun's centre above the horizon, degrees, without refraction. */
export function sunAltitude(ms: number, latitude: number, longitude: number): number {
  const { declination, equationOfTime } = sunPosition(ms);
  const minutes = (ms % DAY_MS) / 60_000 + equationOfTime + 4 * longitude;
  const hourAngle = (minutes / 4 - 180) * RAD;
  const [phi, delta] = [latitude * RAD, declination * RAD];
  return (
    Math.asin(
      Math.sin(phi) * Math.sin(delta) + Math.cos(phi) * Math.cos(delta) * Math.cos(hourAngle),
    ) / RAD
  );
}

export type SunDay =
  | { kind: "riseAndSet"; noonMs: number; riseMs: number; setMs: number }
  /** The sun stays above (polar day) or below (polar night) the zenith angle. */
  | { kind: "polarDay" | "polarNight"; noonMs: number };

/**
 * The solar day whose noon is nearest to a time.
 * @param ms milliseconds since 1970
 * @param latitude degrees, -90..90
 * @param longitude degrees, -180..180, east positive
 * @param zenith degrees, one of ZENITH
 * @returns times in milliseconds since 1970; rise before noon, set after it
 */
export function sunDay(
  ms: number,
  latitude: number,
  longitude: number,
  zenith: number = ZENITH.horizon,
): SunDay {
  const meanNoon = Math.round((ms - DAY_MS / 2) / DAY_MS + longitude / 360);
  const noonOf = (at: number) =>
    (meanNoon + 0.5 - longitude / 360) * DAY_MS - sunPosition(at).equationOfTime * 60_000;
  let noonMs = noonOf(ms);
  for (let i = 0; i < ITERATIONS; i++) noonMs = noonOf(noonMs);
  const rise = crossing(noonMs, noonOf, latitude, zenith, -1);
  const set = crossing(noonMs, noonOf, latitude, zenith, 1);
  if (typeof rise === "string") return { kind: rise, noonMs };
  if (typeof set === "string") return { kind: set, noonMs };
  return { kind: "riseAndSet", noonMs, riseMs: rise, setMs: set };
}

function crossing(
  noonMs: number,
  noonOf: (ms: number) => number,
  latitude: number,
  zenith: number,
  side: -1 | 1,
): number | "polarDay" | "polarNight" {
  let at = noonMs;
  for (let i = 0; i < ITERATIONS; i++) {
    const [phi, delta] = [latitude * RAD, sunPosition(at).declination * RAD];
    const cosH =
      (Math.cos(zenith * RAD) - Math.sin(phi) * Math.sin(delta)) /
      (Math.cos(phi) * Math.cos(delta));
    if (cosH > 1) return "polarNight";
    if (cosH < -1) return "polarDay";
    at = noonOf(at) + ((side * Math.acos(cosH)) / (2 * Math.PI)) * DAY_MS;
  }
  return at;
}
