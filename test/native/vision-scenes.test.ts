/** Motion detection on sequences of wind, light and weather, and on animals that cross: rates, not single pictures. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SHARED_DATA, skip } from "../support/skip.ts";
import type { Score } from "./support/scenes.ts";
import { drawnStills, judgeAll, openJudge, photographStills } from "./vision-scenes.ts";

function check(scores: Map<string, Score>): void {
  for (const [name, { shots, falseTriggers, crossings, seen }] of scores) {
    // Spots of sun on a plain sky or wall cannot be told from a thing by their grey values.
    const allowed = name.startsWith("sun flicker") ? shots * 0.5 : 0;
    assert.ok(falseTriggers <= allowed, `${name}: ${falseTriggers} of ${shots} without anybody`);
    if (/noise|rain|wind/.test(name))
      assert.ok(seen >= crossings * 0.7, `${name}: ${seen} of ${crossings} animals`);
  }
}

test("drawn scenes: wind, light and rain do not trigger, animals do", () => {
  check(judgeAll(openJudge(), drawnStills(4)));
});

test("photographs by day and night: wind, light and rain do not trigger, animals do", async () => {
  if (!SHARED_DATA) return skip("motion on photographs: no ../shared/data");
  check(judgeAll(openJudge(), await photographStills(8)));
});

test.run();
