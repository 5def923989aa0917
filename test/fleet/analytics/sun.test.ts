/** Sun and moon against astronomy-engine, suncalc's published test and Meeus's examples. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { moon } from "../../../toolchain/fleet/analytics/moon.ts";
import {
  sunAltitude,
  sunDay,
  sunPosition,
  ZENITH,
} from "../../../toolchain/fleet/analytics/sun.ts";
import { digits, near, oracle } from "./support/oracle.ts";

interface Point {
  place: string;
  lat: number;
  lon: number;
  date: string;
  search_from_utc: string;
  sunrise_utc: string | null;
  sunset_utc: string | null;
  civil_dawn_utc: string | null;
  civil_dusk_utc: string | null;
  moon_illuminated_fraction_at_00utc: number;
  moon_phase_angle_deg_at_00utc: number;
}

const DAY_MS = 86_400_000;

/** The first rise and set within a day after a time, or null. */
function firstEvents(point: Point, zenith: number): [number | null, number | null] {
  const from = Date.parse(point.search_from_utc);
  const days = [-1, 0, 1].map((d) => sunDay(from + d * DAY_MS, point.lat, point.lon, zenith));
  const first = (times: number[]) =>
    times.filter((ms) => ms >= from && ms < from + DAY_MS).sort((a, b) => a - b)[0] ?? null;
  const both = days.flatMap((day) => (day.kind === "riseAndSet" ? [day] : []));
  return [first(both.map(({ riseMs }) => riseMs)), first(both.map(({ setMs }) => setMs))];
}

test("sunrise, sunset and civil twilight agree with astronomy-engine, polar days included", () => {
  const file = oracle<{ points: Point[] }>("oracle/sun-moon.json");
  for (const point of file?.points ?? []) {
    const limitMs = Math.abs(point.lat) < 60 ? 10_000 : 30_000;
    const check = (actual: number | null, expected: string | null, what: string) => {
      const name = `${point.place} ${point.date} ${what}`;
      if (expected === null || actual === null) assert.is(actual, expected, name);
      else assert.ok(Math.abs(actual - Date.parse(expected)) <= limitMs, name);
    };
    const [rise, set] = firstEvents(point, ZENITH.horizon);
    const [dawn, dusk] = firstEvents(point, ZENITH.civil);
    check(rise, point.sunrise_utc, "sunrise");
    check(set, point.sunset_utc, "sunset");
    check(dawn, point.civil_dawn_utc, "dawn");
    check(dusk, point.civil_dusk_utc, "dusk");
    const { illuminated, phase } = moon(Date.parse(`${point.date}T00:00:00Z`));
    near(illuminated, point.moon_illuminated_fraction_at_00utc, 0.002, point.place);
    const apart = Math.abs(phase - point.moon_phase_angle_deg_at_00utc);
    assert.ok(apart < 1, `${point.date}: phase ${phase}`);
  }
});

// suncalc test.js (BSD-2): 50.5 N 30.5 E on 2013-03-05. Its model of the sun is coarser: its noon
// is 83 s later than NOAA's, and every event with it. So 100 s are asked here, and 0.01 of
// the moon; the oracle above asks for 10 s and 0.002.
test("a published day agrees to 100 s", () => {
  const noon = Date.parse("2013-03-05T10:00:00Z");
  const rows: [keyof typeof ZENITH, string, string][] = [
    ["horizon", "04:34:56", "15:46:57"],
    ["civil", "04:02:17", "16:19:36"],
    ["nautical", "03:24:31", "16:57:22"],
    ["astronomical", "02:46:17", "17:35:36"],
  ];
  for (const [name, rise, set] of rows) {
    const day = sunDay(noon, 50.5, 30.5, ZENITH[name]);
    if (day.kind !== "riseAndSet") return assert.unreachable(name);
    assert.ok(Math.abs(day.riseMs - Date.parse(`2013-03-05T${rise}Z`)) < 100_000, `${name} rise`);
    assert.ok(Math.abs(day.setMs - Date.parse(`2013-03-05T${set}Z`)) < 100_000, `${name} set`);
    assert.ok(Math.abs(day.noonMs - Date.parse("2013-03-05T10:10:57Z")) < 100_000);
  }
  near(moon(Date.parse("2013-03-05T00:00:00Z")).illuminated, 0.4848068202456373, 0.01);
});

// Meeus 1998, example 25.a: 1992-10-13 00:00 TD; example 48.a: 1992-04-12, illuminated 0.6786 by the full series.
test("Meeus's examples come out", () => {
  const { declination } = sunPosition(Date.parse("1992-10-13T00:00:00Z"));
  digits(declination, "-7.78507");
  near(moon(Date.parse("1992-04-12T00:00:00Z")).illuminated, 0.6786, 0.002);
});

test("polar day and night are values", () => {
  assert.is(sunDay(Date.parse("2024-06-21T12:00:00Z"), 78, 16).kind, "polarDay");
  assert.is(sunDay(Date.parse("2024-12-21T12:00:00Z"), 78, 16).kind, "polarNight");
  assert.is(sunDay(Date.parse("2024-12-21T12:00:00Z"), -78, 16).kind, "polarDay");
});

test("the sun stands at the zenith angle when it rises", () => {
  const day = sunDay(Date.parse("2024-05-01T12:00:00Z"), 45, -110);
  if (day.kind !== "riseAndSet") return assert.unreachable();
  near(sunAltitude(day.riseMs, 45, -110), 90 - ZENITH.horizon, 0.001);
  near(sunAltitude(day.setMs, 45, -110), 90 - ZENITH.horizon, 0.001);
  assert.ok(sunAltitude(day.noonMs, 45, -110) > 50);
});

test.run();
