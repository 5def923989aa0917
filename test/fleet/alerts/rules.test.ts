/** Rules by tables: what holds for which sighting, and which field is wrong in a wrong rule. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { DEFAULT_RULES } from "../../../toolchain/fleet/alerts/defaults.ts";
import { isInHours, nextTime } from "../../../toolchain/fleet/alerts/local-time.ts";
import {
  allowanceFor,
  matches,
  type Place,
  type Sighting,
} from "../../../toolchain/fleet/alerts/match.ts";
import { type Rule, ruleProblem, settingsProblem } from "../../../toolchain/fleet/alerts/rule.ts";
import { isInZone, zoneProblem } from "../../../toolchain/fleet/alerts/zone.ts";
import { DAY_MS, NIGHT_MS, NO_GO } from "./support.ts";

const place: Place = {
  ...{ cameraID: "cam-1", siteID: "Lowveld", groupName: "river" },
  ...{ latitude: -2, longitude: 35 },
};
const sighting = (changes: Partial<Sighting> = {}): Sighting => ({
  ...{ observationID: "cam-1:1-1", observationType: "human", scientificName: "", count: 1 },
  ...{ probability: 0.9, eventMs: NIGHT_MS },
  ...changes,
});
const elephant = { observationType: "animal", scientificName: "Loxodonta africana", count: 3 };

test("every condition holds and fails as it says", () => {
  const rows: [
    when: Record<string, unknown>,
    Partial<Sighting>,
    holds: boolean,
    Partial<Place>?,
  ][] = [
    [{}, {}, true],
    [{}, { observationType: "unknown" }, false],
    [{ observationTypes: ["unknown"] }, { observationType: "unknown" }, true],
    [{ observationTypes: ["vehicle"] }, {}, false],
    [{ scientificNames: ["loxodonta"] }, elephant, true],
    [{ scientificNames: ["Loxodonta africana"] }, elephant, true],
    [{ scientificNames: ["Lox"] }, elephant, false],
    [{ scientificNames: ["big cat"] }, { ...elephant, scientificName: "big_cat" }, true],
    [{ probabilityMin: 0.9 }, {}, true],
    [{ probabilityMin: 0.91 }, {}, false],
    [{ countMin: 3, countMax: 3 }, elephant, true],
    [{ countMin: 4 }, elephant, false],
    [{ countMax: 2 }, elephant, false],
    [{ sites: ["Lowveld"], groups: ["river"], cameraIDs: ["cam-1"] }, {}, true],
    [{ sites: ["Ridge"] }, {}, false],
    [{ groups: ["river"] }, {}, false, { groupName: null }],
    [{ inside: NO_GO }, {}, true],
    [{ inside: NO_GO }, {}, false, { longitude: 35.2 }],
    [{ inside: NO_GO }, {}, false, { latitude: null, longitude: null }],
    [{ outside: NO_GO }, {}, false],
    [{ outside: NO_GO }, {}, true, { latitude: 2 }],
    [{ outside: NO_GO }, {}, false, { latitude: null }],
    [{ sunBelow: -6 }, {}, true],
    [{ sunBelow: -6 }, { eventMs: DAY_MS }, false],
    [{ sunAbove: 0 }, { eventMs: DAY_MS }, true],
    [{ sunBelow: 90 }, {}, false, { latitude: null, longitude: null }],
    // 22:00 UTC on Friday is 01:00 on Saturday in Nairobi.
    [{ hours: [["23:00", "02:00"]], timeZone: "Africa/Nairobi" }, {}, true],
    [{ hours: [["23:00", "02:00"]], days: ["fri"], timeZone: "Africa/Nairobi" }, {}, true],
    [{ hours: [["23:00", "02:00"]], days: ["sat"], timeZone: "Africa/Nairobi" }, {}, false],
    [{ days: ["sat"], timeZone: "Africa/Nairobi" }, {}, true],
    [{ days: ["fri"] }, {}, true],
    [{ hours: [["06:00", "18:00"]] }, {}, false],
    [{ troubles: ["silent"] }, {}, false],
  ];
  for (const [when, changes, holds, where = {}] of rows) {
    const rule = { name: "r", severity: "P2", when };
    assert.is(ruleProblem(rule), "", JSON.stringify(when));
    const one = sighting(changes);
    const found = matches(rule as Rule, one, { ...place, ...where }, [one]);
    assert.is(found, holds, JSON.stringify([when, changes, where]));
  }
});

test("votes: so many of the last events, each sure enough, within the time", () => {
  const repeated = { times: 2, of: 3, probabilityMin: 0.4, withinMinutes: 10 };
  const rows: [probabilities: number[], minutesApart: number, holds: boolean][] = [
    [[0.5], 1, false],
    [[0.5, 0.4], 1, true],
    [[0.5, 0.3, 0.4], 1, true],
    [[0.5, 0.3, 0.3, 0.4], 1, false],
    [[0.5, 0.4], 11, false],
    [[0.3, 0.9, 0.9], 1, false],
  ];
  for (const [probabilities, minutes, holds] of rows) {
    const recent = probabilities.map((probability, index) =>
      sighting({ probability, eventMs: NIGHT_MS - index * minutes * 60_000 }),
    );
    const rule = { when: { repeated } };
    assert.is(matches(rule, recent[0]!, place, recent), holds, JSON.stringify(probabilities));
  }
});

test("zones have holes and parts and cross the date line", () => {
  const square = (x: number, y: number, half: number) =>
    [
      ...[
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
        [-1, -1],
      ].map(([dx = 0, dy = 0]) => [
        ...[((((x + dx * half + 180) % 360) + 360) % 360) - 180, y + dy * half],
      ]),
    ] as number[][];
  const holed = { type: "Polygon" as const, coordinates: [square(0, 0, 4), square(0, 0, 1)] };
  const fiji = { type: "Polygon" as const, coordinates: [square(179, -17, 3)] };
  const both = {
    type: "MultiPolygon" as const,
    coordinates: [holed.coordinates, fiji.coordinates],
  };
  const rows: [zone: typeof holed | typeof both, x: number, y: number, isIn: boolean][] = [
    [holed, 2, 2, true],
    [holed, 0, 0, false],
    [holed, 5, 0, false],
    [fiji, 179.9, -17, true],
    [fiji, -179, -17, true],
    [fiji, -177, -17, false],
    [fiji, 175, -17, false],
    [fiji, 0, -17, false],
    [both, -179, -17, true],
    [both, 2, 2, true],
  ];
  for (const [zone, x, y, isIn] of rows) assert.is(isInZone(zone, x, y), isIn, `${x} ${y}`);
  assert.is(zoneProblem(both), "");
});

test("clocks: summer time, and the next time of day", () => {
  const spring = Date.parse("2026-03-29T00:30:00Z");
  const timeZone = "Europe/Berlin";
  assert.ok(isInHours({ hours: [["01:00", "02:00"]], timeZone }, spring));
  assert.ok(isInHours({ hours: [["03:00", "04:00"]], timeZone }, spring + 3_600_000));
  assert.is(nextTime(spring, "06:00", timeZone), Date.parse("2026-03-29T04:00:00Z"));
  assert.is(nextTime(spring, "01:30", timeZone), spring);
  assert.is(nextTime(spring + 1, "01:30", timeZone), Date.parse("2026-03-29T23:30:00Z"));
});

test("an allowance names who, and holds where and when it says", () => {
  const patrol = {
    ...{ who: "patrol 3", from: "2026-03-20T21:00Z", to: "2026-03-21T00:00+00:00" },
    ...{ sites: ["Lowveld"], observationTypes: ["human" as const] },
  };
  const at = (ms: number, changes = {}, observationType = "human") =>
    allowanceFor([patrol], { observationType, ms }, { ...place, ...changes })?.who;
  assert.is(at(NIGHT_MS), "patrol 3");
  assert.is(at(NIGHT_MS, {}, "vehicle"), undefined);
  assert.is(at(NIGHT_MS, { siteID: "Ridge" }), undefined);
  assert.is(at(NIGHT_MS + 7_200_000), undefined, "the end is not in it");
  assert.is(at(DAY_MS), undefined);
});

test("a wrong rule says which field is wrong", () => {
  const rows: [change: Record<string, unknown>, problem: RegExp][] = [
    [{ name: undefined }, /^name: is missing$/],
    [{ severity: "P5" }, /^severity: must be one of P1, P2, P3, P4$/],
    [{ wen: {} }, /^wen: there is no such field$/],
    [{ when: { probabilityMin: 1.2 } }, /^when\.probabilityMin: must be <= 1$/],
    [{ when: { specis: ["x"] } }, /^when\.specis: there is no such field$/],
    [{ when: { hours: [["25:00", "06:00"]] } }, /^when\.hours\.0\.0: must match/],
    [{ when: { timeZone: "Mars/Olympus" } }, /^when\.timeZone: "Mars\/Olympus" is no time zone/],
    [{ when: { troubles: ["silent"], sunBelow: 0 } }, /^when\.sunBelow: a rule about troubles/],
    [{ when: { batteryMvMin: 3000 } }, /^when\.batteryMvMin: only a rule with when\.troubles/],
    [{ when: { countMin: 3, countMax: 2 } }, /^when\.countMax: 2 is below countMin 3$/],
    [
      { when: { repeated: { times: 3, of: 2, probabilityMin: 0.4, withinMinutes: 5 } } },
      /^when\.repeated\.times: 3 of 2/,
    ],
    [
      {
        when: {
          inside: {
            type: "Polygon",
            coordinates: [
              [
                [0, 0],
                [1, 0],
                [1, 1],
                [0, 1],
              ],
            ],
          },
        },
      },
      /^when\.inside: a ring must end where it begins$/,
    ],
    [
      {
        when: {
          inside: {
            type: "Polygon",
            coordinates: [
              [
                [0, 95],
                [1, 0],
                [1, 1],
                [0, 95],
              ],
            ],
          },
        },
      },
      /^when\.inside: \[0,95\] is no \[longitude, latitude\]$/,
    ],
    [{ severity: "P1", digestAt: "07:00" }, /^digestAt: a P1 is delivered at once/],
    [
      { when: { inside: { type: "Point", coordinates: [0, 0] } } },
      /^when\.inside: must be a GeoJSON/,
    ],
    [{ quiet: { from: "22:00", to: "22:00" } }, /^quiet\.to: /],
    [{ allow: [{ who: "us", from: "tomorrow" }] }, /^allow\.0\.from: "tomorrow" is no time/],
    [{ capPerHour: 0 }, /^capPerHour: must be >= 1$/],
  ];
  for (const [change, problem] of rows) {
    const rule = JSON.parse(JSON.stringify({ name: "r", severity: "P2", when: {}, ...change }));
    assert.match(ruleProblem(rule), problem);
  }
  assert.match(settingsProblem({ dashboard: "ftp://x" }), /^dashboard: must match/);
  assert.match(ruleProblem(null), /^the whole: /);
});

test("the default rules are rules, and only the one about cameras is on", () => {
  for (const rule of DEFAULT_RULES) assert.is(ruleProblem(rule), "", rule.name);
  assert.equal(
    DEFAULT_RULES.filter(({ isEnabled }) => isEnabled).map(({ severity }) => severity),
    ["P4"],
  );
});

test.run();
