/** Updates with the power cut at a sample of flash operations; `npm run simulate:ota` cuts at every one. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cutEverywhere, SCENARIOS } from "./ota-run.ts";

const RUNS_MIN = 2000;

test("an update ends confirmed or rolled back with a reason, wherever the power goes, twice if it does", () => {
  const reports = SCENARIOS.map((scenario, seed) => cutEverywhere(scenario, { every: 16, seed }));
  assert.equal(
    reports.flatMap(({ problems }) => problems),
    [],
  );
  const runs = reports.reduce((sum, report) => sum + report.runs, 0);
  const operations = reports.reduce((sum, report) => sum + report.operations, 0);
  console.log(`# ${runs} runs over ${operations} operations of ${reports.length} updates`);
  assert.ok(runs >= RUNS_MIN, `${runs} runs`);
});

test.run();
