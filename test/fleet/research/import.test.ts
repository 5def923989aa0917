/** Research data in: what is good comes whole, what is bad is named, doing it again changes nothing. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isAppError } from "../../../toolchain/errors.ts";
import { importCamtrapPackage } from "../../../toolchain/fleet/research/import/camtrap-package.ts";
import { eventsOf } from "../../../toolchain/fleet/research/import/events.ts";
import { importMegadetector } from "../../../toolchain/fleet/research/import/megadetector.ts";
import {
  type Detector,
  importPhotographs,
} from "../../../toolchain/fleet/research/import/photographs.ts";
import { withZone } from "../../../toolchain/fleet/research/import/plain-time.ts";
import { problemLine } from "../../../toolchain/fleet/research/import/target.ts";
import { importWildlifeInsights } from "../../../toolchain/fleet/research/import/wildlife-insights.ts";
import { SHARED_DATA, skip } from "../../support/skip.ts";
import { DOMAIN, EXAMPLE, withResearch } from "./support.ts";

const NO_DATA = "imports: no ../shared/data";
const EMPTY = { isEmpty: true };

function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-import-"));
  return body(folder).finally(() => rmSync(folder, { recursive: true }));
}

const lines = ({ problems }: { problems: Parameters<typeof problemLine>[0][] }) =>
  problems.map(problemLine);

test("a package with bad rows changes nothing and names each by file, line and field", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withFolder(async (folder) => {
    cpSync(EXAMPLE, folder, { recursive: true });
    const edit = (name: string, from: string, to: string) => {
      const file = join(folder, name);
      const text = readFileSync(file, "utf8");
      assert.ok(text.includes(from), from);
      writeFileSync(file, text.replace(from, to));
    };
    edit("deployments.csv", "51.181", "151.181");
    edit("media.csv", "07840dcc,00a2c20d", "07840dcc,nowhere");
    edit(
      "observations.csv",
      "event,animal,,Anas platyrhynchos,1",
      "event,animal,,Anas platyrhynchos,0",
    );
    await withResearch(async ({ db, target }) => {
      const refused = await importCamtrapPackage(folder, target);
      assert.equal([refused.deployments, refused.media, refused.observations], [0, 0, 0]);
      const told = lines(refused);
      assert.ok(
        told.includes('deployments.csv line 3, latitude: must be 90 or less, not "151.181"'),
      );
      assert.ok(told.includes('media.csv line 2, deploymentID: there is no deployment "nowhere"'));
      assert.ok(told.includes('observations.csv line 3, mediaID: there is no media "07840dcc"'));
      assert.match(told.find((line) => line.startsWith("observations.csv line 2")) ?? "", /count/);
      const { count } = await db
        .selectFrom("deployments")
        .select((row) => row.fn.countAll().as("count"))
        .executeTakeFirstOrThrow();
      assert.is(Number(count), 0);

      const taken = await importCamtrapPackage(folder, target, { skipBad: true });
      assert.is(taken.deployments, 3);
      assert.equal(lines(taken), told);
      const lost = await db
        .selectFrom("media")
        .select("deploymentID")
        .where("sourceID", "=", "07840dcc")
        .execute();
      assert.equal(lost, []);
      assert.ok(taken.media > 100 && taken.observations > 100);
    }, EMPTY);
  });
});

test("a Wildlife Insights download comes in, and goes out with the same rows", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withResearch(async ({ target, exported }) => {
    const from = join(DOMAIN, "wildlife-insights");
    for (let round = 0; round < 2; round++) {
      const report = await importWildlifeInsights(from, target, { zone: "+03:00" });
      assert.equal(lines(report), []);
      assert.equal([report.deployments, report.media, report.observations], [5, 49, 49]);
    }
    const out = await exported("wildlife-insights");
    const images = out.rows("images.csv");
    assert.is(images.length, 49);
    const francolin = images.find(({ image_id }) => image_id?.startsWith("11b4f838"));
    assert.equal(
      [francolin?.genus, francolin?.species, francolin?.timestamp, francolin?.identified_by],
      ["Dendroperdix", "sephaena", "2019-05-05 14:21:00", "Raphaël Nussbaumer"],
    );
    const deployment = out.rows("deployments.csv")[0];
    assert.equal(
      [deployment?.latitude, deployment?.feature_type, deployment?.bait_type],
      ["-2.94849027", "Trail game", "None"],
    );
    const [row] = (await exported("camtrap-dp")).rows("deployments.csv");
    assert.equal(
      [row?.deploymentStart, row?.cameraModel],
      ["2019-04-17T00:00:00+03:00", "Reconyx-Hyperfire"],
    );
  }, EMPTY);
});

test("a bad row of Wildlife Insights is named, and nothing is half imported", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withFolder(async (folder) => {
    cpSync(join(DOMAIN, "wildlife-insights"), folder, { recursive: true });
    const file = join(folder, "images.csv");
    writeFileSync(file, readFileSync(file, "utf8").replace("5/5/19 17:21", "yesterday"));
    await withResearch(async ({ target, exported }) => {
      const report = await importWildlifeInsights(folder, target);
      assert.equal(lines(report), [
        'images.csv line 2, timestamp: must be a time, not "yesterday"',
      ]);
      assert.is((await exported("csv")).report.deployments, 0);
    }, EMPTY);
  });
});

test("MegaDetector results come in by the detector's threshold, people as people", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "results.json");
    const at = (minute: number) => ({ datetime: `2024:05:17 06:${minute}:00` });
    const box = (category: string, conf: number) => ({
      category,
      conf,
      bbox: [0.1, 0.2, 0.3, 0.4],
    });
    const images = [
      {
        file: "a/1.jpg",
        ...at(10),
        detections: [{ ...box("1", 0.9), classifications: [["7", 0.8]] }],
      },
      { file: "a/2.jpg", ...at(11), detections: [box("2", 0.6), box("1", 0.1)] },
      { file: "a/3.jpg", ...at(59), detections: [] },
      { file: "a/4.jpg", ...at(59), failure: "cannot read", detections: null },
    ];
    const results = {
      info: { detector: "md_v5a", format_version: "1.6" },
      detection_categories: { 1: "animal", 2: "person", 3: "vehicle" },
      classification_categories: { 7: "Vulpes vulpes" },
      images,
    };
    writeFileSync(file, JSON.stringify(results));
    await withResearch(async ({ target, exported }) => {
      for (let round = 0; round < 2; round++) {
        const report = await importMegadetector(file, target, { zone: "+02:00" });
        assert.equal([report.deployments, report.media, report.observations], [1, 4, 4]);
      }
      const rows = (await exported("csv")).rows("observations.csv");
      const of = (name: string) => rows.find(({ mediaID }) => mediaID === name);
      assert.equal(
        ["a/1.jpg", "a/2.jpg", "a/3.jpg", "a/4.jpg"].map((name) => of(name)?.observationType),
        ["animal", "human", "blank", "unclassified"],
      );
      assert.equal(
        [of("a/1.jpg")?.scientificName, of("a/1.jpg")?.bboxWidth, of("a/1.jpg")?.eventStart],
        ["Vulpes vulpes", "0.3", "2024-05-17T06:10:00+02:00"],
      );
      assert.is(of("a/1.jpg")?.eventID, of("a/2.jpg")?.eventID);
      assert.is.not(of("a/2.jpg")?.eventID, of("a/3.jpg")?.eventID);
      (images as unknown[]).push({ file: "b.jpg", detections: [{ ...box("9", 0.5) }] });
      writeFileSync(file, JSON.stringify(results));
      const refused = await importMegadetector(file, target);
      assert.equal(lines(refused), ['results.json image 5, detections: there is no category "9"']);
    }, EMPTY);
  });
});

/** Says "animal" of red pictures; stops after some. */
function fakeDetector(stopAfter = Number.POSITIVE_INFINITY) {
  const judged: string[] = [];
  const detector: Detector = {
    ...{ name: "fake", batch: 2 },
    problemOf: async (file) => (file.includes("broken") ? "it is broken" : undefined),
    async judge(_folder, names) {
      if (judged.length >= stopAfter) throw new Error("power cut");
      judged.push(...names);
      return names.map((name) => ({
        observationType: name.includes("fox") ? "animal" : "blank",
        classificationProbability: 0.9,
      }));
    },
  };
  return { detector, judged };
}

async function card(folder: string): Promise<void> {
  mkdirSync(join(folder, "DCIM/100"), { recursive: true });
  const make = async (name: string, shade: number, taken?: string) => {
    const background = { r: shade, g: 0, b: 0 };
    const image = sharp({ create: { width: 4, height: 4, channels: 3, background } });
    const exif = taken ? { IFD2: { DateTimeOriginal: taken } } : {};
    const file = join(folder, "DCIM/100", name);
    writeFileSync(file, await image.withExif(exif).jpeg().toBuffer());
    utimesSync(file, 1_700_000_000, 1_700_000_000);
  };
  await make("1-fox.JPG", 10, "2024:05:17 06:30:00");
  await make("2.JPG", 20, "2024:05:17 06:31:00");
  await make("3.JPG", 30, "2024:05:17 08:00:00");
  await make("4-broken.JPG", 40, "2024:05:17 08:00:00");
  await make("5-same.JPG", 30, "2024:05:17 08:00:00");
  await make("6.JPG", 60);
  writeFileSync(join(folder, "DCIM/100/._1-fox.JPG"), "not a picture");
}

test("a card of photographs: EXIF times, doubles once, events, and it goes on where it stopped", async () => {
  await withFolder(async (folder) => {
    await card(folder);
    await withResearch(async ({ target, exported, objects }) => {
      const options = {
        deploymentID: "ridge",
        zone: "+02:00",
        place: { latitude: 46.5, longitude: 8 },
      };
      const first = fakeDetector(2);
      try {
        await importPhotographs(folder, target, { ...options, detector: first.detector });
        assert.unreachable();
      } catch (error) {
        assert.is((error as Error).message, "power cut");
      }
      const second = fakeDetector();
      const report = await importPhotographs(folder, target, {
        ...options,
        detector: second.detector,
      });
      assert.equal(lines(report), ["DCIM/100/4-broken.JPG: it is broken"]);
      assert.equal(first.judged.length + second.judged.length, 4, "each content once");
      const third = fakeDetector();
      await importPhotographs(folder, target, { ...options, detector: third.detector });
      assert.equal(third.judged, []);

      const out = await exported("camtrap-dp", { hasMedia: true });
      assert.equal([out.report.media, out.report.files], [4, 4]);
      const times = out
        .rows("media.csv")
        .map(({ timestamp, mediaComments }) => [timestamp, mediaComments]);
      assert.equal(times, [
        ["2023-11-15T00:13:20+02:00", "timestamp is the file's: no EXIF time"],
        ["2024-05-17T06:30:00+02:00", ""],
        ["2024-05-17T06:31:00+02:00", ""],
        ["2024-05-17T08:00:00+02:00", ""],
      ]);
      const events = out
        .rows("observations.csv")
        .filter(({ observationLevel }) => observationLevel === "event")
        .map(({ observationType, eventStart }) => `${eventStart} ${observationType}`);
      assert.equal(events, [
        "2023-11-15T00:13:20+02:00 blank",
        "2024-05-17T06:30:00+02:00 animal",
        "2024-05-17T08:00:00+02:00 blank",
      ]);
      assert.is(out.rows("deployments.csv")[0]?.timestampIssues, "true");
      assert.ok(objects);
    }, EMPTY);
  });
});

test("a folder without photographs says so", async () => {
  await withFolder(async (folder) => {
    await withResearch(async ({ target }) => {
      try {
        const { detector } = fakeDetector();
        await importPhotographs(folder, target, { deploymentID: "d", detector });
        assert.unreachable();
      } catch (error) {
        assert.ok(isAppError(error) && error.code === "NO_PICTURES");
      }
    }, EMPTY);
  });
});

test("an interval begins the next event; shorter pauses do not", () => {
  const pictures = [0, 1799, 3598, 5398, 9000].map((seconds) => ({ seconds }));
  const sizes = (intervalS: number) =>
    eventsOf("d", pictures, intervalS).map((event) => event.pictures.length);
  assert.equal(sizes(1800), [3, 1, 1]);
  assert.equal(sizes(1799), [1, 1, 1, 1, 1]);
  assert.equal(sizes(3600), [4, 1]);
});

test("times without a zone get the one that is given", () => {
  const rows: [string, string, string | undefined][] = [
    ["2024-05-17 06:30:00", "Z", "2024-05-17T06:30:00Z"],
    ["2024:05:17 06:30:00", "-03:30", "2024-05-17T06:30:00-03:30"],
    ["5/13/19 9:05", "+03:00", "2019-05-13T09:05:00+03:00"],
    ["2024-05-17T06:30:00+01:00", "Z", "2024-05-17T06:30:00+01:00"],
    ["13/5/19 09:05", "Z", undefined],
    ["2024-02-30 06:30:00", "Z", undefined],
    ["", "Z", undefined],
  ];
  for (const [text, zone, wanted] of rows) assert.is(withZone(text, zone), wanted, text);
});

test.run();
