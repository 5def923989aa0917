/** The conformance table, in the part that needs no other checkout and no clock: its figures reach their targets. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROOT, SHARED_DATA, skip } from "../support/skip.ts";
import type { Row } from "./rows.ts";

/** Tests of an imagined interpreter: one passes, one fails, one does not apply. */
function someTests(): string {
  const folder = mkdtempSync(join(tmpdir(), "thicket-upstream-"));
  writeFileSync(join(folder, "test_good.js"), "result=1;");
  writeFileSync(join(folder, "test_bad.js"), "print('no');result=0;");
  writeFileSync(
    join(folder, "test_drawing.js"),
    "var g=Graphics.createArrayBuffer(8,8,1);result=1;",
  );
  return folder;
}

test("every figure but one meets its target, and that one is named, explained, and the exit code", () => {
  const folder = someTests();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "test/conform/report.ts", "--quick", "--json", "--espruino-tests", folder],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, THICKET_ESPRUINO: "" } },
  );
  rmSync(folder, { recursive: true });
  const { rows } = JSON.parse(stdout) as { rows: Row[] };
  const [upstream, ...others] = rows;
  assert.is(upstream?.figure, "1 / 2 / 3 (50.0 %)");
  assert.match(upstream?.notes[0] ?? "", /^fails test_bad\.js: /);
  assert.match(upstream?.notes[1] ?? "", "1 do not apply: draws");
  assert.is(status, 1, stderr);
  const unmet = rows.filter(({ isMet }) => !isMet).map(({ what }) => what);
  assert.equal(unmet, [upstream?.what]);

  const figure = (part: string) => others.find(({ what }) => what.includes(part))?.figure ?? "";
  const [passed = 0, total = -1] = figure("Language cases").split(" / ").map(Number);
  assert.ok(passed === total && total > 170);
  assert.match(figure("Console sessions"), /^(\d\d+) \/ \1$/);
  if (!SHARED_DATA) return skip("JsVar golden figures: no ../shared/data");
  const golden = others.filter(({ what }) => what.startsWith("JsVar golden cases"));
  assert.is(golden.length, 6);
  for (const { figure } of golden) {
    const [exact = 0, near = 0, off = -1] = figure.split(" / ").map(Number);
    assert.ok(off === 0 && exact >= 0.95 * (exact + near), figure);
  }
});

test.run();
