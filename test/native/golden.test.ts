/** Every golden model gives in wasm, byte for byte, what TensorFlow Lite Micro gave; its arena needs no more memory. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openModel } from "../../native/port/wasm/model.ts";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { SHARED_DATA, skip } from "../support/skip.ts";

interface GoldenModel {
  name: string;
  file: string;
  sha256: string;
  mmac: number;
  arena_used: { wasm32: number };
  golden: { input: string; output: string; samples: { kind: string }[] };
}

const folder = SHARED_DATA && join(SHARED_DATA, "models");
const { models } = folder
  ? (JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as { models: GoldenModel[] })
  : { models: [] };

if (folder === undefined) {
  test("golden models", () => skip("golden models in wasm: no ../shared/data/models"));
}

for (const golden of models) {
  test(`${golden.name} gives the reference's bytes`, () => {
    const read = (name: string) => readFileSync(join(folder!, name));
    const file = read(golden.file);
    assert.is(createHash("sha256").update(file).digest("hex"), golden.sha256);
    const input = read(golden.golden.input);
    const expected = read(golden.golden.output);
    const thicket = loadThicket();
    const model = openModel(thicket, file);
    const [from, to] = [model.inputs[0]!, model.outputs[0]!];
    const samples = golden.golden.samples.length;
    assert.is(input.length, samples * from.bytes);
    assert.is(expected.length, samples * to.bytes);
    for (let i = 0; i < samples; i++) {
      thicket
        .bytes(from.pointer, from.bytes)
        .set(input.subarray(i * from.bytes, (i + 1) * from.bytes));
      model.invoke();
      const got = Buffer.from(thicket.bytes(to.pointer, to.bytes));
      const wanted = expected.subarray(i * to.bytes, (i + 1) * to.bytes);
      assert.is(
        got.toString("hex"),
        wanted.toString("hex"),
        `sample ${i} (${golden.golden.samples[i]!.kind})`,
      );
    }
    assert.ok(Math.abs(model.macs / 1e6 - golden.mmac) <= 0.01, `${model.macs} multiply-adds`);
    assert.ok(
      model.arenaBytes <= golden.arena_used.wasm32,
      `arena ${model.arenaBytes}, the reference needs ${golden.arena_used.wasm32}`,
    );
  });
}

test.run();
