/** The dashboard's lists and addresses: merging what arrives, filtering, routes. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  isWanted,
  mergeCamera,
  mergeMedia,
  mergeObservations,
  neighbour,
} from "../../toolchain/fleet/dashboard/collection.ts";
import {
  formatRoute,
  parseRoute,
  type Route,
  tokenInHash,
} from "../../toolchain/fleet/dashboard/route.ts";
import type { Camera, Observation } from "../../toolchain/fleet/dashboard/types.ts";

const observation = (n: number, changes: Partial<Observation> = {}): Observation => ({
  ...{ observationID: `cam-1:4-${n}`, cameraID: "cam-1", cameraName: "ridge", site: "north" },
  ...{ eventID: `4-${n}`, observationType: "animal", scientificName: "", count: 1 },
  eventStart: new Date(1_700_000_000_000 + n * 1000).toISOString(),
  eventEnd: new Date(1_700_000_000_000 + n * 1000).toISOString(),
  ...{ classificationProbability: 0.9, classifiedBy: "m" },
  ...{ bboxX: 0, bboxY: 0, bboxWidth: 0, bboxHeight: 0 },
  media: [{ mediaID: `m${n}`, url: `/m${n}`, width: 0, height: 0, stored: false }],
  ...changes,
});

const ids = (list: Observation[]) => list.map(({ eventID }) => eventID);

test("keeps detections newest first and once, whatever order they arrive in", () => {
  const first = mergeObservations([], [observation(2), observation(5)]);
  const then = mergeObservations(first, [observation(3), observation(5, { count: 4 })]);
  assert.equal(ids(then), ["4-5", "4-3", "4-2"]);
  assert.is(then[0]?.count, 4, "the later version wins");
  assert.is(mergeObservations(then, []), then);
});

test("orders detections of the same second the same way every time", () => {
  const eventStart = "2025-05-14T06:00:00.000Z";
  const a = observation(1, { eventStart });
  const b = observation(2, { eventStart });
  assert.equal(ids(mergeObservations([a], [b])), ids(mergeObservations([b], [a])));
});

test("leaves blanks out unless they are asked for", () => {
  const blank = observation(1, { observationType: "blank" });
  assert.is(isWanted(blank, { type: "", cameraID: "" }), false);
  assert.is(isWanted(blank, { type: "blank", cameraID: "" }), true);
  assert.is(isWanted(observation(1), { type: "", cameraID: "" }), true);
  assert.is(isWanted(observation(1), { type: "human", cameraID: "" }), false);
  assert.is(isWanted(observation(1), { type: "animal", cameraID: "cam-2" }), false);
});

test("marks a picture as stored wherever it is shown, and touches nothing else", () => {
  const list = [observation(2), observation(1)];
  const stored = { mediaID: "m1", url: "/m1", width: 640, height: 480, stored: true };
  const merged = mergeMedia(list, stored);
  assert.is(merged[1]?.media[0]?.stored, true);
  assert.is(merged[1]?.media[0]?.width, 640);
  assert.is(merged[0], list[0]);
  assert.is(mergeMedia(list, { ...stored, url: "/other" }), list);
});

test("adds a new camera at the end and replaces a known one in place", () => {
  const one = { cameraID: "a", name: "one" } as Camera;
  const two = { cameraID: "b", name: "two" } as Camera;
  const list = mergeCamera(mergeCamera([], one), two);
  const renamed = mergeCamera(list, { cameraID: "a", status: "red" } as Camera);
  assert.equal(renamed, [{ cameraID: "a", name: "one", status: "red" }, two]);
});

test("finds the neighbours of a detection and stops at the ends", () => {
  const list = [observation(3), observation(2), observation(1)];
  assert.is(neighbour(list, "cam-1:4-2", -1), list[0]);
  assert.is(neighbour(list, "cam-1:4-2", 1), list[2]);
  assert.is(neighbour(list, "cam-1:4-3", -1), undefined);
  assert.is(neighbour(list, "cam-1:4-1", 1), undefined);
  assert.is(neighbour(list, "cam-9:1", 1), undefined);
});

test("writes and reads back every place in the page", () => {
  const routes: Route[] = [
    { page: "home", filter: { type: "", cameraID: "" }, detectionID: "" },
    { page: "home", filter: { type: "human", cameraID: "cam-1" }, detectionID: "cam-1:4-2" },
    { page: "camera", filter: { type: "", cameraID: "cam ü/1" }, detectionID: "" },
    { page: "camera", filter: { type: "blank", cameraID: "cam-1" }, detectionID: "cam-1:4-2" },
  ];
  for (const route of routes) assert.equal(parseRoute(formatRoute(route)), route);
});

test("shows the home page for a fragment nobody made", () => {
  const home: Route = { page: "home", filter: { type: "", cameraID: "" }, detectionID: "" };
  for (const hash of ["", "#", "#/", "#nonsense", "#/?type=dragon", "#/cameras/", "#%%%"])
    assert.equal(parseRoute(hash), home);
  assert.is(parseRoute("#/cameras/50%").filter.cameraID, "50%");
});

test("takes the token from the fragment in both spellings", () => {
  assert.is(tokenInHash("#token=abc-_1"), "abc-_1");
  assert.is(tokenInHash("#/token=abc"), "abc");
  assert.is(tokenInHash("#/?type=human"), "");
  assert.is(tokenInHash(""), "");
});

test.run();
