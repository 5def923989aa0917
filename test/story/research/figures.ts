/** The product's analyses, by API and by command, held against independent.ts. */
import * as assert from "uvu/assert";
import type { Answer } from "../../../toolchain/fleet/analytics/answer.ts";
import { getJson, type TestFleet } from "../../fleet/support/fleet.ts";
import type { LightCamera } from "./cameras.ts";
import {
  atWork,
  captureFrequencies,
  densityAt,
  diversityOf,
  historyOf,
  kernelOf,
  lostTime,
  occupancyOf,
  sharedArea,
  solarAngles,
} from "./independent.ts";
import { type Month, type Seen, START_S } from "./month.ts";
import { LEOPARD, type Reviewed } from "./reviewers.ts";

const OCCASION_DAYS = 5;
export const ANALYSES: [name: string, query: string][] = [
  ["effort", ""],
  ["rai", ""],
  ["occupancy", `occasion=${OCCASION_DAYS}`],
  ["diversity", ""],
  ["activity", `taxon=${LEOPARD},Papio ursinus,Genetta maculata`],
  ["overlap", `taxon=${LEOPARD},Tragelaphus scriptus`],
  ["abundance", `taxon=${LEOPARD}&occasion=${OCCASION_DAYS}`],
];

export type Answers = Record<string, Answer[]>;

export async function answersOf(fleet: TestFleet): Promise<Answers> {
  const found: Answers = {};
  for (const [name, query] of ANALYSES) {
    found[name] = (await getJson(fleet, `/api/v1/analytics/${name}?${query}`)).answers;
  }
  return found;
}

const near = (found: number | undefined, wanted: number, within: number, what: string) =>
  assert.ok(
    Math.abs((found ?? Number.NaN) - wanted) <= within * Math.max(1, Math.abs(wanted)),
    `${what}: ${found}, and the ledger says ${wanted}`,
  );

export interface Ledger {
  month: Month;
  crew: LightCamera[];
  reviewed: Reviewed;
}

/**
 * @param nameOf what the answers call a species of the ledger
 * @param siteOf deploymentID of a camera
 */
export function holdAgainst(
  answers: Answers,
  { month, crew, reviewed }: Ledger,
  { nameOf, siteOf }: { nameOf(name: string): string; siteOf(camera: number): string },
): void {
  const of = (analysis: string, name = "") =>
    answers[analysis]?.find((one) => one.of === name) as Answer;
  const records = [...reviewed.rows.values()].filter((row) => row.kind === "animal" && row.name);
  const bySpecies = new Map<string, Seen[]>();
  for (const row of records) {
    bySpecies.set(row.name, [...(bySpecies.get(row.name) ?? []), row]);
  }
  const work = crew.map(({ plan, contacts }) => {
    const own = month.seen.filter(({ camera }) => camera === plan.index);
    return atWork(plan, lostTime(plan, contacts, own));
  });
  const effort = work.reduce((sum, { days }) => sum + days, 0);

  const shown = of("effort");
  near(shown.estimates.trapNights?.value, effort, 1e-9, "trap-nights");
  assert.is(answers.activity?.length, 3);
  for (const { plan } of crew) {
    const row = shown.table?.rows.find(([id]) => id === siteOf(plan.index));
    near(row?.[3] as number, work[plan.index]?.days ?? 0, 1e-9, `trap-nights of ${plan.name}`);
  }
  assert.equal(
    answers.rai?.map(({ of: name, n }) => `${name} ${n}`).sort(),
    [...bySpecies].map(([name, rows]) => `${nameOf(name)} ${rows.length}`).sort(),
  );
  for (const [name, rows] of bySpecies) {
    const rate = (100 * rows.length) / effort;
    near(of("rai", nameOf(name)).estimates.rai?.value, rate, 1e-9, `RAI of ${name}`);
    holdOccupancy(of("occupancy", nameOf(name)), name, rows);
    const active = of("activity", nameOf(name));
    if (active) holdActivity(active, name, rows);
  }
  holdDiversity();
  holdOverlapAndCaptures();

  function holdOccupancy(answer: Answer, name: string, rows: Seen[]): void {
    const histories = crew.map(({ plan }) => {
      const times = rows.filter(({ camera }) => camera === plan.index).map((row) => row.startS);
      return historyOf(plan, work[plan.index]?.spans ?? [], times, OCCASION_DAYS);
    });
    for (const { plan } of crew) {
      const row = answer.table?.rows.find(([id]) => id === siteOf(plan.index));
      assert.is(row?.[1], histories[plan.index], `history of ${name} at ${plan.name}`);
    }
    const occupied = histories.filter((history) => history.includes("1")).length;
    near(answer.observed?.naive, occupied / crew.length, 1e-12, `naive occupancy of ${name}`);
    if (answer.refusal) return;
    const { psi, p } = occupancyOf(histories);
    near(answer.estimates.psi?.value, psi, 1e-4, `ψ of ${name}`);
    near(answer.estimates.p?.value, p, 1e-4, `p of ${name}`);
  }

  function holdActivity(answer: Answer, name: string, rows: Seen[]): void {
    const angles = solarAngles(rows, month.cameras);
    const kernel = kernelOf(angles);
    near(answer.estimates.bandwidth?.value, kernel, 1e-6, `bandwidth of ${name}`);
    for (const hour of [0, 6, 9, 12, 18, 21]) {
      const at = answer.plot?.x.indexOf(hour) ?? -1;
      const wanted = densityAt(angles, kernel, (hour / 24) * 2 * Math.PI);
      near(answer.plot?.series[0]?.y[at] ?? Number.NaN, wanted, 1e-6, `${name} at ${hour} h`);
    }
  }

  function holdDiversity(): void {
    const wanted = diversityOf(records.map(({ name }) => name));
    const { estimates, observed, n } = of("diversity");
    assert.equal(
      [n, observed?.richness, observed?.seenOnce, observed?.seenTwice],
      [wanted.n, wanted.hill0, wanted.once, wanted.twice],
    );
    for (const name of ["chao1", "hill1", "hill2"] as const) {
      near(estimates[name]?.value, wanted[name], 1e-9, name);
    }
  }

  function holdOverlapAndCaptures(): void {
    const [leopards, antelopes] = [LEOPARD, "Tragelaphus scriptus"].map((name) =>
      solarAngles(bySpecies.get(name) ?? [], month.cameras),
    ) as [number[], number[]];
    const [overlap] = answers.overlap as [Answer];
    // Dhat4 averages over the records, this over the day: they meet in large samples only.
    const area = sharedArea(leopards, antelopes);
    assert.ok(Math.abs((overlap.estimates.overlap?.value ?? 0) - area) < 0.03, `overlap ${area}`);
    const [abundance] = answers.abundance as [Answer];
    const sightings = new Map(
      [...reviewed.animals].map(([name, ids]) => [
        name,
        ids.map((id) => reviewed.rows.get(id)?.startS ?? 0),
      ]),
    );
    const frequencies = captureFrequencies(sightings, START_S, OCCASION_DAYS);
    assert.equal(
      abundance.table?.rows.map(([, animals]) => animals),
      frequencies,
      "known leopards by the number of occasions in which they were seen",
    );
  }
}

/** Everything that must be the same on every database, in words: figures without intervals, which depend on the order of IDs. */
export function figuresOf(answers: Answers, rename: (text: string) => string): string[] {
  return Object.values(answers)
    .flat()
    .map(({ analysis, of, n, nOf, effortDays, observed, estimates, refusal, table }) => {
      const values = Object.entries(estimates).map(([name, { value }]) => [name, value]);
      const rows = table?.rows.map((row) => JSON.stringify(row)).sort();
      const what = { analysis, of, n, nOf, days: effortDays, observed, values, refusal };
      return rename(JSON.stringify({ ...what, rows: rows?.map(rename).sort() }));
    })
    .sort();
}

/** Lines of one that are not in the other; numbers may differ by what the order of their sums makes of them. */
export function differing(one: string[], other: string[]): string[] {
  const number = /-?\d+(?:\.\d+)?(?:e-?\d+)?/g;
  const isSame = (line: string, there = "") => {
    const [a, b] = [line, there].map((text) => (text.match(number) ?? []).map(Number));
    const isNear = a?.every(
      (value, n) => Math.abs(value - (b?.[n] ?? 0)) <= 1e-6 * (1 + Math.abs(value)),
    );
    return isNear && line.replace(number, "#") === there.replace(number, "#");
  };
  const length = Math.max(one.length, other.length);
  return Array.from({ length }, (_, n) => n).flatMap((n) =>
    isSame(one[n] ?? "", other[n]) ? [] : [`${one[n]} and ${other[n]}`],
  );
}
