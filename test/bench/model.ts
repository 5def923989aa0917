/**
 * Milliseconds per inference in wasm. Peer: TensorFlow Lite Micro's reference kernels in wasm, figures recorded earlier on
 * a 2-core Xeon (Node 20, LLVM 22, simd128): that build is not part of the repository, so it cannot run beside ours. Ours is
 * a median; the peer's is a minimum, which favours the peer.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openModel } from "../../native/port/wasm/model.ts";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { ROOT, SHARED_DATA } from "../support/skip.ts";
import type { Figure } from "./run.ts";

const PEER = "TensorFlow Lite Micro reference kernels in wasm (LLVM 22, simd128), recorded minimum";
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
  return MODELS.flatMap(({ name, file, peerMs }) => {
    const path = file.startsWith(ROOT) ? file : join(SHARED_DATA ?? "", "models", file);
    if (!existsSync(path)) return [];
    const value = Number(medianMs(readFileSync(path)).toPrecision(3));
    return {
      name: `inference in wasm, ${name}`,
      value,
      unit: "ms",
      vs: peerMs === null ? "" : `${PEER}: ${peerMs} ms`,
      ratio: peerMs === null ? null : Number((peerMs / value).toPrecision(3)),
    };
  });
}

/** Median of as many runs as the budget allows, at least 5, after warming up. */
function medianMs(file: Uint8Array): number {
  const thicket = loadThicket();
  const model = openModel(thicket, file);
  const [input] = model.inputs;
  const times: number[] = [];
  const end = performance.now() + BUDGET_MS;
  while (times.length < 5 || performance.now() < end) {
    const pixels = thicket.bytes(input!.pointer, input!.bytes);
    for (let i = 0; i < pixels.length; i++) pixels[i] = (i * 31) & 255;
    const start = performance.now();
    model.invoke();
    times.push(performance.now() - start);
  }
  model.close();
  const steady = times.slice(Math.floor(times.length / 5)).sort((a, b) => a - b);
  return steady[Math.floor(steady.length / 2)] ?? 0;
}
