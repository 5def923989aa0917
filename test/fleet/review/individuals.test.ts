/** Known animals on the server, analyses over its rows, and periods in which a camera could not record. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  recordFailures,
  silences,
  unablePeriods,
} from "../../../toolchain/fleet/health/failures.ts";
import { openResearch } from "../../../toolchain/fleet/research/source.ts";
import { distance } from "../../../toolchain/fleet/review/candidates.ts";
import { openEmbedder } from "../../../toolchain/model/embed.ts";
import { drawScene } from "../../browser/scenes.ts";
import { withDatabases } from "../support/databases.ts";
import {
  addCamera,
  checkIn,
  exchange,
  getJson,
  heartbeat,
  observation,
  operate,
  withFleet,
} from "../support/fleet.ts";
import { checkInHere, newCameraHere } from "../support/rows.ts";

const HOUR = 3600;
const contact = (timeS: number, bootCount: number, uptimeS: number) => ({
  ...{ timeS, intervalS: HOUR, bootCount, uptimeS },
});

test("a silence is a failure only as far as nothing proves that the camera worked", () => {
  const T = 1_000_000;
  const gap = (bootCount: number, uptimeS: number, proofs: number[] = []) =>
    silences(
      [contact(T, 1, 500), contact(T + 20 * HOUR, bootCount, uptimeS)],
      proofs,
      T + 21 * HOUR,
      false,
    );
  assert.equal(gap(1, 20 * HOUR + 500), [], "it ran all the time; only the network was away");
  assert.equal(gap(2, 2 * HOUR), [
    { failureStart: T, failureEnd: T + 18 * HOUR, reason: "silent" },
  ]);
  assert.equal(gap(2, 2 * HOUR, [T + HOUR, T + 5 * HOUR, T + 19 * HOUR]), [
    { failureStart: T + 5 * HOUR, failureEnd: T + 18 * HOUR, reason: "silent" },
  ]);
  const last = (endS: number, isOver: boolean) => silences([contact(T, 1, 500)], [], endS, isOver);
  assert.equal(last(T + 6 * HOUR, false), [], "not silent yet");
  assert.equal(last(T + 7 * HOUR, false), [
    { failureStart: T, failureEnd: null, reason: "silent" },
  ]);
  assert.equal(last(T + 7 * HOUR, true)[0]?.failureEnd, T + 7 * HOUR);
});

test("seconds in which a camera was not able are taken from the end of their day", () => {
  const [period, none] = unablePeriods(
    [
      { day: 10, unableS: 600 },
      { day: 11, unableS: 0 },
    ],
    [0, 2_000_000],
  );
  assert.equal(period, {
    failureStart: 11 * 86_400 - 600,
    failureEnd: 11 * 86_400,
    reason: "not able to record",
  });
  assert.is(none, undefined);
  assert.equal(
    unablePeriods([{ day: 10, unableS: 600 }], [11 * 86_400 - 100, 11 * 86_400 - 50])[0]
      ?.failureStart,
    11 * 86_400 - 100,
  );
});

withDatabases(
  "failure periods are written once, follow what is known, and leave the effort",
  async (db) => {
    const cameraID = await newCameraHere(db, "north", 1_699_999_000_000);
    // Stood at the same time, and was never heard of.
    await newCameraHere(db, "south", 1_699_999_000_000);
    await checkInHere(db, cameraID, checkIn([observation("1-1")], { heartbeat: heartbeat() }));
    const at = (hours: number) => 1_700_000_000_000 + hours * HOUR * 1000;
    const failures = async (nowMs: number) => {
      await recordFailures(db, nowMs);
      const found: string[] = [];
      for await (const { reason } of openResearch(db, {}, { nowS: nowMs / 1000 }).failures())
        found.push(reason);
      return found;
    };
    assert.equal(await failures(at(2)), []);
    assert.equal(await failures(at(30)), ["silent", "silent"]);
    assert.equal(await failures(at(40)), ["silent", "silent"], "again, not twice");
  },
);

test("animals are named, seen, merged and split, and every step can be taken back", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await exchange(fleet, camera, checkIn(["1-1", "1-2", "1-3"].map((id) => observation(id))));
    const ids = ["1-1", "1-2", "1-3"].map((id) => `${camera.cameraID}:${id}`);
    // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
    const send = async (path: string, body: unknown): Promise<any> =>
      (await operate(fleet, "POST", `/api/v1/${path}`, body)).json();
    const one = (await send("individuals", { name: "Scar", scientificName: "elephant" }))
      .individualID;
    const two = (await send("individuals", { name: "Broken tusk" })).individualID;
    await send("reviews", { action: "assign", observationIDs: ids.slice(0, 2), individualID: one });
    await send("reviews", { action: "assign", observationIDs: ids.slice(2), individualID: two });
    const seen = async () =>
      Object.fromEntries(
        (await getJson(fleet, "/api/v1/individuals")).individuals.map(
          (row: { name: string; sightings: number }) => [row.name, row.sightings],
        ),
      );
    assert.equal(await seen(), { Scar: 2, "Broken tusk": 1 });
    const merged = await send(`individuals/${two}/merge`, { into: one });
    assert.equal(await seen(), { Scar: 3, "Broken tusk": 0 });
    await send(`reviews/${merged.decisionID}/undo`, {});
    assert.equal(await seen(), { Scar: 2, "Broken tusk": 1 });
    await send(`individuals/${one}/split`, { name: "Calf", observationIDs: ids.slice(0, 1) });
    assert.equal(await seen(), { Scar: 1, "Broken tusk": 1, Calf: 1 });
    const scar = await getJson(fleet, `/api/v1/individuals/${one}`);
    assert.equal(
      [scar.cameras, scar.history[0].observationID, scar.firstSeen],
      [1, ids[1], scar.lastSeen],
    );
    assert.is((await send(`individuals/${one}/merge`, { into: one })).error.code, "BAD_REVIEW");
    const { refusal } = await getJson(
      fleet,
      `/api/v1/observations/${encodeURIComponent(ids[0] as string)}/candidates`,
    );
    assert.match(refusal, /^not available/);
    assert.equal(fleet.problems, []);
  });
});

test("the embedding orders candidates: the same scene is nearest", async () => {
  const embedder = openEmbedder();
  assert.ok(embedder, "the file is part of the repository");
  const box: [number, number, number, number] = [0.3, 0.3, 0.4, 0.4];
  const picture = (subject: "elephant" | "vehicle", light: "day" | "night") =>
    drawScene({ subject, light, box });
  const [a, b, c] = await Promise.all([
    picture("elephant", "day"),
    picture("elephant", "day"),
    picture("vehicle", "night"),
  ]);
  const [va, vb, vc] = [
    await embedder.embed(a, box),
    await embedder.embed(b, box),
    await embedder.embed(c, box),
  ];
  assert.is(va.length, 192);
  assert.ok(va.every((value) => value >= 0 && value <= 255) && va.some((value) => value > 0));
  assert.ok(distance(va, vb) < 1e-9);
  assert.ok(distance(va, vc) > distance(va, vb));
  assert.is(distance([0, 0], [1, 1]), 1, "nothing to compare");
});

test("analyses answer over the server's rows, refuse where data are few, and follow new data", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await exchange(fleet, camera, checkIn([observation("1-1")]));
    const { analyses } = await getJson(fleet, "/api/v1/analytics");
    assert.is(analyses.length, 13);
    const rai = () => getJson(fleet, "/api/v1/analytics/rai?taxon=elephant");
    const first = await rai();
    assert.equal([first.answers[0].of, first.answers[0].n], ["elephant", 1]);
    assert.match(first.answers[0].refusal, /trap-nights/);
    assert.equal(await rai(), first);
    await exchange(fleet, camera, checkIn([observation("1-2")], { sequence: 2 }));
    const second = await rai();
    assert.is(second.answers[0].n, 2);
    assert.is.not(second.version, first.version);
    assert.is(
      (await getJson(fleet, "/api/v1/analytics/rai?taxon=elephant&site=elsewhere")).answers[0].n,
      0,
    );
    assert.is((await getJson(fleet, "/api/v1/analytics/rain")).error.code, "ANALYSIS_UNKNOWN");
    assert.is(
      (await getJson(fleet, "/api/v1/analytics/rai?project=no")).error.code,
      "PROJECT_UNKNOWN",
    );
    for (const { name } of analyses) {
      const { answers } = await getJson(fleet, `/api/v1/analytics/${name}`);
      assert.ok(Array.isArray(answers), name);
    }
    const { deployments } = await getJson(fleet, "/api/v1/deployments");
    assert.equal(
      [deployments.length, deployments[0].siteID, deployments[0].failures],
      [1, "north", []],
    );
    assert.equal(fleet.problems, []);
  });
});

test.run();
