/** The C library with the system's compiler: warnings are errors, tests run under sanitizers. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROOT, skip } from "../support/skip.ts";

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;

test("builds without a warning and passes its own tests", () => {
  if (!has("gcc") || !has("make")) return skip("make -C native test: no gcc or no make here");
  const { status, stdout, stderr } = spawnSync("make", ["-C", join(ROOT, "native"), "test"], {
    encoding: "utf8",
  });
  assert.is(status, 0, `${stdout.slice(-2000)}\n${stderr.slice(-4000)}`);
  const summaries = [...stdout.matchAll(/^(\w+): (\d+) passed, (\d+) failed$/gm)];
  assert.ok(summaries.length >= 2, stdout.slice(-2000));
  for (const [line, , passed, failed] of summaries) {
    assert.ok(Number(passed) > 0 && failed === "0", line);
  }
  const cuts = [...stdout.matchAll(/^# \w+: (\d+) cut runs/gm)].map(([, runs]) => Number(runs));
  assert.is(cuts.length, 5, "patches, cells, log, slots and blobs");
  assert.ok(cuts.reduce((sum, runs) => sum + runs) >= 20_000, `cut runs: ${cuts}`);
  assert.match(stdout, /^fuzz: \d+ cases/m);
  for (const [, reason] of stdout.matchAll(/^# SKIP (.*)$/gm)) skip(reason!);
});

test.run();
