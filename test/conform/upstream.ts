/**
 * Espruino's own test programs (tests/test_*.js of a checkout the caller names; nothing of them is kept here), run as
 * its Linux build runs them: evaluate, let timers run out, pass when the global `result` is true.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Emulator } from "../../toolchain/emulator/emulator.ts";

/**
 * What makes a test apply to another build than the one modelled: an ESP32 without drawing, TensorFlow or a card. Each
 * rule looks at what the program uses, never at whether it passes.
 */
const RULES: { name?: RegExp; text?: RegExp; reason: string }[] = [
  { name: /_FAIL\.js$/, reason: "named by its authors as failing on the interpreter itself" },
  { text: /\bGraphics\b/, reason: "draws: the build modelled has no graphics library" },
  { text: /require\(["']tensorflow["']\)/, reason: "TensorFlow is on no ESP32 board" },
  {
    text: /require\(["']fs["']\)|E\.openFile/,
    reason: "needs a file system on an SD card",
  },
];

export interface UpstreamTest {
  name: string;
  text: string;
  /** Why it does not apply; absent when it does. */
  excluded?: string;
}

export interface UpstreamResult {
  name: string;
  isPassed: boolean;
  /** Last line printed, or what the emulator does not model. */
  note: string;
}

const VIRTUAL_MS = 60_000;

export function upstreamTests(folder: string): UpstreamTest[] {
  const names = readdirSync(folder).filter((name) => /^test_.*\.js$/.test(name));
  return names.sort().map((name) => {
    const text = readFileSync(join(folder, name), "latin1");
    const rule = RULES.find(
      (each) => each.name?.test(name) || each.text?.test(withoutComments(text)),
    );
    return { name, text, excluded: rule?.reason };
  });
}

export async function runUpstream({ name, text }: UpstreamTest): Promise<UpstreamResult> {
  let output = "";
  const usesInterrupt = /\binterrupt\(\)/.test(text);
  // The Linux build's interrupt() is a Ctrl-C; here the reading of a pin types one.
  const emulator = Emulator.boot({
    // The S3's firmware has no analog inputs.
    board: usesInterrupt ? "esp32" : "esp32s3",
    network: { allow: (host) => host === "localhost" || host.startsWith("127.") },
    analog: () => {
      emulator.console.write("\x03");
      return 0;
    },
    onConsole: (bytes) => {
      output += bytes;
    },
  });
  emulator.runScript((usesInterrupt ? "function interrupt(){analogRead(D36)};" : "") + text);
  await emulator.run({ ms: VIRTUAL_MS });
  const isPassed = emulator.hasGlobal("result") && emulator.evaluate("result?true:false") === true;
  const [missing] = emulator.missing;
  const lastLine = output.trimEnd().split("\r\n").at(-1) ?? "";
  emulator.close();
  return { name, isPassed, note: missing ? `not modelled: ${missing}` : lastLine };
}

/** A feature only named in a comment is not used. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
