/**
 * Detections as cards, newest first, with filters. What arrives live goes on top, or is held back with a button while
 * the viewer reads further down.
 */
import { useEffect, useRef } from "preact/hooks";
import { neighbour } from "../collection.ts";
import { loadOlder, setReading, showFeed, showHeld } from "../feed.ts";
import { navigate, useServerNow } from "../hooks.ts";
import { type Filter, parseRoute, type Route } from "../route.ts";
import { getState, type State } from "../state.ts";
import { zoneName } from "../times.ts";
import type { Camera, Observation } from "../types.ts";
import { plural } from "../words.ts";
import { DetectionCard } from "./detection-card.tsx";
import { DetectionDialog } from "./detection-dialog.tsx";
import { Filters } from "./filters.tsx";
import { Icon } from "./icons.tsx";

interface FeedProps {
  route: Route;
  state: State;
  title: string;
}

export function FeedSection({ route, state, title }: FeedProps) {
  const { feed, cameras } = state;
  const nowMs = useServerNow();
  const section = useRef<HTMLElement>(null);
  const isOpen = route.detectionID !== "";
  useHolding(section, isOpen, feed.observations !== null && feed.held.length > 0);
  useReadingOn(state, route.detectionID);

  const setFilter = (filter: Filter) => navigate({ ...route, filter, detectionID: "" }, "replace");
  const open = ({ observationID }: Observation) =>
    navigate({ ...route, detectionID: observationID });
  const observations = feed.observations ?? [];
  return (
    <section class="feed" ref={section} aria-labelledby="feed-title">
      <div class="feed-head">
        <h2 id="feed-title">{title}</h2>
        <p class="muted">Times in {zoneName(new Date(nowMs).toISOString())}</p>
      </div>
      <Filters
        filter={route.filter}
        cameras={route.page === "home" ? (cameras ?? []) : []}
        onChange={setFilter}
      />
      {feed.observations && feed.held.length && !isOpen ? (
        <button type="button" class="held" onClick={() => showNew(section.current)}>
          Show {plural(feed.held.length, "new detection")}
        </button>
      ) : null}
      <ul class="cards" aria-busy={feed.isLoading}>
        {observations.map((observation) => (
          <DetectionCard
            key={observation.observationID}
            observation={observation}
            nowMs={nowMs}
            onOpen={open}
          />
        ))}
      </ul>
      <FeedEnd state={state} filter={route.filter} onFilter={setFilter} />
      {isOpen ? (
        <DetectionDialog
          observation={observations.find((o) => o.observationID === route.detectionID)}
          isLoading={feed.isLoading}
          hasNewer={neighbour(observations, route.detectionID, -1) !== undefined}
          hasOlder={neighbour(observations, route.detectionID, 1) !== undefined}
          onMove={move}
          onClose={() => close(route)}
        />
      ) : null}
    </section>
  );
}

/** Reads where the viewer is now, not at the last drawing: keys repeat faster than that. */
function move(step: 1 | -1): void {
  const route = parseRoute(location.hash);
  const to = neighbour(getState().feed.observations ?? [], route.detectionID, step);
  if (to) navigate({ ...route, detectionID: to.observationID }, "replace");
}

/** Going back closes a detection opened from here; one opened by its link has nothing to go back to. */
function close(route: Route): void {
  const shown = route.detectionID;
  if (history.state?.isInside) history.back();
  else navigate({ ...route, detectionID: "" }, "replace");
  // The viewer goes on at the card last looked at, not at the one first opened.
  setTimeout(() => {
    const card = document.querySelector<HTMLElement>(`[data-detection="${CSS.escape(shown)}"]`);
    card?.focus();
  }, 50);
}

function showNew(section: HTMLElement | null): void {
  showHeld();
  section?.scrollIntoView({ block: "start" });
}

/** Arrivals are held back while a detection is open or the top of the list is out of sight. */
function useHolding(
  section: { current: HTMLElement | null },
  isOpen: boolean,
  hasHeld: boolean,
): void {
  useEffect(() => {
    const isBelowTop = () => (section.current?.getBoundingClientRect().top ?? 0) < -80;
    setReading(() => isOpen || isBelowTop());
    if (!hasHeld || isOpen) return;
    const onScroll = () => {
      if (!isBelowTop()) showHeld();
    };
    onScroll();
    window.addEventListener("scroll", onScroll, { passive: true });
    return () => window.removeEventListener("scroll", onScroll);
  }, [section, isOpen, hasHeld]);
}

/** A list longer than this was not reached by going on from card to card. */
const READ_ON_MAX = 1000;

/** While a detection is open: read on when it is not here yet (a shared link), or is the last one here. */
function useReadingOn({ feed }: State, detectionID: string): void {
  const { observations, next, isLoading, error } = feed;
  useEffect(() => {
    if (!detectionID || !observations || next === null || isLoading || error) return;
    if (observations.length > READ_ON_MAX || neighbour(observations, detectionID, 1)) return;
    void loadOlder();
  }, [detectionID, observations, next, isLoading, error]);
}

interface FeedEndProps {
  state: State;
  filter: Filter;
  onFilter: (filter: Filter) => void;
}

/** What stands below the cards: progress, an error with a way out, older ones, or why there is nothing. */
function FeedEnd({ state, filter, onFilter }: FeedEndProps) {
  const { feed } = state;
  if (feed.error)
    return (
      <p class="feed-end" role="alert">
        <Icon name="warning" /> {feed.error}{" "}
        <button
          type="button"
          class="quiet"
          onClick={() => void (feed.observations ? loadOlder() : showFeed(filter))}
        >
          Try again
        </button>
      </p>
    );
  if (feed.isLoading)
    return (
      <p class="feed-end muted" role="status">
        Loading detections…
      </p>
    );
  if (feed.next !== null)
    return (
      <p class="feed-end">
        <button type="button" onClick={() => void loadOlder()}>
          Show older
        </button>
      </p>
    );
  if (feed.observations?.length) return <p class="feed-end muted">That is all.</p>;
  return <Nothing filter={filter} cameras={state.cameras ?? []} onFilter={onFilter} />;
}

interface NothingProps {
  filter: Filter;
  cameras: Camera[];
  onFilter: (filter: Filter) => void;
}

function Nothing({ filter, cameras, onFilter }: NothingProps) {
  const concerned = cameras.filter((c) => !filter.cameraID || c.cameraID === filter.cameraID);
  const hasAny = concerned.some((camera) => camera.observationCount > 0);
  if (hasAny)
    return (
      <div class="feed-end">
        <p>{filter.type ? "No detection of this kind yet." : "Only blanks so far."}</p>
        <p>
          {filter.type ? (
            <button type="button" onClick={() => onFilter({ ...filter, type: "" })}>
              Show everything
            </button>
          ) : (
            <button type="button" onClick={() => onFilter({ ...filter, type: "blank" })}>
              Show the blanks
            </button>
          )}
        </p>
      </div>
    );
  return (
    <div class="feed-end">
      <p>Nothing seen yet.</p>
      <p class="muted">
        A camera reports at its next check-in; a human or a vehicle is reported at once. Walk past a
        camera to try it.
      </p>
    </div>
  );
}
