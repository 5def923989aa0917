/** When an update may begin; how a model release holds its labels. The rest of the update code: ota-life.test.ts, simulate/ota. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Circumstances, holdsBack } from "../../device/deployment/ota-guards.ts";
import { aboutModel, modelLength, packModel } from "../../device/protocol/model-image.ts";
import type { ReleaseOffer } from "../../device/protocol/release-offers.ts";

/** 13 September 2025, 00:00 UTC. */
const MIDNIGHT_S = 1_757_721_600;
const at = (hour: number, more: Partial<Circumstances> = {}): Circumstances => ({
  ...{ nowS: MIDNIGHT_S + hour * 3600, batteryMv: 4000, isBusy: false },
  ...more,
});
const held = (offer: Partial<ReleaseOffer>, around: Circumstances): string =>
  holdsBack(offer as ReleaseOffer, around);

test("an update waits for its window, a battery and, of low priority, for idleness, until it is due", () => {
  const night: Partial<ReleaseOffer> = { windows: [[22, 4]] };
  const rows: [Partial<ReleaseOffer>, Circumstances, string][] = [
    [{}, at(12), ""],
    [night, at(23), ""],
    [night, at(3), ""],
    [night, at(4), "outside its window"],
    [night, at(12), "outside its window"],
    [{ windows: [[9, 17]] }, at(17), "outside its window"],
    [{ ...night, dueS: MIDNIGHT_S + 1 }, at(12), ""],
    [{ ...night, dueS: MIDNIGHT_S + 86_400 }, at(12), "outside its window"],
    [{}, at(12, { batteryMv: 3599 }), "battery at 3599 mV"],
    [{}, at(12, { batteryMv: 3600 }), ""],
    [{}, at(12, { batteryMv: 0 }), ""],
    [{ dueS: 1 }, at(12, { batteryMv: 3599 }), ""],
    [{ dueS: 1 }, at(12, { batteryMv: 3299 }), "battery at 3299 mV"],
    [{ priority: "low" }, at(12, { isBusy: true }), "not idle"],
    [{ priority: "low" }, at(12), ""],
    [{ priority: "normal" }, at(12, { isBusy: true }), ""],
  ];
  for (const [offer, around, reason] of rows)
    assert.is(held(offer, around), reason, JSON.stringify([offer, around]));
});

test("a model's image gives back model, name and labels, and a bare model is told from one", () => {
  const model = "TFL3 model bytes".repeat(40);
  const image = packModel(model, "thicket_96\nblank\nhuman");
  assert.is(modelLength(image), model.length);
  assert.is(aboutModel(image, model.length), "thicket_96\nblank\nhuman");
  assert.is(modelLength(model), 0);
  assert.is(modelLength(""), 0);
  assert.is(modelLength(`x\xff\xffTMA\x01`), 0, "a length beyond the image");
});

test.run();
