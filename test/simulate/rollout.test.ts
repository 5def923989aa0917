/** The roll-out server's promises on smaller fleets; `npm run simulate:rollout` measures them in full. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { falseStopRow, goodRow, harmfulRows } from "./rollout-promises.ts";

test("a release that kills 30 % stops by itself, on few cameras and never two of a site", () => {
  const rows = harmfulRows(12_000, 7);
  assert.equal(
    rows.filter(({ isKept }) => !isKept),
    [],
  );
});

test("a good release reaches the fleet", () => {
  const row = goodRow(1_500, 3);
  assert.ok(row.isKept, row.measured);
});

test("2 % of failures that have nothing to do with the release do not stop it", () => {
  const row = falseStopRow(20, 300);
  assert.ok(row.isKept, row.measured);
});

test.run();
