/**
 * Sensitive places: how exact coordinates may be for those who may not see them exactly. Rounded, never random: two
 * answers about one place must not narrow it down. Source: GBIF, Chapman 2020; uncertainty as in camtrapdp's round_coordinates.
 */
import type { Sensitivity } from "../db/tables-camtrap.ts";

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
