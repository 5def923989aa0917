/** Draws cameras and a graticule with Leaflet, over tiles where an administrator named some. Loaded with the first map. */
import {
  circleMarker,
  type LatLngBoundsLiteral,
  type Map as LeafletMap,
  layerGroup,
  map as newMap,
  polyline,
  tileLayer,
} from "leaflet";
import type { CameraStatus, ServerSettings } from "./types.ts";

const colourOf = () => {
  const style = getComputedStyle(document.documentElement);
  return (name: string) => style.getPropertyValue(name).trim();
};

interface Place {
  name: string;
  latitude: number;
  longitude: number;
  status: CameraStatus;
}

/** Degrees between lines, so that a handful of them is seen. */
const STEPS = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const LINES_MIN = 4;

const ZOOM_MAX = 19;

/** A map without cameras: the tiles, if any, and the graticule. */
export function emptyMap(frame: HTMLElement, tiles: ServerSettings["tiles"]): LeafletMap {
  const colour = colourOf();
  const map = newMap(frame, {
    attributionControl: false,
    zoomAnimation: false,
    fadeAnimation: false,
  });
  // Many tile servers refuse who does not say where they come from; the page itself says it nowhere else.
  if (tiles) tileLayer(tiles.url, { maxZoom: ZOOM_MAX, referrerPolicy: "origin" }).addTo(map);
  const lines = layerGroup().addTo(map);
  const drawLines = () => {
    const bounds = map.getBounds();
    const [south, north] = [bounds.getSouth(), bounds.getNorth()];
    const [west, east] = [bounds.getWest(), bounds.getEast()];
    const step = STEPS.find((one) => (north - south) / one >= LINES_MIN) ?? 0.001;
    lines.clearLayers();
    const look = { color: colour("--line-strong"), weight: 0.7, interactive: false };
    for (let at = Math.ceil(south / step) * step; at <= north; at += step) {
      polyline(
        [
          [at, west],
          [at, east],
        ],
        look,
      ).addTo(lines);
    }
    for (let at = Math.ceil(west / step) * step; at <= east; at += step) {
      polyline(
        [
          [south, at],
          [north, at],
        ],
        look,
      ).addTo(lines);
    }
  };
  map.on("moveend", drawLines);
  return map;
}

/** @returns takes the map away */
export function drawMap(
  frame: HTMLElement,
  places: Place[],
  tiles: ServerSettings["tiles"],
): () => void {
  const colour = colourOf();
  const map = emptyMap(frame, tiles);
  const points = places.map(({ latitude, longitude }) => [latitude, longitude] as [number, number]);
  if (points.length)
    map.fitBounds(points as LatLngBoundsLiteral, { padding: [40, 40], maxZoom: 14 });
  else map.setView([0, 0], 1);
  for (const { name, latitude, longitude, status } of places) {
    const fill = status === "new" ? "--grey" : `--${status}`;
    circleMarker([latitude, longitude], {
      ...{ radius: 8, weight: 2, color: colour("--surface") },
      ...{ fillColor: colour(fill), fillOpacity: 1 },
    })
      .bindTooltip(name, { permanent: places.length <= 20, direction: "right", offset: [8, 0] })
      .addTo(map);
  }
  return () => map.remove();
}
