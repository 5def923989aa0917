/**
 * Where an animal can be: lists of countries per taxon, in SpeciesNet's format (`class;order;family;genus;species`, rule, ISO 3166
 * country of three letters, region of two). No rule: everywhere. An allow list: nowhere else. A block wins over an allow.
 * Source: google/cameratrapai geofence_utils and build_geofence_release; github.com/google/cameratrapai
 */
import { parse } from "csv-parse/sync";
import { inputError } from "../../errors.ts";

/** Regions by country; none: the whole country. */
type Countries = Map<string, Set<string>>;

/** By taxon. */
export type Geofence = ReadonlyMap<string, { allow: Countries; block: Countries }>;

export interface Place {
  /** ISO 3166-1 alpha-3. */
  country: string;
  /** The two letters of ISO 3166-2 after the country's. */
  region?: string;
}

export interface FenceRow {
  taxon: string;
  rule: "allow" | "block";
  country: string;
  /** "": the whole country. */
  region: string;
}

const COLUMNS = ["species", "rule", "country_code", "admin1_region_code"];

/** **Errors:** BAD_GEOFENCE, naming the line */
export function readGeofence(csv: string): FenceRow[] {
  let lines: string[][];
  try {
    lines = parse(csv, { relax_column_count: true, skip_empty_lines: true, bom: true });
  } catch (error) {
    throw inputError("BAD_GEOFENCE", `geofence: not CSV: ${(error as Error).message}`);
  }
  const bad = (line: number, what: string) =>
    inputError("BAD_GEOFENCE", `geofence, line ${line}: ${what}`);
  if (lines[0]?.join() !== COLUMNS.join()) throw bad(1, `the header must be ${COLUMNS.join()}`);
  return lines.slice(1).map((cells, index) => {
    const [taxon = "", rule = "", country = "", region = ""] = cells;
    const line = index + 2;
    if (taxon.split(";").length !== 5) {
      throw bad(line, `"${taxon}" is not class;order;family;genus;species`);
    }
    if (rule !== "allow" && rule !== "block") throw bad(line, `"${rule}" is not allow or block`);
    if (!/^[A-Z]{3}$/.test(country)) throw bad(line, `"${country}" is no country of three letters`);
    if (!/^([A-Z0-9]{2})?$/.test(region))
      throw bad(line, `"${region}" is no region of two letters`);
    return { taxon: taxon.toLowerCase(), rule, country, region };
  });
}

/** The rules of a list as they stand. */
export function geofenceOf(rows: readonly FenceRow[]): Geofence {
  return withFixes(new Map(), rows, true);
}

/**
 * A geofence with mistakes mended. A taxon without an allow list is allowed everywhere, so that a fix that allows it somewhere changes
 * nothing; a whole country stays whole when a region of it is allowed too.
 */
export const fixedGeofence = (base: Geofence, fixes: readonly FenceRow[]): Geofence =>
  withFixes(base, fixes, false);

function withFixes(base: Geofence, rows: readonly FenceRow[], mayBegin: boolean): Geofence {
  const copy = (countries: Countries): Countries =>
    new Map([...countries].map(([country, regions]) => [country, new Set(regions)]));
  const made = new Map(
    [...base].map(([taxon, { allow, block }]) => [
      taxon,
      { allow: copy(allow), block: copy(block) },
    ]),
  );
  for (const { taxon, rule, country, region } of rows) {
    const rules = made.get(taxon) ?? { allow: new Map(), block: new Map() };
    if (rule === "allow" && !mayBegin && rules.allow.size === 0) continue;
    made.set(taxon, rules);
    const known = rules[rule].get(country);
    const isWhole = region === "" || known?.size === 0;
    rules[rule].set(country, isWhole ? new Set() : new Set([...(known ?? []), region]));
  }
  return made;
}

/** True where a taxon cannot be. @param place undefined: nobody said where, so nothing is fenced */
export function isFenced(taxon: string, geofence: Geofence, place: Place | undefined): boolean {
  const rules = geofence.get(taxon);
  if (!place || !rules) return false;
  const { country, region } = place;
  if (rules.allow.size > 0) {
    const regions = rules.allow.get(country);
    if (!regions) return true;
    if (region && regions.size > 0 && !regions.has(region)) return true;
  }
  const blocked = rules.block.get(country);
  if (!blocked) return false;
  return blocked.size === 0 || (region !== undefined && blocked.has(region));
}
