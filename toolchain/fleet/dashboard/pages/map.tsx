/**
 * Where cameras stand, on a plain graticule: without tiles nobody else learns where. An administrator may name a tile server
 * (settings.tsx). Coordinates are as the viewer may know them.
 */
import { useEffect, useRef } from "preact/hooks";
import { usePageTitle } from "../hooks.ts";
import { StatusBadge } from "../parts/badges.tsx";
import { cameraHref } from "../route.ts";
import type { State } from "../state.ts";

export function MapPage({ state }: { state: State }) {
  const heading = usePageTitle("Map");
  const frame = useRef<HTMLDivElement>(null);
  const cameras = (state.cameras ?? []).filter(({ latitude }) => latitude !== null);
  const without = (state.cameras ?? []).length - cameras.length;
  const places = JSON.stringify(
    cameras.map(({ name, latitude, longitude, status }) => ({ name, latitude, longitude, status })),
  );
  const { settings } = state;
  const tiles = JSON.stringify(settings?.tiles ?? null);
  const isKnown = settings !== null;
  useEffect(() => {
    if (!isKnown) return;
    let remove = () => {};
    let isCurrent = true;
    void import("../map.ts").then(({ drawMap }) => {
      if (isCurrent && frame.current)
        remove = drawMap(frame.current, JSON.parse(places), JSON.parse(tiles));
    });
    return () => {
      isCurrent = false;
      remove();
    };
  }, [places, tiles, isKnown]);
  return (
    <>
      <section class="lead" aria-label="Map">
        <h1 ref={heading} tabIndex={-1}>
          Map
        </h1>
        {without ? <p class="muted">{without} without coordinates that you may see.</p> : null}
      </section>
      <section ref={frame} class="map" aria-label="Map of cameras; the list below says the same" />
      {settings?.tiles?.attribution ? (
        <p class="map-source">Map: {settings.tiles.attribution}</p>
      ) : null}
      <ul class="places">
        {cameras.map((camera) => (
          <li key={camera.cameraID}>
            <a href={cameraHref(camera.cameraID)}>{camera.name}</a>{" "}
            <StatusBadge status={camera.status} />{" "}
            <span class="muted">
              {camera.latitude}, {camera.longitude}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
