/**
 * Models in thicket.wasm: open, look into, run. Pure functions over a `Thicket`; errors are Errors with a `problem` that
 * names the code, the operator and the field.
 */
import {
  DETAIL,
  INFO,
  type ModelProblem,
  modelError,
  OP,
  type OpInfo,
  problemFrom,
  problemOf,
  readOp,
  readTensor,
  TENSOR_SIZE,
  type TensorInfo,
} from "./model-structs.ts";
import type { Thicket } from "./thicket.ts";

export { type ModelProblem, type OpInfo, problemOf, type TensorInfo } from "./model-structs.ts";

export interface ModelReport {
  /** Bytes of arena here; pointers count, so a 32-bit chip needs the same. Undefined when it cannot be opened. */
  arenaBytes: number | undefined;
  macs: number;
  ops: OpInfo[];
  /** By index, those that operators name. */
  tensors: Map<number, TensorInfo>;
  /** Empty when the model cannot be opened. */
  inputs: TensorInfo[];
  outputs: TensorInfo[];
  /** Why the model as a whole cannot run. */
  problem?: ModelProblem;
}

export interface OpenModel {
  readonly arenaBytes: number;
  readonly macs: number;
  readonly inputs: TensorInfo[];
  readonly outputs: TensorInfo[];
  /** Run on what lies at the inputs' pointers; write every input before each call. */
  invoke(): void;
  /** As invoke; @returns nanoseconds that each operator took, in the file's order. */
  invokeTimed(): number[];
  /** Elements of an output as they lie after an invoke; a copy. */
  bytes(output: number): Uint8Array;
  /** Real values of an output after an invoke: dequantised, or as they are when it is not quantised. */
  values(output: number): number[];
  /** Free the arena and the copy of the file. */
  close(): void;
}

/** Open a model from the bytes of a .tflite file. Errors: Error with `problem`. */
export function openModel(thicket: Thicket, file: Uint8Array): OpenModel {
  const { native } = thicket;
  const regions = [
    thicket.store(file),
    thicket.alloc(INFO.size),
    thicket.alloc(DETAIL.size),
    thicket.alloc(TENSOR_SIZE),
  ];
  const [bytes = 0, info = 0, detail = 0, scratch = 0] = regions;
  const close = () => {
    for (const region of regions.splice(0)) thicket.free(region);
  };
  try {
    const arena = reserveArena(thicket, bytes, file.length, info, detail);
    regions.push(arena);
    const read = (index: number, end: "input" | "output") => {
      const code = native[`thicket_model_${end}`]!(arena, index, scratch);
      if (code < 0) throw modelError(thicket, code, 0);
      return readTensor(thicket, scratch);
    };
    const view = thicket.view();
    const ops = view.getUint32(info + INFO.ops, true);
    const count = (field: number) =>
      Array.from({ length: view.getUint32(info + field, true) }, (_, i) => i);
    const outputs = count(INFO.outputs).map((index) => read(index, "output"));
    const outputAt = (index: number) => {
      const tensor = outputs[index];
      if (!tensor) throw new RangeError(`the model has no output ${index}`);
      return tensor;
    };
    return {
      arenaBytes: view.getUint32(info + INFO.arenaBytes, true),
      macs: Number(view.getBigUint64(info + INFO.macs, true)),
      inputs: count(INFO.inputs).map((index) => read(index, "input")),
      outputs,
      invoke() {
        const code = native.thicket_model_invoke!(arena, detail);
        if (code < 0) throw modelError(thicket, code, detail);
      },
      invokeTimed: () => timeLayers(thicket, arena, ops, detail),
      bytes: (output) => {
        const { pointer, bytes } = outputAt(output);
        return thicket.bytes(pointer, bytes).slice();
      },
      values(output) {
        outputAt(output);
        return readValues(thicket, arena, output);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Ask for the arena's size, first of its head, then of all of it. */
function reserveArena(
  thicket: Thicket,
  file: number,
  length: number,
  info: number,
  detail: number,
): number {
  let arena = 0;
  let arenaBytes = 0;
  for (;;) {
    const code = thicket.native.thicket_model_open!(file, length, arena, arenaBytes, info, detail);
    if (code === 0) return arena;
    if (arena) thicket.free(arena);
    const wanted =
      thicket.view().getUint32(info + INFO.arenaBytes, true) ||
      thicket.view().getUint32(info + INFO.headBytes, true);
    if (wanted <= arenaBytes || problemFrom(thicket, code, detail).code !== "MODEL_ARENA") {
      throw modelError(thicket, code, detail);
    }
    arenaBytes = wanted;
    arena = thicket.alloc(arenaBytes);
  }
}

/** Everything about a model without running it; operators that cannot run carry their problem. */
export function inspectModel(thicket: Thicket, file: Uint8Array): ModelReport {
  const { native } = thicket;
  const regions = [
    thicket.store(file),
    thicket.alloc(OP.size),
    thicket.alloc(DETAIL.size),
    thicket.alloc(TENSOR_SIZE),
  ];
  const [bytes = 0, op = 0, detail = 0, tensor = 0] = regions;
  try {
    const report: ModelReport = {
      arenaBytes: undefined,
      macs: 0,
      ops: [],
      tensors: new Map(),
      inputs: [],
      outputs: [],
    };
    const count = native.thicket_model_count_ops!(bytes, file.length, detail);
    if (count < 0) return { ...report, problem: problemFrom(thicket, count, detail) };
    for (let index = 0; index < count; index++) {
      const code = native.thicket_model_describe_op!(bytes, file.length, index, op, detail);
      const described = readOp(thicket, index, op);
      if (code < 0) described.problem = problemFrom(thicket, code, detail);
      report.ops.push(described);
      report.macs += described.macs;
      for (const id of [...described.inputs, ...described.outputs]) {
        if (id < 0 || report.tensors.has(id)) continue;
        const status = native.thicket_model_describe_tensor!(bytes, file.length, id, tensor, 0);
        if (status === 0) report.tensors.set(id, readTensor(thicket, tensor));
      }
    }
    try {
      const model = openModel(thicket, file);
      report.arenaBytes = model.arenaBytes;
      report.inputs = model.inputs;
      report.outputs = model.outputs;
      model.close();
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      report.problem = problem;
    }
    return report;
  } finally {
    for (const region of regions) thicket.free(region);
  }
}

function timeLayers(thicket: Thicket, arena: number, ops: number, detail: number): number[] {
  const times = thicket.alloc(8 * ops);
  try {
    const code = thicket.native.thicket_wasm_invoke_timed!(arena, times, ops, detail);
    if (code < 0) throw modelError(thicket, code, detail);
    return Array.from(new BigUint64Array(thicket.view().buffer, times, ops), Number);
  } finally {
    thicket.free(times);
  }
}

function readValues(thicket: Thicket, arena: number, output: number): number[] {
  const { thicket_model_values: valuesOf } = thicket.native;
  const count = valuesOf!(arena, output, 0, 0);
  if (count < 0) throw modelError(thicket, count, 0);
  const values = thicket.alloc(8 * count);
  try {
    valuesOf!(arena, output, values, count);
    return Array.from(new Float64Array(thicket.view().buffer, values, count));
  } finally {
    thicket.free(values);
  }
}
