/** `toolchain build`: the camera's bundle into dist/device, checked, measured on the emulator, against its budget. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { BUDGETS, type Measured, profileOf } from "../bundle/budget.ts";
import { bundle } from "../bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../bundle/device-program.ts";
import { guardHeader } from "../bundle/guard-header.ts";
import { writeOutput } from "../bundle/output.ts";
import { reportLines } from "../bundle/report.ts";
import { type CommandFunction, textOption } from "../command-line.ts";
import { type BoardName, Emulator } from "../emulator/emulator.ts";
import { liveScriptedDay } from "../emulator/scripted-day.ts";
import { writeWhole } from "../files.ts";

const HOUR_MS = 3_600_000;

export const run: CommandFunction = async (input, io) => {
  const board = textOption(input, "board") ?? "esp32s3";
  const profile = textOption(input, "profile") ?? profileOf(board);
  const entry = textOption(input, "entry") ?? DEVICE_PROGRAM;
  const folder = textOption(input, "out") ?? join("dist", "device");

  io.progress(`compiling ${entry}`);
  const isWhole = resolve(entry) === DEVICE_PROGRAM;
  const { code, report } = await bundle({
    entry,
    board,
    profile,
    measure: (code) =>
      isWhole
        ? liveScriptedDay(code, board as BoardName, (hour) =>
            io.progress(`living through a day on the emulator: ${hour} h of 24`),
          )
        : measureScript(code, board as BoardName),
  });
  const bootEntry = join(dirname(entry), "boot", "main.ts");
  const boot = existsSync(bootEntry)
    ? (await bundle({ entry: bootEntry, board, profile: false })).code
    : undefined;
  const files = writeOutput(folder, { app: code, boot, report });
  const header = textOption(input, "guard-header");
  if (header !== undefined && boot !== undefined) {
    writeWhole(header, Buffer.from(guardHeader(boot), "latin1"));
    files.push(header);
  }

  if (input.options.json) io.out(JSON.stringify({ ...report, files }));
  else {
    const isVerbose = input.options.verbose === true;
    for (const line of reportLines(report, { budget: BUDGETS[profile], isVerbose })) io.out(line);
    io.out("");
    io.out(`wrote ${files.join(", ")}`);
  }
  return undefined;
};

/** Variables of a program that is not the camera's: an hour on a bare board. */
async function measureScript(code: string, board: BoardName): Promise<Measured> {
  const emulator = Emulator.boot({ board, files: { ".bootcde": code } });
  try {
    emulator.memory.lookEvery(1000);
    await emulator.run({ ms: 10_000 });
    const idle = emulator.memory.usage;
    await emulator.run({ ms: HOUR_MS });
    return { idle, peak: emulator.memory.peak, holders: emulator.memory.holdersAtPeak };
  } finally {
    emulator.close();
  }
}
