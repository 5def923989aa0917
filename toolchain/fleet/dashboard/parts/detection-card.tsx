/** One detection in the list: picture with box, label, probability, camera, time. The card is one button. */
import { shortMoment } from "../times.ts";
import type { Observation } from "../types.ts";
import { percent } from "../words.ts";
import { Label } from "./badges.tsx";
import { Moment } from "./moment.tsx";
import { Picture } from "./picture.tsx";

interface CardProps {
  observation: Observation;
  nowMs: number;
  onOpen: (observation: Observation) => void;
}

export function DetectionCard({ observation, nowMs, onOpen }: CardProps) {
  return (
    <li class="card-item">
      <button
        type="button"
        class="card"
        data-detection={observation.observationID}
        aria-haspopup="dialog"
        onClick={() => onOpen(observation)}
      >
        <Picture observation={observation} media={observation.media[0]} showBox={true} />
        <span class="card-title">
          <Label observation={observation} />
          <span class="probability" title="Probability">
            {percent(observation.classificationProbability)}
          </span>
        </span>
        <span class="card-facts">
          <span class="card-camera">{observation.cameraName}</span>
          <Moment iso={observation.eventStart}>{shortMoment(observation.eventStart, nowMs)}</Moment>
        </span>
      </button>
    </li>
  );
}
