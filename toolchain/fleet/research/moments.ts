/** How the database writes the moments of a sum (db/migration-sums.ts): seconds of a period of 30 days, ` 17 86399x2`. */

/** Seconds of a period of observation_sums. */
export const PERIOD_S = 2_592_000;

const [SPACE, NINE] = [" ".charCodeAt(0), "9".charCodeAt(0)];
const ZERO = "0".charCodeAt(0);

/** ` 17 86399x2`: seconds since 1970 and individuals of each. */
export function eachMoment(
  moments: string,
  period: number,
  see: (seconds: number, individuals: number) => void,
): void {
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
