/** What needs somebody: one line per trouble, worst camera first. */
import { useState } from "preact/hooks";
import { cameraHref } from "../route.ts";
import type { Camera } from "../types.ts";
import { byUrgency, troubles } from "../words.ts";
import { Icon } from "./icons.tsx";

/** More would push today and the cameras off the screen. */
const SHOWN_MAX = 6;

export function FleetTroubles({ cameras }: { cameras: Camera[] }) {
  const [isWhole, setWhole] = useState(false);
  const found = [...cameras]
    .sort(byUrgency)
    .map((camera) => ({ camera, lines: troubles(camera) }))
    .filter(({ lines }) => lines.length > 0);
  if (found.length === 0) return null;
  const isLong = found.length > SHOWN_MAX + 1;
  const shown = isWhole || !isLong ? found : found.slice(0, SHOWN_MAX);
  return (
    <section class="troubles" aria-labelledby="troubles-title">
      <h2 id="troubles-title">Needs attention</h2>
      <ul>
        {shown.map(({ camera, lines }) => (
          <li key={camera.cameraID}>
            <Icon name="warning" />
            <span>
              <a href={cameraHref(camera.cameraID)}>{camera.name}</a> {lines.join(" ")}
            </span>
          </li>
        ))}
      </ul>
      {isLong ? (
        <button
          type="button"
          class="quiet"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? "Show fewer" : `Show all ${found.length} cameras with troubles`}
        </button>
      ) : null}
    </section>
  );
}

export function CameraTroubles({ camera }: { camera: Camera }) {
  const lines = troubles(camera);
  if (lines.length === 0) return null;
  return (
    <ul class="troubles">
      {lines.map((line) => (
        <li key={line}>
          <Icon name="warning" />
          <span>{line}</span>
        </li>
      ))}
    </ul>
  );
}
