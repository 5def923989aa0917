/** Where the passphrase of key files comes from: THICKET_KEY_PASSPHRASE, or typed on the terminal without showing it. */
import { interruptedError, usageError } from "./errors.ts";

/** Asks once; `again` asks twice and compares. **Errors:** NO_PASSPHRASE, PASSPHRASE_DIFFERS, INTERRUPTED. */
export async function passphrase(what: string, again = false): Promise<string> {
  const given = process.env.THICKET_KEY_PASSPHRASE;
  if (given) return given;
  if (!process.stdin.isTTY) {
    throw usageError(
      "NO_PASSPHRASE",
      `the passphrase of ${what} is needed`,
      "set THICKET_KEY_PASSPHRASE, or run it in a terminal",
    );
  }
  const typed = await hiddenLine(`passphrase of ${what}: `);
  if (again && (await hiddenLine("again: ")) !== typed)
    throw usageError("PASSPHRASE_DIFFERS", "the two passphrases differ");
  return typed;
}

/** One line from the terminal, nothing of it shown. */
export function hiddenLine(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  return new Promise((resolve, reject) => {
    let line = "";
    const end = () => {
      stdin.off("data", onData);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write("\n");
    };
    const onData = (text: string) => {
      for (const char of text) {
        if (char === "\x03") {
          end();
          return reject(interruptedError("INTERRUPTED", "stopped"));
        }
        if (char === "\r" || char === "\n") {
          end();
          return resolve(line);
        }
        line = char === "\x7f" || char === "\b" ? line.slice(0, -1) : line + char;
      }
    };
    stdin.on("data", onData);
  });
}
