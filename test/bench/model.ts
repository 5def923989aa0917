/**
 * Milliseconds per inference in wasm. Peer: TensorFlow Lite Micro's reference kernels in wasm. A build of it is not part of
 * the repository; THICKET_TFLM_WASM=FILE names one (this library's wasm with the backend tflm), which then takes turns with
 * ours. Without it the peer is a figure recorded on a 2-core Xeon (Node 20, LLVM 22, simd128). Minima on both sides.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openModel } from "../../native/port/wasm/model.ts";
import { loadThicket, openThicket, type Thicket } from "../../native/port/wasm/thicket.ts";
import { ROOT, SHARED_DATA } from "../support/skip.ts";
import type { Figure } from "./run.ts";

const PEER = "TensorFlow Lite Micro reference kernels in wasm (LLVM 22, simd128)";
const BUDGET_MS = 1500;

/** Recorded milliseconds of the peer. */
const MODELS: { name: string; file: string; peerMs: number | null }[] = [
  { name: "thicket_96", file: join(ROOT, "device/model/thicket_96_int8.tflite"), peerMs: null },
  { name: "vww_96", file: "vww_96_int8.tflite", peerMs: 4.92 },
  { name: "person_detect", file: "person_detect.tflite", peerMs: 4.3 },
  { name: "kws", file: "kws_ref_model.tflite", peerMs: 1.83 },
  { name: "resnet8", file: "resnet8_cifar10_int8.tflite", peerMs: 4.32 },
  { name: "wildcam_bird", file: "wildcam_bird_classifier.tflite", peerMs: null },
  { name: "wildcam_wildlife_v2", file: "wildcam_wildlife_v2_quantized.tflite", peerMs: null },
];

export async function figures(): Promise<Figure[]> {
  const peerWasm = process.env.THICKET_TFLM_WASM;
  const peer = peerWasm ? openThicket(readFileSync(peerWasm)) : undefined;
  return MODELS.flatMap(({ name, file, peerMs: recordedMs }) => {
    const path = file.startsWith(ROOT) ? file : join(SHARED_DATA ?? "", "models", file);
    if (!existsSync(path)) return [];
    const [value = 0, sameRunMs] = leastMs(readFileSync(path), [
      loadThicket(),
      ...(peer ? [peer] : []),
    ]);
    const peerMs = sameRunMs ?? recordedMs;
    const source = sameRunMs === undefined ? "recorded minimum" : "same run";
    return {
      name: `inference in wasm, ${name}`,
      value,
      unit: "ms",
      vs: peerMs === null ? "" : `${PEER}, ${source}: ${peerMs} ms`,
      ratio: peerMs === null ? null : Number((peerMs / value).toPrecision(3)),
    };
  });
}

/** Least time of each build, turn by turn, for as long as the budget allows and at least 5 rounds. */
function leastMs(file: Uint8Array, builds: Thicket[]): number[] {
  const models = builds.map((thicket) => openModel(thicket, file));
  const least = models.map(() => Number.POSITIVE_INFINITY);
  const end = performance.now() + BUDGET_MS * builds.length;
  for (let round = 0; round < 5 || performance.now() < end; round++) {
    models.forEach((model, i) => {
      const [input] = model.inputs;
      const pixels = builds[i]!.bytes(input!.pointer, input!.bytes);
      for (let k = 0; k < pixels.length; k++) pixels[k] = (k * 31) & 255;
      const start = performance.now();
      model.invoke();
      least[i] = Math.min(least[i]!, performance.now() - start);
    });
  }
  for (const model of models) model.close();
  return least.map((ms) => Number(ms.toPrecision(3)));
}
