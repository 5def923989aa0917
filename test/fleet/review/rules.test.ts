/** The decision rule and the geofence, with SpeciesNet's own list of fixes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  fixedGeofence,
  geofenceOf,
  isFenced,
  readGeofence,
} from "../../../toolchain/fleet/review/geofence.ts";
import {
  ancestor,
  type Detection,
  decide,
  type Guess,
  type Lineage,
  lineageText,
} from "../../../toolchain/fleet/review/rules.ts";
import { SHARED_DATA, skip } from "../../support/skip.ts";

const lineage = (text: string) => text.split(";") as unknown as Lineage;
const animal = (text: string, score: number): Guess => ({
  ...{ kind: "animal", label: text, score, lineage: lineage(text) },
});
const thing = (kind: "blank" | "human" | "vehicle" | "unknown", score: number): Guess => ({
  ...{ kind, label: kind, score },
});
const found = (kind: Detection["kind"], confidence: number): Detection => ({ kind, confidence });

const LION = "mammalia;carnivora;felidae;panthera;leo";
const LEOPARD = "mammalia;carnivora;felidae;panthera;pardus";
const CAT = "mammalia;carnivora;felidae;felis;catus";
const FOX = "mammalia;carnivora;canidae;vulpes;vulpes";
const DEER = "mammalia;cetartiodactyla;cervidae;cervus;elaphus";
const BIRD = "aves;passeriformes;corvidae;corvus;corax";
const NOWHERE = { geofence: geofenceOf([]) };

const ROWS: [
  what: string,
  Guess[],
  Detection | undefined,
  kind: string,
  source: string,
  name?: string,
][] = [
  ["a sure person", [], found("human", 0.71), "human", "detector"],
  [
    "no surer than the threshold",
    [thing("human", 0.5)],
    found("human", 0.7),
    "unknown",
    "classifier",
  ],
  ["a person that both see", [thing("human", 0.51)], found("human", 0.21), "human", "classifier"],
  ["a person on a vehicle", [thing("vehicle", 0.51)], found("human", 0.21), "human", "classifier"],
  ["a driver", [thing("human", 0.51)], found("vehicle", 0.9), "human", "classifier"],
  ["a sure vehicle", [thing("blank", 0.6)], found("vehicle", 0.71), "vehicle", "detector"],
  [
    "a vehicle that both see",
    [thing("vehicle", 0.41)],
    found("vehicle", 0.21),
    "vehicle",
    "classifier",
  ],
  ["nothing", [thing("blank", 0.51)], undefined, "blank", "classifier"],
  [
    "nothing, though something was found",
    [thing("blank", 0.98)],
    found("animal", 0.3),
    "unknown",
    "classifier",
  ],
  ["surely nothing", [thing("blank", 0.995)], found("animal", 0.3), "blank", "classifier"],
  ["a sure lion", [animal(LION, 0.81)], undefined, "animal", "classifier", LION],
  [
    "a lion that was found",
    [animal(LION, 0.66)],
    found("animal", 0.21),
    "animal",
    "classifier",
    LION,
  ],
  [
    "lion or leopard",
    [animal(LION, 0.4), animal(LEOPARD, 0.3)],
    undefined,
    "animal",
    "classifier+rollup_to_genus",
    "mammalia;carnivora;felidae;panthera;",
  ],
  [
    "lion or cat",
    [animal(LION, 0.4), animal(CAT, 0.3)],
    undefined,
    "animal",
    "classifier+rollup_to_family",
    "mammalia;carnivora;felidae;;",
  ],
  [
    "lion or fox",
    [animal(LION, 0.4), animal(FOX, 0.3)],
    undefined,
    "animal",
    "classifier+rollup_to_order",
    "mammalia;carnivora;;;",
  ],
  [
    "lion or deer",
    [animal(LION, 0.4), animal(DEER, 0.3)],
    undefined,
    "animal",
    "classifier+rollup_to_class",
    "mammalia;;;;",
  ],
  [
    "lion or bird",
    [animal(LION, 0.4), animal(BIRD, 0.3)],
    undefined,
    "animal",
    "classifier+rollup_to_kingdom",
    ";;;;",
  ],
  ["some animal", [animal(LION, 0.3)], found("animal", 0.51), "animal", "detector"],
  ["who knows", [animal(LION, 0.3)], found("animal", 0.5), "unknown", "classifier"],
  ["nobody looked", [], undefined, "unknown", "classifier"],
];

for (const [what, guesses, detection, kind, source, name] of ROWS) {
  test(`decides: ${what}`, () => {
    const decision = decide(guesses, detection, NOWHERE);
    assert.equal([decision.kind, decision.source], [kind, source]);
    if (name !== undefined) assert.is(lineageText(decision.lineage as Lineage), name);
  });
}

test("an animal that cannot be at a place becomes what is left of it further up", () => {
  const geofence = geofenceOf([{ taxon: LION, rule: "allow", country: "KEN", region: "" }]);
  const guesses = [animal(LION, 0.9), animal(FOX, 0.05)];
  const at = (country: string) => decide(guesses, undefined, { geofence, place: { country } });
  assert.is(at("KEN").source, "classifier");
  const { source, lineage: left, score } = at("DEU");
  assert.equal(
    [source, lineageText(left as Lineage)],
    ["classifier+geofence+rollup_to_family", "mammalia;carnivora;felidae;;"],
  );
  assert.is(score, 0.9);
  assert.is(decide(guesses, undefined, { geofence }).source, "classifier", "nobody said where");
});

test("a family that is fenced too is passed over", () => {
  const geofence = geofenceOf([
    { taxon: LION, rule: "block", country: "DEU", region: "" },
    { taxon: "mammalia;carnivora;felidae;;", rule: "block", country: "DEU", region: "" },
  ]);
  const { source } = decide([animal(LION, 0.9)], undefined, {
    geofence,
    place: { country: "DEU" },
  });
  assert.is(source, "classifier+geofence+rollup_to_order");
});

test("a lineage has no ancestor at a rank it does not reach", () => {
  assert.is(ancestor(lineage("mammalia;carnivora;;;"), "family"), undefined);
  assert.equal(ancestor(lineage("mammalia;carnivora;;;"), "kingdom"), lineage(";;;;"));
});

test("SpeciesNet's fixes: dingos only where they are not blocked, bears in New Jersey too", () => {
  if (!SHARED_DATA) return skip("geofence_fixes.csv: no ../shared/data");
  const file = join(SHARED_DATA, "domain", "speciesnet", "geofence_fixes.csv");
  const fixes = readGeofence(readFileSync(file, "utf8"));
  assert.is(fixes.length, 246);
  const bear = "mammalia;carnivora;ursidae;ursus;americanus";
  const regions = ["ME", "VT"].map((region) => ({
    ...{ taxon: bear, rule: "allow" as const, country: "USA", region },
  }));
  const fenced = fixedGeofence(geofenceOf(regions), fixes);
  const at = (taxon: string, country: string, region?: string) =>
    isFenced(taxon, fenced, { country, ...(region && { region }) });
  const dingo = "mammalia;chordata;canidae;canis;lupus dingo";
  assert.is(at(dingo, "AND"), true);
  assert.is(at(dingo, "AUS"), false);
  assert.is(
    fixes.filter(({ taxon, country }) => taxon === dingo && at(taxon, country)).length,
    244,
  );
  assert.is(at("mammalia;cetartiodactyla;cervidae;capreolus;capreolus", "USA", "TX"), true);
  assert.is(at("mammalia;cetartiodactyla;cervidae;capreolus;capreolus", "FRA"), false);
  assert.equal(
    ["NJ", "ME", "TX", undefined].map((region) => at(bear, "USA", region)),
    [false, false, true, false],
  );
  assert.is(at(bear, "CAN"), true, "not on the list of the base");
  const unlisted = fixedGeofence(geofenceOf([]), fixes);
  assert.is(isFenced(bear, unlisted, { country: "CAN" }), false, "a fix begins no list");
});

test("a geofence that is none is refused by its line", () => {
  const head = "species,rule,country_code,admin1_region_code";
  const rows: [string, RegExp][] = [
    ["a,b", /line 1: the header must be/],
    [`${head}\nlion,allow,KEN,`, /line 2: "lion" is not class;order/],
    [`${head}\n${LION},permit,KEN,`, /line 2: "permit" is not allow or block/],
    [`${head}\n${LION},allow,KEN,\n${LION},allow,Kenya,`, /line 3: "Kenya" is no country/],
    [`${head}\n${LION},allow,USA,Texas`, /line 2: "Texas" is no region/],
  ];
  for (const [csv, message] of rows)
    assert.throws(
      () => readGeofence(csv),
      (e: Error) => message.test(e.message),
    );
});

test.run();
