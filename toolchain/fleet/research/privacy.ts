/**
 * Sensitive places: how exact coordinates may be for those who may not see them exactly. Rounded, never random: two
 * answers about one place must not narrow it down. Source: GBIF, Chapman 2020; uncertainty as in camtrapdp's round_coordinates,
 * whose table ends at 0.1 degree: a whole degree counts as ten of them.
 */
import type { Sensitivity } from "../db/tables-camtrap.ts";
import { type Placed, type Reach, reaches } from "../rights/reach.ts";

/** Degrees that a place of this sensitivity is rounded to. */
const PRECISION = { 1: 1, 2: 0.1, 3: 0.01, 4: 0.001 } as const;

/** Metres that rounding may move a place, at the equator's side of each band of latitude. */
const ROUNDING_M: [latitudeMin: number, metres: Record<number, number>][] = [
  [85, { 1: 112110, 0.1: 11211, 0.01: 1121, 0.001: 112 }],
  [60, { 1: 124610, 0.1: 12461, 0.01: 1246, 0.001: 125 }],
  [30, { 1: 146970, 0.1: 14697, 0.01: 1470, 0.001: 147 }],
  [0, { 1: 156910, 0.1: 15691, 0.01: 1570, 0.001: 157 }],
];
/** Of coordinates of which nobody said how exact they are: a handheld receiver's. */
const UNCERTAINTY_M = 30;

/** The strictest of what project, site and location say. */
export function sensitivityOf(place: {
  projectSensitivity: Sensitivity;
  siteSensitivity: Sensitivity | null;
  locationSensitivity: Sensitivity | null;
}): Sensitivity {
  return strictest([place.projectSensitivity, place.siteSensitivity, place.locationSensitivity]);
}

/** 1 is stricter than 4; 0 and null say nothing. */
export function strictest(said: (Sensitivity | null | undefined)[]): Sensitivity {
  const sensitive = said.filter((value): value is Exclude<Sensitivity, 0> => !!value);
  return sensitive.length === 0 ? 0 : (Math.min(...sensitive) as Sensitivity);
}

/** Of a place that is known. */
export interface KnownPlace {
  latitude: number;
  longitude: number;
  /** Metres. */
  coordinateUncertainty?: number;
}

/** As rows of the database have it: null is what nobody said. */
export interface Coordinates {
  latitude: number | null;
  longitude: number | null;
  coordinateUncertainty: number | null;
}

type SensitivePlace = Placed & Parameters<typeof sensitivityOf>[0];

/** A place as somebody sees it who may see places exactly within a reach. */
export const shownPlace = (at: Coordinates, place: SensitivePlace, exact: Reach): Coordinates =>
  generalised(coordinatesOf(at), reaches(exact, place) ? 0 : sensitivityOf(place));

const coordinatesOf = ({ latitude, longitude, coordinateUncertainty }: Coordinates) => ({
  ...{ latitude, longitude, coordinateUncertainty },
});

/** What somebody may know who may not see a place exactly. A place of category 1 is withheld. */
export function generalised(exact: Coordinates, sensitivity: Sensitivity): Coordinates {
  const { latitude, longitude, coordinateUncertainty } = exact;
  if (sensitivity === 0 || latitude === null || longitude === null) return exact;
  const withheld = { latitude: null, longitude: null, coordinateUncertainty: null };
  if (sensitivity === 1) return withheld;
  const known = { latitude, longitude, coordinateUncertainty: coordinateUncertainty ?? undefined };
  const { precision: _, ...place } = roundedPlace(known, sensitivity) ?? { precision: 0 };
  return { ...withheld, ...place };
}

/**
 * Coordinates in a package for others. Formats that must have some get those of a whole degree for category 1.
 * @param heldPrecision degrees they were rounded to before, when that is known
 * @returns the degrees they are rounded to as well; undefined where they already are as coarse, and stay as they are
 */
export function roundedPlace(
  place: KnownPlace,
  sensitivity: Exclude<Sensitivity, 0>,
  heldPrecision?: number,
): (KnownPlace & { precision: number }) | undefined {
  const precision = PRECISION[sensitivity];
  if (heldPrecision !== undefined && heldPrecision >= precision) return undefined;
  const band = ROUNDING_M.find(([min]) => Math.abs(place.latitude) >= min)?.[1];
  if (!band) return undefined;
  const before = heldPrecision === undefined ? 0 : (band[heldPrecision] ?? 0);
  return {
    latitude: rounded(place.latitude, precision),
    longitude: rounded(place.longitude, precision),
    coordinateUncertainty:
      (place.coordinateUncertainty ?? UNCERTAINTY_M) - before + (band[precision] as number),
    precision,
  };
}

/** Also turns -0 into 0. */
const rounded = (degrees: number, precision: number): number =>
  Number((Math.round(degrees / precision) * precision).toFixed(3)) + 0;

export const generalisationText = (precision: number): string =>
  `coordinates rounded to ${precision} degree`;
