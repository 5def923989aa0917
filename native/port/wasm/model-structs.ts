/**
 * The structs of native/include/thicket_model.h as they lie in the wasm's memory: offsets, and reading them into objects.
 * The offsets are held to the header by layout.c at every build.
 */
import type { Thicket } from "./thicket.ts";

/** What is wrong with a model, or with one of its operators. */
export interface ModelProblem {
  /** Name of the code in thicket_error.h, for example "MODEL_OP". */
  code: string;
  /** Index of the operator, or -1. */
  op: number;
  /** Schema name of the operator, or "". */
  opName: string;
  /** Index of the tensor, or -1. */
  tensor: number;
  /** Schema field or property, or "". */
  field: string;
  /** One line: where, what. Starts with the code. */
  message: string;
}

export interface TensorInfo {
  /** Offset of element 0, or 0 when it has no memory (inspection). */
  pointer: number;
  bytes: number;
  /** Schema name, for example "INT8". */
  type: string;
  shape: number[];
  /** real = scale * (q - zeroPoint); scale 0: not quantised. */
  scale: number;
  zeroPoint: number;
  /** 0 none, 1 per tensor, more: per channel. */
  scales: number;
  isConstant: boolean;
}

export interface OpInfo {
  index: number;
  name: string;
  /** Tensor indices; -1 for an optional operand that is not given. At most 4 inputs and 2 outputs are listed. */
  inputs: number[];
  outputs: number[];
  macs: number;
  scratchBytes: number;
  /** Why it cannot run. */
  problem?: ModelProblem;
}

export const INFO = {
  headBytes: 0,
  arenaBytes: 4,
  ops: 8,
  inputs: 16,
  outputs: 20,
  macs: 24,
  size: 32,
};
export const DETAIL = { op: 0, builtin: 4, tensor: 8, field: 12, size: 16 };
const TENSOR = {
  data: 0,
  bytes: 4,
  type: 8,
  rank: 12,
  dims: 16,
  scale: 40,
  zeroPoint: 44,
  scales: 48,
  isConstant: 52,
};
export const TENSOR_SIZE = 56;
export const OP = {
  builtin: 0,
  inputs: 4,
  outputs: 8,
  input: 12,
  output: 28,
  scratchBytes: 36,
  macs: 40,
  size: 48,
};

export const problemOf = (error: unknown): ModelProblem | undefined =>
  error instanceof Error ? (error as { problem?: ModelProblem }).problem : undefined;

export function readOp(thicket: Thicket, index: number, at: number): OpInfo {
  const view = thicket.view();
  const list = (field: number, length: number, most: number) =>
    Array.from({ length: Math.min(length, most) }, (_, i) =>
      view.getInt32(at + field + 4 * i, true),
    );
  return {
    index,
    name: thicket.text(thicket.native.thicket_op_name!(view.getInt32(at + OP.builtin, true))),
    inputs: list(OP.input, view.getUint32(at + OP.inputs, true), 4),
    outputs: list(OP.output, view.getUint32(at + OP.outputs, true), 2),
    macs: Number(view.getBigUint64(at + OP.macs, true)),
    scratchBytes: view.getUint32(at + OP.scratchBytes, true),
  };
}

export function readTensor(thicket: Thicket, at: number): TensorInfo {
  const view = thicket.view();
  const word = (field: number) => view.getUint32(at + field, true);
  return {
    pointer: word(TENSOR.data),
    bytes: word(TENSOR.bytes),
    type: thicket.text(thicket.native.thicket_type_name!(view.getInt32(at + TENSOR.type, true))),
    shape: Array.from({ length: word(TENSOR.rank) }, (_, i) => word(TENSOR.dims + 4 * i)),
    scale: view.getFloat32(at + TENSOR.scale, true),
    zeroPoint: view.getInt32(at + TENSOR.zeroPoint, true),
    scales: word(TENSOR.scales),
    isConstant: word(TENSOR.isConstant) !== 0,
  };
}

export function problemFrom(thicket: Thicket, code: number, detail: number): ModelProblem {
  const { native } = thicket;
  const view = thicket.view();
  const at = (field: number) => (detail ? view.getInt32(detail + field, true) : -1);
  const [op, builtin, tensor] = [at(DETAIL.op), at(DETAIL.builtin), at(DETAIL.tensor)];
  const field = detail ? thicket.text(view.getUint32(detail + DETAIL.field, true)) : "";
  const name = thicket.text(native.thicket_error_name!(code));
  const opName = builtin >= 0 ? thicket.text(native.thicket_op_name!(builtin)) : "";
  const where = [
    op >= 0 ? `operator ${op}${opName && ` (${opName})`}` : "",
    tensor >= 0 ? `tensor ${tensor}` : "",
    field,
  ].filter(Boolean);
  const text = thicket.text(native.thicket_error_text!(code));
  const message = `${name}: ${[where.join(", "), text].filter(Boolean).join(": ")}`;
  return { code: name, op, opName, tensor, field, message };
}

export function modelError(thicket: Thicket, code: number, detail: number): Error {
  const problem = problemFrom(thicket, code, detail);
  return Object.assign(new Error(problem.message), { problem });
}
