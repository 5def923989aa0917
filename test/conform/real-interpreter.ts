/** Running a program on the real interpreter named by THICKET_ESPRUINO, and on the engine, with comparable output. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { Engine, EspInterrupt, EspThrow, LAYOUTS } from "../../toolchain/emulator/engine/engine.ts";

const END = "@@END";
/** First line of every program, on both: ends the real one when nothing is left to do. */
const ending = (ms: number): string => `setTimeout("print('${END}');quit()",${ms});`;
const ENDING = ending(30);
const LIMIT_MS = 10_000;
const TEST_LIMIT_MS = 20_000;

export const REAL = process.env.THICKET_ESPRUINO;

/** Everything the real interpreter says while it runs a program. */
export function realRun(binary: string, program: string): string {
  return inFolder((folder) => {
    writeFileSync(join(folder, "case.js"), `${program}\n`, "latin1");
    // A pipe open at both ends: the console neither gets input nor meets its end.
    const run = spawnSync("sh", ["-c", `mkfifo in && exec "${binary}" case.js <> in`], {
      ...{ cwd: folder, timeout: LIMIT_MS, killSignal: "SIGKILL", encoding: "latin1" },
    });
    return run.stdout.replaceAll("\r\n", "\n");
  });
}

/** Does one of Espruino's own tests pass there? Its Linux build runs them itself. */
export function realPasses(binary: string, file: string): boolean {
  return inFolder((folder) => {
    const run = spawnSync(binary, ["--test", file], {
      ...{ cwd: folder, timeout: TEST_LIMIT_MS, killSignal: "SIGKILL", stdio: "ignore" },
    });
    return run.status === 0;
  });
}

/** It leaves a flash image where it runs. */
function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "thicket-conform-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What the real interpreter prints in so many milliseconds, without its banner, prompts and the Linux build's own
 * last line.
 */
export function realOutput(binary: string, program: string, ms = 30): string {
  const out = realRun(binary, `${ending(ms)}\n${program}`);
  const start = out.indexOf("/Donate\n\n") + "/Donate\n\n".length;
  const end = out.indexOf(END);
  return tidy(out.substring(start, end < 0 ? undefined : end));
}

const tidy = (text: string): string =>
  text.replaceAll("\r\x1b[J", "").replace(/^>/gm, "").replace("Uncaught undefined\n", "");

/** The same of the emulated board; it reaches only itself. */
export async function boardOutput(program: string, ms: number): Promise<string> {
  let out = "";
  const emulator = Emulator.boot();
  await emulator.idle();
  emulator.console.onData((bytes) => {
    out += bytes;
  });
  emulator.runScript(program);
  await emulator.run({ ms });
  emulator.close();
  return tidy(out.replaceAll("\r\n", "\n"));
}

export function engineOutput(program: string): string {
  let out = "";
  const engine = new Engine({
    layout: LAYOUTS.esp32,
    strict: false,
    host: {
      nowMs: () => 1_700_000_000_000,
      output: (text) => {
        out += text;
      },
      random: () => 0.5,
      missing: () => undefined,
    },
  });
  engine.builtins.set("setTimeout", {
    kind: "function",
    fn: engine.nativeFunction("setTimeout", () => 1),
  });
  engine.onUncaught = (thrown) => {
    out += engine.describeThrow(thrown);
  };
  try {
    engine.evaluate(`${ENDING}\n${program}\n`, { file: "", label: "[raw]" });
  } catch (thrown) {
    if (thrown instanceof EspThrow) out += engine.describeThrow(thrown);
    else if (thrown instanceof EspInterrupt) out += `Execution Interrupted\n`;
    else throw thrown;
  }
  engine.runMicrotasks();
  return tidy(out);
}
