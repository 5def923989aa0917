/** Home: what needs somebody, what happened today, the cameras, the newest detections. */
import { useEffect, useState } from "preact/hooks";
import { usePageTitle, useServerNow } from "../hooks.ts";
import { CameraRow } from "../parts/camera-row.tsx";
import { Command } from "../parts/command.tsx";
import { FeedSection } from "../parts/feed.tsx";
import { NeedsYou } from "../parts/needs-you.tsx";
import { TodaySection } from "../parts/today.tsx";
import { FleetTroubles } from "../parts/troubles.tsx";
import type { Route } from "../route.ts";
import type { State } from "../state.ts";
import type { Camera, ObservationType, Summary } from "../types.ts";
import { byUrgency, fleetSentence, plural, TYPE_WORDS } from "../words.ts";

export function HomePage({ route, state }: { route: Route; state: State }) {
  const heading = usePageTitle("");
  const cameras = state.cameras ?? [];
  const isReady = useFirstCards(state);
  return (
    <>
      <section class="lead" aria-label="Overview">
        <h1 ref={heading} tabIndex={-1}>
          {fleetSentence(cameras)}
        </h1>
        {state.summary && cameras.length ? <Counts summary={state.summary} /> : null}
      </section>
      {cameras.length === 0 ? (
        <FirstCamera />
      ) : (
        <>
          <div class="day">
            <div class="needs">
              <FleetTroubles cameras={cameras} />
              {isReady ? <NeedsYou /> : null}
            </div>
            {isReady ? <TodaySection state={state} /> : null}
          </div>
          <div class="columns">
            <CameraList cameras={cameras} scores={state.scores} />
            <FeedSection route={route} state={state} title="Newest detections" />
          </div>
        </>
      )}
    </>
  );
}

/** Counts over many rows wait until there is something to look at. */
function useFirstCards({ feed }: State): boolean {
  const [isReady, setReady] = useState(false);
  const hasCards = feed.observations !== null || feed.error !== "";
  useEffect(() => {
    if (hasCards) setReady(true);
  }, [hasCards]);
  return isReady;
}

const COUNTED: ObservationType[] = ["animal", "human", "vehicle"];

function Counts({ summary }: { summary: Summary }) {
  const { observationsByType: byType, media, mediaStored } = summary;
  const seen = COUNTED.map((type) => {
    const { one, many } = TYPE_WORDS[type];
    return plural(byType[type] ?? 0, one.toLowerCase(), many.toLowerCase());
  });
  const coming = media - mediaStored;
  const pictures = `${plural(mediaStored, "picture")}${coming > 0 ? `, ${coming} more on the way` : ""}`;
  return (
    <p class="counts">
      {[...seen, pictures].map((text) => (
        <span key={text}>{text}</span>
      ))}
    </p>
  );
}

/** Beside the detections there is room; above them, on a phone, more rows push them off the screen. */
const rowsAtFirst = (): number => (window.matchMedia("(min-width: 60rem)").matches ? 10 : 3);

function CameraList({ cameras, scores }: { cameras: Camera[]; scores: State["scores"] }) {
  const nowMs = useServerNow();
  const [isWhole, setWhole] = useState(false);
  const sorted = [...cameras].sort(byUrgency);
  const limit = rowsAtFirst();
  // A button that reveals a single row is no gain.
  const isLong = sorted.length > limit + 1;
  const shown = isWhole || !isLong ? sorted : sorted.slice(0, limit);
  return (
    <section class="cameras" aria-labelledby="cameras-title">
      <h2 id="cameras-title">Cameras</h2>
      <ul>
        {shown.map((camera) => (
          <CameraRow
            key={camera.cameraID}
            camera={camera}
            score={scores[camera.cameraID]}
            nowMs={nowMs}
          />
        ))}
      </ul>
      {isLong ? (
        <button
          type="button"
          class="quiet wide"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? "Show fewer" : `Show all ${sorted.length} cameras`}
        </button>
      ) : null}
    </section>
  );
}

function FirstCamera() {
  return (
    <section class="empty" aria-labelledby="first-title">
      <h2 id="first-title">Add the first camera</h2>
      <p>
        Connect a board by USB and give it its name, its site and this server. Put the operator
        token into the variable <code>THICKET_TOKEN</code> first.
      </p>
      <Command
        text={`npx toolchain provision --port /dev/ttyACM0 --server ${location.origin} --site ridge --name cam-1`}
      />
      <p>No board at hand? Start an emulated one in a second terminal, then provision it.</p>
      <Command text={`npx toolchain emulate --tcp 2323 --server ${location.origin}`} />
      <Command
        text={`npx toolchain provision --port emulator --server ${location.origin} --site ridge --name cam-1`}
      />
      <p class="muted">The camera appears here by itself.</p>
    </section>
  );
}
