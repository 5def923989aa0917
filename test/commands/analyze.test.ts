/** `toolchain analyze` as a user types it: a small package, text, JSON, a plot, and what it refuses. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertRefused, type Ended, toolchain, toolchainHere } from "../support/toolchain.ts";

const RESOURCES = ["deployments", "media", "observations", "failures"];
const OBSERVATIONS = Array.from(
  { length: 24 },
  (_, i) =>
    `o${i},${i % 2 ? "a" : "b"},e${i},2024-05-${String(i + 2).padStart(2, "0")}T20:30:00Z,2024-05-${String(i + 2).padStart(2, "0")}T20:31:00Z,event,animal,Vulpes vulpes`,
);

/** Two cameras for thirty days, one of which failed for ten, and 24 foxes. */
const FILES: Record<string, string> = {
  "datapackage.json": JSON.stringify({
    resources: RESOURCES.map((name) => ({ name, path: `${name}.csv` })),
  }),
  "deployments.csv": `deploymentID,latitude,longitude,deploymentStart,deploymentEnd
a,51,5,2024-05-01T00:00:00Z,2024-05-31T00:00:00Z
b,52,5,2024-05-01T00:00:00Z,2024-05-31T00:00:00Z
`,
  "media.csv": "mediaID\n",
  "failures.csv": `deploymentID,failureStart,failureEnd
b,2024-05-11T00:00:00Z,2024-05-21T00:00:00Z
`,
  "observations.csv": `observationID,deploymentID,eventID,eventStart,eventEnd,observationLevel,observationType,scientificName
${OBSERVATIONS.join("\n")}
`,
};

async function inPackage(look: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), "thicket-analyze-"));
  try {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(cwd, name), text);
    await look(cwd);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

const here = (cwd: string, ...args: string[]): Promise<Ended> =>
  toolchainHere(["analyze", ...args], cwd);

test("lists analyses without a name", async () => {
  const { status, stdout } = await toolchain(["analyze"]);
  assert.is(status, 0);
  assert.match(stdout, /^occupancy {2}/m);
});

test("says rate, effort without the failure, interval and assumptions", () =>
  inPackage(async (cwd) => {
    const { stdout, stderr } = await here(cwd, "rai", "--package", ".");
    assert.match(stdout, /^rai: Vulpes vulpes \(n = 24 records, 50 trap-nights\)$/m);
    assert.match(stdout, /rai +48 records per 100 trap-nights \([\d.]+ to [\d.]+, 95 %, /);
    assert.match(stdout, /- periods of failure taken out of the effort: 1/);
    assert.is(stderr, "");
  }));

test("prints the same as one JSON object", () =>
  inPackage(async (cwd) => {
    const { stdout } = await here(cwd, "activity", "--package", "datapackage.json", "--json");
    const { analysis, answers } = JSON.parse(stdout);
    assert.is(analysis, "activity");
    assert.is(answers[0].n, 24);
    // 20:30 UTC at 5° east is 20:50 of mean solar time.
    assert.ok(Math.abs(answers[0].estimates.meanHour.value - (20 + 50 / 60)) < 1e-6);
  }));

test("writes a plot as SVG", () =>
  inPackage(async (cwd) => {
    const { status } = await here(cwd, "sites", "--package", ".", "--svg", "sites.svg");
    assert.is(status, 0);
    assert.match(readFileSync(join(cwd, "sites.svg"), "utf8"), /<svg [\s\S]*Vulpes vulpes/);
  }));

test("a refusal is an answer, not a failure", () =>
  inPackage(async (cwd) => {
    const { status, stdout } = await here(cwd, "occupancy", "--package", ".");
    assert.is(status, 0);
    assert.match(stdout, /no figure: needs at least 10 sites, has 2/);
  }));

test("what is typed wrong is said in one line", () =>
  inPackage(async (cwd) => {
    const rows: [string, number, RegExp][] = [
      ["astrology --package .", 2, /no analysis named "astrology"/],
      ["rai", 2, /--package DIR is needed/],
      ["rai sites --package .", 2, /one analysis, not also sites/],
      ["rai --package nowhere", 3, /cannot read nowhere: no such file/],
      ["rai --package . --level 100", 2, /--level must be a whole number from 50 to 99/],
      ["activity --package . --time noon", 2, /--time must be solarMean or average or equinoctial/],
      ["latency --package . --svg x.svg", 2, /latency has no plot here: needs at least 5/],
      ["rai --package media.csv", 3, /media\.csv is not a JSON object/],
    ];
    for (const [command, status, message] of rows) {
      assertRefused(await here(cwd, ...command.split(" ")), status, message);
    }
    writeFileSync(join(cwd, "failures.csv"), "deploymentID,failureStart,failureEnd\nb,soon,\n");
    const ended = await here(cwd, "effort", "--package", ".");
    assertRefused(ended, 3, /failures\.csv line 2, failureStart: must be a time/);
    assert.equal(readdirSync(cwd).sort(), Object.keys(FILES).sort());
  }));

test.run();
