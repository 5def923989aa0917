/**
 * The camera's program: bytes, interpreter variables over the scripted day (as `toolchain build` counts them), each
 * against its budget, and how long the emulator takes from power-on until the program rests.
 */
import { BUDGETS } from "../../toolchain/bundle/budget.ts";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../../toolchain/bundle/device-program.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { liveScriptedDay } from "../../toolchain/emulator/scripted-day.ts";
import type { Figure } from "./run.ts";

const BOARD = "esp32s3";
const STARTS = 7;
/** Virtual time in which the program boots, greets and comes to rest. */
const BOOT_MS = 5000;

export async function figures(): Promise<Figure[]> {
  const budget = BUDGETS.default ?? { bytes: 0, jsvars: 0 };
  const { code, report } = await bundle({ entry: DEVICE_PROGRAM, board: BOARD, profile: false });
  const { idle, peak } = await liveScriptedDay(code, BOARD);
  return [
    figure("bundle", report.bytes, "bytes", "budget", budget.bytes),
    figure("bundle, gzip -9", report.gzipBytes, "bytes", "the bundle as it is", report.bytes),
    figure("variables of the program at rest", idle, "JsVars", "budget", budget.jsvars),
    figure("variables of the program at most", peak, "JsVars", "budget", budget.jsvars),
    {
      name: `emulator from power-on to rest, ${BOOT_MS / 1000} s of virtual time, median of ${STARTS}`,
      value: Number((await medianStartMs(code)).toPrecision(3)),
      unit: "ms",
      vs: "",
      ratio: null,
    },
  ];
}

const figure = (name: string, value: number, unit: string, vs: string, peer: number): Figure => ({
  name,
  value,
  unit,
  vs: `${vs}: ${peer} ${unit}`,
  ratio: Number((peer / value).toPrecision(3)),
});

async function medianStartMs(code: string): Promise<number> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const before = performance.now();
    const emulator = Emulator.boot({ board: BOARD, app: code });
    await emulator.run({ ms: BOOT_MS });
    times.push(performance.now() - before);
    emulator.close();
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(STARTS / 2)] ?? 0;
}
