/** The exchange between camera and server: what is stored, what is refused, what is sent again. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CameraRecord } from "../../device/protocol/records.ts";
import {
  addCamera,
  checkIn,
  exchange,
  fault,
  getJson,
  heartbeat,
  media,
  observation,
  operate,
  postCheckIn,
  withFleet,
} from "./support/fleet.ts";

test("stores records, acknowledges them and shows them in the camera's words", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const records = [observation("1-1"), media("1-2", "m1-1"), fault("1-3")];
    const reply = await exchange(fleet, camera, checkIn(records));
    assert.equal(reply.acknowledged.sort(), ["1-1", "1-2", "1-3"]);
    assert.equal(reply.refused, []);
    assert.is(reply.config, undefined);
    assert.ok(Math.abs(reply.time - Date.now() / 1000) < 60);
    const { observations, next } = await getJson(fleet, "/api/v1/observations");
    assert.is(next, null);
    const { kind: _, recordID: __, mediaIDs: ___, ...words } = observation("1-1");
    assert.equal(observations, [
      {
        ...words,
        observationID: `${camera.cameraID}:1-1`,
        cameraID: camera.cameraID,
        cameraName: "ridge",
        site: "north",
        classificationMethod: "machine",
        eventStart: "2023-11-14T22:13:20.000Z",
        eventEnd: "2023-11-14T22:13:22.000Z",
        media: [
          {
            mediaID: "m1-1",
            url: `/api/v1/media/${camera.cameraID}/m1-1`,
            width: 640,
            height: 480,
            stored: false,
          },
        ],
      },
    ]);
    const shown = await getJson(fleet, `/api/v1/cameras/${camera.cameraID}`);
    assert.equal(shown.heartbeat, heartbeat());
    assert.is(shown.observationCount, 1);
    assert.is(shown.mediaCount, 1);
    assert.is(shown.status, "green");
  });
});

test("the same check-in again stores nothing twice and is acknowledged again", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const body = checkIn([observation("1-1"), media("1-2", "a"), fault("1-3")]);
    const first = await exchange(fleet, camera, body);
    const again = await exchange(fleet, camera, body);
    assert.equal(again.acknowledged, first.acknowledged);
    const summary = await getJson(fleet, "/api/v1/summary");
    assert.equal([summary.observations, summary.media, summary.faults], [1, 1, 1]);
    const shown = await getJson(fleet, `/api/v1/cameras/${camera.cameraID}`);
    assert.equal([shown.observationCount, shown.mediaCount], [1, 1]);
  });
});

test("the same record from two cameras is two records", async () => {
  await withFleet(async (fleet) => {
    for (const name of ["a", "b"]) {
      await exchange(fleet, await addCamera(fleet, name), checkIn([observation("1-1")]));
    }
    assert.is((await getJson(fleet, "/api/v1/summary")).observations, 2);
  });
});

test("a recordID used for something else is refused, and the first record stays", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const first = [observation("1-1"), media("1-2", "a"), fault("1-3")];
    await exchange(fleet, camera, checkIn(first));
    const reply = await exchange(
      fleet,
      camera,
      checkIn([
        observation("1-1", { count: 2 }),
        media("1-2", "b"),
        media("1-9", "a"),
        fault("1-3", { code: "other" }),
        observation("1-4"),
        observation("1-4", { count: 3 }),
      ]),
    );
    assert.equal(reply.acknowledged, ["1-4"]);
    const refused = reply.refused.map(({ recordID }) => recordID).sort();
    assert.equal(refused, ["1-1", "1-2", "1-3", "1-4", "1-9"]);
    const { observations } = await getJson(fleet, "/api/v1/observations");
    assert.equal(observations.map((row: { count: number }) => row.count).sort(), [1, 1]);
  });
});

const BAD: [string, unknown, RegExp][] = [
  ["no object", 5, /kind must be/],
  ["null", null, /kind must be/],
  ["unknown kind", { ...observation("b-1"), kind: "sound" }, /kind must be/],
  ["kind of the prototype", { ...observation("b-1"), kind: "toString" }, /kind must be/],
  ["no recordID", { ...observation("b-1"), recordID: undefined }, /recordID/],
  ["recordID with a slash", observation("../b"), /recordID/],
  ["recordID too long", observation("b".repeat(65)), /recordID/],
  ["eventStart a text", { ...observation("b-1"), eventStart: "5" }, /eventStart must be integer/],
  ["eventStart negative", observation("b-1", { eventStart: -1 }), /eventStart/],
  ["eventStart after the clock's end", observation("b-1", { eventStart: 2 ** 32 }), /eventStart/],
  ["eventEnd before eventStart", observation("b-1", { eventEnd: 5 }), /eventEnd is before/],
  ["unknown type", { ...observation("b-1"), observationType: "ghost" }, /must be one of animal/],
  ["probability above 1", observation("b-1", { classificationProbability: 1.1 }), /Probability/],
  ["probability null", { ...observation("b-1"), classificationProbability: null }, /Probability/],
  ["box outside", observation("b-1", { bboxX: 0.8 }), /box leaves/],
  ["count 0 of an animal", observation("b-1", { count: 0 }), /count must be/],
  ["name with a line break", observation("b-1", { scientificName: "a\nb" }), /scientificName/],
  ["name with NUL", observation("b-1", { scientificName: "a\0b" }), /scientificName/],
  ["mediaID that climbs", observation("b-1", { mediaIDs: ["../../etc"] }), /mediaIDs.0/],
  ["mediaID hidden", media("b-1", ".bashrc"), /mediaID/],
  ["width of a text", { ...media("b-1", "m"), width: "640" }, /width/],
  ["fault without subsystem", { ...fault("b-1"), subsystem: 7 }, /subsystem/],
];

for (const [name, record, reason] of BAD) {
  test(`refuses a record with a reason and keeps its neighbours: ${name}`, async () => {
    await withFleet(async (fleet) => {
      const camera = await addCamera(fleet);
      const records = [observation("1-1"), record as CameraRecord, observation("1-2")];
      const reply = await exchange(fleet, camera, checkIn(records));
      assert.equal(reply.acknowledged, ["1-1", "1-2"]);
      assert.is(reply.refused.length, 1);
      assert.match(reply.refused[0]?.reason ?? "", reason);
      const sent = (record as { recordID?: string } | null)?.recordID ?? "";
      assert.is(reply.refused[0]?.recordID, sent, "the id goes back as it came");
      assert.is((await getJson(fleet, "/api/v1/summary")).observations, 2);
    });
  });
}

test("tidies the text of an unexpected error instead of refusing it", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const code = `Uncaught\n Error \u0000 ${"x".repeat(200)}`;
    const reply = await exchange(fleet, camera, checkIn([fault("1-1", { code })]));
    assert.equal(reply.acknowledged, ["1-1"]);
    const again = await exchange(fleet, camera, checkIn([fault("1-1", { code })]));
    assert.equal(again.acknowledged, ["1-1"]);
  });
});

test("a broken heartbeat does not lose the records, and is shown as the camera's problem", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await exchange(fleet, camera, checkIn([]));
    const bad = { ...heartbeat(), batteryMv: "full" } as never;
    const body = checkIn([observation("1-1")], { heartbeat: bad, sequence: 2 });
    assert.equal((await exchange(fleet, camera, body)).acknowledged, ["1-1"]);
    const shown = await getJson(fleet, `/api/v1/cameras/${camera.cameraID}`);
    assert.match(shown.problem, /batteryMv/);
    assert.equal(shown.heartbeat, heartbeat(), "the last good one stays");
    await exchange(fleet, camera, checkIn([], { sequence: 3 }));
    assert.is((await getJson(fleet, `/api/v1/cameras/${camera.cameraID}`)).problem, null);
  });
});

test("ignores fields it does not know, as newer cameras may send them", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const record = { ...observation("1-1"), moonPhase: 3 } as CameraRecord;
    const body = { ...checkIn([record]), colour: "green" };
    assert.equal((await exchange(fleet, camera, body)).acknowledged, ["1-1"]);
  });
});

test("takes the first twenty records and leaves the rest for the next time", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const records = Array.from({ length: 25 }, (_, index) => observation(`1-${index}`));
    const reply = await exchange(fleet, camera, checkIn(records));
    assert.is(reply.acknowledged.length, 20);
    assert.is(reply.refused.length, 0);
    const rest = await exchange(fleet, camera, checkIn(records.slice(20), { sequence: 2 }));
    assert.is(rest.acknowledged.length, 5);
    assert.is((await getJson(fleet, "/api/v1/summary")).observations, 25);
  });
});

test("answers what is not a check-in with 400 and says why", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const rows: [unknown, RegExp][] = [
      ["", /JSON/],
      ["{", /JSON/],
      ["[]", /object/],
      ["null", /object/],
      [{ ...checkIn([]), v: 2 }, /v must/],
      [{ ...checkIn([]), sequence: 1.5 }, /sequence/],
      [{ ...checkIn([]), time: "now" }, /time/],
      [{ ...checkIn([]), records: {} }, /records must be array/],
    ];
    for (const [body, reason] of rows) {
      const response = await postCheckIn(fleet.url, camera, body);
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      assert.is(response.status, 400, JSON.stringify(body));
      assert.match(error.message, reason);
    }
    const huge = await postCheckIn(fleet.url, camera, `"${"x".repeat(200_000)}"`);
    assert.is(huge.status, 413);
  });
});

test("takes a check-in without a content type, as small HTTP clients send it", async () => {
  await withFleet(async (fleet) => {
    const { credential } = await addCamera(fleet);
    for (const headers of [
      {},
      { "content-type": "text/plain" },
      { "content-type": "application/x-www-form-urlencoded" },
    ]) {
      const response = await fleet.server.app.inject({
        method: "POST",
        url: "/device/v1/check-in",
        headers: { authorization: `Bearer ${credential}`, ...headers },
        payload: Buffer.from(JSON.stringify(checkIn([]))),
      });
      assert.is(response.statusCode, 200, JSON.stringify(headers));
    }
  });
});

test("check-ins that come at the same moment are all stored, each once", async () => {
  await withFleet(async (fleet) => {
    const cameras = await Promise.all([1, 2, 3].map((n) => addCamera(fleet, `camera ${n}`)));
    const bodies = Array.from({ length: 40 }, (_, index) => index);
    const replies = await Promise.all(
      cameras.flatMap((camera) =>
        bodies.flatMap((index) => {
          // Each is sent twice at once: the second is a retry that overtakes the answer to the first.
          const body = checkIn([observation(`1-${index}`), media(`2-${index}`, `m${index}`)], {
            sequence: index,
          });
          return [exchange(fleet, camera, body), exchange(fleet, camera, body)];
        }),
      ),
    );
    for (const reply of replies) {
      assert.is(reply.acknowledged.length, 2);
      assert.equal(reply.refused, []);
    }
    const summary = await getJson(fleet, "/api/v1/summary");
    assert.equal([summary.observations, summary.media], [120, 120]);
    const { cameras: shown } = await getJson(fleet, "/api/v1/cameras");
    assert.equal(
      shown.map((row: { observationCount: number; mediaCount: number }) => [
        row.observationCount,
        row.mediaCount,
      ]),
      [
        [40, 40],
        [40, 40],
        [40, 40],
      ],
    );
  });
});

test("a configuration change reaches the camera with its next check-in, and only until it has it", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const path = `/api/v1/cameras/${camera.cameraID}/config`;
    const changed = await operate(fleet, "PATCH", path, { burstCount: 5, checkInIntervalS: 900 });
    const { version, values } = (await changed.json()) as {
      version: number;
      values: Record<string, number>;
    };
    assert.is(version, 1);
    assert.equal([values.burstCount, values.checkInIntervalS], [5, 900]);
    const reply = await exchange(fleet, camera, checkIn([]));
    const changes = { burstCount: 5, checkInIntervalS: 900 };
    assert.equal(reply.config, { version, values: changes }, "whole: all but the defaults");
    const after = await exchange(fleet, camera, checkIn([], { configVersion: 1, sequence: 2 }));
    assert.is(after.config, undefined);
    const shown = await getJson(fleet, `/api/v1/cameras/${camera.cameraID}`);
    assert.equal([shown.configVersion, shown.wantedConfigVersion], [1, 1]);
    assert.is(shown.config.values.burstCount, 5);
    const same = await operate(fleet, "PATCH", path, { burstCount: 5 });
    assert.is(((await same.json()) as { version: number }).version, 1, "no change, no version");
    const second = await operate(fleet, "PATCH", path, { jpegQuality: 50 });
    const next = (await second.json()) as { version: number; values: Record<string, number> };
    assert.equal([next.version, next.values.burstCount, next.values.jpegQuality], [2, 5, 50]);
  });
});

test.run();
