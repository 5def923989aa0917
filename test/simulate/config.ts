/** `npm run simulate:config [LIVES] [SEED]`: random lives of a camera's configuration; exit 1 when one goes wrong. */
import { liveConfig } from "./config-run.ts";

const [lives = 100_000, first = 1] = process.argv.slice(2).map(Number);
const OPERATIONS = 40;
const startMs = performance.now();
const sums = { reverts: 0, cuts: 0 };
let failed = 0;
for (let seed = first; seed < first + lives; seed++) {
  const life = liveConfig(seed, OPERATIONS);
  sums.reverts += life.reverts;
  sums.cuts += life.cuts;
  if (!life.problem) continue;
  failed += 1;
  if (failed <= 10) console.error(`seed ${seed}: ${life.problem}`);
}
const seconds = (performance.now() - startMs) / 1000;
console.log(
  JSON.stringify({
    ...{ lives, operations: OPERATIONS, failed, ...sums },
    livesPerSecond: Math.round(lives / seconds),
  }),
);
process.exitCode = failed ? 1 : 0;
