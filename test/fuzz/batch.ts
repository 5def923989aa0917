/**
 * Many programs in one start of an interpreter: each lies in Storage as a file that `load` runs in a fresh interpreter,
 * `.boot0` announces it, shows the memory in use when it ends, and goes on to the next. The emulator and the
 * real interpreter boot from the very same flash.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Flash } from "../../toolchain/emulator/board/flash.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { writeFiles } from "../../toolchain/emulator/first-files.ts";
import type { Program } from "./generator.ts";

const CHIP_BYTES = 4 * 1024 * 1024;
const STORAGE_ADDRESS = 0x320000;
const STORAGE_BYTES = 224 * 4096;
/** Without any output for so long, the real interpreter hangs in the program it announced last. */
const SILENCE_MS = 2500;
const SLOW_MS = 90;
/** More output than this comes from a program that prints without end. */
const OUTPUT_MAX = 2_000_000;
const PER_START = 400;
/** The real interpreter sleeps most of the time. */
const STARTS_AT_ONCE = 8;
const END = "@END";

/** Names end in their number; a `t` program is given time. */
const BOOT = [
  "echo(0);E.on('kill',function(){print('@M',process.memory().usage)});",
  "if(global.__FILE__){print('@B',__FILE__);",
  `setTimeout("load(require('Storage').list(new RegExp('^.'+(1+(0|__FILE__.substr(1)))+'$'))[0])",__FILE__[0]=="t"?${SLOW_MS}:0)}`,
].join("");

/** What a program printed, and JsVars in use at its end; undefined output: the interpreter hung or died. */
export interface Outcome {
  output: string | undefined;
  usage: number | undefined;
}

const nameOf = (program: Program, index: number) => `${program.isSlow ? "t" : "p"}${index}`;

/** Flash with the programs from `first` on. */
function imageOf(programs: Program[], first: number): Uint8Array {
  const files: Record<string, string> = { ".boot0": BOOT };
  programs.forEach((program, i) => {
    const { text, isInRam } = program;
    if (i >= first) {
      files[nameOf(program, i)] = isInRam
        ? `eval(${JSON.stringify(text.replaceAll("\\x00", "\\x01"))})`
        : text;
    }
  });
  files[`p${programs.length}`] = `print("${END}")`;
  files[".bootcde"] = `load("${nameOf(programs[first]!, first)}")`;
  const flash = new Flash(STORAGE_ADDRESS, STORAGE_BYTES);
  writeFiles(flash, files);
  return flash.image();
}

/** Cut the console's text into what belongs to each program. */
function split(console: string, outcomes: Outcome[]): void {
  const text = console.replaceAll("\r\n", "\n");
  for (const piece of text.split("@B ").slice(1)) {
    const [, index, rest] = /^[pt](\d+)\n([\s\S]*)$/.exec(piece) ?? [];
    const outcome = outcomes[Number(index)];
    if (rest === undefined || !outcome) continue;
    const [, output, usage] = /^([\s\S]*)@M (\d+)\n/.exec(rest) ?? [];
    if (output === undefined) continue;
    outcome.output = output.replaceAll(/\bat [pt]\d+ \(/g, "at P (").replaceAll(/"[pt]\d+"/g, "P");
    outcome.usage = Number(usage);
  }
}

export async function onEmulator(programs: Program[]): Promise<Outcome[]> {
  const outcomes = programs.map((): Outcome => ({ output: undefined, usage: undefined }));
  for (let first = 0; first < programs.length; first += PER_START) {
    const end = first + PER_START;
    await emulatorPart(programs.slice(first, end), outcomes.slice(first, end));
  }
  return outcomes;
}

/** A program that the emulator itself fails on has that failure as its output. */
async function emulatorPart(programs: Program[], outcomes: Outcome[]): Promise<void> {
  for (let first = 0; first < programs.length; ) {
    let console = "";
    let hasEnded = false;
    const emulator = Emulator.boot({
      flash: imageOf(programs, first),
      isStrict: false,
      onConsole: (bytes) => {
        console += bytes;
        hasEnded ||= bytes.includes(END);
      },
    });
    let failure = "does not come to its end";
    try {
      await emulator.run({ ms: programs.length * 3600_000, until: () => hasEnded });
    } catch (error) {
      failure = (error as Error).stack ?? String(error);
    }
    emulator.close();
    split(console, outcomes);
    if (hasEnded) return;
    first = lastReached(console, first) + 1;
    const outcome = outcomes[first - 1];
    if (outcome) outcome.output = `THE EMULATOR FAILED: ${failure}`;
  }
}

/** Index of the program announced last. */
function lastReached(console: string, first: number): number {
  const reached = [...console.matchAll(/@B [pt](\d+)/g)].at(-1);
  return reached ? Number(reached[1]) : first;
}

export async function onReal(binary: string, programs: Program[]): Promise<Outcome[]> {
  const outcomes = programs.map((): Outcome => ({ output: undefined, usage: undefined }));
  const starts: Promise<void>[] = [];
  const share = Math.min(PER_START, Math.max(10, Math.ceil(programs.length / STARTS_AT_ONCE)));
  for (let first = 0; first < programs.length; first += share) {
    const part = programs.slice(first, first + share);
    starts.push(realPart(binary, part, outcomes.slice(first, first + share)));
  }
  await Promise.all(starts);
  return outcomes;
}

/** Start again behind a program that hung. */
async function realPart(binary: string, programs: Program[], outcomes: Outcome[]): Promise<void> {
  for (let first = 0; first < programs.length; ) {
    const console = await realStart(binary, imageOf(programs, first));
    split(console, outcomes);
    if (console.includes(END)) return;
    first = lastReached(console, first) + 1;
  }
}

async function realStart(binary: string, image: Uint8Array): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-fuzz-"));
  const chip = Buffer.alloc(CHIP_BYTES, 0xff);
  chip.set(image, STORAGE_ADDRESS);
  writeFileSync(join(folder, "espruino.flash"), chip);
  const child = spawn(binary, [], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  const pieces: string[] = [];
  let length = 0;
  let timer = setTimeout(() => child.kill("SIGKILL"), SILENCE_MS);
  child.stdout.on("data", (data: Buffer) => {
    const text = data.toString("latin1");
    pieces.push(text);
    clearTimeout(timer);
    length += text.length;
    if (length > OUTPUT_MAX) child.kill("SIGKILL");
    timer = setTimeout(() => child.kill("SIGKILL"), text.includes(END) ? 0 : SILENCE_MS);
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  clearTimeout(timer);
  rmSync(folder, { recursive: true });
  return pieces.join("");
}
