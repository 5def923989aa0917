/** Motion detection on sequences of wind, light and weather, and on animals that cross: rates, not single pictures. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SHARED_DATA, skip } from "../support/skip.ts";
import type { Score } from "./support/scenes.ts";
import { drawnStills, judgeAll, openJudge, photographStills } from "./vision-scenes.ts";

/** Shots without anybody that may trigger, and the share of animals that must be seen: as measured, and a little beside. */
function check(scores: Map<string, Score>, seenMin: number): void {
  let [seenOfAll, crossingsOfAll] = [0, 0];
  for (const [name, { shots, falseTriggers, crossings, seen }] of scores) {
    const allowed = /rain|cloud/.test(name) ? 1 : 0;
    assert.ok(falseTriggers <= allowed, `${name}: ${falseTriggers} of ${shots} without anybody`);
    if (name.startsWith("sun flicker")) continue;
    seenOfAll += seen;
    crossingsOfAll += crossings;
    if (/noise|rain/.test(name))
      assert.ok(seen >= crossings * 0.9, `${name}: ${seen} of ${crossings} animals`);
  }
  assert.ok(seenOfAll >= crossingsOfAll * seenMin, `${seenOfAll} of ${crossingsOfAll} animals`);
}

test("drawn scenes held out: wind, light and rain do not trigger, animals do", () => {
  check(judgeAll(openJudge(), "heldOut", drawnStills("heldOut", 4)), 0.88);
});

test("photographs held out, by day and night: wind, light and rain do not trigger, animals do", async () => {
  if (!SHARED_DATA) return skip("motion on photographs: no ../shared/data");
  check(judgeAll(openJudge(), "heldOut", await photographStills("heldOut", 4)), 0.84);
});

test.run();
