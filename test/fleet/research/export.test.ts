/** What leaves the server: the standard's example comes out as it went in, and as its reference tools write it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkPackage } from "../../../toolchain/fleet/research/check-package.ts";
import { zipOutput } from "../../../toolchain/fleet/research/export/output.ts";
import { openPackage } from "../../../toolchain/fleet/research/read-package.ts";
import { officialProblems } from "../../support/camtrap-validator.ts";
import { SHARED_DATA, skip } from "../../support/skip.ts";
import { DOMAIN, EXAMPLE, withResearch } from "./support.ts";

const NO_DATA = "exports: no ../shared/data";
/** Everything of the project, as it is. */
const WHOLE = { hasPeople: true };

async function all<T>(rows: AsyncIterable<T>): Promise<string[]> {
  const found: string[] = [];
  for await (const row of rows) found.push(JSON.stringify(row, Object.keys(row as object).sort()));
  return found.sort();
}

test("the standard's example round-trips in every field of every table and of its metadata", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withResearch(async ({ exported }) => {
    const { path, report } = await exported("camtrap-dp", WHOLE);
    const [before, after] = [openPackage(EXAMPLE), openPackage(path)];
    for (const name of ["deployments", "media", "observations"] as const) {
      assert.equal(await all<object>(after[name]()), await all<object>(before[name]()), name);
    }
    assert.equal(after.descriptor, before.descriptor);
    assert.equal([report.deployments, report.media, report.observations], [4, 423, 549]);
    assert.equal(report.assumed, []);
  });
});

test("every Camtrap DP export passes the official profile and table schemas, and our check", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withResearch(async ({ db, exported, target }) => {
    await target.failures([
      {
        ...{ deploymentID: "00a2c20d", reason: "flash" },
        ...{ failureStart: "2020-06-01T00:00:00Z", failureEnd: "2020-06-02T00:00:00Z" },
      },
    ]);
    const requests = [
      WHOLE,
      {},
      { from: Date.UTC(2020, 5, 1) / 1000, to: Date.UTC(2020, 6, 1) / 1000 },
      { taxa: ["Vulpes vulpes"] },
      { taxa: ["No such"], to: 1 },
    ];
    for (const request of requests) {
      const { path } = await exported("camtrap-dp", request);
      // A project without rows has no extent, which the profile lets pass as GeoJSON.
      assert.equal(await officialProblems(path), [], JSON.stringify(request));
      assert.equal((await checkPackage(path)).problems, [], JSON.stringify(request));
    }
    await db.updateTable("projects").set({ sensitivity: 2 }).execute();
    const { path } = await exported("camtrap-dp");
    assert.equal(await officialProblems(path), []);
  });
});

test("the official validator, as used here, finds what is wrong", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withResearch(async ({ db, exported }) => {
    await db
      .updateTable("observations")
      .set({ bboxX: 7 })
      .where("sourceID", "=", "705e6036")
      .execute();
    await db.updateTable("projects").set({ contributors: "[]", project: '{"title":1}' }).execute();
    const { path } = await exported("camtrap-dp", WHOLE);
    const problems = (await officialProblems(path)).join("\n");
    assert.match(problems, /observations: .*bboxX/s);
    assert.match(problems, /\/contributors/);
    assert.match(problems, /samplingDesign/);
    const ours = (await checkPackage(path)).problems.map(({ file, field }) => `${file} ${field}`);
    assert.ok(ours.includes("observations.csv bboxX"), ours.join());
    assert.ok(ours.includes("datapackage.json project.samplingDesign"), ours.join());
  });
});

test("Darwin Core equals the reference tool's in every cell, and in meta.xml", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withResearch(async ({ exported }) => {
    const archive = await exported("dwca", WHOLE);
    const expected = join(DOMAIN, "camtrapdp-expected");
    const reference: Record<string, string>[] = parse(
      readFileSync(join(expected, "write_dwc_occurrence.csv")),
      { columns: true },
    );
    const byID = (rows: Record<string, string>[]) =>
      rows.toSorted((a, b) => ((a.occurrenceID ?? "") < (b.occurrenceID ?? "") ? -1 : 1));
    assert.is(reference.length, 29);
    assert.equal(byID(archive.rows("occurrence.csv")), byID(reference));
    const header = (text: string) => text.split("\n", 1)[0];
    const text = readFileSync(join(expected, "write_dwc_occurrence.csv"), "utf8");
    assert.is(header(archive.text("occurrence.csv")), header(text));
    assert.is(archive.text("meta.xml"), readFileSync(join(expected, "write_dwc_meta.xml"), "utf8"));
    // The reference tool's count for the same package (facts/domain.md 5.1).
    assert.is(archive.rows("multimedia.csv").length, 390);
    assert.is(archive.report.leftOut["not animals"], 183);
  });
});

test("EML says the same as the reference tool's, element by element", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withResearch(async ({ exported }) => {
    const ours = (await exported("dwca", WHOLE)).text("eml.xml");
    const file = join(DOMAIN, "camtrapdp-expected/write_eml_eml.xml");
    // Its test adds a contributor of its own, and it names its own tool.
    const reference = readFileSync(file, "utf8").replace(
      /\s*<creator>\s*<organizationName>Institute for dummies[\s\S]*?<\/creator>/,
      "",
    );
    const plain = (xml: string) =>
      xml
        .replace(/RANDOM_UUID|7cca70f5-ef8c-4f86-85fb-8f070937d7ab/g, "ID")
        .replace(/<para>Data have been standardized.*?<\/para>/, "")
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean);
    assert.equal(plain(ours), plain(reference));
  });
});

test("Wildlife Insights has the headers of a real download and a row for each observation of a picture", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withResearch(async ({ exported }) => {
    const made = await exported("wildlife-insights", WHOLE);
    for (const name of ["projects", "cameras", "deployments", "images"]) {
      const [header] = readFileSync(join(DOMAIN, `wildlife-insights/${name}.csv`), "utf8").split(
        "\n",
      );
      assert.is(made.text(`${name}.csv`).split("\n")[0], header?.trim(), name);
    }
    const images = made.rows("images.csv");
    assert.is(new Set(images.map((row) => row.image_id)).size, 423);
    assert.is(images.length, 513);
    const duck = images.find((row) => row.image_id === "07840dcc");
    assert.equal(
      [duck?.genus, duck?.species, duck?.common_name, duck?.timestamp, duck?.sex],
      ["Anas", "platyrhynchos", "mallard", "2020-05-30 02:57:37", "Female"],
    );
    assert.is(made.rows("deployments.csv")[0]?.feature_type, "Trail game");
  });
});

test("MegaDetector results are one JSON in its format, with a class for each name", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withResearch(async ({ exported }) => {
    const results = JSON.parse((await exported("megadetector", WHOLE)).text("megadetector.json"));
    assert.is(results.info.format_version, "1.6");
    assert.equal(results.detection_categories, { 1: "animal", 2: "person", 3: "vehicle" });
    assert.is(results.images.length, 423);
    for (const { file, detections, failure } of results.images) {
      assert.type(file, "string");
      assert.ok(failure ? detections === null : Array.isArray(detections), file);
      for (const { category, conf, bbox, classifications = [] } of detections ?? []) {
        assert.ok(results.detection_categories[category] && conf >= 0 && conf <= 1, file);
        assert.ok(bbox.length === 4 && bbox.every((side: number) => side >= 0 && side <= 1), file);
        for (const [id] of classifications) assert.ok(results.classification_categories[id]);
      }
    }
  });
});

test("CSV and Parquet hold the same observations", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withResearch(async ({ exported }) => {
    const csv = (await exported("csv", WHOLE)).rows("observations.csv");
    const { path } = await exported("parquet", WHOLE);
    const file = await asyncBufferFromFile(join(path, "observations.parquet"));
    const rows = await parquetReadObjects({ file });
    assert.is(rows.length, 549);
    const second = (date: unknown) => (date as Date).toISOString().replace(".000", "");
    const plain = rows.map(({ observationID, eventStart, latitude, count, scientificName }) => [
      ...[observationID, second(eventStart), String(latitude)],
      ...[String(count ?? ""), scientificName ?? ""],
    ]);
    const wanted = csv.map(({ observationID, eventStart, latitude, count, scientificName }) => [
      ...[observationID, eventStart, latitude, count, scientificName],
    ]);
    assert.equal(plain, wanted);
  });
});

test("a package that nobody reads any more ends in an error, and not in waiting", async () => {
  const output = zipOutput();
  output.stream.destroy();
  try {
    await output.write("a.csv", "a\n");
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /nobody reads/);
  }
});

test.run();
