/** Damaged model files in wasm: refused with a name or run, never a trap, never memory left behind. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inspectModel, openModel, problemOf } from "../../native/port/wasm/model.ts";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { createRandom } from "../../toolchain/emulator/world/random.ts";
import { ROOT } from "../support/skip.ts";

const MODEL = readFileSync(join(ROOT, "device/model/thicket_96_int8.tflite"));
const CASES = 400;

test("refuses or opens each of many damaged files, and frees its memory", () => {
  const thicket = loadThicket();
  const random = createRandom(1);
  const next = () => Math.floor(random() * 2 ** 32);
  let refused = 0;
  for (let i = 0; i < CASES; i++) {
    const damaged = Buffer.from(MODEL);
    // The graph is described in the first and the last kilobytes; weights lie between.
    for (let edit = 0; edit < 8; edit++) {
      const at = next() % 2 ? next() % 2048 : MODEL.length - 4 - (next() % 24_000);
      damaged.writeUInt32LE(next() >>> (next() % 32), at);
    }
    try {
      openModel(thicket, damaged).close();
    } catch (error) {
      const problem = problemOf(error);
      assert.ok(problem, `case ${i}: ${error}`);
      assert.ok(problem.field, `case ${i}: ${problem.message} names nothing`);
      refused++;
    }
    if (i % 20 === 0) inspectModel(thicket, damaged);
    assert.is(thicket.reservedBytes(), 0);
  }
  assert.ok(refused > CASES / 10, `${refused} of ${CASES} refused`);
});

test("refuses a file cut off anywhere", () => {
  const thicket = loadThicket();
  for (let length = 0; length < MODEL.length; length += 4999) {
    try {
      openModel(thicket, MODEL.subarray(0, length));
      assert.unreachable(`opened ${length} bytes`);
    } catch (error) {
      assert.match(
        problemOf(error)?.code ?? String(error),
        /^MODEL_(FORMAT|BOUNDS)$/,
        `${length} bytes`,
      );
    }
  }
});

test.run();
