/** Zones as GeoJSON that people paste, and as corners that they click. Pure. */

/** [longitude, latitude] */
export type Corner = [number, number];

export type Zone =
  | { type: "Polygon"; coordinates: Corner[][] }
  | { type: "MultiPolygon"; coordinates: Corner[][][] };

/** What a click adds to; undefined for a zone with holes or parts, which only its text changes. */
export function cornersOf(zone: Zone | undefined): Corner[] | undefined {
  if (!zone) return [];
  const [ring, ...others] = zone.type === "Polygon" ? zone.coordinates : [];
  return ring && others.length === 0 ? ring.slice(0, -1) : undefined;
}

export const ringsOf = (zone: Zone | undefined): Corner[][] => {
  if (!zone) return [];
  return zone.type === "Polygon" ? zone.coordinates : zone.coordinates.flat();
};

/** Closed; undefined while there are too few corners. */
export function zoneOf(corners: Corner[]): Zone | undefined {
  const [first] = corners;
  if (!first || corners.length < 3) return undefined;
  return { type: "Polygon", coordinates: [[...corners, first]] };
}

/** The zone in a text: a geometry, a feature, or a collection of them. @returns what is wrong, in words, instead */
export function readZone(text: string): Zone | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "This is not whole JSON yet.";
  }
  const parts = partsOf(value);
  if (parts.length === 0) return "There is no Polygon or MultiPolygon in it.";
  const [only] = parts;
  if (only && parts.length === 1) return { type: "Polygon", coordinates: only };
  return { type: "MultiPolygon", coordinates: parts };
}

function partsOf(value: unknown): Corner[][][] {
  const one = (value ?? {}) as {
    type?: string;
    coordinates?: unknown;
    geometry?: unknown;
    features?: unknown[];
  };
  if (one.type === "Feature") return partsOf(one.geometry);
  if (one.type === "FeatureCollection") return (one.features ?? []).flatMap(partsOf);
  if (!Array.isArray(one.coordinates)) return [];
  if (one.type === "Polygon") return [one.coordinates as Corner[][]];
  return one.type === "MultiPolygon" ? (one.coordinates as Corner[][][]) : [];
}
