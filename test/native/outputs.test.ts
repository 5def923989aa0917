/** Models with several outputs: scores and an embedding from one run. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openModel, problemOf } from "../../native/port/wasm/model.ts";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { buildModel, EMBEDDING_MODEL } from "../support/model-builder.ts";

/** 8 x 8 pixels, one value per quarter, as int8. */
const quarters = (values: number[]) =>
  Int8Array.from({ length: 64 }, (_, i) => values[2 * (i >> 5) + ((i >> 2) & 1)]! - 128);

test("gives scores and embedding of one run, as bytes and as real values", () => {
  const thicket = loadThicket();
  const model = openModel(thicket, EMBEDDING_MODEL);
  const [input] = model.inputs;
  assert.equal(
    model.outputs.map(({ shape }) => shape),
    [
      [1, 3],
      [1, 4],
    ],
  );
  for (const values of [
    [200, 80, 40, 100],
    [16, 96, 254, 2],
  ]) {
    thicket.bytes(input!.pointer, 64).set(new Uint8Array(quarters(values).buffer));
    model.invoke();
    const [a, b, c, d] = values as [number, number, number, number];
    assert.equal(
      model.values(1),
      values.map((value) => value / 256),
    );
    assert.equal(
      [...new Int8Array(model.bytes(1).buffer)],
      values.map((value) => value - 128),
    );
    const scores = [a - b, b - c, c - d].map((difference) =>
      Math.min(127, Math.round(difference / 2) + 3),
    );
    assert.equal([...new Int8Array(model.bytes(0).buffer)], scores);
    assert.equal(
      model.values(0),
      scores.map((score) => (score - 3) / 128),
    );
  }
  assert.throws(() => model.values(2), /no output 2/);
  assert.throws(() => model.bytes(2), /no output 2/);
  model.close();
  assert.is(thicket.reservedBytes(), 0);
});

test("has values of float outputs, and none of outputs without a scale", () => {
  const thicket = loadThicket();
  const reals = openModel(
    thicket,
    buildModel({
      tensors: [
        { type: "INT8", shape: [1, 2], quantised: { scale: 0.5, zeroPoint: 1 } },
        { type: "FLOAT32", shape: [1, 2] },
      ],
      operators: [{ builtin: 6, inputs: [0], outputs: [1] }],
      inputs: [0],
      outputs: [1],
    }),
  );
  thicket.bytes(reals.inputs[0]!.pointer, 2).set([3, 0xff]);
  reals.invoke();
  assert.equal(reals.values(0), [1, -1]);
  const bare = openModel(
    thicket,
    buildModel({
      tensors: [
        { type: "INT32", shape: [1, 2] },
        { type: "INT32", shape: [2] },
      ],
      operators: [{ builtin: 22, inputs: [0], outputs: [1] }],
      inputs: [0],
      outputs: [1],
    }),
  );
  try {
    bare.values(0);
    assert.unreachable();
  } catch (error) {
    assert.is(problemOf(error)?.code, "MODEL_TYPE");
  }
});

test.run();
