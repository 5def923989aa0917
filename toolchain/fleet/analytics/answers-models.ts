/** Answers from models of what was not seen: occupancy, diversity, abundance of known individuals. */
import { type Answer, answer, type Estimate, firstRefusal, interval, tooFew } from "./answer.ts";
import { perTaxon } from "./answers-rates.ts";
import { abundanceM0 } from "./capture.ts";
import {
  ace,
  chao1,
  chao1BiasCorrected,
  coverage,
  giniSimpson,
  hill,
  sampleOf,
  shannon,
  shannonEstimate,
} from "./diversity.ts";
import { pielou } from "./diversity-indices.ts";
import { DAY_MS } from "./effort.ts";
import { detectionHistory, HISTORY } from "./history.ts";
import { occupancy, visitsOf } from "./occupancy.ts";
import type { Prepared } from "./prepare.ts";
import { speciesCurve } from "./rarefaction.ts";
import { groupBy, recordsOf } from "./rows.ts";

export const occupancyAnswers = (data: Prepared): Answer[] =>
  perTaxon(data, "occupancy", (taxon, entries) => {
    const { occasionDays, level } = data.options;
    const times = new Map(
      [...groupBy(entries, (e) => data.siteOf(e.deploymentID))].map(([site, list]) => [
        site,
        list.map(({ timeMs }) => timeMs),
      ]),
    );
    const history = detectionHistory(data.sites, times, { ...HISTORY, occasionDays });
    const visits = visitsOf(history.detections);
    const visited = visits.filter(({ n }) => n > 0).length;
    const seen = visits.filter(({ y }) => y > 0).length;
    const result = occupancy(visits, level);
    const base = {
      ...{ analysis: "occupancy", of: taxon, n: seen, nOf: `of ${visited} sites with a detection` },
      effortDays: data.effortDays,
      observed: { sites: visited, detectedSites: seen, naive: visited > 0 ? seen / visited : 0 },
      assumptions: [
        ...data.assumptions,
        `occasions of ${occasionDays} days from each site's start; no occasion where the camera did not work`,
        "a site is occupied or not for the whole time; ψ and p are the same at all sites and occasions; no false detection (verify machine labels first)",
      ],
      table: {
        columns: ["site", "history", "P(occupied)"],
        rows: history.sites.map((site, i) => [
          site,
          history.detections[i]!.map((cell) => cell ?? ".").join(""),
          typeof result === "string" ? null : result.conditional[i]!,
        ]),
      },
    };
    return answer(base, typeof result === "string" ? result : undefined, () => {
      if (typeof result === "string") return result;
      const method = "Wald on the logit scale";
      return {
        psi: {
          ...{ value: result.psi, unit: "share of sites", standardError: result.sePsi },
          interval: interval(result.intervalPsi, level, method),
        },
        p: {
          ...{ value: result.p, unit: "per occasion", standardError: result.seP },
          interval: interval(result.intervalP, level, method),
        },
        visitsFor95: { value: result.visitsFor95, unit: "occasions" },
        aic: { value: result.aic, unit: "" },
      };
    });
  });

export function diversityAnswers(data: Prepared): Answer[] {
  const { level } = data.options;
  const counts = [...data.byTaxon.values()].map(recordsOf);
  const { n, s, f1, f2 } = sampleOf(counts);
  const base = {
    ...{ analysis: "diversity", of: "", n, nOf: "records", effortDays: data.effortDays },
    observed: { richness: s, seenOnce: f1, seenTwice: f2 },
    assumptions: [
      ...data.assumptions,
      "each name counts as one species, also where only a genus or a class was named",
      "records stand for individuals; species not seen are estimated from those seen once and twice",
    ],
    table: {
      columns: ["taxon", "records"],
      rows: [...data.byTaxon].map(([taxon, entries]) => [taxon, recordsOf(entries)]),
    },
    ...(n > 1 && { plot: curvePlot(counts) }),
  };
  const refusal = tooFew("diversityRecords", n);
  const estimates = (): Record<string, Estimate> => {
    const plain = (value: number, unit = ""): Estimate => ({ value, unit });
    const [iNext, vegan] = [chao1(counts, level), chao1BiasCorrected(counts, level)];
    const richness = ({ value, standardError, interval: ends }: typeof iNext): Estimate => ({
      ...{ value, unit: "species", standardError },
      interval: interval(ends, level, "log-normal"),
    });
    const [evenness, coverageBased] = [pielou(counts), ace(counts)];
    return {
      chao1: richness(iNext),
      chao1BiasCorrected: richness(vegan),
      ...(coverageBased !== null && { ace: plain(coverageBased, "species") }),
      coverage: plain(coverage(counts), "share of individuals"),
      shannon: plain(shannon(counts)),
      shannonEstimate: plain(shannonEstimate(counts)),
      giniSimpson: plain(giniSimpson(counts)),
      hill1: plain(hill(counts, 1), "species"),
      hill2: plain(hill(counts, 2), "species"),
      ...(evenness !== null && { pielou: plain(evenness) }),
    };
  };
  return [answer(base, refusal, estimates)];
}

function curvePlot(counts: readonly number[]) {
  const curve = speciesCurve(counts);
  return {
    ...{ kind: "line" as const, xLabel: "records", yLabel: "species" },
    x: curve.map(({ records }) => records),
    series: [
      { label: "rarefied", y: curve.map((p) => (p.isExtrapolated ? null : p.species)) },
      { label: "extrapolated", y: curve.map((p) => (p.isExtrapolated ? p.species : null)) },
    ],
  };
}

export const abundanceAnswers = (data: Prepared): Answer[] =>
  perTaxon(data, "abundance", (taxon, entries) => {
    const { occasionDays, level } = data.options;
    const known = entries.filter((e) => e.individualID !== undefined);
    const spans = [...data.operating.values()].flat();
    const start = Math.min(...spans.map(([from]) => from));
    const days = (Math.max(...spans.map(([, to]) => to)) - start) / DAY_MS;
    const occasions = Math.max(0, Math.ceil(days / occasionDays)) || 0;
    const caught = [...groupBy(known, (e) => e.individualID!).values()].map(
      (list) =>
        new Set(list.map((e) => Math.floor((e.timeMs - start) / (occasionDays * DAY_MS)))).size,
    );
    const frequencies = Array.from(
      { length: Math.max(0, ...caught) },
      (_, i) => caught.filter((times) => times === i + 1).length,
    );
    const result = abundanceM0(frequencies, occasions, level);
    const base = {
      ...{ analysis: "abundance", of: taxon, n: caught.length, nOf: "known individuals" },
      effortDays: data.effortDays,
      assumptions: [
        ...data.assumptions,
        `left out: ${recordsOf(entries) - known.length} × record without individualID`,
        `${occasions} occasions of ${occasionDays} days over the whole survey`,
        "model M0: no birth, death or movement in or out; every animal equally likely to be seen at every occasion; individuals never confused",
      ],
      table: {
        columns: ["occasions seen", "individuals"],
        rows: frequencies.map((f, i) => [i + 1, f]),
      },
    };
    const refusal = firstRefusal(
      known.length === 0 ? "no record has an individualID" : undefined,
      typeof result === "string" ? result : undefined,
    );
    return answer(base, refusal, () => {
      if (typeof result === "string") return result;
      return {
        abundance: {
          ...{ value: result.n, unit: "individuals" },
          interval: interval(result.intervalN, level, "Wald on ln(N − seen)"),
        },
        p: {
          ...{ value: result.p, unit: "per occasion", standardError: result.seP },
          interval: interval(result.intervalP, level, "Wald on the logit scale"),
        },
        aic: { value: result.aic, unit: "" },
      };
    });
  });
