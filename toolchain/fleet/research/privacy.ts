/**
 * Sensitive places: how exact coordinates may be for those who may not see them exactly. Rounded, never random: two
 * answers about one place must not narrow it down. Source: GBIF, Chapman 2020; uncertainty as in camtrapdp's round_coordinates.
 */
import type { Sensitivity } from "../db/tables-camtrap.ts";
import { type Placed, type Reach, reaches } from "../rights/reach.ts";

/** The strictest of what project, site and location say. */
export function sensitivityOf(place: {
  projectSensitivity: Sensitivity;
  siteSensitivity: Sensitivity | null;
  locationSensitivity: Sensitivity | null;
}): Sensitivity {
  const said = [place.projectSensitivity, place.siteSensitivity, place.locationSensitivity];
  const sensitive = said.filter((value): value is Exclude<Sensitivity, 0> => !!value);
  return sensitive.length === 0 ? 0 : (Math.min(...sensitive) as Sensitivity);
}

export interface Coordinates {
  latitude: number | null;
  longitude: number | null;
  /** Metres; null when nobody said. */
  coordinateUncertainty: number | null;
}

type SensitivePlace = Placed & Parameters<typeof sensitivityOf>[0];

/** A place as somebody sees it who may see places exactly within a reach. */
export const shownPlace = (at: Coordinates, place: SensitivePlace, exact: Reach): Coordinates =>
  generalised(coordinatesOf(at), reaches(exact, place) ? 0 : sensitivityOf(place));

const coordinatesOf = ({ latitude, longitude, coordinateUncertainty }: Coordinates) => ({
  ...{ latitude, longitude, coordinateUncertainty },
});

/** Digits behind the point that a place of each category keeps; 1 keeps nothing. */
const DIGITS: Record<2 | 3 | 4, number> = { 2: 1, 3: 2, 4: 3 };
/** Half the diagonal of a cell of 0.1 degree in metres, from this latitude towards the pole. */
const CELL_M: [fromLatitude: number, metres: number][] = [
  [85, 11_211],
  [60, 12_461],
  [30, 14_697],
  [0, 15_691],
];
const UNCERTAINTY_UNKNOWN_M = 30;

/** What somebody may know who may not see a place exactly. A place of category 1 is withheld. */
export function generalised(exact: Coordinates, sensitivity: Sensitivity): Coordinates {
  const { latitude, longitude } = exact;
  if (sensitivity === 0 || latitude === null || longitude === null) return exact;
  if (sensitivity === 1) return { latitude: null, longitude: null, coordinateUncertainty: null };
  const digits = DIGITS[sensitivity];
  const round = (value: number) => Number(value.toFixed(digits));
  const [, cellM] = CELL_M.find(([from]) => Math.abs(latitude) >= from) as [number, number];
  const uncertainty = exact.coordinateUncertainty ?? UNCERTAINTY_UNKNOWN_M;
  return {
    latitude: round(latitude),
    longitude: round(longitude),
    coordinateUncertainty: uncertainty + Math.round(cellM / 10 ** (digits - 1)),
  };
}
