/**
 * Shows every photograph of a folder to an emulated camera, one heat-sensor trigger each, and collects what the
 * camera's own program made of it. The device decides; this file only looks.
 */
import type { ObservationRecord } from "../../device/protocol/records.ts";
import { deviceError, interruptedError } from "../errors.ts";
import { type Detection, type LifeReport, status } from "./camera-life.ts";
import { type BoardName, Emulator } from "./emulator.ts";
import { PhotographSource } from "./native/photographs.ts";
import { WIRING } from "./wiring.ts";

export interface PhotographsOptions {
  /** Folder of .jpg, .jpeg and .png files. */
  folder: string;
  /** Only these of the folder; paths relative to it. */
  names?: string[];
  /** The camera's program, as `toolchain build` writes it. */
  app: string;
  board?: BoardName;
  seed?: number;
  signal?: AbortSignal;
  /** Called before each photograph. */
  onProgress?: (done: number, total: number, name: string) => void;
}

const BOOT_MS = 5000;
const PULSE_MS = 2000;
/** Longer than the longest cycle the program allows itself. */
const CYCLE_MS_MAX = 300_000;
/** What the program prints when it has made up its mind. */
const JUDGED = /(observation|not kept:) [^\n]*\n/;
/** A fresh camera after so many: nobody empties its flash here, and each picture it keeps takes up to 100 KB of it. */
export const PHOTOGRAPHS_PER_CAMERA = 5;

/**
 * Run all photographs through the camera's program. `checkPhotographs` says beforehand whether they can be read.
 *
 * **Errors:** NO_PICTURES, BAD_PICTURE (naming the file), NO_PROGRAM, NO_VERDICT, INTERRUPTED.
 */
export async function runPhotographs(options: PhotographsOptions): Promise<LifeReport> {
  const source = new PhotographSource(options.folder, options.names);
  const started = performance.now();
  const { names } = source;
  const detections: Detection[] = [];
  const sum = { cycles: 0, frames: 0, jsvarsPeak: 0, virtualSeconds: 0 };
  for (let first = 0; first < names.length; first += PHOTOGRAPHS_PER_CAMERA) {
    source.show(names[first] as string);
    const subject = await Subject.boot(options, source);
    for (const name of names.slice(first, first + PHOTOGRAPHS_PER_CAMERA)) {
      stopIfAborted(options.signal);
      options.onProgress?.(detections.length, names.length, name);
      source.show(name);
      detections.push(await subject.look(name));
    }
    const end = subject.end();
    sum.cycles += end.cycles;
    sum.frames += end.frames;
    sum.virtualSeconds += end.virtualSeconds;
    sum.jsvarsPeak = Math.max(sum.jsvarsPeak, end.jsvarsPeak);
  }
  const { cycles, frames, jsvarsPeak, virtualSeconds } = sum;
  const wallSeconds = Math.round(performance.now() - started) / 1000;
  return { cycles, frames, detections, uploads: 0, jsvarsPeak, virtualSeconds, wallSeconds };
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
    status(subject.emulator);
    return subject;
  }

  private constructor(options: PhotographsOptions, source: PhotographSource) {
    const { board = "esp32s3", seed, app } = options;
    this.pin = WIRING[board].motionPin;
    this.emulator = Emulator.boot({ board, seed, app, camera: source });
    this.startMs = this.emulator.nowMs;
    this.emulator.pins.drive(this.pin, 0);
    this.emulator.console.onData((bytes) => {
      this.heard += bytes;
    });
  }

  /** Each photograph is a scene of its own, so the background of the one before is forgotten. */
  async look(name: string): Promise<Detection> {
    const { emulator, pin } = this;
    emulator.evaluate('require("vision").reset()');
    const before = this.last();
    this.heard = "";
    emulator.pins.drive(pin, 1);
    emulator.pins.at(emulator.nowMs + PULSE_MS, () => emulator.pins.drive(pin, 0));
    await emulator.run({ ms: CYCLE_MS_MAX, until: () => JUDGED.test(this.heard) });
    const seen = this.last();
    if (!seen || seen.recordID === before?.recordID) {
      const said = this.heard.trim() || "it said nothing";
      throw deviceError("NO_VERDICT", `${name}: the camera did not judge it: ${said}`);
    }
    // The pulse must end before the next begins.
    await emulator.run({ ms: PULSE_MS });
    return {
      frame: name,
      observationType: seen.observationType,
      scientificName: seen.scientificName,
      probability: seen.classificationProbability,
      bbox: [seen.bboxX, seen.bboxY, seen.bboxWidth, seen.bboxHeight],
    };
  }

  end() {
    const { emulator } = this;
    const { heartbeat } = status(emulator);
    const virtualSeconds = Math.round((emulator.nowMs - this.startMs) / 1000);
    const jsvarsPeak = emulator.memory.peak;
    emulator.close();
    return { cycles: heartbeat.triggers, frames: heartbeat.captures, virtualSeconds, jsvarsPeak };
  }

  private last(): ObservationRecord | undefined {
    return this.emulator.evaluate("thicket.last()") as ObservationRecord | undefined;
  }
}
