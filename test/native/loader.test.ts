/** The wasm's memory and models as the emulator uses them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inspectModel, openModel, problemOf } from "../../native/port/wasm/model.ts";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { ROOT } from "../support/skip.ts";

const MODEL = readFileSync(join(ROOT, "device/model/thicket_96_int8.tflite"));

test("reserves zeroed, aligned memory that does not overlap, and uses freed memory again", () => {
  const thicket = loadThicket();
  const a = thicket.alloc(100);
  const b = thicket.alloc(1);
  thicket.bytes(a, 100).fill(255);
  assert.is(a % 16, 0);
  assert.is(b % 16, 0);
  assert.ok(b >= a + 100);
  thicket.free(a);
  const again = thicket.alloc(90);
  assert.is(again, a);
  assert.equal([...new Set(thicket.bytes(again, 90))], [0]);
});

test("keeps the bytes of a region when memory grows", () => {
  const thicket = loadThicket();
  const kept = thicket.store(Uint8Array.of(1, 2, 3));
  const big = thicket.alloc(8 << 20);
  assert.equal([...thicket.bytes(kept, 3)], [1, 2, 3]);
  thicket.bytes(big, 8 << 20).fill(7);
  assert.equal([...thicket.bytes(kept, 3)], [1, 2, 3]);
});

test("refuses to free what it did not reserve, and to reserve nonsense", () => {
  const thicket = loadThicket();
  assert.throws(() => thicket.free(16), /no region starts at 16/);
  assert.throws(() => thicket.alloc(-1), RangeError);
  assert.throws(() => thicket.alloc(1.5), RangeError);
});

test("gives every instance memory of its own", () => {
  const [one, other] = [loadThicket(), loadThicket()];
  const at = one.store(Uint8Array.of(9));
  assert.is(other.alloc(1), at);
  assert.is(other.bytes(at, 1)[0], 0);
});

test("opens the camera's model, runs it to the same answer twice, and closes without a trace", () => {
  const thicket = loadThicket();
  const model = openModel(thicket, MODEL);
  const [input] = model.inputs;
  assert.equal(input?.shape, [1, 96, 96, 3]);
  assert.is(input?.type, "INT8");
  assert.is(input?.zeroPoint, -128);
  const runs = [0, 1].map(() => {
    thicket.bytes(input!.pointer, input!.bytes).forEach((_, i, all) => {
      all[i] = (i * 7) & 255;
    });
    model.invoke();
    return model.values(0);
  });
  assert.equal(runs[0], runs[1]);
  assert.is(runs[0]!.length, 6);
  const sum = runs[0]!.reduce((total, value) => total + value, 0);
  assert.ok(Math.abs(sum - 1) < 0.05, `probabilities add up to ${sum}`);
  model.close();
  assert.is(thicket.reservedBytes(), 0);
});

test("names what is wrong with a file and keeps no memory", () => {
  const thicket = loadThicket();
  const rows: [string, Uint8Array, string][] = [
    ["not a model", Buffer.from("this is a text file, not a model"), "MODEL_FORMAT"],
    ["nothing", new Uint8Array(0), "MODEL_FORMAT"],
    ["cut short", MODEL.subarray(0, 100_000), "MODEL_BOUNDS"],
  ];
  for (const [what, bytes, code] of rows) {
    try {
      openModel(thicket, bytes);
      assert.unreachable(`opened ${what}`);
    } catch (error) {
      assert.is(problemOf(error)?.code, code, what);
      assert.match((error as Error).message, new RegExp(`^${code}: `), what);
    }
  }
  assert.is(thicket.reservedBytes(), 0);
});

test("refuses to invoke memory that holds no model", () => {
  const thicket = loadThicket();
  const code = thicket.native.thicket_model_invoke!(thicket.alloc(64), 0);
  assert.is(thicket.text(thicket.native.thicket_error_name!(code)), "ARGUMENT");
});

test("inspects every operator with its shapes and work", () => {
  const { ops, tensors, macs, arenaBytes, problem } = inspectModel(loadThicket(), MODEL);
  assert.is(problem, undefined);
  assert.is(ops.length, 24);
  assert.is(ops[0]?.name, "CONV_2D");
  assert.is(ops.at(-1)?.name, "SOFTMAX");
  assert.equal(tensors.get(ops[0]!.outputs[0]!)?.shape, [1, 48, 48, 16]);
  assert.is(macs, 9_921_888);
  assert.ok(arenaBytes! > 55_296 && arenaBytes! < 120_000, `arena ${arenaBytes}`);
});

test.run();
