/** Review on the server: what needs a person, what a person decides, how it is taken back, and that no machine changes it after. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Observation } from "../../../toolchain/fleet/research/camtrap-dp.ts";
import { openSink } from "../../../toolchain/fleet/research/sink.ts";
import { type ReviewRequest, review, undo } from "../../../toolchain/fleet/review/decisions.ts";
import { reviewQueue } from "../../../toolchain/fleet/review/queue.ts";
import { queueCounts } from "../../../toolchain/fleet/review/queue-counts.ts";
import { listObservations } from "../../../toolchain/fleet/store/observations.ts";
import { withDatabases } from "../support/databases.ts";
import {
  addCamera,
  checkIn,
  exchange,
  getJson,
  observation,
  operate,
  type TestFleet,
  withFleet,
} from "../support/fleet.ts";
import { checkInHere, newCameraHere } from "../support/rows.ts";

const seen = (id: string, afterS: number, changes: Parameters<typeof observation>[1]) =>
  observation(id, {
    ...{ eventStart: 1_700_000_000 + afterS, eventEnd: 1_700_000_002 + afterS },
    ...changes,
  });

/** Five events of one camera: sure, unsure, nameless, two labels in one event, blank. */
async function withEvents(body: (fleet: TestFleet, cameraID: string) => Promise<void>) {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await exchange(
      fleet,
      camera,
      checkIn([
        seen("1-1", 0, {}),
        seen("1-2", 100, { classificationProbability: 0.6 }),
        seen("1-3", 200, { observationType: "unknown", scientificName: "" }),
        seen("1-4", 300, { eventID: "e4" }),
        seen("1-5", 301, { eventID: "e4", scientificName: "big_cat", mediaIDs: ["m1-4", "m1-5"] }),
        seen("1-6", 400, { observationType: "blank", scientificName: "", count: 0 }),
      ]),
    );
    await body(fleet, camera.cameraID);
  });
}

const queue = async (fleet: TestFleet, query = "") =>
  (await getJson(fleet, `/api/v1/reviews/queue?${query}`)).events as {
    eventID: string;
    reasons: string[];
    // biome-ignore lint/suspicious/noExplicitAny: an observation as the route answers it
    observations: any[];
  }[];

async function decide(fleet: TestFleet, body: unknown) {
  const response = await operate(fleet, "POST", "/api/v1/reviews", body);
  const text = await response.text();
  return { status: response.status, ...JSON.parse(text) } as {
    status: number;
    decisionID: string;
    observationIDs: string[];
    error?: { code: string; message: string };
  };
}

const takeBack = async (fleet: TestFleet, decisionID: string) => {
  const response = await operate(fleet, "POST", `/api/v1/reviews/${decisionID}/undo`);
  const answer = (await response.json()) as { decisionID?: string; error?: { code: string } };
  return answer.error?.code ?? answer.decisionID ?? "";
};

const observations = async (fleet: TestFleet) =>
  (await getJson(fleet, "/api/v1/observations")).observations as {
    observationID: string;
    scientificName: string;
    classificationMethod: string;
    count: number;
  }[];

test("the queue holds the events that need a person, newest first, with the reasons", async () => {
  await withEvents(async (fleet, cameraID) => {
    const events = await queue(fleet);
    assert.equal(
      events.map(({ eventID, reasons }) => [eventID, reasons]),
      [
        ["e4", ["disagreeing"]],
        ["e1-3", ["unsure"]],
        ["e1-2", ["unsure"]],
      ],
    );
    assert.equal(
      (await queue(fleet, "reason=all")).map(({ eventID }) => eventID),
      ["e1-6", "e4", "e1-3", "e1-2", "e1-1"],
    );
    assert.equal((await queue(fleet, "reason=unsure&observationType=animal")).length, 1);
    assert.equal((await queue(fleet, "from=1700000250")).length, 1);
    assert.equal((await queue(fleet, "site=elsewhere")).length, 0);
    assert.equal((await queue(fleet, `cameraID=${cameraID}&site=north`)).length, 3);
    const first = await getJson(fleet, "/api/v1/reviews/queue?limit=2");
    const second = await getJson(fleet, `/api/v1/reviews/queue?limit=2&before=${first.next}`);
    assert.equal([first.events.length, second.events[0].eventID, second.next], [2, "e1-2", null]);
    assert.equal((await getJson(fleet, "/api/v1/reviews/queue?before=x")).error.code, "BAD_CURSOR");
    const counts = await getJson(fleet, "/api/v1/reviews/counts");
    const expected = { any: 3, flagged: 0, unsure: 2, disagreeing: 1, rare: 0, all: 5 };
    assert.equal(counts, { ...expected, isPartial: false });
  });
});

test("an answer shows the machine's guess and what the rules make of it", async () => {
  await withEvents(async (fleet) => {
    const all = (await queue(fleet, "reason=all")).flatMap((event) => event.observations);
    const of = (id: string) => all.find(({ observationID }) => observationID.endsWith(id));
    assert.equal(of("1-1").rolledUp, {
      kind: "animal",
      name: "elephant",
      score: 0.87,
      source: "classifier",
    });
    assert.equal(of("1-2").topGuess.scientificName, "elephant");
    assert.equal(of("1-2").rolledUp, {
      kind: "animal",
      name: "animal",
      score: 0.6,
      source: "detector",
    });
    const rules = {
      country: "DEU",
      region: "",
      watch: ["Big_Cat"],
      geofence:
        "species,rule,country_code,admin1_region_code\nmammalia;proboscidea;elephantidae;;,allow,KEN,",
    };
    assert.is((await operate(fleet, "PUT", "/api/v1/reviews/rules/default", rules)).status, 204);
    assert.equal(await getJson(fleet, "/api/v1/reviews/rules/default"), rules);
    const there = (await queue(fleet, "reason=all")).flatMap((event) => event.observations);
    const fenced = there.find(({ observationID }) => observationID.endsWith("1-1")).rolledUp;
    assert.equal(
      [fenced.name, fenced.source],
      ["Proboscidea", "classifier+geofence+rollup_to_order"],
    );
    assert.equal(
      (await queue(fleet, "reason=rare")).map(({ eventID }) => eventID),
      ["e4"],
      "watched for",
    );
    const bad = await operate(fleet, "PUT", "/api/v1/reviews/rules/default", {
      ...rules,
      geofence: "lion",
    });
    assert.match(
      ((await bad.json()) as { error: { message: string } }).error.message,
      /geofence, line 1/,
    );
    assert.is((await operate(fleet, "PUT", "/api/v1/reviews/rules/nowhere", rules)).status, 404);
  });
});

test("accepting and correcting make a label a person's, and history keeps what was before", async () => {
  await withEvents(async (fleet, cameraID) => {
    const id = `${cameraID}:1-2`;
    await decide(fleet, { action: "accept", observationIDs: [`${cameraID}:1-3`] });
    const label = { scientificName: "Loxodonta africana", count: 2, lifeStage: "juvenile" };
    const { decisionID } = await decide(fleet, { action: "correct", observationIDs: [id], label });
    assert.equal(
      (await queue(fleet)).map(({ eventID }) => eventID),
      ["e4"],
    );
    const [entry] = (await getJson(fleet, `/api/v1/reviews/history?observationID=${id}`)).history;
    assert.equal(
      [entry.action, entry.reviewedBy, entry.decisionID],
      ["correct", "operator", decisionID],
    );
    assert.equal(
      [entry.before.scientificName, entry.after.scientificName],
      ["elephant", "Loxodonta africana"],
    );
    assert.equal(
      [entry.before.classificationMethod, entry.before.classificationProbability],
      ["machine", 0.6],
    );
    const row = (await observations(fleet)).find(({ observationID }) => observationID === id);
    assert.equal(
      [row?.scientificName, row?.count, row?.classificationMethod],
      ["Loxodonta africana", 2, "human"],
    );
    assert.equal((await getJson(fleet, "/api/v1/reviews/taxa")).taxa[0], "elephant");
  });
});

test("splitting and merging lose no row, and an undo brings back what was", async () => {
  await withEvents(async (fleet, cameraID) => {
    const before = await observations(fleet);
    const [a, b] = [`${cameraID}:1-4`, `${cameraID}:1-5`];
    const split = await decide(fleet, {
      action: "split",
      observationIDs: [b],
      label: { scientificName: "Hyaena hyaena" },
      mediaIDs: ["m1-5"],
    });
    const names = (await observations(fleet)).map(({ scientificName }) => scientificName);
    assert.is(names.length, 7);
    assert.ok(names.includes("Hyaena hyaena"));
    const merge = await decide(fleet, { action: "merge", observationIDs: [a, b] });
    const merged = await observations(fleet);
    assert.equal(
      [merged.length, merged.some(({ observationID }) => observationID === b)],
      [6, false],
    );
    assert.is((await getJson(fleet, "/api/v1/summary")).observations, 6);
    assert.is(await takeBack(fleet, "nothing"), "REVIEW_UNKNOWN");
    const undone = await takeBack(fleet, merge.decisionID);
    assert.is(await takeBack(fleet, merge.decisionID), "REVIEW_UNDONE");
    await takeBack(fleet, split.decisionID);
    assert.equal(await observations(fleet), before);
    await takeBack(fleet, undone);
    assert.is((await observations(fleet)).length, 5, "an undo can be undone");
  });
});

test("a flag calls for another look, and a later decision stands against an older undo", async () => {
  await withEvents(async (fleet, cameraID) => {
    const id = `${cameraID}:1-1`;
    await decide(fleet, { action: "flag", observationIDs: [id], note: "two of them?" });
    const [event] = await queue(fleet, "reason=flagged");
    assert.equal([event?.eventID, event?.observations[0].flag], ["e1-1", "two of them?"]);
    const first = await decide(fleet, {
      action: "correct",
      observationIDs: [id],
      label: { count: 2 },
    });
    assert.equal(await queue(fleet, "reason=flagged"), [], "decided");
    await decide(fleet, { action: "correct", observationIDs: [id], label: { count: 3 } });
    assert.is(await takeBack(fleet, first.decisionID), "REVIEW_OVERTAKEN");
  });
});

test("a decision that is not possible is refused and changes nothing", async () => {
  await withEvents(async (fleet, cameraID) => {
    const other = await addCamera(fleet, "other");
    await exchange(fleet, other, checkIn([observation("9-1")]));
    const before = await observations(fleet);
    const mine = `${cameraID}:1-1`;
    const rows: [unknown, string][] = [
      [{ action: "accept", observationIDs: ["no:1"] }, "OBSERVATION_UNKNOWN"],
      [{ action: "merge", observationIDs: [mine] }, "BAD_REVIEW"],
      [{ action: "merge", observationIDs: [mine, `${other.cameraID}:9-1`] }, "BAD_REVIEW"],
      [
        { action: "split", observationIDs: [mine], label: {}, mediaIDs: ["not-mine"] },
        "BAD_REVIEW",
      ],
      [{ action: "assign", observationIDs: [mine], individualID: "nobody" }, "INDIVIDUAL_UNKNOWN"],
      [{ action: "delete", observationIDs: [mine] }, "BAD_REQUEST"],
      [{ action: "correct", observationIDs: [mine], label: { count: 0 } }, "BAD_REQUEST"],
      [{ action: "accept", observationIDs: [] }, "BAD_REQUEST"],
    ];
    for (const [body, code] of rows)
      assert.is((await decide(fleet, body)).error?.code, code, JSON.stringify(body));
    assert.equal(await observations(fleet), before);
    assert.equal(fleet.problems, []);
  });
});

withDatabases(
  "no machine changes what a person decided: not the camera again, not an import",
  async (db) => {
    const cameraID = await newCameraHere(db);
    const records = [observation("1-1"), observation("1-2", { eventID: "e1-1" })];
    await checkInHere(db, cameraID, checkIn(records));
    const [kept = "", gone = ""] = ["1-1", "1-2"].map((id) => `${cameraID}:${id}`);
    const ana = { userID: "u1", name: "ana" };
    const label = { scientificName: "Giraffa" };
    const byAna = (request: ReviewRequest) => review(db, request, ana, 1_700_000_000_000);
    await byAna({ action: "correct", observationIDs: [kept], label });
    const { decisionID } = await byAna({ action: "merge", observationIDs: [kept, gone] });
    await checkInHere(db, cameraID, checkIn(records, { sequence: 2 }));
    const names = async () =>
      (await listObservations(db, {}, { limit: 50, cursor: undefined })).observations.map(
        (row) => row.scientificName,
      );
    assert.equal(await names(), ["Giraffa"]);
    await undo(db, decisionID, ana, 1_700_000_001_000);
    assert.equal(await names(), ["elephant", "Giraffa"]);

    const sink = openSink(db, "default");
    const period = {
      deploymentStart: "2024-01-01T00:00:00Z",
      deploymentEnd: "2024-02-01T00:00:00Z",
    };
    await sink.deployments([{ deploymentID: "d", latitude: 1, longitude: 2, ...period }]);
    const row: Observation = {
      ...{ observationID: "o", deploymentID: "d", eventID: "e", observationLevel: "event" },
      ...{ eventStart: "2024-01-02T00:00:00Z", eventEnd: "2024-01-02T00:00:00Z" },
      ...{ observationType: "animal", scientificName: "Vulpes vulpes" },
      classificationMethod: "machine",
    };
    await sink.observations([row]);
    await byAna({ action: "correct", observationIDs: ["default/o"], label });
    const again = await sink.observations([{ ...row, scientificName: "Canis lupus" }]);
    assert.equal(again, { written: 0, kept: 1 });
    assert.equal(await names(), ["Giraffa", "elephant", "Giraffa"]);
    const queue = await reviewQueue(
      db,
      { projectID: "default", reason: "all" },
      { limit: 2, cursor: undefined },
    );
    assert.equal(
      queue.events.map(({ eventID }) => eventID),
      ["e1-1"],
    );
    assert.is((await queueCounts(db, "default")).all, 1);
  },
);

test("the labelled set holds what people decided, and the agreement counts machine against them", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const ids = Array.from({ length: 12 }, (_, index) => `1-${index}`);
    await exchange(fleet, camera, checkIn(ids.map((id) => observation(id))));
    const all = ids.map((id) => `${camera.cameraID}:${id}`);
    await decide(fleet, { action: "accept", observationIDs: all.slice(0, 9) });
    const first = await getJson(fleet, "/api/v1/reviews/agreement");
    assert.match(first.answers[0].refusal, /10 pairs of labels, has 9/);
    await decide(fleet, {
      action: "correct",
      observationIDs: [all[9]],
      label: { observationType: "blank" },
    });
    await decide(fleet, {
      action: "correct",
      observationIDs: [all[10]],
      label: { scientificName: "Giraffa" },
    });
    const [answer] = (await getJson(fleet, "/api/v1/reviews/agreement")).answers;
    assert.is(answer.n, 11);
    const elephant = answer.table.rows.find((row: unknown[]) => row[0] === "elephant");
    assert.equal(elephant.slice(0, 4), ["elephant", 9, 2, 0]);

    const csv = await (await operate(fleet, "GET", "/api/v1/reviews/labels.csv")).text();
    const lines = csv.trim().split("\n");
    assert.is(lines.length, 12);
    const blank = lines.find((line) => line.includes(",blank,"));
    assert.ok(
      blank?.startsWith(
        `objects/${camera.cameraID}/m1-9.jpg,/api/v1/media/${camera.cameraID}/m1-9,`,
      ),
      blank,
    );
    assert.ok(blank?.endsWith("animal,elephant,0.87"), blank);
  });
});

test.run();
