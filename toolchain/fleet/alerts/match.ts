/** Does a rule hold for a sighting? Pure: what it needs of the database is handed in. */
import { sunAltitude } from "../analytics/sun.ts";
import { isInHours } from "./local-time.ts";
import type { Allowance, Rule, When } from "./rule.ts";
import { isInZone } from "./zone.ts";

/** Where a camera stands and belongs. Latitude and longitude are null where nobody has said. */
export interface Place {
  cameraID: string;
  siteID: string | null;
  groupName: string | null;
  latitude: number | null;
  longitude: number | null;
}

/** One event as a camera or a person judged it. */
export interface Sighting {
  observationID: string;
  observationType: string;
  scientificName: string;
  count: number;
  /** 0..1 */
  probability: number;
  eventMs: number;
}

/** @param recent events of the same camera, newest first, this one included */
export function matches(
  { when }: Pick<Rule, "when">,
  sighting: Sighting,
  place: Place,
  recent: readonly Sighting[],
): boolean {
  if (when.troubles) return false;
  const isKind = (one: Sighting) => isWanted(when, one);
  return (
    isKind(sighting) &&
    isAt(when, place) &&
    isInHours(when, sighting.eventMs) &&
    isUnderSun(when, sighting.eventMs, place) &&
    isSure(when, sighting, recent.filter(isKind), recent)
  );
}

function isWanted(when: When, { observationType, scientificName, count }: Sighting): boolean {
  const types: readonly string[] = when.observationTypes ?? ["animal", "human", "vehicle"];
  if (!types.includes(observationType)) return false;
  if (when.scientificNames && !when.scientificNames.some((name) => isTaxon(name, scientificName))) {
    return false;
  }
  return count >= (when.countMin ?? 0) && count <= (when.countMax ?? Number.POSITIVE_INFINITY);
}

/** "Panthera" is also "Panthera leo"; case and "_" do not matter. */
function isTaxon(wanted: string, name: string): boolean {
  const [a, b] = [wanted, name].map((text) => text.toLowerCase().replaceAll("_", " ").trim());
  return a !== undefined && b !== undefined && (a === b || b.startsWith(`${a} `));
}

type Places = Pick<When, "sites" | "groups" | "cameraIDs" | "inside" | "outside">;

/** Sites, groups and cameras are alternatives of one list each; a zone cannot hold for a camera without coordinates. */
export function isAt(wanted: Places, place: Place): boolean {
  const { sites, groups, cameraIDs, inside, outside } = wanted;
  if (sites && !(place.siteID !== null && sites.includes(place.siteID))) return false;
  if (groups && !(place.groupName !== null && groups.includes(place.groupName))) return false;
  if (cameraIDs && !cameraIDs.includes(place.cameraID)) return false;
  if (!inside && !outside) return true;
  const { latitude, longitude } = place;
  if (latitude === null || longitude === null) return false;
  if (inside && !isInZone(inside, longitude, latitude)) return false;
  return !(outside && isInZone(outside, longitude, latitude));
}

function isUnderSun({ sunBelow, sunAbove }: When, ms: number, place: Place): boolean {
  if (sunBelow === undefined && sunAbove === undefined) return true;
  if (place.latitude === null || place.longitude === null) return false;
  const altitude = sunAltitude(ms, place.latitude, place.longitude);
  return altitude < (sunBelow ?? 91) && altitude > (sunAbove ?? -91);
}

/** One sure event, or several less sure ones among the last. */
function isSure(
  { probabilityMin, repeated }: When,
  sighting: Sighting,
  same: readonly Sighting[],
  recent: readonly Sighting[],
): boolean {
  if (probabilityMin === undefined && !repeated) return true;
  if (probabilityMin !== undefined && sighting.probability >= probabilityMin) return true;
  if (!repeated || sighting.probability < repeated.probabilityMin) return false;
  const oldestMs = sighting.eventMs - repeated.withinMinutes * 60_000;
  const looked = recent
    .filter(({ eventMs }) => eventMs >= oldestMs && eventMs <= sighting.eventMs)
    .slice(0, repeated.of);
  const agreeing = looked.filter(
    (one) => one.probability >= repeated.probabilityMin && same.includes(one),
  );
  return agreeing.length >= repeated.times;
}

/** The allowance under which nobody is to be alarmed, if there is one. */
export function allowanceFor(
  allow: readonly Allowance[],
  subject: { observationType?: string; ms: number },
  place: Place,
): Allowance | undefined {
  return allow.find((one) => {
    const { from, to, observationTypes } = one;
    if (from !== undefined && subject.ms < Date.parse(from)) return false;
    if (to !== undefined && subject.ms >= Date.parse(to)) return false;
    const types: readonly string[] | undefined = observationTypes;
    if (types && !types.includes(subject.observationType ?? "")) return false;
    return isInHours(one, subject.ms) && isAt(one, place);
  });
}

/** What sightings of one rule and camera are joined by. */
export const subjectOf = ({ observationType, scientificName }: Sighting): string =>
  scientificName ? `${observationType} ${scientificName}` : observationType;
