/**
 * Talks to the interpreter's console: finds the prompt, evaluates one expression at a time and hands back its value.
 * The camera may print its own lines at any moment; answers are framed so that they are found among them.
 * Source: Espruino's console protocol (DLE at the start of a line turns echo off for that line).
 */
import { setTimeout as sleep } from "node:timers/promises";
import { deviceError, noDeviceError } from "../errors.ts";
import { parseByteJson } from "./byte-text.ts";
import type { Transport } from "./transport.ts";

const CTRL_C = "\x03";
/** Flow control: the camera's receive buffer is nearly full, or has room again. */
const XOFF = "\x13";
const XON = "\x11";
const QUIET_LINE = "\x10";
const PROMPT_LIMIT_MS = 2000;
const ANSWER_LIMIT_MS = 10_000;
const HOLD_LIMIT_MS = 2000;

export interface Console {
  readonly transport: Transport;
  /** Value of a JavaScript expression, through JSON. Errors: DEVICE_THREW with the camera's own words. */
  evaluate(expression: string, limitMs?: number): Promise<unknown>;
  /** Run a statement without waiting for a value. */
  send(statement: string): Promise<void>;
  /** Stop what runs and forget a half-typed line. */
  interrupt(): Promise<void>;
  /** Wait until the camera prints something that matches. */
  waitFor(pattern: RegExp, what: string, limitMs?: number): Promise<RegExpMatchArray>;
  close(): Promise<void>;
}

/** Open the console and make sure an interpreter answers. Errors: NO_PROMPT, PORT_LOST. */
export async function openConsole(
  transport: Transport,
  { promptLimitMs = PROMPT_LIMIT_MS } = {},
): Promise<Console> {
  let heard = "";
  let lost: string | undefined;
  let wake = () => {};
  let isHeldBack = false;
  transport.onData((bytes) => {
    const signal = Math.max(bytes.lastIndexOf(XOFF), bytes.lastIndexOf(XON));
    if (signal >= 0) isHeldBack = bytes[signal] === XOFF;
    heard += signal < 0 ? bytes : bytes.replaceAll(XOFF, "").replaceAll(XON, "");
    wake();
  });
  transport.onClose((reason) => {
    lost = reason;
    wake();
  });

  /** Nothing is written while the camera asks for a pause; a camera that forgets to lift it is not waited for. */
  async function write(bytes: string) {
    const deadline = Date.now() + HOLD_LIMIT_MS;
    while (isHeldBack && !lost && Date.now() < deadline) await sleep(5);
    isHeldBack = false;
    await transport.write(bytes);
  }

  async function waitFor(pattern: RegExp, what: string, limitMs = ANSWER_LIMIT_MS) {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const match = heard.match(pattern);
      if (match) {
        heard = heard.slice((match.index ?? 0) + match[0].length);
        return match;
      }
      if (lost) throw noDeviceError("PORT_LOST", lost, "plug the camera in and try again");
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) {
        throw deviceError("NO_ANSWER", `${transport.name}: no ${what} within ${limitMs / 1000} s`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async function send(statement: string) {
    heard = "";
    await write(`${QUIET_LINE}${statement}\n`);
  }

  let asked = 0;
  async function evaluate(expression: string, limitMs?: number) {
    // The mark differs each time so that a late answer is not taken for this one, and it is split in the command so
    // that an echo is not taken for the answer. The camera itself catches what the expression throws: a program
    // with a handler for uncaught errors would swallow it.
    const mark = `#${++asked}:`;
    await send(
      `print((function(){try{return"<<"+"${mark}v"+JSON.stringify(${expression})+"${mark}"+">>"}` +
        `catch(e){return"<<"+"${mark}e"+JSON.stringify(""+(e.message||e))+"${mark}"+">>"}})())`,
    );
    const answer = new RegExp(`<<${mark}([ve])([^]*?)${mark}>>|(Execution Interrupted)`);
    const [, kind, text = "", interrupted] = await waitFor(answer, "answer", limitMs);
    if (interrupted) throw deviceError("DEVICE_THREW", `${transport.name}: ${interrupted}`);
    const value = text === "undefined" ? undefined : parseByteJson(text.replace(/[\r\n]/g, ""));
    if (kind === "e") throw deviceError("DEVICE_THREW", `${transport.name}: ${value}`);
    return value;
  }

  // A line end shows a prompt at once; Ctrl-C first clears what somebody typed or a program that runs.
  for (const knock of ["\n", `${CTRL_C}\n`, `${CTRL_C}\n`]) {
    await transport.write(knock);
    try {
      await waitFor(/>\s*$/, "prompt", promptLimitMs);
      return {
        transport,
        evaluate,
        send,
        waitFor,
        interrupt: () => transport.write(`${CTRL_C}\n`),
        close: () => transport.close(),
      };
    } catch (error) {
      if (lost) throw error;
    }
  }
  await transport.close();
  throw deviceError(
    "NO_PROMPT",
    `${transport.name} does not answer with an Espruino prompt`,
    "is Espruino on the board, and is it the right port?",
  );
}
