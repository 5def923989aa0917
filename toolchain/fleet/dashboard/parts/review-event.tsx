/** One event under review: its picture with the box, and what machine, rules and people say about each observation. */
import type { ReviewEvent, ReviewObservation } from "../review-api.ts";
import { fullMoment } from "../times.ts";
import type { Observation } from "../types.ts";
import { labelOf, percent } from "../words.ts";
import { Picture } from "./picture.tsx";

interface Props {
  event: ReviewEvent;
  /** Which observation the next correction is about. */
  chosen: number;
  onChoose: (index: number) => void;
  /** What was decided here just now. */
  doneWords: string | undefined;
}

export function ReviewEventView({ event, chosen, onChoose, doneWords }: Props) {
  const shown = event.observations[chosen] ?? event.observations[0];
  if (!shown) return null;
  return (
    <section class="review" aria-label={`Event of ${event.cameraName ?? event.locationName ?? ""}`}>
      <Picture
        observation={pictured(shown, event)}
        media={shown.media[0]}
        showBox={true}
        isLarge={true}
      />
      <div class="review-facts">
        <h2>
          {event.cameraName ?? event.locationName ?? event.deploymentID}{" "}
          <span class="muted">{event.site}</span>
        </h2>
        <p class="muted">
          <time dateTime={event.eventStart}>{fullMoment(event.eventStart)}</time>,{" "}
          {event.reasons.join(", ") || "not yet reviewed"}
        </p>
        {doneWords ? <p class="done">{doneWords}</p> : null}
        <ol>
          {event.observations.map((one, index) => (
            <li key={one.observationID}>
              <button
                type="button"
                aria-pressed={one === shown}
                onClick={() => onChoose(index)}
                class="review-label"
              >
                {labelOf(one)}
              </button>
              <Said observation={one} />
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function Said({ observation: one }: { observation: ReviewObservation }) {
  const { topGuess, rolledUp, classificationMethod, classifiedBy, flag } = one;
  return (
    <span class="review-said">
      {topGuess ? (
        <span>
          Machine: {labelOf(topGuess)}
          {topGuess.probability === null ? "" : `, ${percent(topGuess.probability)}`}
        </span>
      ) : null}
      {rolledUp ? <span>Sure as far as: {rolledUp.name || rolledUp.kind}</span> : null}
      {classificationMethod === "human" ? <span>Decided by {classifiedBy}</span> : null}
      {flag ? <span>Flag: {flag}</span> : null}
    </span>
  );
}

/** As the part that draws pictures takes it. */
const pictured = (one: ReviewObservation, event: ReviewEvent): Observation => ({
  ...{ ...one, cameraID: "", eventID: event.eventID, eventEnd: event.eventStart },
  ...{ cameraName: event.cameraName ?? "", site: event.site ?? "", eventStart: event.eventStart },
  classifiedBy: one.classifiedBy ?? "",
  ...{ bboxX: one.bboxX ?? 0, bboxY: one.bboxY ?? 0 },
  ...{ bboxWidth: one.bboxWidth ?? 0, bboxHeight: one.bboxHeight ?? 0 },
});
