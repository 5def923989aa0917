/**
 * kill -9 of the fleet server while cameras report, many times, on SQLite and on PostgreSQL: runs test/fleet/crash.test.ts with more
 * rounds and prints what it counts. `npm run crash [-- ROUNDS]`. PostgreSQL itself is not killed.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../support/skip.ts";

const rounds = process.argv[2] ?? "100";
for (const database of ["sqlite", "postgres"]) {
  console.log(`${database}: ${rounds} kills`);
  const { status } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(ROOT, "test/fleet/crash.test.ts")],
    {
      stdio: "inherit",
      env: { ...process.env, THICKET_CRASH_ROUNDS: rounds, THICKET_TEST_DATABASE: database },
    },
  );
  if (status !== 0) process.exitCode = 1;
}
