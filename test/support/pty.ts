/** The command line in a pseudo-terminal, driven by keys as a person does; by python3's pty, since nothing else here has one. */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ROOT } from "./skip.ts";
import { endOf } from "./toolchain.ts";

/** On a machine with much else to do. */
const LIMIT_MS = 240_000;

export const HAS_PTY: boolean = spawnSync("python3", ["-c", "import pty"]).status === 0;

export interface Terminal {
  /** Resolves when what came since the last match matches; rejects when the program ends before. */
  sees(pattern: RegExp): Promise<string>;
  type(keys: string): void;
  /** All of the screen's text so far. */
  text(): string;
  ended: Promise<number | string>;
}

export function inTerminal(args: string[], cwd: string, env: Record<string, string>): Terminal {
  const command = [process.execPath, join(ROOT, "toolchain/bin.js"), ...args];
  const child = spawn("python3", [join(ROOT, "test/support/run-in-pty.py"), ...command], {
    cwd,
    env: { ...process.env, FORCE_COLOR: "", NO_COLOR: "1", TERM: "xterm", ...env },
  });
  const ended = endOf(child, LIMIT_MS);
  let text = "";
  let at = 0;
  let heard = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece) => {
      text += stripVTControlCharacters(piece).replaceAll("\r", "");
      heard();
    });
  }
  return {
    ended,
    text: () => text,
    type: (keys) => void child.stdin.write(keys),
    sees: (pattern) =>
      new Promise((resolve, reject) => {
        heard = () => {
          const match = text.slice(at).match(pattern);
          if (!match) return;
          at += (match.index ?? 0) + match[0].length;
          resolve(match[0]);
        };
        heard();
        void ended.then((end) => reject(new Error(`ended (${end}) without ${pattern}: ${text}`)));
      }),
  };
}
