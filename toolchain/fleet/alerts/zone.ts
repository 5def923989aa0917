/**
 * Is a place inside a zone? GeoJSON polygons with holes, ray casting in plain longitude and latitude: edges are straight on a
 * map, not on the globe, which over the tens of kilometres of a reserve is centimetres to metres. A place exactly on an
 * outer edge may count either way. A ring whose neighbours lie more than 180 degrees apart crosses the date line.
 * Source: RFC 7946 section 3.1.6 and 3.1.9; Shimrat 1962 (algorithm 112).
 */
import type { ZoneShape } from "./rule.ts";

type Ring = number[][];

/** @param longitude -180..180 @param latitude -90..90, degrees */
export function isInZone(zone: ZoneShape, longitude: number, latitude: number): boolean {
  const polygons = zone.type === "Polygon" ? [zone.coordinates] : zone.coordinates;
  return polygons.some(([outer, ...holes]) => {
    if (!outer || !isInRing(outer, longitude, latitude)) return false;
    return !holes.some((hole) => isInRing(hole, longitude, latitude));
  });
}

function isInRing(ring: Ring, longitude: number, latitude: number): boolean {
  const path = unwrapped(ring);
  // A ring that crossed the date line lies in another turn of the globe than the place.
  return [-360, 0, 360].some((turn) => isLeftOfOddEdges(path, longitude + turn, latitude));
}

function isLeftOfOddEdges(path: Ring, x: number, y: number): boolean {
  let isInside = false;
  for (let index = 1; index < path.length; index++) {
    const [x1 = 0, y1 = 0] = path[index - 1] ?? [];
    const [x2 = 0, y2 = 0] = path[index] ?? [];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside;
  }
  return isInside;
}

/** Longitudes that go on beyond 180 instead of jumping to -180. */
function unwrapped(ring: Ring): Ring {
  let shift = 0;
  let before = ring[0]?.[0] ?? 0;
  return ring.map(([x = 0, y = 0]) => {
    if (x - before > 180) shift -= 360;
    else if (x - before < -180) shift += 360;
    before = x;
    return [x + shift, y];
  });
}

/** "" or what is wrong with the shape. */
export function zoneProblem(zone: ZoneShape): string {
  const polygons = zone.type === "Polygon" ? [zone.coordinates] : zone.coordinates;
  for (const ring of polygons.flat()) {
    const wrong = ring.find(([x = 999, y = 999]) => Math.abs(x) > 180 || Math.abs(y) > 90);
    if (wrong) return `[${wrong}] is no [longitude, latitude]`;
    const [first, last] = [ring[0], ring.at(-1)];
    if (first?.[0] !== last?.[0] || first?.[1] !== last?.[1]) {
      return "a ring must end where it begins";
    }
    const path = unwrapped(ring);
    if (path[0]?.[0] !== path.at(-1)?.[0]) return "a ring around a pole is not understood";
  }
  return "";
}
