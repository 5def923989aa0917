/**
 * The fleet server as a process of its own, started again whenever it dies: the demo must survive what a real
 * installation survives.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { networkError } from "../errors.ts";

const PROGRAM = fileURLToPath(new URL("../bin.js", import.meta.url));
const START_LIMIT_MS = 30_000;

export interface ServerProcess {
  readonly url: string;
  /** Operator token; known only when this start created the data folder. */
  readonly token: string;
  readonly pid: () => number | undefined;
  /** How often it died and was started again. */
  readonly restarts: () => number;
  /** Resolves when the running process has said that it listens. */
  ready(): Promise<unknown>;
  stop(): Promise<void>;
}

interface ReadyLine {
  url: string;
  operatorToken?: string;
}

/**
 * Start `toolchain serve` with a simulated clock.
 * @param port 0 for any free one; kept for restarts
 * **Errors:** what the server itself says when it cannot start (SERVER_FAILED)
 */
export async function startServer(
  dataDir: string,
  port: number,
  onRestart: (reason: string) => void,
): Promise<ServerProcess> {
  let isStopping = false;
  let restarts = 0;
  let child = launch(dataDir, port);
  const first = await readyLine(child);
  const kept = Number(new URL(first.url).port);
  let ready: Promise<unknown> = Promise.resolve();
  watch();

  function watch(): void {
    child.once("exit", (code, signal) => {
      if (isStopping) return;
      restarts++;
      onRestart(signal ?? `exit code ${code}`);
      child = launch(dataDir, kept);
      // One that does not come up exits, and is started again in its turn.
      ready = readyLine(child).catch(() => {});
      watch();
    });
  }

  return {
    url: first.url,
    token: first.operatorToken ?? "",
    pid: () => child.pid,
    restarts: () => restarts,
    ready: () => ready,
    stop: () =>
      new Promise((resolve) => {
        isStopping = true;
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

function launch(dataDir: string, port: number): ChildProcess {
  const args = ["serve", "--json", "--simulated-clock", "--data", dataDir, "--port", String(port)];
  return spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

function readyLine(child: ChildProcess): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    let complaint = "";
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      complaint = (complaint + text).slice(-2000);
    });
    const timer = setTimeout(() => fail("it did not start in time"), START_LIMIT_MS);
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      const said = complaint.match(/error: (.*)/)?.[1] ?? complaint.trim().split("\n").pop();
      reject(networkError("SERVER_FAILED", `the fleet server: ${said || why}`));
    };
    child.once("exit", () => fail("it stopped at once"));
    if (!child.stdout) return fail("no output");
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!line.startsWith("{")) return;
      clearTimeout(timer);
      resolve(JSON.parse(line) as ReadyLine);
    });
  });
}
