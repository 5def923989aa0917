/** Occupancy and capture-recapture against wiqid, PRESENCE and MARK; their refusals. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { abundanceM0 } from "../../../toolchain/fleet/analytics/capture.ts";
import { detectionHistory } from "../../../toolchain/fleet/analytics/history.ts";
import {
  type Occupancy,
  occupancy,
  type SiteVisits,
  visitsOf,
} from "../../../toolchain/fleet/analytics/occupancy.ts";
import { digits, near, oracle } from "./support/oracle.ts";

const fitted = <T>(result: T | string): T => {
  if (typeof result === "string") throw new Error(result);
  return result;
};

interface Case {
  history: (0 | 1)[][];
  naive: number;
  psi: number;
  p: number;
  se_psi: number;
  se_p: number;
  beta: number[];
  se_beta: number[];
  ci95_psi: number[];
  ci95_p: number[];
  logLik: number;
  AIC: number;
  cond_occ: number[];
  p_star_5: number;
}

function checkCase(name: string, c: Case): void {
  const o = fitted(occupancy(visitsOf(c.history)));
  const pairs: [number, number, string][] = [
    [o.naive, c.naive, "naive"],
    [o.psi, c.psi, "psi"],
    [o.p, c.p, "p"],
    [o.sePsi, c.se_psi, "se psi"],
    [o.seP, c.se_p, "se p"],
    ...o.beta.map((b, i): [number, number, string] => [b, c.beta[i]!, "beta"]),
    ...o.seBeta.map((b, i): [number, number, string] => [b, c.se_beta[i]!, "se beta"]),
    ...o.intervalPsi.map((b, i): [number, number, string] => [b, c.ci95_psi[i]!, "ci psi"]),
    ...o.intervalP.map((b, i): [number, number, string] => [b, c.ci95_p[i]!, "ci p"]),
    ...o.conditional.map((b, i): [number, number, string] => [b!, c.cond_occ[i]!, "conditional"]),
    [1 - (1 - o.p) ** 5, c.p_star_5, "p*"],
  ];
  for (const [actual, expected, what] of pairs) near(actual, expected, 1e-4, `${name} ${what}`);
  near(o.logLikelihood, c.logLik, 1e-6, `${name} log-likelihood`);
  near(o.aic, c.AIC, 1e-6, `${name} AIC`);
}

test("occupancy agrees with wiqid and an independent fit", () => {
  const file = oracle<{ cases: Record<string, Case> }>("oracle/occupancy.json");
  for (const [name, one] of Object.entries(file?.cases ?? {})) checkCase(name, one);
});

/** MacKenzie et al. 2006: sites with 0, 1, 2 ... detections of 5 visits. */
const SALAMANDERS = [21, 12, 1, 4, 1, 0];
const salamanders: SiteVisits[] = SALAMANDERS.flatMap((sites, y) =>
  Array.from({ length: sites }, () => ({ y, n: 5 })),
);

// PRESENCE's result for the Blue Ridge two-lined salamanders, as asserted in wiqid test-occSS0.R.
test("the published salamanders come out to the printed digits", () => {
  const o: Occupancy = fitted(occupancy(salamanders));
  digits(o.naive, "0.4615");
  digits(o.psi, "0.5946");
  digits(o.p, "0.2587");
  digits(o.intervalPsi[0], "0.3512");
  digits(o.intervalPsi[1], "0.7990");
  digits(o.intervalP[0], "0.1622");
  digits(o.intervalP[1], "0.3863");
  digits(o.aic, "165.7586");
  digits(o.sePsi, "0.1226");
  digits(o.seP, "0.0577");
});

test("the order of sites does not matter, and a site without visits adds nothing", () => {
  const o = fitted(occupancy(salamanders));
  const other = fitted(occupancy([...salamanders].reverse().concat({ y: 0, n: 0 })));
  near(other.psi, o.psi, 1e-6);
  near(other.aic, o.aic, 1e-9);
  assert.is(other.conditional.at(-1), null);
  assert.is(other.sites, 39);
});

test("twice the sites leave the estimate and halve the variance", () => {
  const o = fitted(occupancy(salamanders));
  const twice = fitted(occupancy([...salamanders, ...salamanders]));
  near(twice.psi, o.psi, 1e-5);
  near(twice.sePsi * Math.SQRT2, o.sePsi, 1e-4);
});

test("refuses what no model can tell", () => {
  const sites = (n: number, y: number) => Array.from({ length: n }, () => ({ y, n: 5 }));
  const rows: [SiteVisits[], RegExp][] = [
    [sites(20, 0), /never detected/],
    [sites(20, 5), /every visit of every site/],
    [sites(5, 1), /at least 10 sites, has 5/],
    [[...sites(19, 0), ...sites(1, 2)], /at least 2 sites with the species, has 1/],
    [sites(20, 0).map(() => ({ y: 1, n: 1 })), /at least 2 occasions/],
    [sites(20, 1), /no maximum inside/],
  ];
  for (const [visits, reason] of rows) {
    const result = occupancy(visits);
    assert.ok(typeof result === "string", `answered: ${reason}`);
    assert.match(result, reason);
  }
});

test("a history has null where the camera did not work, and loses no detection", () => {
  const day = 86_400_000;
  const operating = new Map([
    ["a", [[0, 10 * day] as const]],
    [
      "b",
      [
        [5 * day, 7 * day],
        [14 * day, 21 * day],
      ] as const,
    ],
  ]);
  const times = new Map([
    ["a", [1 * day, 1.5 * day, 9.9 * day]],
    ["b", [5 * day]],
  ]);
  const survey = { occasionDays: 7, from: "survey", minimumDays: 0 } as const;
  assert.equal(detectionHistory(operating, times, survey).detections, [
    [1, 1, null],
    [1, null, 0],
  ]);
  const site = { ...survey, from: "site" } as const;
  const history = detectionHistory(operating, times, site);
  assert.equal(history.detections, [
    [1, 1, null],
    [1, 0, 0],
  ]);
  assert.equal(history.effortDays, [
    [7, 3, 0],
    [2, 5, 2],
  ]);
  const strict = detectionHistory(operating, times, { ...site, minimumDays: 3 });
  assert.equal(strict.detections, [
    [1, 1, null],
    [null, 0, null],
  ]);
});

interface Rabbits {
  freq: number[];
  occasions: number;
  Nhat: number;
  Nlow: number;
  Nupp: number;
  phat: number;
  AIC: number;
}

test("M0 agrees with wiqid", () => {
  const r = oracle<Rabbits>("oracle/capture-recapture.json");
  if (!r) return;
  const a = fitted(abundanceM0(r.freq, r.occasions));
  near(a.n, r.Nhat, 1e-4, "N");
  near(a.intervalN[0], r.Nlow, 1e-4, "low");
  near(a.intervalN[1], r.Nupp, 1e-4, "high");
  near(a.p, r.phat, 1e-4, "p");
  near(a.aic, r.AIC, 1e-6, "AIC");
});

// Edwards & Eberhardt 1967, rabbits: MARK gives N 96.258770, p 0.0819550, AIC 379.59414 (wiqid test-closedCap.R).
test("the published rabbits come out", () => {
  const a = fitted(abundanceM0([43, 16, 8, 6, 0, 2, 1], 18));
  digits(a.n, "96.2588");
  digits(a.p, "0.0819550");
  digits(a.aic, "379.594");
  assert.ok(a.intervalN[0] >= 76);
});

test("M0 refuses without recaptures", () => {
  assert.match(abundanceM0([40], 5) as string, /at least 5 recaptures, has 0/);
  assert.match(abundanceM0([0, 2], 2) as string, /at least 5 individuals/);
  assert.match(abundanceM0([0, 0, 30], 3) as string, /every individual/);
});

test.run();
