/**
 * Where the server takes its time from. Everything that ends in the database or decides a camera's state asks a
 * `Clock`; sessions, rate limits and timers use the machine's own time, so that a simulated day does not log anybody out.
 */
export interface Clock {
  /** UTC milliseconds. */
  now(): number;
}

export interface SimulatedClock extends Clock {
  /** Stands still until the next call. @param ms UTC milliseconds */
  set(ms: number): void;
}

export const systemClock: Clock = { now: () => Date.now() };

export function createSimulatedClock(startMs: number): SimulatedClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    set(ms) {
      nowMs = ms;
    },
  };
}

export const isSimulated = (clock: Clock): clock is SimulatedClock => "set" in clock;

/** ISO 8601 in UTC. @param ms UTC milliseconds */
export const isoOfMs = (ms: number): string => new Date(ms).toISOString();

/** ISO 8601 in UTC. @param seconds UTC seconds */
export const isoOfSeconds = (seconds: number): string => isoOfMs(seconds * 1000);
