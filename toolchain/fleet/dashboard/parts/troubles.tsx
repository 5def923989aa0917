/** What needs somebody: one line per trouble, worst camera first. */
import { cameraHref } from "../route.ts";
import type { Camera } from "../types.ts";
import { byUrgency, troubles } from "../words.ts";
import { Icon } from "./icons.tsx";

export function FleetTroubles({ cameras }: { cameras: Camera[] }) {
  const found = [...cameras]
    .sort(byUrgency)
    .map((camera) => ({ camera, lines: troubles(camera) }))
    .filter(({ lines }) => lines.length > 0);
  if (found.length === 0) return null;
  return (
    <section class="troubles" aria-labelledby="troubles-title">
      <h2 id="troubles-title">Needs attention</h2>
      <ul>
        {found.map(({ camera, lines }) => (
          <li key={camera.cameraID}>
            <Icon name="warning" />
            <span>
              <a href={cameraHref(camera.cameraID)}>{camera.name}</a> {lines.join(" ")}
            </span>
          </li>
        ))}
      </ul>
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
