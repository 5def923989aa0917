/** Which detections to show: by type (one of a row of radio buttons) and by camera. */
import type { Filter } from "../route.ts";
import type { Camera, ObservationType } from "../types.ts";
import { TYPE_WORDS } from "../words.ts";
import { Icon, TYPE_ICONS } from "./icons.tsx";

const TYPES: (ObservationType | "")[] = ["", "animal", "human", "vehicle", "unknown", "blank"];

interface FiltersProps {
  filter: Filter;
  /** Empty: the camera is given by the page. */
  cameras: Camera[];
  onChange: (filter: Filter) => void;
}

export function Filters({ filter, cameras, onChange }: FiltersProps) {
  return (
    <form
      class="filters"
      aria-label="Filter detections"
      onSubmit={(event) => event.preventDefault()}
    >
      <fieldset>
        <legend class="unseen">Type</legend>
        {TYPES.map((type) => (
          <label key={type} class="chip">
            <input
              type="radio"
              name="type"
              value={type}
              checked={filter.type === type}
              onChange={() => onChange({ ...filter, type })}
            />
            <span>
              {type ? <Icon name={TYPE_ICONS[type]} /> : null}
              {type ? TYPE_WORDS[type].many : "All"}
            </span>
          </label>
        ))}
      </fieldset>
      {cameras.length > 1 ? (
        <label class="camera-filter">
          <span class="unseen">Camera</span>
          <select
            name="camera"
            value={filter.cameraID}
            onChange={(event) => onChange({ ...filter, cameraID: event.currentTarget.value })}
          >
            <option value="">Every camera</option>
            {[...cameras]
              .sort((a, b) => a.name.localeCompare(b.name, "en"))
              .map((camera) => (
                <option key={camera.cameraID} value={camera.cameraID}>
                  {camera.name}, {camera.site}
                </option>
              ))}
          </select>
        </label>
      ) : null}
    </form>
  );
}
