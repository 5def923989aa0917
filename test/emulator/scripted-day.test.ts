/** The day that `toolchain build` measures by: the same every time, and a day in which things happen. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../toolchain/bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../../toolchain/bundle/device-program.ts";
import { liveScriptedDay } from "../../toolchain/emulator/scripted-day.ts";

const { code = "" } = await compile(DEVICE_PROGRAM, "esp32s3");

test("a camera takes pictures, checks in, loses uploads and sends them in the end", async () => {
  const { events, cycle, idle, peak, holders } = await liveScriptedDay(code, "esp32s3");
  assert.ok(events.captures > events.motion, JSON.stringify(events));
  assert.ok(
    events.pictures > 10 && events.records > 30 && events.checkIns > 20,
    JSON.stringify(events),
  );
  // The server broke uploads off and answered 500.
  assert.ok(events.failures > 5);
  assert.ok(cycle && cycle.cycles > 10 && cycle.operations > 500);
  assert.ok(peak > idle + 300, `${idle} ${peak}`);
  assert.is(
    holders.reduce((sum, { jsvars }) => sum + jsvars, 0),
    peak,
  );
});

test("a board without a camera checks in all the same, and the day is the same every time", async () => {
  const day = await liveScriptedDay(code, "esp32c3");
  assert.is(day.cycle, null);
  assert.is(day.events.captures, 0);
  assert.ok(day.events.checkIns > 20);
  assert.equal(await liveScriptedDay(code, "esp32c3"), day);
});

test("a program that does not start is one clear error", async () => {
  const error = await liveScriptedDay("thicket2.start()", "esp32").catch((problem) => problem);
  assert.is(error.code, "PROGRAM_FAILED");
  assert.match(error.message, 'Uncaught ReferenceError: "thicket2" is not defined');
});

test.run();
