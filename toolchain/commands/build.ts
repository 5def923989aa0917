/** `toolchain build`: the camera's bundle into dist/device, checked, measured on the emulator, against its budget. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { BUDGETS, type Measured } from "../bundle/budget.ts";
import { type BundleReport, bundle } from "../bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../bundle/device-program.ts";
import { writeOutput } from "../bundle/output.ts";
import { reportLines } from "../bundle/report.ts";
import { type CommandFunction, textOption } from "../command-line.ts";
import { measureCycles } from "../emulator/cycle-cost.ts";
import { type BoardName, Emulator } from "../emulator/emulator.ts";
import { factoryFiles } from "../emulator/factory.ts";
import { createWorld } from "../emulator/world/world.ts";
import { buildError } from "../errors.ts";

const MINUTE_MS = 60_000;
/** The first hour of a new camera: it looks around, and someone passes now and then. */
const LIFE = {
  startMs: Date.UTC(2026, 5, 1, 8, 0, 0),
  idleMs: 10_000,
  minutes: 60,
  triggerEveryMinutes: 20,
};
const PLACE = { latitude: -24.9901, longitude: 31.5547 };

export const run: CommandFunction = async (input, io) => {
  const board = textOption(input, "board") ?? "esp32s3";
  const profile = textOption(input, "profile") ?? "default";
  const entry = textOption(input, "entry") ?? DEVICE_PROGRAM;
  const folder = textOption(input, "out") ?? join("dist", "device");

  io.progress(`compiling ${entry}`);
  const isWhole = resolve(entry) === DEVICE_PROGRAM;
  const { code, report } = await bundle({
    entry,
    board,
    profile,
    measure: (code) => {
      io.progress("living through an hour on the emulator");
      return measureFirstHour(code, board as BoardName, isWhole);
    },
  });
  const bootEntry = join(dirname(entry), "boot", "main.ts");
  const boot = existsSync(bootEntry)
    ? (await bundle({ entry: bootEntry, board, profile: false })).code
    : undefined;
  const files = writeOutput(folder, { app: code, boot, report });

  if (input.options.json) io.out(JSON.stringify({ ...report, files }));
  else for (const line of buildLines(report, profile, files)) io.out(line);
  return undefined;
};

function buildLines(report: BundleReport, profile: string, files: string[]): string[] {
  return [...reportLines(report, BUDGETS[profile]), "", `wrote ${files.join(", ")}`];
}

/**
 * Variables at rest and at most, and the costliest capture cycle, over the first hour of a camera with this program. Errors: PROGRAM_FAILED when the
 * camera's own program does not start.
 */
export async function measureFirstHour(
  code: string,
  board: BoardName,
  isWhole: boolean,
): Promise<Measured> {
  const world = createWorld({ ...PLACE, seed: 1, startMs: LIFE.startMs, hours: 2 });
  let output = "";
  const emulator = Emulator.boot({
    board,
    startMs: LIFE.startMs,
    files: isWhole ? factoryFiles(code) : { ".bootcde": code },
    camera: world.frameSource,
    analog: world.analog,
    onConsole: (bytes) => {
      output += bytes;
    },
  });
  try {
    await emulator.run({ ms: LIFE.idleMs });
    if (isWhole && !emulator.hasGlobal("thicket")) {
      const [reason = "it says nothing"] = /Uncaught .*/.exec(output) ?? [];
      throw buildError("PROGRAM_FAILED", `the program does not start: ${reason}`);
    }
    const idle = emulator.memory.usage;
    const cycles = measureCycles(emulator);
    for (let minute = 1; minute <= LIFE.minutes; minute++) {
      if (isWhole && minute % LIFE.triggerEveryMinutes === 1) {
        cycles.begin();
        emulator.evaluate("(thicket.trigger(),true)");
      }
      await emulator.run({ ms: MINUTE_MS });
      emulator.memory;
    }
    return { idle, peak: emulator.memory.peak, cycle: cycles.cost() };
  } finally {
    emulator.close();
  }
}
