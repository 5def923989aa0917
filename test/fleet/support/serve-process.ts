/** `toolchain serve` as a child process, as a user or the demo runs it. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../../support/skip.ts";

export interface ServeProcess {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  /** Exit code, or the signal's name. */
  ended: Promise<number | string>;
  /** First line of stdout that is JSON; rejects when the process ends without one. */
  ready: Promise<{ url: string; dataDir: string; operatorToken?: string }>;
  kill(signal: NodeJS.Signals): Promise<number | string>;
}

export function startServe(...args: string[]): ServeProcess {
  const child = spawn(process.execPath, [join(ROOT, "toolchain/bin.js"), "serve", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    // picocolors takes any FORCE_COLOR, even "0", for a yes.
    env: { ...process.env, FORCE_COLOR: "", NO_COLOR: "1" },
  });
  // A test that fails half-way leaves no server behind.
  const stop = () => child.kill("SIGKILL");
  process.once("exit", stop);
  child.once("close", () => process.off("exit", stop));
  let stdout = "";
  let stderr = "";
  const ended = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? ""));
  });
  const ready = new Promise<{ url: string; dataDir: string }>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      const line = stdout.split("\n").find((candidate) => /^\{.*\}$/.test(candidate));
      if (line) resolve(JSON.parse(line));
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    void ended.then((end) => reject(new Error(`serve ended (${end}): ${stderr}`)));
  });
  // Tests that expect no start do not wait for it.
  ready.catch(() => {});
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    ready,
    kill(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
