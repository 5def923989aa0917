/** The dashboard's words: times, states, troubles and settings as a person reads them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CONFIG_ROWS, type ConfigKey, defaultConfig } from "../../device/protocol/config.ts";
import {
  CONFIG_WORDS,
  changedValues,
  sayProblem,
  sayValue,
} from "../../toolchain/fleet/dashboard/config-words.ts";
import {
  ago,
  everyDuration,
  exactDuration,
  fullMoment,
  roughDuration,
  shortMoment,
  zoneName,
} from "../../toolchain/fleet/dashboard/times.ts";
import type { Camera, CameraStatus } from "../../toolchain/fleet/dashboard/types.ts";
import {
  byUrgency,
  clockDrift,
  fleetSentence,
  labelOf,
  percent,
  queue,
  signal,
  troubles,
} from "../../toolchain/fleet/dashboard/words.ts";
import { heartbeat } from "./support/fleet.ts";

const camera = (changes: Partial<Camera> = {}): Camera => ({
  ...{ cameraID: "cam-1", name: "ridge", site: "north", latitude: null, longitude: null },
  ...{ created: "2025-05-01T00:00:00.000Z", lastSeen: "2025-05-14T06:00:00.000Z" },
  ...{ status: "green", heartbeat: heartbeat(), problem: null },
  ...{ observationCount: 0, mediaCount: 0, configVersion: 0, wantedConfigVersion: 0 },
  ...{ configState: "inForce", configProblem: null },
  ...changes,
});

test("says durations in one unit or in the two largest", () => {
  const rows: [number, string, string][] = [
    [0, "0 s", "0 s"],
    [89, "89 s", "1 min 29 s"],
    [90, "2 min", "1 min 30 s"],
    [3600, "60 min", "1 h"],
    [5400, "2 h", "1 h 30 min"],
    [86_400, "24 h", "1 day"],
    [273_900, "3 days", "3 days 4 h"],
    [-5, "0 s", "0 s"],
  ];
  for (const [seconds, rough, exact] of rows) {
    assert.is(roughDuration(seconds), rough);
    assert.is(exactDuration(seconds), exact);
  }
  assert.is(everyDuration(3600), "hour");
  assert.is(everyDuration(1800), "30 min");
});

test("says that a camera went back to older settings", () => {
  const lines = troubles(camera({ configState: "refused", configProblem: "no contact" }));
  assert.equal(lines, ["It did not keep its new settings and works with older ones."]);
  assert.equal(troubles(camera({ configState: "waiting" })), []);
});

test("takes a moment in the future for now, because clocks disagree", () => {
  const now = Date.parse("2025-05-14T06:00:00Z");
  assert.is(ago("2025-05-14T06:00:40Z", now), "just now");
  assert.is(ago("2025-05-14T05:45:00Z", now), "15 min ago");
});

test("shows a moment in the viewer's zone and names the zone with its offset on that day", () => {
  const summer = "2025-05-14T22:30:05Z";
  const winter = Date.parse("2025-12-01T12:00:00Z");
  assert.is(shortMoment(summer, winter, "Europe/Berlin"), "15 May, 00:30");
  assert.is(shortMoment(summer, Date.parse("2026-02-01T00:00:00Z"), "UTC"), "14 May 2025, 22:30");
  assert.is(fullMoment(summer, "Africa/Nairobi"), "Thursday, 15 May 2025, 01:30:05");
  assert.is(zoneName(summer, "Europe/Berlin"), "Europe/Berlin, GMT+2");
  assert.is(zoneName("2025-12-01T12:00:00Z", "Europe/Berlin"), "Europe/Berlin, GMT+1");
  assert.is(zoneName(summer, "UTC"), "UTC");
});

test("reads a label as words and falls back to the type", () => {
  assert.is(labelOf({ observationType: "animal", scientificName: "big_cat" }), "Big cat");
  assert.is(labelOf({ observationType: "human", scientificName: "" }), "Human");
  assert.is(percent(0.874), "87 %");
});

test("puts the camera that needs somebody first", () => {
  const statuses: CameraStatus[] = ["green", "new", "yellow", "red", "orange"];
  const cameras = statuses.map((status) => camera({ cameraID: status, status }));
  const weak = camera({ cameraID: "weak", heartbeat: heartbeat({ batteryMv: 3300 }) });
  const order = [...cameras, weak].sort(byUrgency).map(({ cameraID }) => cameraID);
  assert.equal(order, ["red", "orange", "new", "yellow", "weak", "green"]);
});

test("says in one sentence how the fleet is", () => {
  assert.is(fleetSentence([]), "No cameras yet");
  assert.is(fleetSentence([camera()]), "Your camera is on time");
  assert.is(fleetSentence([camera(), camera()]), "All 2 cameras are on time");
  const mixed = fleetSentence([camera(), camera({ status: "red" }), camera({ status: "new" })]);
  assert.is(mixed.replaceAll("\u00a0", " "), "3 cameras: 1 on time, 1 silent, 1 not seen yet");
});

test("finds no trouble with a healthy camera and names every trouble of a sick one", () => {
  assert.equal(troubles(camera()), []);
  const sick = heartbeat({
    state: "degraded",
    batteryMv: 3400,
    captureFailures: 3,
    droppedRecords: 1,
    clockDriftS: -200,
    subsystems: [
      { name: "inference", state: "missing", failures: 0 },
      { name: "camera", state: "stopped", failures: 5 },
      { name: "uplink", state: "running", failures: 9 },
    ],
  });
  assert.equal(troubles(camera({ status: "red", heartbeat: sick, problem: "tempC is wrong" })), [
    "No contact for a long time. It promised to report every hour.",
    "Its last report was not understood: tempC is wrong.",
    "It works with a part switched off.",
    "Its firmware has no inference.",
    "Its camera has stopped.",
    "Battery low: 3.40 V.",
    "3 pictures failed since it started.",
    "1 record lost because its memory was full.",
    "Its clock is 3 min fast.",
  ]);
});

test("does not call a battery low that was not measured or is no single cell", () => {
  for (const batteryMv of [0, 3600, 5900, 12_100])
    assert.equal(troubles(camera({ heartbeat: heartbeat({ batteryMv }) })), []);
});

test("says what waits, how strong the signal is and which way the clock is off", () => {
  assert.is(queue(heartbeat({ queuedRecords: 1, queuedMedia: 3 })), "1 record, 3 pictures");
  assert.is(queue(heartbeat()), "");
  assert.is(signal(0), "not measured");
  assert.is(signal(-55), "strong (−55 dBm)");
  assert.is(signal(-85), "very weak (−85 dBm)");
  assert.is(clockDrift(0), "right");
  assert.is(clockDrift(30), "30 s slow");
  assert.is(clockDrift(-30), "30 s fast");
});

test("has words for every configuration key of the protocol and for no other", () => {
  const keys = CONFIG_ROWS.map(({ key }) => key).sort();
  assert.equal(Object.keys(CONFIG_WORDS).sort(), keys);
});

test("says configuration values as a person would", () => {
  const say = (key: ConfigKey, value: number) => {
    const row = CONFIG_ROWS.find((candidate) => candidate.key === key);
    return row ? sayValue(row, value) : "no such key";
  };
  assert.is(say("checkInIntervalS", 5400), "1 h 30 min");
  assert.is(say("timeLapseS", 0), "off");
  assert.is(say("alertHuman", 1), "on");
  assert.is(say("motionMinPermille", 4), "4 ‰");
  assert.is(say("burstCount", 3), "3");
});

test("sends only the values that were changed", () => {
  const saved = defaultConfig();
  assert.equal(changedValues(saved, { burstCount: saved.burstCount }), {});
  assert.equal(changedValues(saved, { burstCount: 5, jpegQuality: saved.jpegQuality }), {
    burstCount: 5,
  });
});

test("tells a refused value by the title of its field", () => {
  assert.is(
    sayProblem("burstCount must be a whole number from 1 to 10 pictures, not NaN"),
    "“Pictures in a burst” must be a whole number from 1 to 10 pictures, not empty",
  );
  assert.is(
    sayProblem("burstVotes must not be above burstCount"),
    "“Pictures that must agree” must not be above “Pictures in a burst”",
  );
});

test.run();
