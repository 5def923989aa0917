/** Where the detector looks, and what it makes of a burst: a whole camera on fakes, triggered by its motion sensor. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Box, Motion } from "../../device/ports.ts";
import type { ObservationRecord } from "../../device/protocol/records.ts";
import { bootCamera, type TestCamera } from "./camera.ts";
import { ANIMAL, BLANK, HUMAN } from "./fakes.ts";

const BOX: Box = [64, 48, 320, 240];
const MOVED: Motion = { changedPermille: 120, box: BOX, suppressedPermille: 0 };
const STILL: Motion = { changedPermille: 2, box: undefined, suppressedPermille: 0 };

const last = ({ console }: TestCamera) => console.last() as ObservationRecord;

test("without a background looks at each picture in seven views", () => {
  const camera = bootCamera();
  camera.event();
  assert.is(camera.ports.model.invoked, 21);
  assert.is(camera.ports.vision.crops.filter((crop) => crop === undefined).length, 3);
  assert.is(last(camera).observationType, "animal");
  assert.equal([last(camera).bboxX, last(camera).bboxWidth], [0, 0]);
});

test("with a background looks once, around what moved", () => {
  const camera = bootCamera({
    prepare: ({ vision }) => {
      vision.motions = [MOVED];
    },
  });
  camera.event();
  assert.is(camera.ports.model.invoked, 3);
  assert.equal(camera.ports.vision.crops, [{ around: BOX }, { around: BOX }, { around: BOX }]);
  const { bboxX, bboxY, bboxWidth, bboxHeight } = last(camera);
  assert.equal([bboxX, bboxY, bboxWidth, bboxHeight], [0.1, 0.1, 0.5, 0.5]);
  assert.is(last(camera).classifiedBy, "fake_model");
});

test("a box that ends at the frame's edge stays inside it when rounded", () => {
  const camera = bootCamera({
    prepare: ({ vision }) => {
      // 40 of 640 and 600 of 640 both end in half a thousandth.
      vision.motions = [{ changedPermille: 120, box: [40, 30, 600, 100], suppressedPermille: 0 }];
    },
  });
  camera.event();
  const { bboxX, bboxWidth } = last(camera);
  assert.equal([bboxX, bboxWidth], [0.062, 0.937]);
});

test("where nothing moved is a blank without asking the model", () => {
  const camera = bootCamera({
    prepare: ({ vision }) => {
      vision.motions = [STILL];
    },
  });
  camera.event();
  assert.is(camera.ports.model.invoked, 0);
  assert.is(last(camera).observationType, "blank");
  assert.is(last(camera).classifiedBy, "motion");
  assert.is(last(camera).count, 0);
  assert.equal(last(camera).mediaIDs, []);
  assert.is(camera.ports.vault.count("media"), 0);
});

test("a box over nearly the whole frame is no hint: seven views", () => {
  const camera = bootCamera({
    prepare: ({ vision }) => {
      vision.motions = [{ changedPermille: 900, box: [0, 0, 640, 400], suppressedPermille: 0 }];
    },
  });
  camera.event();
  assert.is(camera.ports.model.invoked, 21);
});

test("two of three pictures decide, and the best of them is kept", () => {
  const camera = bootCamera({
    prepare: ({ vision, model }) => {
      vision.motions = [MOVED];
      model.outputs = [BLANK, [0.3, 0.1, 0.1, 0.4, 0.05, 0.05], ANIMAL];
    },
  });
  camera.event();
  assert.is(last(camera).observationType, "animal");
  // Mean of 0.5 and 0.9.
  assert.is(last(camera).classificationProbability, 0.7);
  assert.equal(camera.ports.camera.lent, []);
  assert.is(camera.ports.vault.count("media"), 1);
});

test("pictures that disagree are reported as unknown, with a picture", () => {
  const camera = bootCamera({
    prepare: ({ vision, model }) => {
      vision.motions = [MOVED];
      model.outputs = [BLANK, HUMAN, ANIMAL];
    },
  });
  camera.event();
  assert.is(last(camera).observationType, "unknown");
  assert.is(last(camera).mediaIDs.length, 1);
});

test("a test shot ignores the background and does not change it", () => {
  const camera = bootCamera({
    prepare: ({ vision, model }) => {
      vision.motions = [STILL];
      model.outputs = [BLANK];
    },
  });
  camera.console.trigger();
  camera.ports.clock.pass(5);
  assert.is(camera.ports.model.invoked, 21);
  assert.is(last(camera).observationType, "blank");
  assert.equal(camera.ports.vision.learnt, []);
});

test("a model that fails leaves pictures unclassified, not undone", () => {
  const camera = bootCamera({
    prepare: ({ model, vision }) => {
      vision.motions = [MOVED];
      model.broken = "invoke";
    },
  });
  camera.event();
  assert.is(last(camera).observationType, "unclassified");
  assert.is(last(camera).classifiedBy, "");
  assert.is(last(camera).classificationProbability, 0);
  assert.is(last(camera).mediaIDs.length, 1);
  assert.is(camera.production.state(), "degraded");
});

test("without the native modules nothing is captured, and status says what is missing", () => {
  const camera = bootCamera({
    prepare: (ports) => {
      ports.missing = ["camera", "vision", "model"];
      ports.camera.broken = "throw";
    },
  });
  camera.event();
  const status = camera.console.status();
  assert.equal(status.missing, ["camera", "vision", "model"]);
  assert.is(status.heartbeat.triggers, 1);
  assert.is(status.heartbeat.captureFailures, 3);
  assert.is(status.heartbeat.state, "degraded");
  assert.is(camera.console.last(), undefined);
  assert.is(status.heartbeat.subsystems.find(({ name }) => name === "camera")?.failures, 0);
});

test.run();
