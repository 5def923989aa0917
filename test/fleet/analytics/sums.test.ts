/** Analyses over the sums that a server keeps say what the same analyses say over the rows themselves, whatever part is asked for. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Answer } from "../../../toolchain/fleet/analytics/answer.ts";
import { ANALYSES, analyse, analysisNamed } from "../../../toolchain/fleet/analytics/catalogue.ts";
import { type Counted, type Rows, recordsOf } from "../../../toolchain/fleet/analytics/rows.ts";
import type { Db } from "../../../toolchain/fleet/db/open.ts";
import { analysisRows } from "../../../toolchain/fleet/research/analysis-rows.ts";
import type { Deployment, Observation } from "../../../toolchain/fleet/research/camtrap-dp.ts";
import { countedRows } from "../../../toolchain/fleet/research/counted-rows.ts";
import {
  eachMoment,
  eachNthMoment,
  someMoments,
} from "../../../toolchain/fleet/research/moments.ts";
import { openSink } from "../../../toolchain/fleet/research/sink.ts";
import { openResearch, type ResearchFilter } from "../../../toolchain/fleet/research/source.ts";
import { SAMPLE_MAX } from "../../../toolchain/fleet/research/timed-rows.ts";
import { withDatabases } from "../support/databases.ts";

const DAY_S = 86_400;
const START_S = Date.UTC(2019, 2, 5, 13, 20, 11) / 1000;
const NOW_S = Date.UTC(2025, 0, 1) / 1000;
const TAXA = ["Vulpes vulpes", "Meles meles", "Lynx lynx", "Sus scrofa"];

const iso = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

/** Numerical Recipes' generator: the same numbers at each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function survey(): { deployments: Deployment[]; observations: Observation[] } {
  const next = numbers(5);
  const deployments = Array.from({ length: 12 }, (_, at): Deployment => {
    const start = START_S + Math.floor(next() * 90 * DAY_S);
    return {
      ...{ deploymentID: `d${at}`, latitude: 50, longitude: 5 + at, locationID: `l${at % 11}` },
      ...{ deploymentStart: iso(start), deploymentEnd: iso(start + 1800 * DAY_S) },
    };
  });
  const observations = Array.from({ length: 900 }, (_, at): Observation => {
    const { deploymentID, deploymentStart } = deployments[at % 12]!;
    const time = iso(Date.parse(deploymentStart) / 1000 + Math.floor(next() ** 2 * 1700 * DAY_S));
    const taxon = TAXA[Math.floor(next() ** 2 * 5)];
    return {
      ...{
        observationID: `o${at}`,
        deploymentID,
        eventID: `e${at}`,
        eventStart: time,
        eventEnd: time,
      },
      observationLevel: at % 17 === 0 ? "media" : "event",
      observationType: at % 9 === 0 ? "blank" : "animal",
      ...(at % 23 === 0 && { cameraSetupType: "setup" as const }),
      ...(taxon !== undefined && at % 9 !== 0 && { scientificName: taxon }),
      ...(at % 3 === 0 && { count: 1 + (at % 4) }),
      ...(at % 5 === 0 && taxon === "Lynx lynx" && { individualID: `i${at % 7}` }),
      classificationMethod: at % 2 ? "human" : "machine",
    };
  });
  return { deployments, observations };
}

async function plant(db: Db): Promise<void> {
  const { deployments, observations } = survey();
  const sink = openSink(db, "default");
  await sink.deployments(deployments);
  await sink.observations(observations);
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

/** Numbers to ten digits: sums of fractions depend on their order. */
const comparable = (answers: Answer[] | undefined) =>
  JSON.parse(
    JSON.stringify(
      answers?.map(({ observed, ...rest }) => ({
        ...rest,
        ...(rest.analysis === "effort" ? {} : { observed }),
      })),
      (_, value) =>
        typeof value === "number" && Number.isFinite(value) ? Number(value.toPrecision(10)) : value,
    ),
  );

const asked: [what: string, filter: ResearchFilter, options: Record<string, unknown>][] = [
  ["everything", {}, {}],
  ["one taxon", {}, { taxa: ["Vulpes vulpes"] }],
  ["a part of the time", { from: START_S + 111_111, to: START_S + 400 * DAY_S + 77 }, {}],
  [
    "records half an hour apart",
    {},
    { independenceMinutes: 30, taxa: ["Meles meles", "Lynx lynx"] },
  ],
  ["a day as occasion", { from: START_S + 9 * DAY_S }, { occasionDays: 1, taxa: TAXA.slice(0, 1) }],
  ["two months as occasion", { to: START_S + 900 * DAY_S }, { occasionDays: 61 }],
];

withDatabases("every analysis says the same from sums as from rows", async (db: Db) => {
  await plant(db);
  for (const [what, filter, options] of asked) {
    const source = openResearch(db, filter, { nowS: NOW_S });
    for (const { name, reads } of ANALYSES) {
      const taxa = (options.taxa as string[]) ?? [];
      const independenceMinutes = (options.independenceMinutes as number) ?? 0;
      const request = {
        ...{ reads, filter, taxa, independenceMinutes, nowS: NOW_S, isExact: true },
        ...(options.occasionDays !== undefined && { occasionDays: options.occasionDays as number }),
      };
      const summed = await analysisRows(db, request);
      const read: Rows = {
        deployments: summed.deployments,
        observations: await all(source.observations()),
        ...(summed.failures && { failures: summed.failures }),
        ...(summed.receptions && { receptions: summed.receptions }),
      };
      const few = { ...options, bootstraps: 19 };
      const one = comparable(analyse(name, summed, few));
      assert.equal(one, comparable(analyse(name, read, few)), `${name} of ${what}`);
    }
  }
});

withDatabases("a name with very many records is read in part, and says so", async (db: Db) => {
  await plant(db);
  await crowd(db);
  const ask = async (name: string, taxa: string[]) => {
    const { reads } = analysisNamed(name)!;
    const request = { reads, filter: {}, taxa, independenceMinutes: 0, nowS: NOW_S, isExact: true };
    return analyse(name, await analysisRows(db, request), { taxa, bootstraps: 9 })![0]!;
  };
  const activity = await ask("activity", ["Vulpes vulpes"]);
  const rate = await ask("rai", ["Vulpes vulpes"]);
  assert.is(activity.n, rate.n);
  assert.ok(activity.n > 1_000_000);
  assert.ok(
    activity.assumptions.some((text) => /^times of day from every \d+th of \d+/.test(text)),
  );
  const moon = await ask("moon", ["Vulpes vulpes"]);
  assert.match(moon.refusal ?? "", /at most 1000000/);
  assert.not.ok((await ask("moon", ["Lynx lynx"])).refusal?.includes("at most"));
});

withDatabases("a sample is every n-th of what was asked for, to the second", async (db: Db) => {
  await plant(db);
  await crowd(db);
  const part = { from: START_S + 50 * DAY_S + 11, to: START_S + 700 * DAY_S + 77 };
  for (const filter of [{}, part, { ...part, to: part.from + DAY_S }]) {
    const ask = { ...filter, taxa: ["Vulpes vulpes"] };
    const isFox = ({ taxon, timeMs }: Counted) => taxon === "Vulpes vulpes" && timeMs > 0;
    const keyOf = ({ deploymentID, timeMs }: Counted) => `${deploymentID} ${timeMs}`;
    const all = (await countedRows(db, { ...ask, detail: "moments" })).filter(isKept).filter(isFox);
    const sample = await countedRows(db, { ...ask, detail: "sample" });
    const foxes = sample.filter(isKept).filter(isFox);
    const every = Math.ceil(all.length / SAMPLE_MAX);
    assert.is(foxes.length, Math.ceil(all.length / every));
    assert.is(recordsOf(foxes), all.length);
    const there = new Set(all.map(keyOf));
    assert.ok(foxes.every((one) => there.has(keyOf(one))));
    assert.is(new Set(foxes.map(keyOf)).size, foxes.length);
  }
});

const isKept = ({ level, type, isSetup }: Counted) =>
  level === "event" && type === "animal" && !isSetup;

/** As many moments of one name as would take minutes to import. */
async function crowd(db: Db): Promise<void> {
  const moments = Array.from({ length: 7_000 }, (_, at) => ` ${at * 300}`).join("");
  await db
    .updateTable("observation_sums")
    .set({ moments, records: 7_000, individuals: 7_000 })
    .where("scientificName", "=", "Vulpes vulpes")
    .where("observationType", "=", "animal")
    .where("observationLevel", "=", "event")
    .where("cameraSetupType", "=", "")
    .execute();
}

test("moments are read as they are written", () => {
  const seen: number[][] = [];
  eachMoment(" 0 17x2 2591999x10000", 2, (...one) => seen.push(one));
  eachMoment("", 2, (...one) => seen.push(one));
  assert.equal(seen, [
    [5_184_000, 1],
    [5_184_017, 2],
    [7_775_999, 10_000],
  ]);
});

test("every n-th moment, and some from all along, are those that are there", () => {
  const all = Array.from({ length: 50 }, (_, at) => [at * at * 100, 1 + (at % 3)] as const);
  const text = all.map(([s, count]) => ` ${s}${count > 1 ? `x${count}` : ""}`).join("");
  for (const [first, every] of [
    ...([[0, 1]] as const),
    ...([[3, 7]] as const),
    ...([[49, 2]] as const),
    ...([[50, 1]] as const),
    ...([[0, 100]] as const),
  ]) {
    const seen: number[][] = [];
    eachNthMoment(text, 0, { first, every }, (...one) => seen.push(one));
    assert.equal(
      seen,
      all.filter((_, at) => at >= first && (at - first) % every === 0).map((one) => [...one]),
    );
  }
  eachNthMoment("", 0, { first: 0, every: 1 }, () => assert.unreachable());
  const places: number[] = [];
  someMoments(text, 0, 10, (seconds) => places.push(all.findIndex(([s]) => s === seconds)));
  assert.is(places.length, 10);
  assert.ok(places.every((place, at) => place >= 0 && (at === 0 || place > places[at - 1]!)));
});

test.run();
