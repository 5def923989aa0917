/**
 * Where the sun is. Source: Jean Meeus, Astronomical Algorithms, 2nd ed., chapters 12, 13 and 25 (low accuracy, 0.01
 * degrees), as NOAA's solar calculator uses them; refraction is left out.
 */
const RADIANS = Math.PI / 180;
const J2000_MS = Date.UTC(2000, 0, 1, 12);
const CENTURY_MS = 36525 * 86_400_000;

const sin = (degrees: number) => Math.sin(degrees * RADIANS);
const cos = (degrees: number) => Math.cos(degrees * RADIANS);

/**
 * Height of the sun's centre above the horizon and its direction.
 * @param nowMs UTC, milliseconds since 1970
 * @param latitude degrees, north positive
 * @param longitude degrees, east positive
 * @returns degrees: altitude -90..90, azimuth 0..360 from north over east
 */
export function sunPosition(
  nowMs: number,
  latitude: number,
  longitude: number,
): { altitudeDeg: number; azimuthDeg: number } {
  const t = (nowMs - J2000_MS) / CENTURY_MS;
  const meanLongitude = 280.46646 + 36000.76983 * t + 0.0003032 * t * t;
  const anomaly = 357.52911 + 35999.05029 * t - 0.0001537 * t * t;
  const centre =
    (1.914602 - 0.004817 * t) * sin(anomaly) +
    (0.019993 - 0.000101 * t) * sin(2 * anomaly) +
    0.000289 * sin(3 * anomaly);
  const node = 125.04 - 1934.136 * t;
  const apparent = meanLongitude + centre - 0.00569 - 0.00478 * sin(node);
  const obliquity = 23 + 26 / 60 + (21.448 - 46.815 * t) / 3600 + 0.00256 * cos(node);
  const declination = Math.asin(sin(obliquity) * sin(apparent)) / RADIANS;
  const ascension = Math.atan2(cos(obliquity) * sin(apparent), cos(apparent)) / RADIANS;
  const days = (nowMs - J2000_MS) / 86_400_000;
  const sidereal = 280.46061837 + 360.98564736629 * days;
  const hourAngle = sidereal + longitude - ascension;
  const altitudeDeg =
    Math.asin(
      sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hourAngle),
    ) / RADIANS;
  const fromSouth =
    Math.atan2(
      sin(hourAngle),
      cos(hourAngle) * sin(latitude) - Math.tan(declination * RADIANS) * cos(latitude),
    ) / RADIANS;
  return { altitudeDeg, azimuthDeg: (((fromSouth + 180) % 360) + 360) % 360 };
}
