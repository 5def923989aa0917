/** What a model is and whether the camera's runtime can run it, as data and as text. Asks the wasm; decides nothing. */
import {
  inspectModel,
  type OpInfo,
  openModel,
  type TensorInfo,
} from "../../native/port/wasm/model.ts";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { ESTIMATE_BASIS, type Estimate, estimates } from "./estimate.ts";

export interface TensorSummary {
  type: string;
  shape: number[];
  bytes: number;
  scale: number;
  zeroPoint: number;
}

export interface OpSummary {
  index: number;
  name: string;
  output: TensorSummary | undefined;
  /** Number of scales of the weights: 1 per tensor, more per channel, 0 without weights. */
  weightScales: number;
  macs: number;
  scratchBytes: number;
  problem?: string;
}

export interface ModelCheck {
  bytes: number;
  runs: boolean;
  /** One line per reason why not. */
  problems: string[];
  inputs: TensorSummary[];
  outputs: TensorSummary[];
  arenaBytes: number | undefined;
  macs: number;
  estimates: Estimate[];
  estimateBasis: string;
  ops: OpSummary[];
}

/** Where the time of one run went. */
export interface LayerTime {
  index: number;
  name: string;
  /** Microseconds, the least of several runs of the wasm on this machine. */
  us: number;
  /** Part of all layers together, 0..100. */
  sharePct: number;
  macs: number;
}

const TIMED_RUNS = 15;

/** Run a model that checkModel found to run, on an input of zeros, and time every operator. */
export function timeLayers(file: Uint8Array): LayerTime[] {
  const thicket = loadThicket();
  const { ops } = inspectModel(thicket, file);
  const model = openModel(thicket, file);
  let leastNs = ops.map(() => Number.POSITIVE_INFINITY);
  for (let run = 0; run < TIMED_RUNS; run++) {
    for (const { pointer, bytes } of model.inputs) thicket.bytes(pointer, bytes).fill(0);
    const ns = model.invokeTimed();
    leastNs = leastNs.map((least, i) => Math.min(least, ns[i]!));
  }
  model.close();
  const totalNs = leastNs.reduce((total, ns) => total + ns, 0);
  return ops.map(({ index, name, macs }, i) => ({
    index,
    name,
    us: leastNs[i]! / 1000,
    sharePct: (100 * leastNs[i]!) / (totalNs || 1),
    macs,
  }));
}

/** Those times as a table for a terminal. */
export function layersText(layers: LayerTime[]): string[] {
  const totalUs = layers.reduce((total, { us }) => total + us, 0);
  return [
    ...textTable(
      ["#", "operator", "us", "share %", "multiply-adds"],
      layers.map(({ index, name, us, sharePct, macs }) => [
        String(index),
        name,
        us.toFixed(1),
        sharePct.toFixed(1),
        macs ? count(macs) : "",
      ]),
      [true, false, true, true, true],
    ),
    `all operators ${(totalUs / 1000).toFixed(2)} ms: wasm on this machine, least of ${TIMED_RUNS} runs`,
  ];
}

export function checkModel(file: Uint8Array): ModelCheck {
  const report = inspectModel(loadThicket(), file);
  const ops = report.ops.map((op) => opSummary(op, report.tensors));
  const problems = ops.flatMap(({ problem }) => problem ?? []);
  // The model's own problem repeats that of its first bad operator.
  if (report.problem && !problems.includes(report.problem.message))
    problems.push(report.problem.message);
  return {
    bytes: file.length,
    runs: problems.length === 0,
    problems,
    inputs: report.inputs.map(tensorSummary),
    outputs: report.outputs.map(tensorSummary),
    arenaBytes: report.arenaBytes,
    macs: report.macs,
    estimates: problems.length === 0 ? estimates(report.macs) : [],
    estimateBasis: ESTIMATE_BASIS,
    ops,
  };
}

const tensorSummary = ({ type, shape, bytes, scale, zeroPoint }: TensorInfo): TensorSummary => ({
  type,
  shape,
  bytes,
  scale,
  zeroPoint,
});

function opSummary(op: OpInfo, tensors: Map<number, TensorInfo>): OpSummary {
  const output = tensors.get(op.outputs[0] ?? -1);
  const weights = tensors.get(op.inputs[1] ?? -1);
  return {
    index: op.index,
    name: op.name,
    output: output && tensorSummary(output),
    weightScales: weights?.isConstant ? weights.scales : 0,
    macs: op.macs,
    scratchBytes: op.scratchBytes,
    ...(op.problem && { problem: op.problem.message }),
  };
}

/** The report for a terminal, without the file's name. */
export function checkText(check: ModelCheck): string[] {
  const lines = [
    ...check.inputs.map((tensor) => `input   ${tensorText(tensor)}`),
    ...check.outputs.map((tensor) => `output  ${tensorText(tensor)}`),
  ];
  if (check.ops.length > 0) lines.push("", ...opTable(check.ops));
  if (check.runs) {
    const times = check.estimates.map(({ board, ms }) => `${board} ${ms} ms`).join(", ");
    lines.push(
      "",
      `arena ${count(check.arenaBytes ?? 0)} bytes, ${millions(check.macs)} multiply-adds`,
      `${times} (${check.estimateBasis})`,
    );
  } else {
    lines.push("", ...check.problems.map((problem) => `will not run: ${problem}`));
  }
  return lines;
}

function opTable(ops: OpSummary[]): string[] {
  const header = [
    "#",
    "operator",
    "output",
    "quantisation",
    "weights",
    "multiply-adds",
    "scratch",
    "",
  ];
  const rows = ops.map((op) => [
    String(op.index),
    op.name,
    op.output ? `${op.output.type} ${op.output.shape.join("x")}` : "?",
    op.output ? quantText(op.output) : "",
    op.weightScales === 0
      ? ""
      : op.weightScales === 1
        ? "per tensor"
        : `${op.weightScales} channels`,
    op.macs ? count(op.macs) : "",
    op.scratchBytes ? count(op.scratchBytes) : "",
    op.problem ? "will not run" : "",
  ]);
  return textTable(header, rows, [true, false, false, false, false, true, true, false]);
}

function textTable(header: string[], rows: string[][], isNumber: boolean[]): string[] {
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]!.length)),
  );
  return [header, ...rows].map((row) =>
    row
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}

const quantText = ({ scale, zeroPoint }: TensorSummary): string =>
  scale === 0 ? "none" : `${scale.toPrecision(4)} zero ${zeroPoint}`;

export const tensorText = (tensor: TensorSummary): string =>
  `${tensor.type} ${tensor.shape.join("x")}, ${count(tensor.bytes)} bytes, scale ${quantText(tensor)}`;

const count = (value: number): string => value.toLocaleString("en-US");
const millions = (value: number): string => `${(value / 1e6).toFixed(2)} million`;
