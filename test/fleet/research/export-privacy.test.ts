/** Nothing that says where a sensitive place is, and no picture of people, leaves in any format. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import exifReader from "exif-reader";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sha256Of } from "../../../toolchain/fleet/objects.ts";
import { FORMATS, type Format } from "../../../toolchain/fleet/research/export/formats.ts";
import { stripGps } from "../../../toolchain/fleet/research/export/strip-gps.ts";
import {
  databaseTarget,
  ensureProject,
  photographPath,
} from "../../../toolchain/fleet/research/import/database-target.ts";
import { photographFacts } from "../../../toolchain/fleet/research/import/photograph-facts.ts";
import { roundedPlace } from "../../../toolchain/fleet/research/privacy.ts";
import { SHARED_DATA, skip } from "../../support/skip.ts";
import { type Exported, withResearch } from "./support.ts";

const NO_DATA = "exports: no ../shared/data";

/** Everything in the package as text, names of files too. */
function textOf({ path }: Exported): string {
  const names = readdirSync(path, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => /\.\w+$/.test(name));
  return files.map((name) => name + readFileSync(join(path, name), "latin1")).join("\n");
}

// camtrapdp's test-round_coordinates.R and the table of facts/domain.md 4.11.
test("coordinates are rounded, and their uncertainty grows by what rounding may move them", () => {
  const rows: [number, number, number | undefined, 1 | 2 | 3 | 4, number | undefined, unknown][] = [
    [15.18155, 5.65555, 10, 2, 0.001, [15.2, 5.7, 15544, 0.1]],
    [15.18155, 5.65555, undefined, 3, undefined, [15.18, 5.66, 1600, 0.01]],
    [-61.18155, -0.00005, 187, 4, undefined, [-61.182, 0, 312, 0.001]],
    [46.5, 8.25, 30, 1, undefined, [47, 8, 147000, 1]],
    [89.12345, 8.25, 30, 2, 0.01, [89.1, 8.3, 10120, 0.1]],
    [46.5, 8.2, 30, 2, 0.1, undefined],
    [46.5, 8.2, 30, 4, 0.01, undefined],
  ];
  for (const [latitude, longitude, coordinateUncertainty, sensitivity, held, wanted] of rows) {
    const made = roundedPlace({ latitude, longitude, coordinateUncertainty }, sensitivity, held);
    const seen = made && [
      made.latitude,
      made.longitude,
      made.coordinateUncertainty,
      made.precision,
    ];
    assert.equal(seen, wanted);
  }
});

test("a generalised place is named by nothing, in no format, however the question is put", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withResearch(async ({ db, exported }) => {
    const secret = ["51.181", "5.655", "2df5259b", "beek kleine vijver", "29/07/2020"];
    // A taxon seen at 29b7d356 is on the owner's list; what the example says of its precision is taken away.
    const { taxonomic, other } = await db
      .selectFrom("projects")
      .select(["taxonomic", "other"])
      .executeTakeFirstOrThrow();
    const seen = await db
      .selectFrom("observations")
      .select("scientificName")
      .where("deploymentID", "=", "default/29b7d356")
      .where("scientificName", "is not", null)
      .executeTakeFirstOrThrow();
    const list = (JSON.parse(taxonomic ?? "[]") as { scientificName: string }[]).map((taxon) =>
      taxon.scientificName === seen.scientificName ? { ...taxon, sensitivity: 2 } : taxon,
    );
    const said = { ...JSON.parse(other ?? "{}"), coordinatePrecision: undefined };
    await db
      .updateTable("projects")
      .set({ taxonomic: JSON.stringify(list), other: JSON.stringify(said) })
      .execute();
    await db
      .updateTable("media")
      .set({ filePath: "https://a.test/51.181/5.655.jpg", exifData: '{"GPS":"51.181"}' })
      .where("deploymentID", "=", "default/29b7d356")
      .execute();
    const open = textOf(await exported("camtrap-dp", { isExact: true }));
    for (const text of secret) assert.ok(open.includes(text), `${text} is there when exact`);
    for (const format of Object.keys(FORMATS) as Format[]) {
      for (const request of [{}, { taxa: ["Homo sapiens"] }, { hasPeople: true, from: 0 }]) {
        const text = textOf(await exported(format, request));
        for (const word of secret) assert.not.ok(text.includes(word), `${format}: ${word}`);
        assert.not.match(text, /sensitivity/);
      }
    }
    const dwc = (await exported("dwca")).rows("occurrence.csv");
    const row = dwc.find(({ parentEventID }) => parentEventID === "29b7d356");
    assert.equal(
      [row?.decimalLatitude, row?.coordinatePrecision, row?.dataGeneralizations, row?.locality],
      ["51.2", "0.1", "coordinates rounded to 0.1 degree", ""],
    );
    assert.match(row?.informationWithheld ?? "", /place name/);
    assert.is(row?.coordinateUncertaintyInMeters, String(187 + 14697));
  });
});

test("deployments at one location are as secret as the strictest of them", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withResearch(async ({ db, exported }) => {
    const [first, second] = ["default/00a2c20d", "default/29b7d356"];
    const sourceLocationID = "shared";
    await db
      .updateTable("deployments")
      .set({ sourceLocationID })
      .where("deploymentID", "in", [first as string, second as string])
      .execute();
    const created = { projectID: "default", name: "den", sensitivity: 2 as const, createdMs: 0 };
    await db
      .insertInto("sites")
      .values({ siteID: "den", ...created })
      .execute();
    await db
      .updateTable("deployments")
      .set({ siteID: "den" })
      .where("deploymentID", "=", first as string)
      .execute();
    const rows = (await exported("camtrap-dp")).rows("deployments.csv");
    const at = (id: string) => rows.find(({ deploymentID }) => deploymentID === id);
    assert.equal([at("00a2c20d")?.latitude, at("29b7d356")?.latitude], ["51.5", "51.2"]);
    assert.is(at("00a2c20d")?.locationID, at("29b7d356")?.locationID);
    assert.equal([at("577b543a")?.latitude, at("62c200a9")?.latitude], ["51.184", "50.699"]);
  });
});

/** A JPEG with a place in it, as a camera with a receiver writes it. */
const placedJpeg = (): Promise<Buffer> =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: "#555" } })
    .withExif({
      IFD0: { Make: "Acme", Model: "T1" },
      IFD2: { DateTimeOriginal: "2024:05:17 06:30:00" },
      IFD3: {
        ...{ GPSLatitudeRef: "N", GPSLatitude: "46/1 30/1 0/1" },
        ...{ GPSLongitudeRef: "E", GPSLongitude: "8/1 15/1 0/1" },
      },
    })
    .jpeg()
    .toBuffer();

test("GPS is taken out of EXIF; time, camera and picture stay", async () => {
  const jpeg = await placedJpeg();
  const zoned = (bytes: Buffer) => photographFacts("", bytes, "Z");
  assert.equal(zoned(jpeg), {
    ...{ timestamp: "2024-05-17T06:30:00Z", isFileTime: false, cameraModel: "Acme-T1" },
    ...{ latitude: 46.5, longitude: 8.25 },
  });
  const stripped = stripGps(jpeg);
  assert.equal(zoned(stripped), {
    ...{ timestamp: "2024-05-17T06:30:00Z", isFileTime: false, cameraModel: "Acme-T1" },
  });
  const { exif } = await sharp(stripped).metadata();
  assert.is(exifReader(exif as Buffer).GPSInfo, undefined);
  const pixels = async (bytes: Buffer) => (await sharp(bytes).raw().toBuffer()).toString("hex");
  assert.is(await pixels(stripped), await pixels(jpeg));
  const xmp = Buffer.concat([
    ...[jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1, 0, 14]), Buffer.from("http:46.5 8.")],
    jpeg.subarray(2),
  ]);
  assert.not.ok(stripGps(xmp).includes("46.5"));
});

test("picture files come along without people, and without a place where it is secret", async () => {
  await withResearch(
    async ({ db, exported, target }) => {
      const jpeg = await placedJpeg();
      const other = Buffer.concat([jpeg, Buffer.alloc(1)]);
      const time = { eventStart: "2024-05-17T06:30:00Z", eventEnd: "2024-05-17T06:30:00Z" };
      await target.deployments([
        {
          ...{ deploymentID: "d", latitude: 46.5, longitude: 8.25 },
          ...{ deploymentStart: "2024-05-17T00:00:00Z", deploymentEnd: "2024-05-18T00:00:00Z" },
        },
      ]);
      for (const [mediaID, bytes, observationType] of [
        ["fox", jpeg, "animal"],
        ["ana", other, "human"],
      ] as const) {
        const sha256 = sha256Of(bytes);
        await target.keepPhotograph(sha256, bytes);
        await target.media([
          {
            ...{ mediaID, deploymentID: "d", timestamp: time.eventStart, filePublic: true },
            ...{ filePath: photographPath(sha256), fileMediatype: "image/jpeg" },
          },
        ]);
        await target.observations([
          {
            ...{ observationID: `o-${mediaID}`, deploymentID: "d", mediaID, ...time },
            ...{ observationLevel: "media", observationType },
          },
        ]);
      }
      const isPublic = ({ rows }: Exported) =>
        rows("media.csv").map(({ mediaID, filePublic }) => `${mediaID} ${filePublic}`);
      const plain = await exported("camtrap-dp", { hasMedia: true });
      assert.equal([plain.report.files, plain.report.peopleHidden], [1, 1]);
      assert.equal(isPublic(plain).sort(), ["ana false", "fox true"]);
      const fox = plain.rows("media.csv").find(({ mediaID }) => mediaID === "fox")?.filePath ?? "";
      assert.equal(readFileSync(join(plain.path, fox)), jpeg);
      const whole = await exported("camtrap-dp", { hasMedia: true, hasPeople: true });
      assert.is(whole.report.files, 2);
      await db.updateTable("projects").set({ sensitivity: 3 }).execute();
      const hidden = await exported("camtrap-dp", { hasMedia: true });
      const [file] = hidden.rows("media.csv").filter(({ mediaID }) => mediaID === "fox");
      const facts = photographFacts("", readFileSync(join(hidden.path, file?.filePath ?? "")), "Z");
      assert.is(facts.latitude, undefined);
    },
    { isEmpty: true },
  );
});

test("a row that names another project's photograph by its SHA-256 does not get it", async () => {
  await withResearch(
    async ({ db, objects, exported, target }) => {
      const jpeg = await placedJpeg();
      const sha256 = sha256Of(jpeg);
      await ensureProject(db, "other", 0);
      await databaseTarget(db, objects, "other").keepPhotograph(sha256, jpeg);
      const time = "2024-05-17T06:30:00Z";
      await target.deployments([
        {
          ...{ deploymentID: "d", latitude: 46.5, longitude: 8.25 },
          ...{ deploymentStart: "2024-05-17T00:00:00Z", deploymentEnd: "2024-05-18T00:00:00Z" },
        },
      ]);
      await target.media([
        {
          ...{ mediaID: "fox", deploymentID: "d", timestamp: time, filePublic: true },
          ...{ filePath: photographPath(sha256), fileMediatype: "image/jpeg" },
        },
      ]);
      assert.is((await exported("camtrap-dp", { hasMedia: true })).report.files, 0);
      await target.keepPhotograph(sha256, jpeg);
      assert.is((await exported("camtrap-dp", { hasMedia: true })).report.files, 1);
    },
    { isEmpty: true },
  );
});

test.run();
