/**
 * Clock time to a time that means the same all year and everywhere. Mean solar time follows from longitude alone. Anchoring
 * stretches day and night so that sunrise and sunset fall on fixed angles: their circular means over the records ("average"), or
 * π/2 and 3π/2 ("equinoctial", as overlap::sunTime).
 * Source: Vazquez et al. 2019; CRAN activity 1.3.4 transtime.
 */
import { circularMean, TURN, wrapped } from "./circular.ts";
import { sunDay } from "./sun.ts";

const DAY_MS = 86_400_000;

/** How a time of day is told. */
export type DielTime = "solarMean" | "average" | "equinoctial";
export const DIEL_TIMES: readonly DielTime[] = ["solarMean", "average", "equinoctial"];

/** Sunrise and sunset as angles of a day, 0..2π. */
export interface Anchor {
  sunrise: number;
  sunset: number;
}

/**
 * Moves one time so that its own sunrise and sunset fall on the target's.
 * @param angle time of day, radians
 * @returns radians 0..2π
 */
export function anchored(angle: number, own: Anchor, target: Anchor): number {
  const dayLength = wrapped(own.sunset - own.sunrise);
  const targetLength = wrapped(target.sunset - target.sunrise);
  const sinceRise = wrapped(angle - own.sunrise);
  if (sinceRise < dayLength)
    return wrapped(target.sunrise + (sinceRise / dayLength) * targetLength);
  const night = (sinceRise - dayLength) / (TURN - dayLength);
  return wrapped(target.sunset + night * (TURN - targetLength));
}

export const EQUINOX: Anchor = { sunrise: Math.PI / 2, sunset: (3 * Math.PI) / 2 };

export const averageAnchor = (anchors: readonly Anchor[]): Anchor => ({
  sunrise: circularMean(anchors.map(({ sunrise }) => sunrise)),
  sunset: circularMean(anchors.map(({ sunset }) => sunset)),
});

/** Mean solar time of day at a longitude, radians 0..2π. */
export const solarMean = (ms: number, longitude: number): number =>
  wrapped((ms / DAY_MS + longitude / 360) * TURN);

export interface PlacedTime {
  timeMs: number;
  latitude: number;
  longitude: number;
}

export interface DielAngles {
  /** Radians 0..2π. */
  angles: number[];
  /** Records in polar day or night, which have no sunrise to anchor at: not in `angles`. */
  polar: number;
}

/** Times of day of records, told in one way. */
export function dielAngles(records: readonly PlacedTime[], how: DielTime): DielAngles {
  if (how === "solarMean") {
    return { angles: records.map((r) => solarMean(r.timeMs, r.longitude)), polar: 0 };
  }
  const placed = records.flatMap(({ timeMs, latitude, longitude }) => {
    const day = sunDay(timeMs, latitude, longitude);
    if (day.kind !== "riseAndSet") return [];
    const [angle, sunrise, sunset] = [timeMs, day.riseMs, day.setMs].map((ms) =>
      solarMean(ms, longitude),
    ) as [number, number, number];
    return [{ angle, own: { sunrise, sunset } }];
  });
  const target = how === "average" ? averageAnchor(placed.map(({ own }) => own)) : EQUINOX;
  return {
    angles: placed.map(({ angle, own }) => anchored(angle, own, target)),
    polar: records.length - placed.length,
  };
}
