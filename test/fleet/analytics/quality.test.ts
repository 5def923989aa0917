/** Labels against labels, latency, deviations from a protocol, records by moonlight. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  agreement,
  classAccuracy,
  labelPairs,
} from "../../../toolchain/fleet/analytics/accuracy.ts";
import { latency } from "../../../toolchain/fleet/analytics/latency.ts";
import { nightRecords, nightsOf } from "../../../toolchain/fleet/analytics/moon-use.ts";
import {
  deviations,
  distanceM,
  PROTOCOLS,
} from "../../../toolchain/fleet/analytics/protocol-rules.ts";
import { digits, near } from "./support/oracle.ts";
import { deployment, observation } from "./support/rows.ts";

const pair = (human: string, machine: string) => {
  return { human: new Set([human]), machine: new Set([machine]) };
};
const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

// Cohen's κ of the textbook table 20, 5, 10, 15: 0.4.
const FOUR = [
  ...times(20, pair("fox", "fox")),
  ...times(5, pair("fox", "badger")),
  ...times(10, pair("badger", "fox")),
  ...times(15, pair("badger", "badger")),
];

test("precision, recall and agreement are those of the table of counts", () => {
  const { share, kappa, same } = agreement(FOUR);
  near(kappa!, 0.4, 1e-12);
  assert.equal([share, same], [0.7, 35]);
  const fox = classAccuracy(FOUR).find(({ label }) => label === "fox")!;
  near(fox.precision!, 20 / 30, 1e-12);
  near(fox.recall!, 20 / 25, 1e-12);
  // Wilson for 20 of 25.
  digits(fox.recallInterval![0], "0.609");
  digits(fox.recallInterval![1], "0.911");
});

test("every pair is in one cell of each class", () => {
  for (const c of classAccuracy(FOUR)) {
    const human = FOUR.filter((p) => p.human.has(c.label)).length;
    assert.is(c.truePositives + c.falseNegatives, human);
  }
});

test("labels of one medium are paired, others are not", () => {
  const label = (classificationMethod: "human" | "machine", mediaID: string, name?: string) =>
    observation({
      classificationMethod,
      mediaID,
      observationLevel: "media",
      ...(name ? { scientificName: name } : { observationType: "blank" as const }),
    });
  const pairs = labelPairs([
    label("human", "m1", "Vulpes vulpes"),
    label("machine", "m1", "Meles meles"),
    label("machine", "m2", "Meles meles"),
    label("human", "m3"),
    label("machine", "m3"),
    label("human", "m4", "Vulpes vulpes"),
    label("human", "m4", "Meles meles"),
    label("machine", "m4", "Vulpes vulpes"),
  ]);
  assert.is(pairs.length, 3);
  assert.is(agreement(pairs).same, 1);
  const [fox] = classAccuracy(pairs).filter(({ label: name }) => name === "Vulpes vulpes");
  assert.equal([fox!.truePositives, fox!.falseNegatives, fox!.falsePositives], [1, 1, 0]);
});

test("a class that a side never named has no figure", () => {
  const rows = classAccuracy(times(10, pair("fox", "badger")));
  assert.equal(
    rows.map(({ label, precision, recall }) => [label, precision, recall]),
    [
      ["fox", null, 0],
      ["badger", 0, null],
    ],
  );
});

test("latency has its quantiles, and counts clocks that are ahead", () => {
  const receptions = Array.from({ length: 101 }, (_, i) => {
    return { triggeredS: 1000, receivedS: 1000 + i - 1 };
  });
  const { n, negative, quantiles } = latency(receptions);
  assert.equal([n, negative, quantiles[0]!.seconds, quantiles[1]!.seconds], [101, 1, 49, 89]);
  const [low, high] = quantiles[0]!.interval;
  assert.ok(low >= 38 && low <= 41 && high >= 58 && high <= 61, `${low} ${high}`);
});

test("a degree of latitude is 111 km", () => {
  near(
    distanceM({ latitude: 50, longitude: 5 }, { latitude: 51, longitude: 5 }) / 1000,
    111.195,
    1e-4,
  );
});

/** Eight cameras as the protocol wants them, about 500 m apart. */
const array = Array.from({ length: 8 }, (_, i) =>
  deployment({
    deploymentID: `d${i}`,
    latitude: 50 + i * 0.0045,
    cameraHeight: 0.5,
    baitUse: false,
    deploymentStart: "2024-09-05T00:00:00Z",
    deploymentEnd: "2024-11-10T00:00:00Z",
  }),
);
const snapshot = PROTOCOLS["snapshot-usa"]!;

test("an array that follows the protocol does not deviate", () => {
  assert.equal(deviations(array, snapshot), []);
});

test("each rule names the deployment, what was found and what is wanted", () => {
  const [first, ...rest] = array;
  const rows: [Partial<typeof first>, string, string, boolean][] = [
    [{ cameraHeight: 1.5 }, "cameraHeight", "1.5 m", false],
    [{ cameraHeight: undefined }, "cameraHeight", "not recorded", true],
    [{ baitUse: true }, "baitUse", "true", false],
    [{ deploymentEnd: "2024-11-20T00:00:00Z" }, "season", "2024-09-05 to 2024-11-20", false],
    [{ latitude: 50.0044 }, "spacing", "11 m", false],
    [{ latitude: 40 }, "spacing", "1112450 m", false],
  ];
  for (const [part, rule, found, isMissing] of rows) {
    const all = deviations([{ ...first!, ...part }, ...rest], snapshot);
    const own = all.find(({ deploymentID }) => deploymentID === "d0")!;
    assert.equal([own.rule, own.found, own.isMissing], [rule, found, isMissing]);
  }
  assert.is(deviations(array.slice(0, 5), snapshot)[0]?.found, "5 locations");
});

test("nights in operation are the local midnights, each in one class of the moon", () => {
  const month = [Date.parse("2024-05-01T12:00:00Z"), Date.parse("2024-05-31T12:00:00Z")] as const;
  for (const longitude of [0, 179, -179]) {
    const nights = nightsOf([month], longitude);
    assert.is(
      nights.reduce((a, b) => a + b, 0),
      30,
    );
    assert.ok(nights[0]! > 6 && nights[3]! > 6, String(nights));
  }
  // Full moon on 2024-05-23, new moon on 2024-05-08.
  const at = (time: string) => ({ timeMs: Date.parse(time), latitude: 0, longitude: 0 });
  const { night, day } = nightRecords([
    at("2024-05-23T23:00:00Z"),
    at("2024-05-08T01:00:00Z"),
    at("2024-05-08T12:00:00Z"),
  ]);
  assert.equal([night, day], [[1, 0, 0, 1], 1]);
});

test.run();
