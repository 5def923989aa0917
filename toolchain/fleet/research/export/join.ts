/**
 * Pictures with the observations that are about them, in one pass over two streams: by mediaID at the level of media, by time at
 * the level of events, as the standard says. In memory is only what lasts at the moment.
 */
import type { Observation } from "../camtrap-dp.ts";
import { momentOf } from "../times.ts";
import type { ExportMedia, ExportView } from "./view.ts";

export interface JoinedMedia {
  media: ExportMedia;
  /** Those that name the picture; where there is none, those of events that it lies in. */
  ofMedia: Observation[];
  ofEvents: Observation[];
}

/** Observations that no picture was found for. */
export interface JoinReport {
  withoutMedia: number;
}

interface Open {
  observation: Observation;
  start: number;
  end: number;
  isUsed: boolean;
}

const secondsOf = (text: string): number => momentOf(text)?.seconds ?? 0;

/** @param pick observations that matter to the caller */
export async function* joinMedia(
  view: ExportView,
  pick: (observation: Observation) => boolean = () => true,
  report: JoinReport = { withoutMedia: 0 },
): AsyncGenerator<JoinedMedia> {
  const order = new Map([...view.deploymentsByID.keys()].map((id, index) => [id, index]));
  const place = (row: { deploymentID: string }) => order.get(row.deploymentID) ?? 0;
  const coming = view.observations()[Symbol.asyncIterator]();
  let next = await coming.next();
  let open: Open[] = [];
  let current = -1;
  const close = (stays: (one: Open) => boolean) => {
    open = open.filter((one) => {
      if (stays(one)) return true;
      if (!one.isUsed) report.withoutMedia += 1;
      return false;
    });
  };
  for await (const media of view.media()) {
    const at = secondsOf(media.timestamp);
    if (place(media) !== current) close(() => false);
    current = place(media);
    while (!next.done) {
      const observation = next.value;
      const start = secondsOf(observation.eventStart);
      const where = place(observation);
      if (where > current || (where === current && start > at)) break;
      if (pick(observation)) {
        if (where < current) report.withoutMedia += 1;
        else open.push({ observation, start, end: secondsOf(observation.eventEnd), isUsed: false });
      }
      next = await coming.next();
    }
    close(({ end }) => end >= at);
    const fitting = open.filter(
      ({ observation: { observationLevel, mediaID } }) =>
        observationLevel === "event" || mediaID === media.mediaID,
    );
    for (const one of fitting) one.isUsed = true;
    const all = fitting.map(({ observation }) => observation);
    yield {
      media,
      ofMedia: all.filter(({ observationLevel }) => observationLevel === "media"),
      ofEvents: all.filter(({ observationLevel }) => observationLevel === "event"),
    };
  }
  close(() => false);
  for (; !next.done; next = await coming.next()) if (pick(next.value)) report.withoutMedia += 1;
}
