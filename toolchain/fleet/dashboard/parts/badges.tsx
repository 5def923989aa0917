/** State of a camera and type of a detection: always colour, icon and word together. */
import type { CameraStatus, Observation } from "../types.ts";
import { labelOf, STATUS_WORDS, TYPE_WORDS } from "../words.ts";
import { Icon, STATUS_ICONS, TYPE_ICONS } from "./icons.tsx";

export function StatusBadge({ status }: { status: CameraStatus }) {
  return (
    <span class={`badge status-${status}`}>
      <Icon name={STATUS_ICONS[status]} /> {STATUS_WORDS[status]}
    </span>
  );
}

export function Label({ observation }: { observation: Observation }) {
  const { observationType: type, scientificName, count } = observation;
  return (
    <span class={`label type-${type}`}>
      <Icon name={TYPE_ICONS[type]} />
      <span class="label-name">{labelOf(observation)}</span>
      {count > 1 ? <span class="label-count">×{count}</span> : null}
      {scientificName ? <span class="unseen">({TYPE_WORDS[type].one})</span> : null}
    </span>
  );
}
