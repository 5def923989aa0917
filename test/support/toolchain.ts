/** The command line in a child process, as a user types it, and what a user may be shown when it fails. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import * as assert from "uvu/assert";
import { main } from "../../toolchain/cli.ts";
import { ROOT } from "./skip.ts";

const BIN = join(ROOT, "toolchain/bin.js");
const LIMIT_MS = 120_000;

export interface Ended {
  status: number | string;
  stdout: string;
  stderr: string;
}

export interface Options {
  cwd?: string;
  env?: Record<string, string>;
  /** How long it may run. */
  limitMs?: number;
}

export interface Started {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  /** Exit code, or the signal's name. */
  ended: Promise<number | string>;
  /** Resolves when the output (both streams together) matches; rejects when the program ends before. */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
  stop(): Promise<number | string>;
}

export function start(args: string[], { cwd, env, limitMs = LIMIT_MS }: Options = {}): Started {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    // picocolors takes any FORCE_COLOR, even "0", for a yes.
    env: { ...process.env, THICKET_TOKEN: "", FORCE_COLOR: "", NO_COLOR: "1", ...env },
  });
  const ended = endOf(child, limitMs);
  let stdout = "";
  let stderr = "";
  let heard = () => {};
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
    heard();
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        heard = () => {
          const match = (stdout + stderr).match(pattern);
          if (match) resolve(match);
        };
        heard();
        void ended.then((end) => reject(new Error(`ended (${end}) without ${pattern}: ${stderr}`)));
      }),
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/** Exit code or signal of a process that lives no longer than the limit, nor than the test: one that fails half-way leaves none behind. */
export function endOf(child: ChildProcess, limitMs: number): Promise<number | string> {
  const onExit = () => child.kill("SIGKILL");
  process.once("exit", onExit);
  const timer = setTimeout(onExit, limitMs);
  return new Promise((resolve) => {
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      process.off("exit", onExit);
      resolve(code ?? signal ?? "");
    });
  });
}

export async function toolchain(args: string[], options: Options = {}): Promise<Ended> {
  const { child, ended, stdout, stderr } = start(args, options);
  child.stdin?.end();
  return { status: await ended, stdout: stdout(), stderr: stderr() };
}

/** The same in this process: a table of commands need not start Node and load the tools for each row. */
export async function toolchainHere(args: string[], cwd: string): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  const [out, err, home] = [process.stdout.write, process.stderr.write, process.cwd()];
  const capture = (name: keyof typeof said) => (chunk: unknown) => {
    said[name] += String(chunk);
    return true;
  };
  process.chdir(cwd);
  process.stdout.write = capture("stdout") as typeof process.stdout.write;
  process.stderr.write = capture("stderr") as typeof process.stderr.write;
  try {
    const status = await main(args);
    // Colours are decided when the process starts, and differ between a file run alone and by the runner.
    const plain = stripVTControlCharacters;
    return { status, stdout: plain(said.stdout), stderr: plain(said.stderr) };
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
    process.chdir(home);
  }
}

/** One clear line and at most one hint after it; progress lines may come before. */
export function assertRefused(ended: Ended, status: number, message: RegExp): void {
  const said = `${ended.status}: ${ended.stderr}`;
  assert.is(ended.status, status, said);
  const lines = ended.stderr.trimEnd().split("\n");
  const at = lines.findIndex((line) => line.startsWith("error: "));
  assert.match(lines[at] ?? "", message, said);
  assert.ok(lines.length - at <= 2, `more than a hint: ${said}`);
  assert.is(lines.filter((line) => /^(error|bug): /.test(line)).length, 1, said);
  assert.not.match(ended.stderr, /^ +at /m);
}
