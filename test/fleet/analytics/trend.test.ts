/** Trends against R's glm and cor.test; rates and their intervals. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  chiSquareQuantile,
  normalCdf,
  normalQuantile,
  poissonInterval,
  studentQuantile,
  wilsonInterval,
} from "../../../toolchain/fleet/analytics/numerics/distributions.ts";
import { rai } from "../../../toolchain/fleet/analytics/rai.ts";
import { rankTrend } from "../../../toolchain/fleet/analytics/rank-trend.ts";
import { trend } from "../../../toolchain/fleet/analytics/trend.ts";
import { digits, near, oracle } from "./support/oracle.ts";

interface Oracle {
  year: number[];
  count: number[];
  effort: number[];
  rai: number[];
  poisson_slope: number;
  poisson_se: number;
  poisson_z: number;
  poisson_p: number;
  annual_rate_percent: number;
  quasi_dispersion: number;
  quasi_se: number;
  kendall_tau: number;
  kendall_p: number;
  theil_sen: number;
}

test("the trend agrees with glm, its rank version with cor.test", () => {
  const o = oracle<Oracle>("oracle/trend.json");
  if (!o) return;
  const periods = o.year.map((year, i) => {
    return { year, count: o.count[i]!, effortDays: o.effort[i]! };
  });
  const t = trend(periods)!;
  near(t.slope, o.poisson_slope, 1e-6, "slope");
  near(t.se, o.poisson_se, 1e-6, "se");
  near(t.z, o.poisson_z, 1e-6, "z");
  near(t.p, o.poisson_p, 1e-6, "p");
  near(t.percentPerYear, o.annual_rate_percent, 1e-6, "percent");
  near(t.dispersion, o.quasi_dispersion, 1e-6, "dispersion");
  near(t.quasiSe, o.quasi_se, 1e-6, "quasi se");
  const r = rankTrend(o.year, o.rai);
  near(r.tau, o.kendall_tau, 1e-9, "tau");
  near(r.p, o.kendall_p, 1e-6, "Kendall's p");
  near(r.slope, o.theil_sen, 1e-6, "Theil-Sen");
  o.rai.forEach((expected, i) => {
    near(rai([{ n: o.count[i]!, effortDays: o.effort[i]! }]).rai, expected, 1e-9);
  });
});

// By hand: counts of 10·2^t are fitted exactly.
test("an exact doubling is a trend of 100 % a year without dispersion", () => {
  const periods = [0, 1, 2, 3, 4].map((t) => {
    return { year: 2020 + t, count: 10 * 2 ** t, effortDays: 100 };
  });
  const t = trend(periods)!;
  near(t.percentPerYear, 100, 1e-9);
  near(t.dispersion, 0, 1e-9);
  assert.is(t.method, "Poisson");
});

test("effort that grows with the counts is no trend", () => {
  const periods = [1, 2, 3, 4, 5].map((t) => {
    return { year: t, count: 20 * t, effortDays: 100 * t };
  });
  near(trend(periods)!.percentPerYear, 0, 1e-9);
});

test("more spread than chance widens the interval", () => {
  const counts = [40, 5, 60, 8, 70, 3];
  const t = trend(counts.map((count, i) => ({ year: i, count, effortDays: 100 })))!;
  assert.is(t.method, "quasi-Poisson");
  assert.ok(t.dispersion > 10 && t.quasiSe > 3 * t.se);
});

test("no record, or one year only, has no trend", () => {
  assert.is(trend([1, 2, 3].map((year) => ({ year, count: 0, effortDays: 10 }))), undefined);
  assert.is(trend([1, 1, 1].map((year) => ({ year, count: 4, effortDays: 10 }))), undefined);
});

// Kendall 1975: with 4 values in order p = 2/4!; ties by the normal approximation.
test("small rank tests are exact, tied ones approximate", () => {
  near(rankTrend([1, 2, 3, 4], [1, 2, 3, 4]).p, 2 / 24, 1e-12);
  near(rankTrend([1, 2, 3, 4], [1, 2, 3, 4]).tau, 1, 1e-12);
  const tied = rankTrend([1, 2, 3, 4, 5], [1, 1, 1, 1, 1]);
  assert.equal([tied.s, tied.tau, tied.p, tied.slope], [0, 0, 1, 0]);
});

test("quantiles are those of the tables", () => {
  digits(normalQuantile(0.975), "1.959964");
  digits(normalQuantile(0.5), "0");
  digits(normalCdf(-3), "0.001349898");
  digits(chiSquareQuantile(0.95, 1), "3.841459");
  digits(chiSquareQuantile(0.05, 10), "3.940299");
  digits(studentQuantile(0.975, 8), "2.306004");
  digits(studentQuantile(0.025, 1), "-12.706205");
});

// Garwood 1936: 0 -> 3.689, 10 -> (4.795, 18.390). Wilson 1927 for 8 of 10: (0.490, 0.943).
test("intervals of counts and proportions are those of the tables", () => {
  digits(poissonInterval(0, 0.95)[1], "3.689");
  digits(poissonInterval(10, 0.95)[0], "4.795");
  digits(poissonInterval(10, 0.95)[1], "18.390");
  digits(wilsonInterval(8, 10, 0.95)[0], "0.490");
  digits(wilsonInterval(8, 10, 0.95)[1], "0.943");
  assert.is(wilsonInterval(0, 10, 0.95)[0], 0);
  assert.is(wilsonInterval(10, 10, 0.95)[1], 1);
});

test("a rate does not depend on how its effort is cut up, and its bootstrap repeats", () => {
  const tallies = Array.from({ length: 12 }, (_, i) => ({ n: i % 4, effortDays: 10 + i }));
  const whole = rai(tallies);
  const sums = tallies.reduce((a, b) => {
    return { n: a.n + b.n, effortDays: a.effortDays + b.effortDays };
  });
  near(rai([sums]).rai, whole.rai, 1e-12);
  assert.is(rai([sums]).interval.method, "exact Poisson");
  assert.is(whole.interval.method, "bootstrap over deployments");
  assert.equal(rai(tallies), whole);
  assert.ok(whole.interval.low < whole.rai && whole.rai < whole.interval.high);
});

test("none seen is a rate of 0 with an upper end", () => {
  const none = rai([{ n: 0, effortDays: 100 }]);
  assert.is(none.rai, 0);
  digits(none.interval.high, "3.689");
});

test.run();
