/** How the database writes the moments of a sum (db/migration-sums.ts): seconds of a period of 30 days, ` 17 86399x2`. */

/** Seconds of a period of observation_sums. */
export const PERIOD_S = 2_592_000;

const [SPACE, NINE] = [" ".charCodeAt(0), "9".charCodeAt(0)];
const ZERO = "0".charCodeAt(0);

/** Seconds since 1970 and individuals. */
export type See = (seconds: number, individuals: number) => void;

/** ` 17 86399x2`: seconds since 1970 and individuals of each. */
export function eachMoment(moments: string, period: number, see: See): void {
  const start = period * PERIOD_S;
  let [seconds, count, isCount] = [0, 0, false];
  for (let index = 1; index <= moments.length; index++) {
    const sign = index < moments.length ? moments.charCodeAt(index) : SPACE;
    if (sign === SPACE) {
      see(start + seconds, isCount ? count : 1);
      [seconds, count, isCount] = [0, 0, false];
    } else if (sign > NINE) isCount = true;
    else if (isCount) count = count * 10 + sign - ZERO;
    else seconds = seconds * 10 + sign - ZERO;
  }
}

/** Every n-th of them from number `first`, counted from 0; those between are passed over unread. */
export function eachNthMoment(
  moments: string,
  period: number,
  { first, every }: { first: number; every: number },
  see: See,
): void {
  let at = 0;
  for (let skip = first; at < moments.length; skip = every) {
    for (; skip > 0 && at >= 0; skip--) at = moments.indexOf(" ", at + 1);
    if (at < 0) return;
    oneMoment(moments, period, at, see);
  }
}

/** Some of them, `probes` at most, from all along the text. */
export function someMoments(moments: string, period: number, probes: number, see: See): void {
  for (let probe = 0; probe < probes; probe++) {
    const at = moments.lastIndexOf(" ", Math.floor(((probe + 0.5) / probes) * moments.length));
    oneMoment(moments, period, at, see);
  }
}

/** @param at place of the space before it */
function oneMoment(moments: string, period: number, at: number, see: See): void {
  const end = moments.indexOf(" ", at + 1);
  eachMoment(end < 0 ? moments.slice(at) : moments.slice(at, end), period, see);
}
