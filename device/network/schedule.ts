/** When the camera next talks to its server: the planned interval, spread so that cameras do not call all at once. */

export const RETRY_S_MIN = 30;
const RETRY_S_MAX = 900;
/** Earlier or later than planned by at most this part. */
const SPREAD_PCT = 10;

/** A number 0..999 that is always the same for the same text, and looks arbitrary. */
export function scatter(text: string): number {
  let sum = 7;
  text.split("").forEach((letter) => {
    sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  });
  return sum % 1000;
}

/**
 * Seconds until the next check-in.
 * @param intervalS promised seconds between check-ins
 * @param failures attempts that failed since the last that worked
 * @param seed scatters cameras: different for each camera and turn, the same on every run
 */
export function pauseS(intervalS: number, failures: number, seed: string): number {
  const spread = 1 + ((scatter(seed) - 500) * SPREAD_PCT) / 50000;
  if (!failures) return intervalS * spread;
  const most = Math.max(RETRY_S_MIN, Math.min(intervalS, RETRY_S_MAX));
  return Math.min(most, RETRY_S_MIN * (1 << Math.min(failures - 1, 10))) * spread;
}
