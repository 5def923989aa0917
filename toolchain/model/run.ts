/** Runs a model on raw tensors: one or more samples one after another, as the golden files hold them. */
import { openModel, problemOf } from "../../native/port/wasm/model.ts";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { inputError } from "../errors.ts";

export interface ModelRun {
  samples: number;
  /** Raw outputs of all samples; several outputs of a sample follow each other. */
  output: Uint8Array;
  /** Dequantised outputs of the last sample, one list per output tensor. */
  values: number[][];
  /** Milliseconds of each sample on this machine. */
  sampleMs: number[];
}

/** Errors: INPUT_SIZE when `input` is not a whole number of samples; the model's own code when it does not open. */
export function runModel(file: Uint8Array, input: Uint8Array): ModelRun {
  const thicket = loadThicket();
  const model = orExplain(() => openModel(thicket, file));
  const sum = (tensors: { bytes: number }[]) =>
    tensors.reduce((total, { bytes }) => total + bytes, 0);
  const inputBytes = sum(model.inputs);
  const outputBytes = sum(model.outputs);
  if (input.length === 0 || inputBytes === 0 || input.length % inputBytes !== 0) {
    const shapes = model.inputs.map(({ type, shape }) => `${type} ${shape.join("x")}`).join(" + ");
    throw inputError(
      "INPUT_SIZE",
      `the input has ${input.length} bytes, but one sample of this model takes ${inputBytes} (${shapes})`,
      "give one sample, or several one after another",
    );
  }
  const samples = input.length / inputBytes;
  const output = new Uint8Array(samples * outputBytes);
  const sampleMs: number[] = [];
  let from = 0;
  let to = 0;
  for (let sample = 0; sample < samples; sample++) {
    for (const { pointer, bytes } of model.inputs) {
      thicket.bytes(pointer, bytes).set(input.subarray(from, from + bytes));
      from += bytes;
    }
    const start = performance.now();
    model.invoke();
    sampleMs.push(performance.now() - start);
    for (const { pointer, bytes } of model.outputs) {
      output.set(thicket.bytes(pointer, bytes), to);
      to += bytes;
    }
  }
  const values = orExplain(() => model.outputs.map((_, index) => model.values(index)));
  model.close();
  return { samples, output, values, sampleMs };
}

function orExplain<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    throw inputError(
      problem.code,
      `the model will not run: ${problem.message}`,
      "toolchain model check shows all of it",
    );
  }
}
