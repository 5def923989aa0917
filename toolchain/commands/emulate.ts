/** `toolchain emulate`: a script, photographs, a console on TCP, or days of an emulated camera's life. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { costLines, type FunctionCost, namedCosts } from "../bundle/costs.ts";
import type { RawSourceMap } from "../bundle/source-map.ts";
import {
  type CommandFunction,
  type CommandInput,
  textOption,
  wholeNumber,
} from "../command-line.ts";
import { BOARDS, vaultOf } from "../emulator/board/boards.ts";
import type { ProfileRow } from "../emulator/board/profile.ts";
import { type LifeReport, liveHours } from "../emulator/camera-life.ts";
import { liveInRealTime, serveConsole } from "../emulator/console-server.ts";
import { type BoardName, Emulator, type EmulatorOptions } from "../emulator/emulator.ts";
import { checkPhotographs } from "../emulator/native/photographs.ts";
import {
  type PhotographScore,
  readLabels,
  scoreLines,
  scorePhotographs,
} from "../emulator/photograph-labels.ts";
import { runPhotographs } from "../emulator/photographs.ts";
import { runScript } from "../emulator/script-run.ts";
import { followStages, stageLines } from "../emulator/stages.ts";
import { WIRING } from "../emulator/wiring.ts";
import { walkPast } from "../emulator/world/pir.ts";
import { createWorld, type World } from "../emulator/world/world.ts";
import { EXIT, inputError, usageError } from "../errors.ts";
import { readInput, writeWhole } from "../files.ts";
import type { Io } from "../log.ts";

/** Where the drawn world lies: the middle of the Kruger National Park. */
const PLACE = { latitude: -24.9901, longitude: 31.5547 };
const START_MS = Date.UTC(2026, 5, 1, 0, 0, 0);
const DAYS_MAX = 3650;
const COST_US_MAX = 10_000;
/** Rows of the profile. */
const FUNCTIONS_MAX = 20;

export const run: CommandFunction = async (input, io) => {
  const script = textOption(input, "script");
  if (script !== undefined) return runOneScript(script, input, io);
  if (textOption(input, "tcp") !== undefined) return serve(input, io);
  const frames = textOption(input, "frames");
  return frames === undefined ? live(input, io) : judge(frames, input, io);
};

async function runOneScript(file: string, input: CommandInput, io: Io): Promise<number> {
  const virtualMs = wholeNumber(input, "virtual-ms", 1000, [0, 1e12]);
  const text = readInput(file).toString("latin1");
  const report = await runScript(text, virtualMs, { board: boardOf(input), seed: seedOf(input) });
  if (input.options.json) {
    const { output, result, jsvars, errorFlags } = report;
    io.out(JSON.stringify({ output, result, jsvars, errorFlags }));
  } else {
    if (report.output !== "") io.out(report.output.replace(/\n$/, ""));
    io.note(`result ${JSON.stringify(report.result)}, ${report.jsvars.usage} JsVars in use`);
  }
  return report.uncaught > 0 ? EXIT.device : EXIT.ok;
}

async function serve(input: CommandInput, io: Io): Promise<number> {
  const port = wholeNumber(input, "tcp", 2323, [0, 65535]);
  const world = drawnWorld(input, Date.now(), 24);
  const { emulator, keepFlash } = await bootCamera(input, io, {
    startMs: Date.now(),
    world,
  });
  const server = await serveConsole(emulator, port);
  const walkPastS = wholeNumber(input, "walk-past", 0, [0, 86_400]);
  if (walkPastS > 0) walkPast(emulator, WIRING[boardOf(input)].motionPin, walkPastS * 1000);
  io.note(`console of the emulated camera on tcp://127.0.0.1:${server.port}; Ctrl-C ends`);
  io.note(`in another terminal: npx toolchain monitor --port tcp://127.0.0.1:${server.port}`);
  await liveInRealTime(emulator, io.signal);
  await server.close();
  keepFlash();
  return EXIT.ok;
}

async function live(input: CommandInput, io: Io): Promise<number> {
  const hours = wholeNumber(input, "days", 1, [1, DAYS_MAX]) * 24;
  const world = drawnWorld(input, START_MS, hours);
  const microsecondsPerOperation = costOf(input);
  const camera = await bootCamera(input, io, {
    ...{ startMs: START_MS, world, microsecondsPerOperation },
  });
  if (input.options.profile) {
    const stages = followStages(camera.emulator);
    camera.onRequest(stages.contact);
    for (const { atMs } of world.events) camera.emulator.pins.at(atMs - 1, stages.capture);
  }
  const report = await liveHours(camera.emulator, hours, {
    signal: io.signal,
    uploads: camera.uploads,
    onProgress: (done, total) => io.progress(`hour ${done} of ${total}`),
  });
  camera.keepFlash();
  const profile = input.options.profile ? await profileOf(camera) : undefined;
  showReport({ ...report, profile }, input, io);
  return io.signal.aborted ? EXIT.interrupted : EXIT.ok;
}

/** Microseconds of virtual time for an operation; undefined: the board's own estimate. */
function costOf(input: CommandInput): number | undefined {
  const text = textOption(input, "cost");
  if (text === undefined) return undefined;
  const cost = Number(text);
  if (cost > 0 && cost <= COST_US_MAX && text.trim() !== "") return cost;
  throw usageError(
    "BAD_OPTION",
    `--cost must be microseconds above 0, at most ${COST_US_MAX}, not "${text}"`,
  );
}

interface CycleProfile {
  microsecondsPerOperation: number;
  stages: ProfileRow[];
  functions: FunctionCost[];
}

async function profileOf({ emulator, map }: Camera): Promise<CycleProfile> {
  // Loaded late: nothing else here needs a parser.
  const { SourceNames } = await import("../bundle/source-names.ts");
  const names = new SourceNames(emulator.readFile(".bootcde") ?? "", map);
  const { profile } = emulator;
  const microsecondsPerOperation = profile.estimatedMs(1) * 1000;
  return {
    microsecondsPerOperation,
    stages: profile.report(),
    functions: namedCosts(profile.functions(), names, microsecondsPerOperation, FUNCTIONS_MAX),
  };
}

async function judge(folder: string, input: CommandInput, io: Io): Promise<number> {
  const board = boardOf(input);
  if (!BOARDS[board].hasCamera)
    throw usageError("BAD_OPTION", `--frames does not go with the ${board}: it has no camera`);
  if (textOption(input, "flash") !== undefined)
    throw usageError("BAD_OPTION", "--flash does not go with --frames: each camera starts fresh");
  const labels = readLabels(folder);
  // Looked at before the program is built, so that a wrong folder or a damaged picture is told at once.
  await checkPhotographs(folder, io.signal);
  const report = await runPhotographs({
    folder,
    app: (await programOf(input, io)).code,
    board,
    seed: seedOf(input),
    signal: io.signal,
    onProgress: (done, total, name) => io.progress(`${done} of ${total} photographs: ${name}`),
  });
  const score = labels && scorePhotographs(report.detections, labels);
  showReport({ ...report, score }, input, io);
  if (score)
    for (const line of scoreLines(score)) input.options.json ? io.note(line) : io.out(line);
  return EXIT.ok;
}

type Camera = Awaited<ReturnType<typeof bootCamera>>;

/** A camera as it leaves the workshop: program, model and labels on flash, or what its flash file holds. */
async function bootCamera(input: CommandInput, io: Io, options: EmulatorOptions) {
  const flashFile = textOption(input, "flash");
  const hasFlash = flashFile !== undefined && existsSync(flashFile);
  let uploads = 0;
  let onRequest = (): void => {};
  const network = networkOf(
    input,
    () => uploads++,
    () => onRequest(),
  );
  const program = hasFlash ? undefined : await programOf(input, io);
  const flash = hasFlash ? readFlash(flashFile, boardOf(input)) : undefined;
  const emulator = Emulator.boot({
    ...options,
    ...{ board: boardOf(input), seed: seedOf(input), flash, app: program?.code, network },
  });
  await emulator.run({ ms: 5000 });
  return {
    emulator,
    /** Of the program, when it was built here. */
    map: program?.map,
    uploads: () => uploads,
    onRequest(run: () => void) {
      onRequest = run;
    },
    keepFlash() {
      if (flashFile !== undefined) writeWhole(flashFile, emulator.flash.image());
    },
  };
}

function readFlash(file: string, board: BoardName): Uint8Array {
  const image = readInput(file);
  const bytes = BOARDS[board].storageBytes + (vaultOf(BOARDS[board])?.bytes ?? 0);
  if (image.length !== bytes) {
    throw inputError(
      "BAD_FLASH",
      `${file} is not a flash image of an ${board}: ${image.length} bytes instead of ${bytes}`,
      "a file that does not exist yet is made with a new camera's flash",
    );
  }
  return image;
}

async function programOf(
  input: CommandInput,
  io: Io,
): Promise<{ code: string; map?: RawSourceMap }> {
  const app = textOption(input, "app");
  if (app !== undefined) {
    const code = readInput(app).toString("latin1");
    if (code === "") throw inputError("EMPTY_FILE", `${app} is empty`);
    return { code };
  }
  io.progress("building the camera's program");
  const entry = fileURLToPath(new URL("../../device/main.ts", import.meta.url));
  // Loaded late: scripts need neither compiler nor bundler.
  const { bundle } = await import("../bundle/bundle.ts");
  return bundle({ entry, board: boardOf(input) });
}

function networkOf(
  input: CommandInput,
  onUpload: () => void,
  onRequest: () => void,
): EmulatorOptions["network"] {
  const text = textOption(input, "server");
  // A camera on TCP is used like a board: it reaches whatever server it is provisioned for.
  if (text === undefined) return "tcp" in input.options ? { allow: () => true } : undefined;
  if (!URL.canParse(text)) {
    throw usageError(
      "BAD_OPTION",
      `--server "${text}" is not a URL`,
      "example: http://127.0.0.1:8700",
    );
  }
  const server = new URL(text);
  const port = Number(server.port || 80);
  return {
    allow: (host, wanted) => host === server.hostname && wanted === port,
    before: async () => onRequest(),
    after: ({ method, status }) => {
      // tus: the last PATCH of an upload is answered with 204.
      if (method === "PATCH" && status === 204) onUpload();
    },
  };
}

function drawnWorld(input: CommandInput, startMs: number, hours: number): World {
  return createWorld({ ...PLACE, seed: seedOf(input), startMs, hours });
}

function showReport(
  report: LifeReport & { score?: PhotographScore; profile?: CycleProfile },
  input: CommandInput,
  io: Io,
): void {
  if (input.options.json) {
    io.out(JSON.stringify(report));
    return;
  }
  for (const { frame, observationType, scientificName, probability } of report.detections) {
    const name = scientificName === "" ? "" : ` ${scientificName}`;
    io.out(`${frame}  ${observationType}${name} ${Math.round(probability * 100)} %`);
  }
  io.out(
    `${report.cycles} cycles, ${report.frames} frames, ${report.uploads} uploads, ` +
      `at most ${report.jsvarsPeak} JsVars, ${report.virtualSeconds} s of virtual time in ${report.wallSeconds} s`,
  );
  const { profile } = report;
  if (!profile) return;
  io.out("");
  for (const line of stageLines(profile.stages, profile.microsecondsPerOperation)) io.out(line);
  io.out("");
  for (const line of costLines(profile.functions)) io.out(line);
}

function boardOf(input: CommandInput): BoardName {
  const name = textOption(input, "board") ?? "esp32s3";
  if (!Object.hasOwn(BOARDS, name)) {
    const known = Object.keys(BOARDS).join(", ");
    throw usageError("BAD_OPTION", `no board named "${name}"`, `known: ${known}`);
  }
  return name as BoardName;
}

const seedOf = (input: CommandInput): number => wholeNumber(input, "seed", 1, [0, 2 ** 31]);
