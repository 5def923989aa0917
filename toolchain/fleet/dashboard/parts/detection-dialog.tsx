/**
 * One detection large: picture, box on or off, details, the other pictures of the burst. Escape closes, the arrow
 * keys go on, B toggles the box.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { cameraHref } from "../route.ts";
import { exactDuration, fullMoment, zoneName } from "../times.ts";
import type { Observation } from "../types.ts";
import { hasBox, labelOf, percent, TYPE_WORDS } from "../words.ts";
import { Label } from "./badges.tsx";
import { Icon } from "./icons.tsx";
import { Moment } from "./moment.tsx";
import { Picture } from "./picture.tsx";

interface DialogProps {
  /** Undefined while loading, or when it is not in the list. */
  observation: Observation | undefined;
  isLoading: boolean;
  hasNewer: boolean;
  hasOlder: boolean;
  /** -1: to the newer one. */
  onMove: (step: 1 | -1) => void;
  onClose: () => void;
}

export function DetectionDialog(props: DialogProps) {
  const { observation, hasNewer, hasOlder, onMove, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [showBox, setShowBox] = useState(true);

  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowLeft") onMove(-1);
    else if (event.key === "ArrowRight") onMove(1);
    else if (event.key.toLowerCase() === "b") setShowBox((isShown) => !isShown);
    else return;
    event.preventDefault();
  };

  return (
    <dialog
      ref={dialog}
      class="large"
      aria-label={observation ? `Detection: ${labelOf(observation)}` : "Detection"}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div class="large-bar">
        {/* aria-disabled: a button that is really disabled would swallow the arrow keys while it has the focus. */}
        <button
          type="button"
          aria-label="Newer detection"
          aria-disabled={!hasNewer}
          onClick={() => onMove(-1)}
        >
          <Icon name="left" />
        </button>
        <button
          type="button"
          aria-label="Older detection"
          aria-disabled={!hasOlder}
          onClick={() => onMove(1)}
        >
          <Icon name="right" />
        </button>
        <span class="large-title">
          {observation ? (
            <>
              <Label observation={observation} />{" "}
              <span class="muted">{percent(observation.classificationProbability)}</span>
            </>
          ) : null}
        </span>
        {observation && hasBox(observation) ? (
          <button
            type="button"
            aria-label="Box"
            aria-pressed={showBox}
            onClick={() => setShowBox(!showBox)}
          >
            <Icon name="box" /> <span class="wide-only">Box</span>
          </button>
        ) : null}
        <button type="button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {observation ? (
        <Detection key={observation.observationID} observation={observation} showBox={showBox} />
      ) : (
        <p class="large-missing" role="status">
          {props.isLoading
            ? "Loading…"
            : "This detection is not among the ones loaded here. Close this and show older ones."}
        </p>
      )}
    </dialog>
  );
}

function Detection({ observation: o, showBox }: { observation: Observation; showBox: boolean }) {
  const [at, setAt] = useState(0);
  const seconds = (Date.parse(o.eventEnd) - Date.parse(o.eventStart)) / 1000;
  return (
    <div class="large-body">
      <div class="large-picture">
        {/* The camera put its box on the first, the best, picture of the burst. */}
        <Picture observation={o} media={o.media[at]} showBox={showBox && at === 0} isLarge={true} />
        {o.media.length > 1 ? (
          <fieldset class="burst" aria-label="Pictures of this event">
            {o.media.map((media, index) => (
              <button
                key={media.mediaID}
                type="button"
                aria-pressed={index === at}
                onClick={() => setAt(index)}
              >
                {index === 0 ? "Best picture" : `Picture ${index + 1}`}
              </button>
            ))}
          </fieldset>
        ) : null}
      </div>
      <dl class="facts">
        <dt>Type</dt>
        <dd>
          {TYPE_WORDS[o.observationType].one}
          {o.count > 1 ? `, ${o.count} individuals` : ""}
        </dd>
        <dt>Probability</dt>
        <dd>{percent(o.classificationProbability)}</dd>
        <dt>Camera</dt>
        <dd>
          <a href={cameraHref(o.cameraID)}>{o.cameraName}</a>, {o.site}
        </dd>
        <dt>Time</dt>
        <dd>
          <Moment iso={o.eventStart}>{fullMoment(o.eventStart)}</Moment>{" "}
          <span class="muted">({zoneName(o.eventStart)})</span>
        </dd>
        {seconds > 0 ? (
          <>
            <dt>Lasted</dt>
            <dd>{exactDuration(seconds)}</dd>
          </>
        ) : null}
        <dt>Classified by</dt>
        <dd>{o.classifiedBy || "not stated"}</dd>
        <dt>Event</dt>
        <dd class="id">{o.eventID}</dd>
      </dl>
    </div>
  );
}
