/**
 * What the default model says through vision and inference in wasm: real photographs against the figures of its card,
 * and drawn scenes, where it must be better than chance.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadThicket } from "../../../native/port/wasm/thicket.ts";
import { type SensorFrame, toRgb565 } from "../../../toolchain/emulator/native/frame-source.ts";
import { NativeCamera } from "../../../toolchain/emulator/native/native-camera.ts";
import { NativeModel } from "../../../toolchain/emulator/native/native-model.ts";
import {
  decodePhotograph,
  listPhotographs,
} from "../../../toolchain/emulator/native/photographs.ts";
import { readLabels } from "../../../toolchain/emulator/photograph-labels.ts";
import { createWorld } from "../../../toolchain/emulator/world/world.ts";
import { ROOT, SHARED_DATA, skip } from "../../support/skip.ts";

const VGA = { width: 640, height: 480 };
const GROUPS = ["blank", "animal", "human", "vehicle"];
const MARGIN_PCT = 25;

function openEyes() {
  const thicket = loadThicket();
  const camera = new NativeCamera(thicket);
  const model = new NativeModel(thicket, "esp32s3");
  model.open(readFileSync(join(ROOT, "device/model/thicket_96_int8.tflite")));
  camera.open(VGA);
  /** Blank, animal, human, vehicle of a piece of a frame. */
  const look = (handle: number, box: number[], marginPct = 0): number[] => {
    model.fill((input) => camera.crop(handle, box, marginPct, input));
    const [blank = 0, human = 0, vehicle = 0, ...animals] = model.invoke();
    return [blank, animals.reduce((sum, p) => sum + p, 0), human, vehicle];
  };
  return { camera, look };
}

const best = (groups: number[]): string => GROUPS[groups.indexOf(Math.max(...groups))] as string;

/** The model card's seven views: the whole and six tiles of 55 %; smallest blank, largest others. */
function sevenViews(
  look: ReturnType<typeof openEyes>["look"],
  handle: number,
  { width, height }: { width: number; height: number },
): number[] {
  const [wide, high] = [Math.round(width * 0.55), Math.round(height * 0.55)];
  const result = look(handle, [0, 0, 0, 0]);
  for (const top of [0, height - high])
    for (const left of [0, Math.round((width - wide) / 2), width - wide]) {
      const view = look(handle, [left, top, wide, high]);
      view.forEach((p, i) => {
        result[i] = i === 0 ? Math.min(result[i]!, p) : Math.max(result[i]!, p);
      });
    }
  return result;
}

async function rightOf(folder: string): Promise<{ whole: number; seven: number; count: number }> {
  const { camera, look } = openEyes();
  const labels = readLabels(folder)!;
  const score = { whole: 0, seven: 0, count: 0 };
  for (const name of listPhotographs(folder)) {
    const { width, height, rgb } = await decodePhotograph(join(folder, name), VGA);
    const handle = camera.take({ width, height, rgb565: toRgb565(rgb, width * height) });
    const group = labels.get(name);
    score.count++;
    if (best(look(handle, [0, 0, 0, 0])) === group) score.whole++;
    if (best(sevenViews(look, handle, { width, height })) === group) score.seven++;
    camera.release(handle);
  }
  return score;
}

/** One photograph more or less may follow from another release of the JPEG decoder. */
const near = (value: number, wanted: number) => Math.abs(value - wanted) <= 1;

test("photographs as the sensor delivers them reach the model card's accuracy", async () => {
  if (!SHARED_DATA) return skip("model card figures: no ../shared/data");
  const dev = await rightOf(join(SHARED_DATA, "images/dev"));
  assert.is(dev.count, 45);
  assert.ok(near(dev.whole, 29), `whole frame: ${dev.whole} of 45, card 29 (0.644)`);
  assert.ok(near(dev.seven, 33), `seven views: ${dev.seven} of 45, card 33 (0.733)`);
  const dev2 = await rightOf(join(SHARED_DATA, "images/dev2"));
  assert.is(dev2.count, 53);
  assert.ok(near(dev2.seven, 42), `seven views: ${dev2.seven} of 53, card 42 (0.792)`);
});

test("drawn scenes: motion finds who is there and the model beats chance in every group", async () => {
  const { camera, look } = openEyes();
  const seen: Record<string, { right: number; count: number }> = {};
  for (let seed = 1; seed <= 4; seed++) {
    const startMs = Date.UTC(2026, 10, 22, 15);
    const world = createWorld({ seed, latitude: -24.99, longitude: 31.55, startMs, hours: 24 });
    const at = async (nowMs: number, run: (handle: number, frame: SensorFrame) => void) => {
      const frame = await world.frameSource.next(nowMs, VGA);
      const handle = camera.take(frame);
      run(handle, frame);
      camera.release(handle);
    };
    for (const { atMs, kind } of world.events) {
      camera.forget();
      for (let minutes = 16; minutes > 0; minutes -= 4)
        if (world.truthAt(atMs - minutes * 60_000).length === 0)
          await at(atMs - minutes * 60_000, (handle) => camera.learn(handle));
      await at(atMs + 80, (handle) => {
        const [permille = 0, ...box] = camera.motion(handle);
        const answer = permille < 4 || !box[2] ? "blank" : best(look(handle, box, MARGIN_PCT));
        seen[kind] ??= { right: 0, count: 0 };
        seen[kind].count++;
        if (answer === kind) seen[kind].right++;
      });
    }
  }
  for (const kind of GROUPS) {
    const { right, count } = seen[kind]!;
    assert.ok(right / count > 0.5, `${kind}: ${right} of ${count}`);
  }
});

test.run();
