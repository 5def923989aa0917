/**
 * The built program on an interpreter: the emulator, and the real one when THICKET_ESPRUINO names it. Both are driven
 * by their console alone.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { ROOT } from "../support/skip.ts";

export const ESPRUINO = process.env.THICKET_ESPRUINO;
const ANSWER_MS_MAX = 20_000;
/** Where the Storage region lies in the image of a Linux build with the ESP32's flash layout. */
const STORAGE_ADDRESS = 0x320000;
const FLASH_BYTES = 4 * 1024 * 1024;

export interface Interpreter {
  /** Type a line, wait for the text, and return what came since. */
  type(line: string, wanted: RegExp): Promise<string>;
  /** Wait for the text since the last call. */
  wait(wanted: RegExp): Promise<string>;
  /** Off and on again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export type Files = Record<string, Uint8Array>;

let built: Promise<Uint8Array> | undefined;

/** The camera's program, built once per process. */
export function program(): Promise<Uint8Array> {
  built ??= bundle({ entry: join(ROOT, "device/main.ts") }).then(({ code }) =>
    Buffer.from(code, "latin1"),
  );
  return built;
}

/** What lies in the flash of a camera with (fake) native modules, or of a stock board. */
export async function cameraFiles(firmware: "stock" | "native"): Promise<Files> {
  const files: Files = { ".bootcde": await program() };
  if (firmware === "stock") return files;
  return {
    ...files,
    ".boot0": readFileSync(join(ROOT, "test/fixtures/device/native-modules.js")),
    // The emulator has the vault itself; here it stands for it where there is none.
    ".boot1": readFileSync(join(ROOT, "test/fixtures/device/native-vault.js")),
    "labels.txt": readFileSync(join(ROOT, "device/model/labels.txt")),
    "model.txt": Buffer.from("fake_model\n"),
    "model.tflite": Buffer.alloc(64, 1),
    "picture.jpg": Buffer.from(Array.from({ length: 9000 }, (_, index) => (index * 7) & 255)),
  };
}

/** Text that arrives in pieces, read up to what is wanted. */
class Transcript {
  text = "";
  take(wanted: RegExp): string | undefined {
    const found = wanted.exec(this.text);
    if (!found) return undefined;
    const taken = this.text.slice(0, found.index + found[0].length);
    this.text = this.text.slice(taken.length);
    return taken;
  }
}

export function emulated(files: Files): Interpreter & { emulator: Emulator } {
  const transcript = new Transcript();
  const emulator = Emulator.boot({
    files,
    extension: ".boot0" in files,
    network: { allow: (host) => host === "127.0.0.1" },
    onConsole: (bytes) => {
      transcript.text += bytes;
    },
  });
  async function wait(wanted: RegExp): Promise<string> {
    await emulator.run({ ms: 120_000, until: () => wanted.test(transcript.text) });
    return transcript.take(wanted) ?? failed(wanted, transcript.text);
  }
  return {
    emulator,
    wait,
    type: (line, wanted) => {
      emulator.console.write(`${line}\n`);
      return wait(wanted);
    },
    restart: async () => emulator.powerCycle(),
    close: async () => emulator.close(),
  };
}

export function real(executable: string, files: Files): Interpreter {
  const dir = mkdtempSync(join(tmpdir(), "thicket-espruino-"));
  writeFileSync(join(dir, "espruino.flash"), flashImage(files));
  const transcript = new Transcript();
  let child = start();

  function start() {
    const started = spawn(executable, [], { cwd: dir, stdio: ["pipe", "pipe", "ignore"] });
    started.stdout.on("data", (data: Buffer) => {
      transcript.text += data.toString("latin1");
    });
    return started;
  }
  async function stop(): Promise<void> {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }
  async function wait(wanted: RegExp): Promise<string> {
    for (let waitedMs = 0; waitedMs < ANSWER_MS_MAX; waitedMs += 20) {
      const taken = transcript.take(wanted);
      if (taken !== undefined) return taken;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return failed(wanted, transcript.text);
  }
  return {
    wait,
    type: (line, wanted) => {
      child.stdin.write(`${line}\n`);
      return wait(wanted);
    },
    restart: async () => {
      await stop();
      transcript.text = "";
      child = start();
    },
    close: async () => {
      await stop();
      rmSync(dir, { recursive: true });
    },
  };
}

function failed(wanted: RegExp, text: string): never {
  throw new Error(`${wanted} did not come; the console says:\n${text.slice(-2000)}`);
}

/** Files one after the other, as jsflash.c lays them out: size, name of 28 bytes, data padded to 4. */
function flashImage(files: Files): Uint8Array {
  const image = Buffer.alloc(FLASH_BYTES, 0xff);
  let at = STORAGE_ADDRESS;
  for (const [name, data] of Object.entries(files)) {
    image.writeUInt32LE(data.length, at);
    image.fill(0, at + 4, at + 32);
    image.write(name, at + 4, "latin1");
    image.set(data, at + 32);
    at += 32 + Math.ceil(data.length / 4) * 4;
  }
  return image;
}
