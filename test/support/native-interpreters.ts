/**
 * Programs on an interpreter with the native extension: the emulator, and the real Espruino with the extension's
 * wrappers when THICKET_ESPRUINO_NATIVE names it. A program puts what it finds into `results` and calls done().
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { type FrameSource, toRgb565 } from "../../toolchain/emulator/native/frame-source.ts";
import type { EmulatorOptions } from "../../toolchain/emulator/options.ts";
import { real } from "../device/interpreters.ts";
import { ROOT } from "./skip.ts";

export type Results = Record<string, unknown>;

export interface NativeInterpreter {
  name: string;
  run(program: string): Promise<Results>;
}

const REAL = process.env.THICKET_ESPRUINO_NATIVE;
/** Virtual; also what the real one may take, see test/device/interpreters.ts. */
const RUN_MS_MAX = 120_000;
const DONE = /<<<(.*)>>>/s;

/** tried: the message of what a call throws. The console is quiet, so that only done() is heard. */
const HELPERS = `
var results={};
function tried(f){try{f();return "nothing";}catch(e){return e.message||e;}}
function done(){print("<<<"+JSON.stringify(results)+">>>");}
`;

const files = () => ({
  "model.tflite": readFileSync(join(ROOT, "device/model/thicket_96_int8.tflite")),
});

/** A grey scene of 320 x 240. */
const scene: FrameSource = {
  next: async () => {
    const rgb = new Uint8Array(320 * 240 * 3).fill(150);
    return { width: 320, height: 240, rgb565: toRgb565(rgb, 320 * 240) };
  },
};

/** What an emulated board with the extension finds, and the board itself. */
export async function emulatedRun(program: string, options: EmulatorOptions = {}) {
  let heard = "";
  const emulator = Emulator.boot({
    camera: scene,
    ...options,
    files: { ...files(), ".bootcde": HELPERS + program, ...options.files },
    onConsole: (bytes) => {
      heard += bytes;
    },
  });
  await emulator.run({ ms: RUN_MS_MAX, until: () => DONE.test(heard) });
  return { results: resultsIn(heard), emulator };
}

function resultsIn(heard: string): Results {
  const found = DONE.exec(heard)?.[1];
  if (found === undefined)
    throw new Error(`the program did not call done():\n${heard.slice(-1500)}`);
  return JSON.parse(found);
}

async function realRun(executable: string, program: string): Promise<Results> {
  const interpreter = real(executable, { ...files(), ".bootcde": Buffer.from(HELPERS + program) });
  try {
    return resultsIn(await interpreter.wait(DONE));
  } finally {
    await interpreter.close();
  }
}

export const nativeInterpreters: NativeInterpreter[] = [
  { name: "emulator", run: async (program) => (await emulatedRun(program)).results },
  ...(REAL ? [{ name: "real Espruino", run: (program: string) => realRun(REAL, program) }] : []),
];
