/**
 * `npm run fuzz:espruino -- --console N`: random bytes and control sequences typed at both consoles; what comes back is
 * compared piece by piece. The Linux build's own lines (Ctrl-C) are left out: it is not typed.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { Dice } from "./dice.ts";

const PIECES = [
  ..."abcxyz019 .;=+",
  ...["1+1", "print(7)", '"q"', "foo", "var a=5;", "function f(){", "}", "(", ")", "[", "]", "{"],
  ...[
    "\n",
    "\n",
    "\n",
    "\r",
    "\r\n",
    "\x08",
    "\x7f",
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x1b[D",
    "\x1b[H",
  ],
  ...["\x1b[F", "\x1b[3~", "\x1b[1~", "\x1b[4~", "\x1b[5~", "\x1b[6~", "\x1b\n", "\x10", "\x05"],
  ...[
    "\x1bOH",
    "\x1bOF",
    "\x1bOj",
    "\x1b[2H",
    "\x1b[12d",
    "\x01",
    "\x02",
    "\x15",
    "\x1b",
    "'",
    "/",
  ],
];
const STEP_MS = 60;
const SLOW_STEP_MS = 400;
const START_MS = 500;
const AT_ONCE = 12;

export interface ConsoleCase {
  typed: string[];
  real: string;
  ours: string;
}

/** What was typed where the two answered differently. */
export async function compareConsoles(
  binary: string,
  count: number,
  seed: number,
): Promise<ConsoleCase[]> {
  const different: ConsoleCase[] = [];
  for (let first = 0; first < count; first += AT_ONCE) {
    const size = Math.min(AT_ONCE, count - first);
    const suspects: { typed: string[]; ours: string }[] = [];
    const cases = Array.from({ length: size }, (_, i) => typedFor(seed + first + i));
    await Promise.all(
      cases.map(async (typed) => {
        const ours = afterBanner(await emulatorAnswer(typed));
        if (afterBanner(await realAnswer(binary, typed, STEP_MS)) === ours) return;
        suspects.push({ typed, ours });
      }),
    );
    // A busy machine cuts answers off: look again, one by one and slowly.
    for (const { typed, ours } of suspects) {
      const real = afterBanner(await realAnswer(binary, typed, SLOW_STEP_MS));
      if (real !== ours) different.push({ typed, real, ours });
    }
  }
  return different;
}

function typedFor(seed: number): string[] {
  const dice = new Dice(seed);
  const line = () => dice.many(7, () => dice.pick(PIECES), 1).join("");
  return [...dice.many(4, line, 2), "\n"];
}

const afterBanner = (text: string): string =>
  text
    .slice(text.indexOf("/Donate"))
    .replaceAll("Espruino 2v29.277 LINUX", "Espruino 2v29.277 ESP32S3");

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function realAnswer(binary: string, typed: string[], stepMs: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-fuzz-"));
  const child = spawn(binary, [], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  let text = "";
  child.stdout.on("data", (data: Buffer) => {
    text += data.toString("latin1");
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  await pause(START_MS);
  for (const piece of typed) {
    child.stdin.write(Buffer.from(piece, "latin1"));
    await pause(stepMs);
  }
  await pause(stepMs * 3);
  child.kill("SIGKILL");
  await ended;
  rmSync(folder, { recursive: true });
  return text;
}

async function emulatorAnswer(typed: string[]): Promise<string> {
  let text = "";
  const emulator = Emulator.boot({
    isStrict: false,
    onConsole: (bytes) => {
      text += bytes;
    },
  });
  await emulator.run({ ms: START_MS });
  for (const piece of typed) {
    emulator.console.write(piece);
    await emulator.run({ ms: STEP_MS });
  }
  emulator.close();
  return text;
}
