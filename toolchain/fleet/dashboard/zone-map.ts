/** Draws a zone on a map and takes clicks as its corners. Loaded with the first zone. */
import { circleMarker, type LatLngExpression, layerGroup, polygon } from "leaflet";
import { emptyMap } from "./map.ts";
import type { Camera, ServerSettings } from "./types.ts";
import type { Corner } from "./zones.ts";

export interface ZoneMap {
  /** Draw these rings; the first one moves the map to it. */
  show(rings: Corner[][]): void;
  /** Middle of what is seen. */
  middle(): Corner;
  remove(): void;
}

const DIGITS = 5;
const rounded = (degrees: number): number => Number(degrees.toFixed(DIGITS));
const latLng = ([longitude, latitude]: Corner): LatLngExpression => [latitude, longitude];

export function drawZoneMap(
  frame: HTMLElement,
  places: Pick<Camera, "name" | "latitude" | "longitude">[],
  tiles: ServerSettings["tiles"],
  onCorner: (corner: Corner) => void,
): ZoneMap {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const map = emptyMap(frame, tiles);
  const drawn = layerGroup().addTo(map);
  const known = places.flatMap(({ name, latitude, longitude }) =>
    latitude === null || longitude === null ? [] : [{ name, at: [longitude, latitude] as Corner }],
  );
  const fit = (corners: Corner[]) =>
    map.fitBounds(polygon(corners.map(latLng)).getBounds(), { padding: [24, 24], maxZoom: 14 });
  // Whoever draws their first zone begins where the cameras are.
  if (known.length) fit(known.map(({ at }) => at));
  else map.setView([0, 0], 1);
  for (const { name, at } of known) {
    circleMarker(latLng(at), {
      ...{ radius: 5, weight: 2, color: colour("--surface"), interactive: false },
      ...{ fillColor: colour("--grey"), fillOpacity: 1 },
    })
      .bindTooltip(name, { permanent: places.length <= 20, direction: "right", offset: [6, 0] })
      .addTo(map);
  }
  let hasView = false;
  map.on("click", ({ latlng }) => {
    const { lng, lat } = latlng.wrap();
    onCorner([rounded(lng), rounded(lat)]);
  });
  return {
    show(rings) {
      drawn.clearLayers();
      const look = { color: colour("--red"), weight: 2, fillOpacity: 0.15, interactive: false };
      for (const ring of rings) polygon(ring.map(latLng), look).addTo(drawn);
      for (const corner of rings.flat()) {
        circleMarker(latLng(corner), { ...look, radius: 4, fillOpacity: 1 }).addTo(drawn);
      }
      if (!hasView && rings.flat().length > 2) fit(rings.flat());
      hasView = true;
    },
    middle() {
      const { lng, lat } = map.getCenter().wrap();
      return [rounded(lng), rounded(lat)];
    },
    remove: () => void map.remove(),
  };
}
