/**
 * The frame around every page: header with the live state, banner for trouble with the server, footer with the clock.
 */
import { useEffect } from "preact/hooks";
import { showFeed } from "./feed.ts";
import { useRoute, useServerNow, useStore } from "./hooks.ts";
import { AlertsPage } from "./pages/alerts.tsx";
import { CameraPage } from "./pages/camera.tsx";
import { HomePage } from "./pages/home.tsx";
import { LoginPage } from "./pages/login.tsx";
import { Icon, type IconName, Mark } from "./parts/icons.tsx";
import { LatePage } from "./parts/late-page.tsx";
import { Navigation } from "./parts/navigation.tsx";
import { formatRoute } from "./route.ts";
import { logout } from "./store.ts";
import type { LiveState } from "./stream.ts";
import { fullMoment, roughDuration, zoneName } from "./times.ts";

const HOME = formatRoute({ page: "home", filter: { type: "", cameraID: "" }, detectionID: "" });

export function App() {
  const state = useStore();
  const route = useRoute();
  const { type, cameraID } = route.filter;
  const isIn = state.session === "in";

  useEffect(() => {
    if (isIn) void showFeed({ type, cameraID });
  }, [isIn, type, cameraID]);

  if (state.session === "out") return <LoginPage message={state.loginMessage} />;
  if (!isIn || !state.cameras) return <Opening problem={state.problem} />;
  return (
    <>
      <button type="button" class="skip" onClick={skipToMain}>
        Skip to content
      </button>
      <Header
        live={state.live}
        name={state.settings?.name ?? ""}
        waiting={state.alerts?.length ?? 0}
      />
      <Navigation page={route.page} state={state} />
      {state.problem ? (
        <p class="banner" role="alert">
          <Icon name="warning" /> {state.problem} Trying again.
        </p>
      ) : null}
      <main id="main" tabIndex={-1}>
        {route.page === "alerts" ? (
          <AlertsPage route={route} state={state} />
        ) : route.page === "camera" ? (
          <CameraPage key={cameraID} route={route} state={state} />
        ) : route.page !== "home" ? (
          <LatePage key={route.page} page={route.page} route={route} state={state} />
        ) : (
          <HomePage route={route} state={state} />
        )}
      </main>
      <Footer offsetMs={state.clockOffsetMs} />
      <p class="unseen" aria-live="polite" id="announcer">
        {state.announcement}
      </p>
    </>
  );
}

/** Not a link: the fragment of the URL holds the route. */
function skipToMain() {
  document.getElementById("main")?.focus();
}

function Opening({ problem }: { problem: string }) {
  return (
    <main class="opening" id="main">
      <Mark />
      <p role="status">{problem ? `${problem} Trying again.` : "Opening…"}</p>
    </main>
  );
}

const LIVE_WORDS: Record<LiveState, { word: string; icon: IconName; help: string }> = {
  connecting: { word: "connecting", icon: "clock", help: "Opening the live stream" },
  live: { word: "live", icon: "pulse", help: "New detections appear by themselves" },
  reconnecting: {
    word: "reconnecting",
    icon: "clock",
    help: "The connection broke; what you see may be out of date",
  },
  paused: { word: "paused", icon: "clock", help: "Live updates rest while the page is hidden" },
};

interface HeaderProps {
  live: LiveState;
  /** What the administrator called the server. */
  name: string;
  /** Alerts that nobody has taken. */
  waiting: number;
}

function Header({ live, name, waiting }: HeaderProps) {
  const { word, icon, help } = LIVE_WORDS[live];
  return (
    <header class="bar">
      <a class="brand" href={HOME} aria-label="Thicket, home">
        <Mark /> Thicket{name ? <span class="server-name">{name}</span> : null}
      </a>
      <a class="alerts-link" href="#/alerts" data-waiting={waiting ? "" : undefined}>
        {waiting ? <Icon name="warning" /> : null} Alerts{waiting ? ` (${waiting})` : ""}
      </a>
      <span class={`live live-${live}`} role="status" title={help}>
        <Icon name={icon} /> {word}
      </span>
      <button type="button" class="quiet" onClick={() => void logout()}>
        Log out
      </button>
    </header>
  );
}

/** A difference the viewer should know of: times on the page are the server's. */
const CLOCK_OFFSET_MS_MAX = 120_000;

function Footer({ offsetMs }: { offsetMs: number }) {
  const now = new Date(useServerNow()).toISOString();
  const isOff = Math.abs(offsetMs) > CLOCK_OFFSET_MS_MAX;
  const direction = offsetMs > 0 ? "ahead of" : "behind";
  return (
    <footer class="foot">
      <p>
        Server clock{" "}
        <time dateTime={now} title={now}>
          {fullMoment(now).replace(/:\d\d$/, "")}
        </time>{" "}
        ({zoneName(now)})
        {isOff ? `, ${roughDuration(Math.abs(offsetMs) / 1000)} ${direction} this device` : ""}.
      </p>
    </footer>
  );
}
