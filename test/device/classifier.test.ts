/** From probabilities to an answer: the rules of the model card and the thresholds of the configuration. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  addView,
  decide,
  groupsOf,
  newReading,
  type Reading,
  vote,
} from "../../device/monitoring/classifier.ts";
import { tilesOf } from "../../device/monitoring/views.ts";
import { type ConfigValues, defaultConfig } from "../../device/protocol/config.ts";
import { ANIMAL, BLANK, HUMAN, LABELS } from "./fakes.ts";

const GROUPS = groupsOf(LABELS);

function readingOf(views: number[][], changes: Partial<ConfigValues> = {}): Reading {
  const reading = newReading();
  for (const view of views) addView(reading, GROUPS, view);
  decide(reading, { ...defaultConfig(), ...changes });
  return reading;
}

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test("knows the group of each label, whatever the kinds are called", () => {
  assert.equal(groupsOf(["deer", "human", "blank", "vehicle"]), [3, 1, 0, 2]);
});

test("an animal's probability is the sum of its kinds", () => {
  const reading = readingOf([[0.2, 0.15, 0.1, 0.2, 0.2, 0.15]]);
  assert.is(reading.type, "animal");
  near(reading.probability, 0.55);
});

test("over several views the largest animal, human and vehicle and the smallest blank count", () => {
  const reading = readingOf([
    [0.9, 0.02, 0.02, 0.02, 0.02, 0.02],
    [0.3, 0.1, 0.4, 0.1, 0.05, 0.05],
    [0.5, 0.3, 0.05, 0.05, 0.05, 0.05],
  ]);
  near(reading.groups[0] as number, 0.3);
  near(reading.groups[1] as number, 0.3);
  near(reading.groups[2] as number, 0.4);
  near(reading.groups[3] as number, 0.2);
  assert.is(reading.type, "vehicle");
  near(reading.kinds[3] as number, 0.1);
});

for (const [name, view, changes, type] of [
  ["the largest wins at the default", [0.42, 0.1, 0.1, 0.33, 0.03, 0.02], {}, "blank"],
  ["the largest wins at the default", [0.38, 0.1, 0.1, 0.35, 0.05, 0.02], {}, "animal"],
  [
    "a lower blank limit drops more",
    [0.3, 0.1, 0.1, 0.4, 0.05, 0.05],
    { blankMaxPct: 16 },
    "blank",
  ],
  ["a higher blank limit keeps more", [0.7, 0.0, 0.0, 0.3, 0, 0], { blankMaxPct: 80 }, "animal"],
  ["too little confidence is unknown", [0.2, 0.29, 0.28, 0.1, 0.08, 0.05], {}, "unknown"],
  [
    "confidence is asked for by the configuration",
    [0.2, 0.6, 0.1, 0.1, 0, 0],
    { confidenceMinPct: 61 },
    "unknown",
  ],
  ["a person is a human", HUMAN, {}, "human"],
] as const) {
  test(`${name}: ${type} for ${view.join(" ")}`, () => {
    assert.is(readingOf([[...view]], changes).type, type);
  });
}

test("a reading without views stays unclassified", () => {
  const reading = readingOf([]);
  assert.is(reading.type, "unclassified");
  assert.is(reading.probability, 0);
});

test("a type needs its votes", () => {
  const config = defaultConfig();
  const readings = [readingOf([ANIMAL]), readingOf([HUMAN]), readingOf([BLANK])];
  assert.equal(vote(readings, LABELS, config), { type: "unknown", probability: 0, label: "" });
  const two = [readingOf([ANIMAL]), readingOf([HUMAN]), readingOf([ANIMAL])];
  assert.is(vote(two, LABELS, config).type, "animal");
  assert.is(vote(two, LABELS, { ...config, burstVotes: 3 }).type, "unknown");
});

test("a burst cut short needs no more votes than it has pictures", () => {
  assert.is(
    vote([readingOf([HUMAN])], LABELS, { ...defaultConfig(), burstVotes: 2 }).type,
    "human",
  );
});

test("equal numbers of votes are settled by probability", () => {
  const config = { ...defaultConfig(), burstVotes: 1 };
  const readings = [readingOf([HUMAN]), readingOf([ANIMAL])];
  assert.is(vote(readings, LABELS, config).type, "animal");
  assert.is(vote(readings.reverse(), LABELS, config).type, "animal");
});

test("names a kind only when the mean of the agreeing pictures is high enough", () => {
  const sure = readingOf([[0.1, 0, 0, 0.8, 0.1, 0]]);
  const unsure = readingOf([[0.1, 0, 0, 0.5, 0.4, 0]]);
  const config = defaultConfig();
  assert.is(vote([sure, sure], LABELS, config).label, "elephant");
  assert.is(vote([sure, unsure], LABELS, config).label, "");
  assert.is(vote([sure, unsure], LABELS, { ...config, speciesMinPct: 60 }).label, "elephant");
});

test("never names the rest class", () => {
  const other = readingOf([[0.05, 0, 0, 0, 0.05, 0.9]]);
  const verdict = vote([other, other], LABELS, defaultConfig());
  assert.is(verdict.type, "animal");
  assert.is(verdict.label, "");
});

test("six tiles of 55 % reach every edge and stay inside", () => {
  const tiles = tilesOf(640, 480);
  assert.is(tiles.length, 6);
  assert.equal(tiles[0], [0, 0, 352, 264]);
  assert.equal(tiles[5], [288, 216, 352, 264]);
  for (const [left, top, width, height] of tilesOf(333, 101)) {
    assert.ok(left >= 0 && top >= 0 && left + width <= 333 && top + height <= 101);
  }
});

test.run();
