/** One line typed by a person on the terminal. Prompts go to stderr; Ctrl-C and Ctrl-D end with INTERRUPTED. */
import { createInterface } from "node:readline/promises";
import { interruptedError } from "./errors.ts";
import { hiddenLine } from "./passphrase.ts";

/** Both ends: a person can read the question and answer it. */
export const hasTerminal = (): boolean =>
  process.stdin.isTTY === true && process.stderr.isTTY === true;

/** **Errors:** INTERRUPTED */
export async function askLine(prompt: string, isSecret: boolean): Promise<string> {
  if (isSecret) return hiddenLine(prompt);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(interruptedError("INTERRUPTED", "stopped"));
    lines.once("SIGINT", stop);
    lines.once("close", stop);
  });
  stopped.catch(() => {});
  try {
    return await Promise.race([lines.question(prompt), stopped]);
  } finally {
    lines.close();
  }
}
