/** Height and direction of the sun against published sunrise and sunset times and an astronomy library's. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sunPosition } from "../../../toolchain/emulator/world/sun.ts";
import { SHARED_DATA, skip } from "../../support/skip.ts";

/** Centre of the sun when its upper limb touches the horizon through standard refraction. */
const RISING_DEG = -50 / 60;

const altitude = (time: string | number, latitude: number, longitude: number) =>
  sunPosition(new Date(time).getTime(), latitude, longitude).altitudeDeg;

test("the sun touches the horizon at published times", () => {
  // 50.5 N 30.5 E, 2013-03-05: test values of the suncalc library, which is good to two minutes.
  for (const time of ["2013-03-05T04:34:56Z", "2013-03-05T15:46:57Z"])
    assert.ok(Math.abs(altitude(time, 50.5, 30.5) - RISING_DEG) < 0.35, time);
});

test("stands overhead at noon on the equator at the equinox, and in the north seen from the south", () => {
  const noon = sunPosition(Date.UTC(2024, 2, 20, 12, 7), 0, 0);
  assert.ok(noon.altitudeDeg > 89);
  const south = sunPosition(Date.UTC(2024, 11, 21, 10, 0), -35, 30);
  assert.ok(south.azimuthDeg < 5 || south.azimuthDeg > 355);
  const morning = sunPosition(Date.UTC(2024, 2, 20, 5), -25, 31);
  assert.ok(morning.azimuthDeg > 80 && morning.azimuthDeg < 100);
});

test("agrees with astronomy-engine at 24 places and dates", () => {
  if (!SHARED_DATA) return skip("sunrise oracle: no ../shared/data");
  const file = join(SHARED_DATA, "domain/oracle/sun-moon.json");
  const { points } = JSON.parse(readFileSync(file, "utf8"));
  let compared = 0;
  for (const { lat, lon, sunrise_utc, sunset_utc, place, date } of points)
    for (const time of [sunrise_utc, sunset_utc]) {
      if (!time) continue;
      const off = Math.abs(altitude(time, lat, lon) - RISING_DEG);
      assert.ok(off < 0.05, `${place} ${date}: ${off.toFixed(3)} degrees`);
      compared++;
    }
  assert.is(compared, 48);
});

test.run();
