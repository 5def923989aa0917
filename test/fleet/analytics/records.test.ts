/** Which observations count, when they are independent, and how long cameras worked. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  daysOf,
  effortDays,
  operation,
  operationMatrix,
  total,
  without,
} from "../../../toolchain/fleet/analytics/effort.ts";
import { independent } from "../../../toolchain/fleet/analytics/events.ts";
import { rai } from "../../../toolchain/fleet/analytics/rai.ts";
import { countedOf, entriesOf } from "../../../toolchain/fleet/analytics/rows.ts";
import type { Observation } from "../../../toolchain/fleet/research/camtrap-dp.ts";
import { near, oracle } from "./support/oracle.ts";
import { deployment, observation } from "./support/rows.ts";

interface Wiutils {
  fixtures: { images: Record<string, (string | null)[]> };
  cases: {
    calls: { kwargs: { interval?: number; unit?: string } }[];
    expected: { index?: number[] }[];
  }[];
}

const UNIT_MS: Record<string, number> = {
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};

test("independent records are those of wiutils", () => {
  const file = oracle<Record<string, Wiutils>>("wiutils-fixtures.json");
  const one = file?.["filtering/test_remove_duplicates.py"];
  if (!one) return;
  const { images } = one.fixtures;
  const records = images.deployment_id!.map((deploymentID, i) => ({
    deploymentID: deploymentID!,
    taxon: ["class", "order", "family", "genus", "species"].map((r) => images[r]![i]).join(" "),
    timeMs: Date.parse(`${images.timestamp![i]!.replace(" ", "T")}Z`),
  }));
  let compared = 0;
  for (const { calls, expected } of one.cases) {
    const { interval, unit } = calls[0]!.kwargs;
    const { index } = expected[0]!;
    if (!index || !interval) continue;
    assert.equal(independent(records, interval * UNIT_MS[unit!]!), index, `${interval} ${unit}`);
    compared++;
  }
  assert.is(compared, 5);
});

// The same cases in short: wiutils test_remove_duplicates.py (MIT), deployment 001, one species.
const TIMES = ["01T10:13:13", "01T10:15:05", "01T10:16:46", "01T14:22:38", "03T08:15:57"];
const anteater = TIMES.map((time) => {
  return { deploymentID: "001", taxon: "M", timeMs: Date.parse(`2020-12-${time}Z`) };
});

test("half an hour and five hours keep the published records", () => {
  assert.equal(independent(anteater, 30 * 60_000), [0, 3, 4]);
  assert.equal(independent(anteater, 5 * 3_600_000), [0, 4]);
  assert.equal(independent(anteater, 0), [0, 1, 2, 3, 4]);
});

test("the two meanings of independence differ for a long visit", () => {
  const visit = [0, 20, 40, 60, 80].map((minute) => {
    return { deploymentID: "a", taxon: "x", timeMs: minute * 60_000 };
  });
  assert.equal(independent(visit, 30 * 60_000, "lastRecord"), [0]);
  assert.equal(independent(visit, 30 * 60_000, "lastIndependentRecord"), [0, 2, 4]);
  const backwards = [...visit].reverse();
  assert.equal(independent(backwards, 30 * 60_000, "lastIndependentRecord"), [0, 2, 4]);
});

test("observations kept and left out add up to all", () => {
  const rows: Observation[] = [
    observation({ scientificName: "Vulpes vulpes" }),
    observation({ scientificName: "Vulpes vulpes", cameraSetupType: "setup" }),
    observation({ observationType: "blank" }),
    observation({}),
    observation({ scientificName: "Vulpes vulpes", deploymentID: "nowhere" }),
    observation({ scientificName: "Vulpes vulpes", observationLevel: "media" }),
  ];
  const { kept, leftOut, level } = entriesOf(rows.map(countedOf), new Set(["d1"]));
  assert.is(level, "event");
  assert.is(kept.length + Object.values(leftOut).reduce((a, b) => a + b, 0), rows.length);
  assert.is(leftOut["of an unknown deployment"], 1);
  assert.is(leftOut["media-level row of the same events"], 1);
});

test("media-level rows count where there is no event-level one", () => {
  const rows = [observation({ scientificName: "Vulpes vulpes", observationLevel: "media" })];
  const { kept, level } = entriesOf(rows.map(countedOf), new Set(["d1"]));
  assert.equal([kept.length, level], [1, "media"]);
});

test("failures are taken out of the effort once, however they overlap", () => {
  const one = deployment({ deploymentEnd: "2024-05-11T12:00:00Z" });
  const failure = (from: string, to: string) => {
    return { deploymentID: "d1", failureStart: `2024-05-${from}Z`, failureEnd: `2024-05-${to}Z` };
  };
  const failures = [
    failure("03T00:00:00", "05T00:00:00"),
    failure("04T00:00:00", "06T00:00:00"),
    failure("10T12:00:00", "20T00:00:00"),
  ];
  const days = effortDays(operation([one], failures));
  near(total(days), 10.5 - 3 - 1, 1e-12);
  const matrix = operationMatrix([one], failures);
  near(
    matrix.cells[0]!.reduce((sum: number, cell) => sum + (cell ?? 0), 0),
    6.5,
    1e-12,
  );
  assert.equal(matrix.cells[0]!.slice(2, 5), [0, 0, 0]);
  assert.is(matrix.days[0], "2024-05-01");
});

test("a day before the camera stood is not a day without effort", () => {
  const first = deployment({});
  const later = deployment({ deploymentID: "d2", deploymentStart: "2024-05-03T06:00:00Z" });
  const { cells } = operationMatrix([first, later]);
  assert.equal(cells[1]!.slice(0, 3), [null, null, 0.75]);
});

test("what is cut out of a span and what is left make the span", () => {
  const left = without(
    [0, 100],
    [
      [-5, 10],
      [20, 30],
      [25, 40],
      [90, 200],
    ],
  );
  assert.equal(left, [
    [10, 20],
    [40, 90],
  ]);
  assert.is(daysOf(without([0, 100], [[0, 100]])), 0);
});

test("few deployments that differ more than chance widen the interval", () => {
  const even = rai([5, 5, 5].map((n) => ({ n, effortDays: 50 })));
  const uneven = rai([15, 0, 0].map((n) => ({ n, effortDays: 50 })));
  assert.is(even.interval.method, "exact Poisson");
  assert.is(uneven.interval.method, "quasi-Poisson on the log scale");
  assert.is(even.rai, uneven.rai);
  assert.ok(uneven.interval.high > even.interval.high && uneven.interval.low < even.interval.low);
});

test.run();
