/** Diversity against vegan, iNEXT, scikit-bio and wiutils. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  ace,
  chao1,
  chao1BiasCorrected,
  coverage,
  giniSimpson,
  giniSimpsonEstimate,
  hill,
  sampleOf,
  shannon,
  shannonEstimate,
} from "../../../toolchain/fleet/analytics/diversity.ts";
import * as indices from "../../../toolchain/fleet/analytics/diversity-indices.ts";
import {
  coverageAt,
  speciesAt,
  speciesCurve,
} from "../../../toolchain/fleet/analytics/rarefaction.ts";
import { digits, near, oracle } from "./support/oracle.ts";

interface Case extends Record<string, number | number[] | null> {
  counts: number[];
}

const FIGURES: Record<string, (counts: number[]) => number | null> = {
  N: (c) => sampleOf(c).n,
  S: (c) => sampleOf(c).s,
  f1: (c) => sampleOf(c).f1,
  f2: (c) => sampleOf(c).f2,
  shannon,
  simpson_gini: giniSimpson,
  inv_simpson: (c) => 1 / (1 - giniSimpson(c)),
  pielou: indices.pielou,
  hill_q0: (c) => hill(c, 0),
  hill_q1: (c) => hill(c, 1),
  hill_q2: (c) => hill(c, 2),
  vegan_chao1_biascorrected: (c) => chao1BiasCorrected(c).value,
  vegan_se_chao1: (c) => chao1BiasCorrected(c).standardError,
  vegan_ACE: ace,
  good_turing_coverage: coverage,
  rarefied_n10: (c) => speciesAt(c, 10),
  fisher_alpha: indices.fisherAlpha,
};

test("every figure of vegan and iNEXT comes out", () => {
  const file = oracle<{ cases: Record<string, Case>; beta: Record<string, number & number[]> }>(
    "oracle/diversity.json",
  );
  if (!file) return;
  for (const [name, one] of Object.entries(file.cases)) {
    for (const [key, figure] of Object.entries(FIGURES)) {
      const [actual, expected] = [figure(one.counts), one[key]];
      if (expected === null) assert.is(actual, null, `${name} ${key}`);
      // vegan stops its search for Fisher's α early: its 2.391668 leaves S off by 1e-5, ours by 1e-14.
      else
        near(
          actual ?? Number.NaN,
          expected as number,
          key === "fisher_alpha" ? 1e-5 : 1e-6,
          `${name} ${key}`,
        );
    }
    // iNEXT prints three decimals.
    near(chao1(one.counts).value, one.iNEXT_chao1 as number, 5.1e-4, `${name} Chao1`);
    near(chao1(one.counts).standardError, one.iNEXT_chao1_se as number, 5.1e-4, `${name} SE`);
  }
  const { A, B, bray_curtis, jaccard_binary, sorensen_dissim } = file.beta;
  near(indices.brayCurtis(A!, B!), bray_curtis!, 1e-9);
  near(indices.jaccard(A!, B!), jaccard_binary!, 1e-9);
  near(indices.sorensen(A!, B!), sorensen_dissim!, 1e-9);
});

// Spiders in the girdled treatment (Ellison et al. 2010; Chao et al. 2014, table; iNEXT manual): S 26, N 168.
const SPIDERS = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4, 2, 2, 2, 2, ...new Array<number>(12).fill(1)];

test("the published spiders come out to the printed digits", () => {
  digits(chao1(SPIDERS).value, "43.893");
  digits(chao1(SPIDERS).standardError, "14.306");
  digits(shannon(SPIDERS), "2.490");
  digits(shannonEstimate(SPIDERS), "2.627");
  digits(giniSimpson(SPIDERS), "0.872");
  digits(giniSimpsonEstimate(SPIDERS), "0.878");
});

interface Published {
  f: string;
  counts: number[];
  v: number | string;
  places?: number;
}

/** scikit-bio's names of what is ours. */
const SCIKIT: Record<string, (counts: number[]) => number | null> = {
  brillouin_d: indices.brillouin,
  dominance: indices.dominance,
  simpson: giniSimpson,
  shannon_base2: (c) => shannon(c) / Math.LN2,
  pielou_e: indices.pielou,
  fisher_alpha: indices.fisherAlpha,
  goods_coverage: indices.goodsCoverage,
  margalef: indices.margalef,
  menhinick: indices.menhinick,
  heip_e: indices.heip,
  mcintosh_d: indices.mcIntosh,
  strong: indices.strong,
  berger_parker: indices.bergerParker,
};

/** "8/ln(22)" and the like. */
function numberOf(v: number | string): number {
  if (typeof v === "number") return v;
  const [top = "", bottom = ""] = v.split("/");
  const inner = Number(bottom.replace(/[^\d.]/g, ""));
  const divisor = bottom.startsWith("ln")
    ? Math.log(inner)
    : bottom.startsWith("sqrt")
      ? Math.sqrt(inner)
      : inner;
  return Number(top) / divisor;
}

test("the published indices of scikit-bio come out", () => {
  const file = oracle<Record<string, Published[]>>("published-values.json");
  const [, rows = []] = Object.entries(file ?? {}).find(([key]) => key.startsWith("scikit")) ?? [];
  for (const { f, counts, v, places } of rows) {
    near(SCIKIT[f]!(counts)!, numberOf(v), places ? 0.6 * 10 ** -places : 1e-7, f);
  }
});

// skbio/diversity/alpha/tests/test_base.py (BSD-3), as examples for a clone without ../shared.
test("some published indices come out", () => {
  near(indices.brillouin([1, 2, 0, 0, 3, 1]), 0.8628935301824878, 1e-12);
  near(indices.pielou([0, 1, 1, 4, 2, 5, 2, 4, 1, 2])!, 0.9248549056, 1e-9);
  near(indices.fisherAlpha([4, 3, 4, 0, 1, 0, 2])!, 2.7823796, 1e-7);
  near(indices.mcIntosh([1, 2, 3]), 0.636061424871458, 1e-12);
});

interface HillCase {
  test: string;
  expected: { frame: { deployment_id?: string[]; q?: number[]; D?: number[] } }[];
}

test("Hill numbers of deployments are those of wiutils", () => {
  const file =
    oracle<Record<string, { fixtures: { images: Record<string, unknown[]> }; cases: HillCase[] }>>(
      "wiutils-fixtures.json",
    );
  const hills = file?.["summarizing/test_compute_hill_numbers.py"];
  if (!hills) return;
  const { images } = hills.fixtures;
  const countsOf = (deployment: string) => {
    const counts = new Map<string, number>();
    images.deployment_id!.forEach((id, i) => {
      if (id !== deployment) return;
      const ranks = ["class", "order", "family", "genus", "species"].map((r) => images[r]![i]);
      const taxon = ranks.filter((r) => r !== null).join(" ");
      counts.set(taxon, (counts.get(taxon) ?? 0) + (images.number_of_objects![i] as number));
    });
    return [...counts.values()];
  };
  const multiple = hills.cases.find((one) => one.test === "test_result_long_multiple");
  const { deployment_id, q, D } = multiple!.expected[0]!.frame;
  assert.is(D!.length, 6);
  D!.forEach((d, i) => {
    near(hill(countsOf(deployment_id![i]!), q![i]!), d, 1e-3, `${deployment_id![i]} q${q![i]}`);
  });
});

test("rarefaction meets the sample and goes on into extrapolation", () => {
  near(speciesAt(SPIDERS, 168), 26, 1e-9);
  near(speciesAt(SPIDERS, 1), 1, 1e-9);
  near(speciesAt(SPIDERS, 1e7), chao1(SPIDERS).value, 1e-6);
  near(coverageAt(SPIDERS, 168), coverageAt(SPIDERS, 167), 0.01);
  const curve = speciesCurve(SPIDERS);
  assert.is(curve.at(-1)?.records, 336);
  for (let i = 1; i < curve.length; i++) {
    assert.ok(curve[i]!.species > curve[i - 1]!.species);
    assert.ok(curve[i]!.coverage >= curve[i - 1]!.coverage);
  }
  // The average of every pair of four records of counts 3 and 1: (3·1 + 3·2) / 6.
  near(speciesAt([3, 1], 2), 1.5, 1e-12);
});

test("order and absent species do not matter, and Hill numbers fall with q", () => {
  const shuffled = [0, ...[...SPIDERS].reverse(), 0];
  near(chao1(shuffled).value, chao1(SPIDERS).value, 1e-12);
  near(shannonEstimate(shuffled), shannonEstimate(SPIDERS), 1e-12);
  assert.ok(hill(SPIDERS, 0) > hill(SPIDERS, 1) && hill(SPIDERS, 1) > hill(SPIDERS, 2));
  near(hill(SPIDERS, 1.0001), hill(SPIDERS, 1), 1e-3);
  const { interval, value } = chao1(SPIDERS);
  assert.ok(interval[0] > 26 && interval[0] < value && value < interval[1]);
});

test.run();
