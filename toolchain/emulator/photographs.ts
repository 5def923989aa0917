/**
 * Shows every photograph of a folder to an emulated camera, one heat-sensor trigger each, and collects what the
 * camera's own program made of it. The device decides; this file only looks.
 */
import { join } from "node:path";
import type { ObservationRecord, ObservationType } from "../../device/protocol/records.ts";
import { deviceError, interruptedError } from "../errors.ts";
import { type BoardName, Emulator } from "./emulator.ts";
import { decodePhotograph, PhotographSource } from "./native/photographs.ts";
import { MOTION_PIN } from "./world/pir.ts";

export interface PhotographsOptions {
  /** Folder of .jpg, .jpeg and .png files. */
  folder: string;
  /** What lies in the camera's Storage: ".bootcde", "model.tflite", "labels.txt", "model.txt". */
  files: Record<string, string | Uint8Array>;
  board?: BoardName;
  seed?: number;
  signal?: AbortSignal;
  /** Called before each photograph. */
  onProgress?: (done: number, total: number, name: string) => void;
  onConsole?: (bytes: string) => void;
}

export interface PhotographResult {
  /** File name. */
  frame: string;
  observationType: ObservationType;
  /** "" where the model names no kind. */
  scientificName: string;
  /** 0..1 */
  probability: number;
  /** Left, top, width, height as fractions of the frame; null without a box. */
  bbox: [number, number, number, number] | null;
}

export interface PhotographsRun {
  detections: PhotographResult[];
  /** Triggers, pictures taken, highest use of interpreter variables, time the camera lived through. */
  cycles: number;
  frames: number;
  jsvarsPeak: number;
  virtualSeconds: number;
  wallSeconds: number;
}

const CHECK_SIZE = { width: 32, height: 32 };
const BOOT_MS = 3000;
const PULSE_MS = 2000;
/** Longer than the longest cycle the program allows itself. */
const CYCLE_MS_MAX = 300_000;
/** A fresh camera after so many: nobody empties its flash here, and each picture it keeps takes up to 100 KB of it. */
const PHOTOGRAPHS_PER_CAMERA = 5;

/**
 * Run all photographs through the camera's program.
 *
 * **Errors:** NO_PICTURES, BAD_PICTURE (naming the file, before any is shown), NO_ANSWER, INTERRUPTED.
 */
export async function runPhotographs(options: PhotographsOptions): Promise<PhotographsRun> {
  const source = new PhotographSource(options.folder);
  const started = performance.now();
  const run = { cycles: 0, frames: 0, jsvarsPeak: 0, virtualSeconds: 0 };
  const detections: PhotographResult[] = [];
  const { names } = source;
  // All are read before the first is shown: a broken file is reported as such, and at once.
  for (const name of names) {
    stopIfAborted(options.signal);
    await decodePhotograph(join(options.folder, name), CHECK_SIZE);
  }
  for (let first = 0; first < names.length; first += PHOTOGRAPHS_PER_CAMERA) {
    source.show(names[first] as string);
    const camera = await Subject.boot(options, source);
    for (const name of names.slice(first, first + PHOTOGRAPHS_PER_CAMERA)) {
      stopIfAborted(options.signal);
      options.onProgress?.(detections.length, names.length, name);
      source.show(name);
      detections.push(await camera.look(name));
    }
    const end = await camera.end();
    run.cycles += end.triggers;
    run.frames += end.captures;
    run.virtualSeconds += end.virtualSeconds;
    run.jsvarsPeak = Math.max(run.jsvarsPeak, end.jsvarsPeak);
  }
  const wallSeconds = Math.round((performance.now() - started) / 100) / 10;
  return { detections, ...run, wallSeconds };
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interruptedError("INTERRUPTED", "interrupted");
}

/** One camera in front of the photographs. */
class Subject {
  private readonly emulator: Emulator;
  private readonly pin: string;
  private readonly startMs: number;
  private heard = "";

  static async boot(options: PhotographsOptions, source: PhotographSource): Promise<Subject> {
    const subject = new Subject(options, source);
    await subject.emulator.run({ ms: BOOT_MS });
    const hasProgram = (await subject.ask("typeof thicket")) === "object";
    if (!hasProgram)
      throw deviceError("NO_ANSWER", `the camera's program did not start:\n${subject.heard}`);
    return subject;
  }

  private constructor(options: PhotographsOptions, source: PhotographSource) {
    const { board = "esp32s3", seed, files } = options;
    this.pin = MOTION_PIN[board];
    this.emulator = Emulator.boot({ board, seed, files, camera: source });
    this.startMs = this.emulator.nowMs;
    this.emulator.console.onData((bytes) => {
      this.heard += bytes;
      options.onConsole?.(bytes);
    });
  }

  /** Each photograph is a scene of its own, so the background of the one before is forgotten. */
  async look(name: string): Promise<PhotographResult> {
    const { emulator } = this;
    await this.ask('(require("vision").reset(),1)');
    const before = await this.ask<ObservationRecord | undefined>("thicket.last()");
    emulator.pins.drive(this.pin, 1);
    emulator.pins.at(emulator.nowMs + PULSE_MS, () => emulator.pins.drive(this.pin, 0));
    this.heard = "";
    await emulator.run({
      ms: CYCLE_MS_MAX,
      until: () => /(observation|not kept:) [^\n]*\n/.test(this.heard),
    });
    const heard = this.heard;
    await emulator.run({ ms: PULSE_MS });
    const seen = await this.ask<ObservationRecord | undefined>("thicket.last()");
    if (!seen || seen.recordID === before?.recordID)
      throw deviceError("NO_ANSWER", `the camera made nothing of ${name}: ${heard.trim()}`);
    const { bboxX, bboxY, bboxWidth, bboxHeight } = seen;
    return {
      frame: name,
      observationType: seen.observationType,
      scientificName: seen.scientificName,
      probability: seen.classificationProbability,
      bbox: bboxWidth > 0 ? [bboxX, bboxY, bboxWidth, bboxHeight] : null,
    };
  }

  async end() {
    const { triggers, captures } = await this.ask<{ triggers: number; captures: number }>(
      "thicket.status().heartbeat",
    );
    const { emulator } = this;
    const virtualSeconds = Math.round((emulator.nowMs - this.startMs) / 1000);
    const jsvarsPeak = emulator.memory().peak;
    emulator.close();
    return { triggers, captures, virtualSeconds, jsvarsPeak };
  }

  /** Evaluate an expression on the console. DLE (16) turns the echo of the line off. */
  private async ask<T>(expression: string): Promise<T> {
    this.heard = "";
    this.emulator.console.write(`\x10print("<<<"+JSON.stringify(${expression})+">>>")\n`);
    await this.emulator.run({ ms: 1000, until: () => this.heard.includes(">>>") });
    const answer = this.heard.match(/<<<(.*)>>>/s)?.[1];
    if (answer === undefined)
      throw deviceError("NO_ANSWER", `the camera did not answer: ${this.heard.trim()}`);
    return (answer === "undefined" ? undefined : JSON.parse(answer)) as T;
  }
}
