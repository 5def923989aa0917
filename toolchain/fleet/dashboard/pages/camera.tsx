/** One camera: its state in words, its heartbeat, its settings, its detections. */
import { usePageTitle, useServerNow } from "../hooks.ts";
import { StatusBadge } from "../parts/badges.tsx";
import { CameraUpdates } from "../parts/camera-updates.tsx";
import { ConfigForm } from "../parts/config-form.tsx";
import { FeedSection } from "../parts/feed.tsx";
import { Health } from "../parts/health.tsx";
import { Icon } from "../parts/icons.tsx";
import { HealthReport } from "../parts/score.tsx";
import { CameraTroubles } from "../parts/troubles.tsx";
import { formatRoute, type Route } from "../route.ts";
import type { State } from "../state.ts";
import { fullMoment } from "../times.ts";
import { lastContact, plural } from "../words.ts";

const HOME = formatRoute({ page: "home", filter: { type: "", cameraID: "" }, detectionID: "" });

export function CameraPage({ route, state }: { route: Route; state: State }) {
  const camera = state.cameras?.find(({ cameraID }) => cameraID === route.filter.cameraID);
  const heading = usePageTitle(camera?.name ?? "Unknown camera");
  const nowMs = useServerNow();
  if (!camera)
    return (
      <section class="empty">
        <h1 ref={heading} tabIndex={-1}>
          No such camera
        </h1>
        <p>
          There is no camera with the ID <code>{route.filter.cameraID}</code> on this server.
        </p>
        <p>
          <a href={HOME}>All cameras</a>
        </p>
      </section>
    );
  return (
    <>
      <section class="lead" aria-label="Camera">
        <a class="back" href={HOME}>
          <Icon name="left" /> All cameras
        </a>
        <h1 ref={heading} tabIndex={-1}>
          {camera.name} <span class="muted">{camera.site}</span>
        </h1>
        <p class="counts">
          <StatusBadge status={camera.status} />
          <span title={camera.lastSeen ? fullMoment(camera.lastSeen) : undefined}>
            {lastContact(camera, nowMs)}
          </span>
          <span>{plural(camera.observationCount, "detection")}</span>
          <span>{plural(camera.mediaCount, "picture")}</span>
        </p>
        <CameraTroubles camera={camera} />
      </section>
      <div class="columns">
        <div class="side">
          <section aria-labelledby="health-title">
            <h2 id="health-title">Health</h2>
            <HealthReport camera={camera} />
            <Health camera={camera} />
          </section>
          <CameraUpdates camera={camera} />
          <details class="settings">
            <summary>
              <h2>Settings</h2>
            </summary>
            <ConfigForm camera={camera} />
          </details>
        </div>
        <FeedSection route={route} state={state} title="Detections" />
      </div>
    </>
  );
}
