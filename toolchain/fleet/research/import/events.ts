/** Pictures of one deployment into events: a pause of the interval or longer begins the next. */

export const INTERVAL_MIN = 30;

export interface Timed {
  /** UTC. */
  seconds: number;
}

export interface Event<T extends Timed> {
  eventID: string;
  start: number;
  end: number;
  pictures: T[];
}

/** The same pictures make the same events, with the same names. */
export function eventsOf<T extends Timed>(
  deploymentID: string,
  pictures: T[],
  intervalS: number,
): Event<T>[] {
  const events: Event<T>[] = [];
  for (const picture of pictures.toSorted((a, b) => a.seconds - b.seconds)) {
    const last = events.at(-1);
    if (last && picture.seconds - last.end < intervalS) {
      last.end = picture.seconds;
      last.pictures.push(picture);
      continue;
    }
    const { seconds } = picture;
    const time = new Date(seconds * 1000).toISOString().slice(0, 19).replace(/[-:]/g, "");
    const eventID = `${deploymentID}-${time}Z`;
    events.push({ eventID, start: seconds, end: seconds, pictures: [picture] });
  }
  return events;
}
