/** Answers on effort and rates: effort, RAI, comparison of sites, trend over years. */

import type { Observation } from "../research/camtrap-dp.ts";
import { type Answer, answer, type Estimate, firstRefusal, interval, tooFew } from "./answer.ts";
import { DAY_MS, daysOf, operationMatrix, shared } from "./effort.ts";
import { chiSquareUpper, poissonInterval } from "./numerics/distributions.ts";
import { type Prepared, talliesOf } from "./prepare.ts";
import { rai } from "./rai.ts";
import { rankTrend } from "./rank-trend.ts";
import { type Entry, recordsOf } from "./rows.ts";
import { type Period, trend } from "./trend.ts";

/** Cochran 1954: χ² is no approximation where fewer are expected. */
const LEAST_EXPECTED = 1;
const PER_100 = "records per 100 trap-nights";

/** Events that someone looked at: of the event-level rows, else of all. */
function eventCount(observations: readonly Observation[]): number {
  const rows = observations.filter(({ observationLevel }) => observationLevel === "event");
  // Cameras number their events each for itself.
  const keys = (rows.length > 0 ? rows : observations).map((one) =>
    JSON.stringify([one.deploymentID, one.eventID ?? one.observationID]),
  );
  return new Set(keys).size;
}

export function effortAnswers(data: Prepared): Answer[] {
  const { deployments, failures } = data.rows;
  const matrix = operationMatrix(deployments, failures);
  const rows = deployments.map((d) => {
    const standing = (Date.parse(d.deploymentEnd) - Date.parse(d.deploymentStart)) / DAY_MS;
    const working = daysOf(data.operating.get(d.deploymentID)!);
    return [d.deploymentID, d.deploymentStart, d.deploymentEnd, working, standing - working];
  });
  const base = {
    ...{ analysis: "effort", of: "", n: deployments.length, nOf: "deployments" },
    effortDays: data.effortDays,
    // Events cannot be told from sums: two rows may be one.
    ...(data.rows.counted === undefined && {
      observed: { events: eventCount(data.rows.observations) },
    }),
    assumptions: [
      ...data.assumptions.slice(-1),
      "a part of a day counts as that part; no interval, because effort is measured, not sampled",
    ],
    table: {
      columns: ["deploymentID", "start", "end", "trap-nights", "nights of failure"],
      rows,
    },
    plot: {
      ...{ kind: "line" as const, xLabel: "day (UTC)", yLabel: "cameras in operation" },
      x: matrix.days,
      series: [
        {
          label: "cameras",
          y: matrix.days.map((_, day) =>
            matrix.cells.reduce((sum, row) => sum + (row[day] ?? 0), 0),
          ),
        },
      ],
    },
  };
  return [
    answer(base, deployments.length === 0 ? "no deployment" : undefined, () => ({
      trapNights: { value: data.effortDays, unit: "days" },
      sites: { value: data.sites.size, unit: "locations" },
    })),
  ];
}

/** One answer per taxon, or a single refusal where there is none. */
export function perTaxon(
  data: Prepared,
  analysis: string,
  make: (taxon: string, entries: Entry[]) => Answer,
): Answer[] {
  if (data.byTaxon.size > 0) return [...data.byTaxon].map(([taxon, e]) => make(taxon, e));
  const base = { analysis, of: "", n: 0, nOf: "records", assumptions: data.assumptions };
  return [
    answer({ ...base, effortDays: data.effortDays }, "no record of a named animal", () => ""),
  ];
}

export const raiAnswers = (data: Prepared): Answer[] =>
  perTaxon(data, "rai", (taxon, entries) => {
    const tallies = talliesOf(data, entries);
    const individuals = new Map<string, number>();
    for (const e of entries) {
      individuals.set(e.deploymentID, (individuals.get(e.deploymentID) ?? 0) + e.count);
    }
    const base = {
      ...{ analysis: "rai", of: taxon, n: recordsOf(entries), nOf: "records" },
      effortDays: data.effortDays,
      assumptions: [
        ...data.assumptions,
        "an index: movement and visibility are in it as well as number; compare like cameras only",
      ],
      table: {
        columns: ["deploymentID", "records", "individuals", "trap-nights", "RAI"],
        rows: [...tallies].map(([id, { n, effortDays }]) => [
          ...[id, n, individuals.get(id) ?? 0, effortDays],
          effortDays > 0 ? (100 * n) / effortDays : null,
        ]),
      },
    };
    return answer(base, tooFew("effort", data.effortDays), (): Record<string, Estimate> => {
      const result = rai([...tallies.values()], data.options);
      const { dispersion } = result;
      return {
        rai: { value: result.rai, unit: PER_100, interval: result.interval },
        ...(dispersion !== null && { dispersion: { value: dispersion, unit: "" } }),
      };
    });
  });

export const siteAnswers = (data: Prepared): Answer[] =>
  perTaxon(data, "sites", (taxon, entries) => {
    const { level } = data.options;
    const counts = new Map([...data.sites.keys()].map((site) => [site, 0]));
    for (const { deploymentID, records } of entries) {
      const site = data.siteOf(deploymentID);
      counts.set(site, counts.get(site)! + records);
    }
    const rows = [...data.sites].map(([site, spans]) => {
      const [n, days] = [counts.get(site)!, daysOf(spans)];
      const [low, high] = poissonInterval(n, level).map((c) => (100 * c) / days) as [
        number,
        number,
      ];
      return { site, n, days, rai: (100 * n) / days, low, high };
    });
    const usable = rows.filter(({ days }) => days > 0);
    const base = {
      ...{ analysis: "sites", of: taxon, n: recordsOf(entries), nOf: "records" },
      effortDays: data.effortDays,
      assumptions: [
        ...data.assumptions,
        "deployments of one locationID are one site",
        "intervals of sites are exact Poisson, the test of equal rates is Pearson's χ²: both too sure of themselves where animals come in clusters",
      ],
      table: {
        columns: ["site", "records", "trap-nights", "RAI", "low", "high"],
        rows: usable.map((r) => [r.site, r.n, r.days, r.rai, r.low, r.high]),
      },
      plot: {
        ...{ kind: "bars" as const, xLabel: "site", yLabel: PER_100 },
        x: usable.map(({ site }) => site),
        series: [
          {
            label: taxon,
            y: usable.map((r) => r.rai),
            low: usable.map((r) => r.low),
            high: usable.map((r) => r.high),
          },
        ],
      },
    };
    const refusal = firstRefusal(
      tooFew("comparedSites", usable.length),
      entries.length === 0 ? "never recorded" : undefined,
    );
    return answer(base, refusal, (): Record<string, Estimate> => {
      const rate = recordsOf(entries) / usable.reduce((sum, r) => sum + r.days, 0);
      const isTestable = usable.every((r) => rate * r.days >= LEAST_EXPECTED);
      if (!isTestable) base.assumptions.push("no test: under 1 record expected at some site");
      const chi = usable.reduce((s, r) => s + (r.n - rate * r.days) ** 2 / (rate * r.days), 0);
      const rates = usable.map((r) => r.rai);
      return {
        highest: { value: Math.max(...rates), unit: PER_100 },
        lowest: { value: Math.min(...rates), unit: PER_100 },
        ...(isTestable && {
          chiSquare: { value: chi, unit: "" },
          pEqualRates: { value: chiSquareUpper(chi, usable.length - 1), unit: "" },
        }),
      };
    });
  });

/** Records and effort by calendar year, UTC; years without effort are left out. */
function periodsOf(data: Prepared, entries: readonly Entry[]): Period[] {
  const spans = [...data.operating.values()].flat();
  const yearOf = (ms: number) => new Date(ms).getUTCFullYear();
  const first = Math.min(...spans.map(([from]) => yearOf(from)));
  const last = Math.max(...spans.map(([, to]) => yearOf(to)));
  const counts = new Map<number, number>();
  for (const { timeMs, records } of entries) {
    counts.set(yearOf(timeMs), (counts.get(yearOf(timeMs)) ?? 0) + records);
  }
  return Array.from({ length: Math.max(0, last - first + 1) || 0 }, (_, i) => first + i)
    .map((year) => ({
      year,
      count: counts.get(year) ?? 0,
      effortDays: shared(spans, [Date.UTC(year), Date.UTC(year + 1)]) / DAY_MS,
    }))
    .filter(({ effortDays }) => effortDays > 0);
}

export const trendAnswers = (data: Prepared): Answer[] =>
  perTaxon(data, "trend", (taxon, entries) => {
    const periods = periodsOf(data, entries);
    const outside = recordsOf(entries) - periods.reduce((sum, { count }) => sum + count, 0);
    const rates = periods.map(({ count, effortDays }) => (100 * count) / effortDays);
    const fit = periods.length > 2 ? trend(periods, data.options.level) : undefined;
    const expected = fit?.fitted.map((count, i) => (100 * count) / periods[i]!.effortDays);
    const base = {
      ...{ analysis: "trend", of: taxon, n: recordsOf(entries), nOf: "records" },
      effortDays: data.effortDays,
      assumptions: [
        ...data.assumptions,
        ...(outside > 0 ? [`left out: ${outside} × record in a year without effort`] : []),
        "calendar years (UTC); one rate of change over all of them; sites and seasons sampled alike each year",
        "years are independent; more spread than Poisson widens the interval (quasi-Poisson)",
      ],
      table: {
        columns: ["year", "records", "trap-nights", "RAI"],
        rows: periods.map((p, i) => [p.year, p.count, p.effortDays, rates[i]!]),
      },
      plot: {
        ...{ kind: "line" as const, xLabel: "year", yLabel: PER_100 },
        x: periods.map(({ year }) => year),
        series: [
          { label: "RAI", y: rates },
          ...(expected ? [{ label: "trend", y: expected }] : []),
        ],
      },
    };
    const refusal = firstRefusal(
      tooFew("trendPeriods", periods.length),
      tooFew("trendRecords", recordsOf(entries)),
    );
    return answer(base, refusal, () => {
      if (!fit) return "the fit does not converge";
      const ranks = rankTrend(
        periods.map(({ year }) => year),
        rates,
      );
      return {
        percentPerYear: {
          value: fit.percentPerYear,
          unit: "% a year",
          interval: interval(fit.interval, data.options.level, fit.method),
        },
        p: { value: fit.p, unit: "" },
        dispersion: { value: fit.dispersion, unit: "" },
        kendallTau: { value: ranks.tau, unit: "" },
        kendallP: { value: ranks.p, unit: "" },
        theilSen: { value: ranks.slope, unit: `${PER_100}, a year` },
      };
    });
  });
