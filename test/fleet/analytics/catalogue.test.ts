/** The catalogue from the outside: the official example, made-up surveys, refusals, and the guide that describes it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Answer, THRESHOLDS } from "../../../toolchain/fleet/analytics/answer.ts";
import { answersText } from "../../../toolchain/fleet/analytics/answer-text.ts";
import { ANALYSES, analyse } from "../../../toolchain/fleet/analytics/catalogue.ts";
import { seeded } from "../../../toolchain/fleet/analytics/numerics/random.ts";
import { packageRows } from "../../../toolchain/fleet/analytics/package-rows.ts";
import { plotSvg } from "../../../toolchain/fleet/analytics/plot-svg.ts";
import type { Rows } from "../../../toolchain/fleet/analytics/rows.ts";
import { openPackage } from "../../../toolchain/fleet/research/read-package.ts";
import { ROOT, SHARED_DATA, skip } from "../../support/skip.ts";
import { near, oracle } from "./support/oracle.ts";
import { deployment, observation } from "./support/rows.ts";

interface Expected {
  n_events: number;
  deployments: Record<
    string,
    {
      effort_days: number;
      n_obs: Record<string, number>;
      n_individuals: Record<string, number>;
      rai_per_100_days: Record<string, number>;
    }
  >;
  naive_occupancy: Record<string, number>;
}

const ask = (name: string, rows: Rows, options = {}): Answer[] =>
  analyse(name, rows, { bootstraps: 40, ...options })!;

test("the official example has the effort, records, rates and naive occupancy expected of it", async () => {
  const expected = oracle<Expected>("oracle/example-package-expected.json");
  if (!expected || !SHARED_DATA) return skip("the official example: no ../shared/data");
  const folder = join(SHARED_DATA, "domain/camtrap-dp-1.0.2/example");
  const rows = await packageRows(openPackage(folder), { note: assert.unreachable });
  const [whole] = ask("effort", rows);
  assert.is(whole!.observed!.events, expected.n_events);
  const effort = new Map(whole!.table!.rows.map((row) => [row[0], row[3]]));
  const rates = ask("rai", rows);
  assert.is(rates.length, Object.keys(expected.naive_occupancy).length);
  for (const [id, one] of Object.entries(expected.deployments)) {
    near(effort.get(id) as number, one.effort_days, 1e-6, id);
    for (const { of, table } of rates) {
      const [, n, individuals, , rate] = table!.rows.find((row) => row[0] === id)!;
      assert.is(n, one.n_obs[of] ?? 0, `${id} ${of}`);
      assert.is(individuals, one.n_individuals[of] ?? 0, `${id} ${of}`);
      near(rate as number, one.rai_per_100_days[of] ?? 0, 1e-6, `${id} ${of}`);
    }
  }
  for (const { of, observed } of ask("occupancy", rows)) {
    assert.is(observed!.naive, expected.naive_occupancy[of]);
  }
});

test("events that two cameras number alike are two", () => {
  const rows = ["d1", "d2", "d2"].map((deploymentID) =>
    observation({ deploymentID, eventID: "e1" }),
  );
  const deployments = ["d1", "d2"].map((deploymentID) => deployment({ deploymentID }));
  const [whole] = ask("effort", { deployments, observations: rows });
  assert.is(whole!.observed!.events, 2);
});

const DAY_MS = 86_400_000;
const START = Date.parse("2019-01-01T00:00:00Z");
const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Twelve sites for six years, a fox by night and a roe by day, each at two sites of three, fewer foxes each year. */
function survey(): Rows {
  const sites = Array.from({ length: 12 }, (_, i) => i);
  const at = (site: number, day: number, hour: number, name: string, individualID: string) =>
    observation({
      deploymentID: `d${site}`,
      eventStart: iso(START + day * DAY_MS + hour * 3_600_000),
      scientificName: name,
      individualID,
    });
  const random = seeded(5);
  const individual = () => String(Math.floor(random() * 97));
  const days = Array.from({ length: 6 * 365 }, (_, day) => day);
  return {
    deployments: sites.map((i) =>
      deployment({
        deploymentID: `d${i}`,
        locationID: `site ${i}`,
        longitude: 0,
        latitude: 50 + i / 200,
        deploymentStart: iso(START),
        deploymentEnd: iso(START + 6 * 365 * DAY_MS),
      }),
    ),
    observations: sites.flatMap((site) =>
      days.flatMap((day) => {
        const fox = site % 3 > 0 && (day * 7 + site) % (40 + Math.floor(day / 20)) === 0;
        const roe = site % 3 < 2 && (day * 11 + site) % 60 === 0;
        return [
          ...(fox ? [at(site, day, 22 + (day % 4), "Vulpes vulpes", individual())] : []),
          ...(roe ? [at(site, day, 10 + (day % 5), "Capreolus capreolus", individual())] : []),
        ];
      }),
    ),
  };
}

// The interval's bootstrap is small here: only that it holds the figure is asked.
test("every analysis of a full survey answers with n, effort, assumptions and a figure", () => {
  const rows: Rows = {
    ...survey(),
    receptions: Array.from({ length: 20 }, (_, i) => ({ triggeredS: 0, receivedS: 10 + i })),
  };
  const labelled = rows.observations.slice(0, 30).flatMap((one) => [
    { ...one, classificationMethod: "human" as const },
    { ...one, observationID: `${one.observationID}m`, classificationMethod: "machine" as const },
  ]);
  for (const { name } of ANALYSES) {
    const given = name === "accuracy" ? { ...rows, observations: labelled } : rows;
    // The roe is never out at night.
    const options = name === "moon" ? { taxa: ["Vulpes vulpes"] } : {};
    const answers = ask(name, given, options);
    assert.ok(answers.length > 0, name);
    for (const one of answers) {
      assert.is(one.refusal, undefined, `${name} ${one.of}: ${one.refusal}`);
      assert.ok(one.n > 0 && one.effortDays > 20_000 && one.assumptions.length > 0, name);
      const values = Object.entries(one.estimates);
      assert.ok(values.length > 0, name);
      for (const [key, { value, interval }] of values) {
        assert.ok(Number.isFinite(value), `${name} ${key} is ${value}`);
        if (!interval) continue;
        const isInside = interval.low <= value + 1e-9 && value <= interval.high + 1e-9;
        assert.ok(isInside, `${name} ${one.of} ${key}: ${interval.low} ${value} ${interval.high}`);
      }
      for (const { y } of one.plot?.series ?? []) assert.is(y.length, one.plot!.x.length, name);
      if (one.plot) assert.match(plotSvg(one.plot, name), /^<svg [\s\S]*<\/svg>\n$/);
    }
    if (name === "overlap") assert.equal(ask(name, given, options), answers);
  }
});

test("the figures of the survey are what was put in", () => {
  const rows = survey();
  const fox = { taxa: ["Vulpes vulpes"] };
  const [occupied] = ask("occupancy", rows, { ...fox, occasionDays: 30 });
  near(occupied!.estimates.psi!.value, 8 / 12, 0.02);
  const [activity] = ask("activity", rows, fox);
  const peak = activity!.estimates.peakHour!.value;
  assert.ok(peak > 22 || peak < 1.5, `peak at ${peak} h`);
  const [decline] = ask("trend", rows, fox);
  assert.ok(decline!.estimates.percentPerYear!.interval!.high < 0);
  const [pair] = ask("overlap", rows);
  assert.ok(pair!.estimates.overlap!.value < 0.05);
  const [half] = ask("rai", { ...rows, observations: [] }, fox);
  assert.equal([half!.n, half!.estimates.rai!.value], [0, 0]);
});

test("rows in another order give the same answers", () => {
  const rows = survey();
  const turned = { ...rows, observations: [...rows.observations].reverse() };
  for (const name of ["rai", "occupancy", "diversity", "trend", "abundance"]) {
    const [one] = ask(name, rows);
    const [other] = ask(name, turned);
    assert.equal(other!.estimates, one!.estimates, name);
  }
});

test("an empty package is refused by every analysis, never a crash", () => {
  for (const { name } of ANALYSES) {
    for (const one of ask(name, { deployments: [], observations: [] })) {
      assert.ok(one.refusal, name);
      assert.equal(one.estimates, {}, name);
    }
  }
});

test("one record of one camera is refused wherever it cannot carry a figure", () => {
  const rows = {
    deployments: [deployment({})],
    observations: [observation({ scientificName: "Lynx lynx" })],
  };
  const answering = ANALYSES.filter(({ name }) => ask(name, rows).some((one) => !one.refusal));
  assert.equal(
    answering.map(({ name }) => name),
    ["effort", "rai", "protocol"],
  );
  assert.match(
    answersText(ask("occupancy", rows)).join("\n"),
    /no figure: needs at least 10 sites/,
  );
});

test("a name that is no analysis has no answer, a protocol that is none is refused", () => {
  assert.is(analyse("astrology", { deployments: [], observations: [] }), undefined);
  const [one] = ask("protocol", survey(), { protocol: "mine" });
  assert.match(one!.refusal!, /there is snapshot-usa/);
});

test("the guide has every analysis and every threshold", () => {
  const guide = readFileSync(join(ROOT, "docs/analytics.md"), "utf8");
  for (const { name, needs, assumes } of ANALYSES) {
    assert.ok(guide.includes(`| \`${name}\` | ${needs} | ${assumes} |`), name);
  }
  for (const { least, of, source } of Object.values(THRESHOLDS)) {
    assert.ok(guide.includes(`| ${least} ${of} | ${source} |`), `${least} ${of}`);
  }
});

test.run();
