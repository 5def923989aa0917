/**
 * Watching a camera that runs the Thicket program live through days of a world. What it found is read from the program
 * itself (`thicket.last()`, `thicket.status()`), never guessed.
 */
import type { ConsoleStatus } from "../../device/protocol/provisioning.ts";
import type { ObservationRecord } from "../../device/protocol/records.ts";
import { deviceError } from "../errors.ts";
import type { Emulator } from "./emulator.ts";

const HOUR_MS = 3_600_000;
/** What the program prints when a look is over. */
const JUDGED = /(observation \d+-\d+|not kept:) (\w+)/;

export interface Detection {
  /** Name of the photograph, or the mediaID of the best picture. */
  frame: string;
  observationType: string;
  scientificName: string;
  probability: number;
  /** Left, top, width, height as fractions of the frame; all 0 without a box. */
  bbox: [number, number, number, number];
}

/** What `toolchain emulate --json` ends with. */
export interface LifeReport {
  cycles: number;
  frames: number;
  detections: Detection[];
  /** Pictures whose upload the server confirmed. */
  uploads: number;
  jsvarsPeak: number;
  virtualSeconds: number;
  wallSeconds: number;
}

export interface LifeOptions {
  signal: AbortSignal;
  /** Told now and then; `done` of `total`. */
  onProgress: (done: number, total: number) => void;
  /** Uploads so far, counted where the requests leave. */
  uploads: () => number;
}

/** Let the camera live for some virtual hours. */
export async function liveHours(
  emulator: Emulator,
  hours: number,
  options: LifeOptions,
): Promise<LifeReport> {
  const watch = startWatch(emulator);
  const endMs = emulator.nowMs + hours * HOUR_MS;
  for (let hour = 1; hour <= hours && !options.signal.aborted; hour++) {
    const stopMs = Math.min(endMs, watch.startMs + hour * HOUR_MS);
    while (emulator.nowMs < stopMs && !options.signal.aborted) {
      await emulator.run({ untilMs: stopMs, until: () => watch.hasJudged });
      watch.collect();
    }
    options.onProgress(hour, hours);
  }
  return watch.report(options);
}

/** Listens to the camera's console and gathers what it finds. */
function startWatch(emulator: Emulator) {
  const startMs = emulator.nowMs;
  const wallStart = performance.now();
  const detections: Detection[] = [];
  let rest = "";
  let verdicts: string[] = [];
  emulator.console.onData((bytes) => {
    const lines = (rest + bytes).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (JUDGED.test(line)) verdicts.push(line);
  });
  return {
    startMs,
    get hasJudged() {
      return verdicts.length > 0;
    },
    /** Take what was judged since the last call. */
    collect(): void {
      for (const line of verdicts) {
        const last = line.includes("observation ") ? lastObservation(emulator) : undefined;
        detections.push(detection(line, last));
      }
      verdicts = [];
    },
    report(options: LifeOptions): LifeReport {
      const { heartbeat } = status(emulator);
      return {
        cycles: heartbeat.triggers,
        frames: heartbeat.captures,
        detections,
        uploads: options.uploads(),
        jsvarsPeak: emulator.memory.peak,
        virtualSeconds: Math.round((emulator.nowMs - startMs) / 1000),
        wallSeconds: Math.round(performance.now() - wallStart) / 1000,
      };
    },
  };
}

function detection(line: string, last: ObservationRecord | undefined): Detection {
  if (!last) {
    const observationType = JUDGED.exec(line)?.[2] ?? "unclassified";
    const probability = Number(/ (\d+)%/.exec(line)?.[1] ?? 0) / 100;
    return {
      frame: "",
      observationType,
      scientificName: "",
      probability,
      bbox: [0, 0, 0, 0],
    };
  }
  return {
    frame: last.mediaIDs[0] ?? "",
    observationType: last.observationType,
    scientificName: last.scientificName,
    probability: last.classificationProbability,
    bbox: [last.bboxX, last.bboxY, last.bboxWidth, last.bboxHeight],
  };
}

const lastObservation = (emulator: Emulator): ObservationRecord | undefined =>
  emulator.evaluate("thicket.last()") as ObservationRecord | undefined;

/** What the program says of itself. Errors: NO_PROGRAM when it is not Thicket's. */
export function status(emulator: Emulator): ConsoleStatus {
  if (emulator.readGlobal("thicket") === undefined) {
    throw deviceError(
      "NO_PROGRAM",
      "the emulated camera does not run the Thicket program",
      "without --app the program is built from device/main.ts; use --script for other programs",
    );
  }
  return emulator.evaluate("thicket.status()") as ConsoleStatus;
}
