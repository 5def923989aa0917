/**
 * `npm run simulate:ota [AGAIN] [SEED]`: every scenario of an update with the power cut at every flash operation in four ways,
 * and each of these AGAIN times more with a second cut; exit 1 when one goes wrong.
 */
import { cutEverywhere, SCENARIOS } from "./ota-run.ts";

const [second = 9, seed = 1] = process.argv.slice(2).map(Number);
const startMs = performance.now();
const sums = { runs: 0, cuts: 0, operations: 0, problems: 0 };
for (const scenario of SCENARIOS) {
  const report = cutEverywhere(scenario, { second, seed });
  sums.runs += report.runs;
  sums.cuts += report.cuts;
  sums.operations += report.operations;
  sums.problems += report.problems.length;
  for (const problem of report.problems.slice(0, 5)) console.error(problem);
  console.error(`${report.scenario}: ${report.operations} operations, ${report.runs} runs`);
}
const seconds = (performance.now() - startMs) / 1000;
console.log(JSON.stringify({ ...sums, runsPerSecond: Math.round(sums.runs / seconds) }));
process.exitCode = sums.problems ? 1 : 0;
