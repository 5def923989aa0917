/** One script, headless: run it for some virtual time and report, in the convention of Espruino's own tests. */
import { Emulator, type EmulatorOptions } from "./emulator.ts";

export interface ScriptReport {
  /** What it printed, errors included, lines ending in "\n". */
  output: string;
  /** The global named `result`; null when there is none. */
  result: unknown;
  /** JsVars in use at the end, and the most seen. */
  jsvars: { usage: number; peak: number; total: number };
  errorFlags: string[];
  /** Exceptions nobody caught. */
  uncaught: number;
}

/** Run program text on a bare board of its own. */
export async function runScript(
  text: string,
  virtualMs: number,
  options: EmulatorOptions = {},
): Promise<ScriptReport> {
  const emulator = Emulator.boot(options);
  let output = "";
  emulator.console.onData((bytes) => {
    output += bytes;
  });
  emulator.runScript(text);
  await emulator.run({ ms: virtualMs });
  const { usage, peak, total } = emulator.memory;
  const report = {
    output: output.replaceAll("\r\n", "\n"),
    result: emulator.hasGlobal("result") ? (emulator.evaluate("result") ?? null) : null,
    jsvars: { usage, peak, total },
    errorFlags: emulator.errorFlags,
    uncaught: emulator.uncaught,
  };
  emulator.close();
  return report;
}
