/** A camera in the list: name, state, last contact, battery, what waits on it. The whole row is one link. */
import { cameraHref } from "../route.ts";
import type { Camera } from "../types.ts";
import { battery, lastContact, plural, queue } from "../words.ts";
import { StatusBadge } from "./badges.tsx";
import { Icon } from "./icons.tsx";
import { Score } from "./score.tsx";

export function CameraRow({
  camera,
  score,
  nowMs,
}: {
  camera: Camera;
  score: number | null | undefined;
  nowMs: number;
}) {
  const { heartbeat, lastSeen } = camera;
  const waiting = queue(heartbeat);
  return (
    <li>
      <a class="camera-row" href={cameraHref(camera.cameraID)} data-camera={camera.cameraID}>
        <span class="camera-name">
          {camera.name} <span class="muted">{camera.site}</span>
        </span>
        <StatusBadge status={camera.status} />
        <span class="camera-facts">
          <span title={lastSeen ?? undefined}>{lastContact(camera, nowMs)}</span>
          <span>{plural(camera.observationCount, "detection")}</span>
          {score === null || score === undefined ? null : (
            <span>
              Health <Score score={score} />
            </span>
          )}
          {heartbeat?.batteryMv ? (
            <span title="Battery">
              <Icon name="battery" /> <span class="unseen">Battery </span>
              {battery(heartbeat)}
            </span>
          ) : null}
          {waiting ? (
            <span title="Waiting on the camera">
              <Icon name="queue" /> {waiting} waiting
            </span>
          ) : null}
        </span>
      </a>
    </li>
  );
}
