/** Research data in and out: every field of Camtrap DP comes back as it went in; our cameras' rows are rows like these. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isAppError } from "../../../toolchain/errors.ts";
import {
  DEPLOYMENT_FIELDS,
  type Deployment,
  type Field,
  MEDIA_FIELDS,
  type Media,
  OBSERVATION_FIELDS,
  type Observation,
} from "../../../toolchain/fleet/research/camtrap-dp.ts";
import { openSink } from "../../../toolchain/fleet/research/sink.ts";
import { openResearch, type ResearchSource } from "../../../toolchain/fleet/research/source.ts";
import { datetimeOf, momentOf } from "../../../toolchain/fleet/research/times.ts";
import { SHARED_DATA, skip } from "../../support/skip.ts";
import { withDatabases } from "../support/databases.ts";
import { checkIn, media, observation } from "../support/fleet.ts";
import { checkInHere, newCameraHere } from "../support/rows.ts";

interface Package {
  deployments: Deployment[];
  media: Media[];
  observations: Observation[];
}

/** One row of each table with every field set. */
const WHOLE: Package = {
  deployments: [
    {
      ...{ deploymentID: "d 1/ä", locationID: "L1", locationName: "Bächli", latitude: 46.5 },
      ...{ longitude: -8.25, coordinateUncertainty: 187, setupBy: "ana", cameraID: "320" },
      deploymentStart: "2020-05-30T02:57:37+02:00",
      deploymentEnd: "2020-07-01T09:41:41-03:30",
      ...{ cameraModel: "Reconyx-HF2X", cameraDelay: 0, cameraHeight: 1.3, cameraDepth: 0.5 },
      ...{ cameraTilt: -90, cameraHeading: 360, detectionDistance: 9.2, timestampIssues: true },
      ...{ baitUse: false, featureType: "culvert", habitat: "Campine area" },
      ...{ deploymentGroups: "season:winter 2020 | grid:A1", deploymentTags: "position:above" },
      deploymentComments: 'comma, "quote" and\nline',
    },
  ],
  media: [
    {
      ...{ mediaID: "m:1", deploymentID: "d 1/ä", captureMethod: "timeLapse", fileName: "a.JPG" },
      ...{ timestamp: "2020-06-01T00:00:00Z", filePath: "https://a.test/1.jpg" },
      ...{ filePublic: false, fileMediatype: "image/jpeg", exifData: { ISO: 400 } },
      ...{ favorite: true, mediaComments: "marked" },
    },
  ],
  observations: [
    {
      ...{ observationID: "o1", deploymentID: "d 1/ä", mediaID: "m:1", eventID: "e1" },
      ...{ eventStart: "2020-06-01T00:00:00Z", eventEnd: "2020-06-01T00:00:09+05:45" },
      ...{ observationLevel: "media", observationType: "animal", cameraSetupType: "calibration" },
      ...{ scientificName: "Vulpes vulpes", count: 5, lifeStage: "adult", sex: "female" },
      ...{ behavior: "foraging | rest", individualID: "RD213", individualPositionRadius: 4.81 },
      ...{ individualPositionAngle: -44.8, individualSpeed: 1.42, bboxX: 0.2, bboxY: 0.25 },
      ...{ bboxWidth: 0.4, bboxHeight: 0.5, classificationMethod: "human", classifiedBy: "MegaD" },
      ...{ classificationTimestamp: "2020-08-22T10:25:19Z", classificationProbability: 0.95 },
      ...{ observationTags: "a | b", observationComments: "" },
    },
  ],
};
WHOLE.observations[0]!.observationComments = "none";
// It is earlier than it looks: the zone moves it before the start.
WHOLE.observations[0]!.eventEnd = "2020-06-01T05:45:09+05:45";

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const packageOf = async (source: ResearchSource): Promise<Package> => ({
  deployments: await all(source.deployments()),
  media: await all(source.media()),
  observations: await all(source.observations()),
});

const sorted = (given: Package): Package => ({
  deployments: given.deployments.toSorted((a, b) => (a.deploymentID < b.deploymentID ? -1 : 1)),
  media: given.media.toSorted((a, b) => (a.mediaID < b.mediaID ? -1 : 1)),
  observations: given.observations.toSorted((a, b) => (a.observationID < b.observationID ? -1 : 1)),
});

async function importPackage(sink: ReturnType<typeof openSink>, rows: Package) {
  return [
    await sink.deployments(rows.deployments),
    await sink.media(rows.media),
    await sink.observations(rows.observations),
  ];
}

withDatabases("every field of an imported row comes back, twice imported or once", async (db) => {
  const sink = openSink(db, "default");
  for (let round = 0; round < 2; round++) {
    for (const { written, kept } of await importPackage(sink, WHOLE)) {
      assert.equal([written, kept], [1, 0]);
    }
    assert.equal(await packageOf(openResearch(db)), WHOLE);
  }
  const fields = { deployments: DEPLOYMENT_FIELDS, media: MEDIA_FIELDS };
  for (const [table, list] of Object.entries({ ...fields, observations: OBSERVATION_FIELDS })) {
    const [row] = WHOLE[table as keyof Package];
    assert.equal(Object.keys(row as object).sort(), list.map(({ name }) => name).sort(), table);
  }
});

withDatabases("the standard's example package comes back row by row", async (db) => {
  if (!SHARED_DATA) return skip("Camtrap DP example: no ../shared/data");
  const folder = join(SHARED_DATA, "domain/camtrap-dp-1.0.2/example");
  const read = <T>(table: string, fields: readonly Field[]): T[] =>
    parse(readFileSync(join(folder, `${table}.csv`)), { columns: true, bom: true }).map((row) =>
      typed(fields, row as Record<string, string>),
    ) as T[];
  const rows: Package = {
    deployments: read("deployments", DEPLOYMENT_FIELDS),
    media: read("media", MEDIA_FIELDS),
    observations: read("observations", OBSERVATION_FIELDS),
  };
  assert.equal(
    [rows.deployments.length, rows.media.length, rows.observations.length],
    [4, 423, 549],
  );
  await importPackage(openSink(db, "default"), rows);
  // A page of 50 makes several of each deployment.
  const back = await packageOf(openResearch(db, {}, { page: 50 }));
  assert.equal(sorted(back), sorted(rows));
});

function typed(fields: readonly Field[], row: Record<string, string>): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const { name, type } of fields) {
    const text = row[name] ?? "";
    if (text === "") continue;
    if (type === "number" || type === "integer") made[name] = Number(text);
    else made[name] = type === "boolean" ? text === "true" : text;
  }
  return made;
}

withDatabases(
  "two projects may import the same package, and neither sees the other's",
  async (db) => {
    await db
      .insertInto("projects")
      .values({
        projectID: "b",
        organisationID: "default",
        name: "b",
        sensitivity: 0,
        createdMs: 0,
      })
      .execute();
    await importPackage(openSink(db, "default"), WHOLE);
    await importPackage(openSink(db, "b"), WHOLE);
    for (const projectID of ["default", "b"]) {
      assert.equal(await packageOf(openResearch(db, { projectID })), WHOLE);
    }
    const failures = [
      {
        ...{ deploymentID: "d 1/ä", reason: "no power" },
        ...{ failureStart: "2020-06-01T00:00:00Z", failureEnd: "2020-06-02T00:00:00+02:00" },
      },
    ];
    await openSink(db, "b").failures(failures);
    assert.equal(await all(openResearch(db, { projectID: "b" }).failures()), failures);
    assert.equal(await all(openResearch(db).failures()), []);
    await openSink(db, "b").metadata({
      name: "B",
      contributors: [{ title: "Ana", role: "contact" }],
    });
    const { name, contributors } = await openResearch(db, { projectID: "b" }).metadata();
    assert.equal([name, contributors], ["B", [{ title: "Ana", role: "contact" }]]);
  },
);

withDatabases(
  "a machine's label does not overwrite a person's, nor an import a review",
  async (db) => {
    const sink = openSink(db, "default");
    await importPackage(sink, WHOLE);
    const [decided] = WHOLE.observations as [Observation];
    const machine = {
      ...decided,
      classificationMethod: "machine" as const,
      scientificName: "Meles",
    };
    assert.equal(await sink.observations([machine]), { written: 0, kept: 1 });
    const person = { ...decided, scientificName: "Meles meles" };
    assert.equal(await sink.observations([person]), { written: 1, kept: 0 });
    assert.equal(await all(openResearch(db).observations()), [person]);
    await db
      .insertInto("reviews")
      .values({
        ...{ reviewID: "r1", observationID: "default/o1", reviewedBy: "ana", reviewedMs: 1 },
        ...{ before: "{}", after: "{}" },
      })
      .execute();
    assert.equal(await sink.observations([decided]), { written: 0, kept: 1 });
  },
);

withDatabases(
  "what our cameras sent is a package too, and importing it again changes nothing",
  async (db) => {
    const cameraID = await newCameraHere(db);
    await checkInHere(
      db,
      cameraID,
      checkIn([
        observation("1-1"),
        observation("1-3", {
          ...{ observationType: "blank", count: 0, scientificName: "" },
          bboxWidth: 0,
        }),
        media("1-2", "m1-1"),
      ]),
    );
    const source = openResearch(db, {}, { nowS: 1_700_000_100 });
    const first = await packageOf(source);
    const [deployment] = first.deployments as [Deployment];
    assert.equal([deployment.locationName, deployment.cameraID], ["north", cameraID]);
    assert.is(deployment.deploymentEnd, "2023-11-14T22:15:00Z");
    const [animal, blank] = first.observations as [Observation, Observation];
    assert.equal([animal.observationID, animal.count, animal.bboxX], [`${cameraID}:1-1`, 1, 0.1]);
    assert.not.ok("count" in blank || "bboxX" in blank || "scientificName" in blank);
    assert.is(first.media[0]?.filePath, `media/${cameraID}/m1-1.jpg`);
    for (const { written } of await importPackage(openSink(db, "default"), first))
      assert.is(written, 0);
    assert.equal(await packageOf(source), first);
  },
);

withDatabases("an import names what does not fit, and writes nothing of the batch", async (db) => {
  const sink = openSink(db, "default");
  const fails = async (work: Promise<unknown>, message: RegExp) => {
    const error = await work.catch((reason) => reason);
    assert.ok(isAppError(error), String(error));
    assert.match(error.message, message);
  };
  await fails(sink.media(WHOLE.media), /media: there is no deployment d 1\/ä/);
  await sink.deployments(WHOLE.deployments);
  await fails(sink.observations(WHOLE.observations), /o1: there is no media m:1/);
  const [deployment] = WHOLE.deployments as [Deployment];
  const wrong = { ...deployment, deploymentID: "d2", deploymentEnd: "2020-02-30T00:00:00Z" };
  await fails(sink.deployments([deployment, wrong]), /d2: deploymentEnd is no time/);
  assert.is((await all(openResearch(db).deployments())).length, 1);
});

withDatabases("filters by time, site and taxon", async (db) => {
  await importPackage(openSink(db, "default"), WHOLE);
  const start = momentOf("2020-06-01T00:00:00Z")?.seconds as number;
  const counts = async (filter: Parameters<typeof openResearch>[1]) => {
    const found = await packageOf(openResearch(db, filter));
    return [found.deployments.length, found.media.length, found.observations.length];
  };
  assert.equal(await counts({ from: start, to: start + 1 }), [1, 1, 1]);
  assert.equal(await counts({ from: start + 1 }), [1, 0, 0]);
  assert.equal(await counts({ to: start }), [1, 0, 0]);
  assert.equal(await counts({ from: start + 90 * 86_400 }), [0, 0, 0]);
  assert.equal(await counts({ taxa: ["Meles meles"] }), [1, 1, 0]);
  assert.equal(await counts({ siteIDs: ["north"] }), [0, 0, 0]);
  assert.equal(await counts({ siteIDs: [] }), [0, 0, 0]);
});

test("times keep their zone and their second", () => {
  for (const text of [
    "2020-02-29T23:59:59Z",
    "1969-12-31T00:00:00-11:30",
    "2020-01-01T00:00:00+14:00",
  ]) {
    const moment = momentOf(text);
    assert.ok(moment);
    assert.is(datetimeOf(moment.seconds, moment.offsetMin), text);
  }
  assert.is(momentOf("2020-01-01T02:00:00+0200")?.seconds, 1_577_836_800);
  for (const text of [
    "2020-02-30T00:00:00Z",
    "2020-01-01T00:00:00",
    "2020-01-01",
    "2020-01-01T00:00:00.000Z",
    "2020-01-01T24:00:00Z",
  ]) {
    assert.is(momentOf(text), undefined, text);
  }
});

test.run();
