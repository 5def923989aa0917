/** `toolchain demo` (and `npm start`): the whole system, a live table, and a verdict. */
import { bundle } from "../bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../bundle/device-program.ts";
import { type CommandFunction, textOption, wholeNumber } from "../command-line.ts";
import { type DemoResult, type RunningDemo, startDemo } from "../demo/demo.ts";
import { showProgress } from "../demo/show.ts";
import { checkPhotographs } from "../emulator/native/photographs.ts";
import { EXIT } from "../errors.ts";
import type { Io } from "../log.ts";

export const run: CommandFunction = async (input, io) => {
  const options = {
    cameras: wholeNumber(input, "cameras", 3, [1, 50]),
    hours: wholeNumber(input, "hours", 24, [1, 240]),
    port: wholeNumber(input, "port", 8700, [0, 65535]),
    seed: wholeNumber(input, "seed", 1, [0, 2 ** 31 - 1]),
    dataDir: textOption(input, "data"),
  };
  const folder = textOption(input, "frames");
  // Looked at before the program is built, so that a wrong folder or a damaged picture is told at once.
  const photographs =
    folder === undefined ? undefined : { folder, names: await checkPhotographs(folder, io.signal) };
  io.progress("building the camera's bundle");
  const { code } = await bundle({ entry: DEVICE_PROGRAM });
  const demo = await startDemo({ ...options, photographs, code }, io);
  try {
    io.note(`fleet server and dashboard: ${demo.url}/#token=${demo.token}`);
    const result = await demo.live(showProgress(io));
    if (input.options.json) io.out(JSON.stringify(result));
    else for (const line of summary(result)) io.out(line);
    if (!input.options.exit) await keepOpen(demo, io);
    return isComplete(result) ? EXIT.ok : EXIT.integrity;
  } finally {
    await demo.stop();
  }
};

/** Nothing lost, nothing doubled, and there was something to lose. */
const isComplete = (result: DemoResult) =>
  result.made > 0 &&
  result.missing.length === 0 &&
  result.surplus.length === 0 &&
  result.picturesStored === result.pictures;

function summary(result: DemoResult): string[] {
  const verdict = isComplete(result)
    ? "every detection the cameras made is in the database, once"
    : `LOST: ${result.missing.length} missing, ${result.surplus.length} surplus, ` +
      `${result.pictures - result.picturesStored} pictures not arrived ` +
      `(${[...result.missing, ...result.surplus].slice(0, 5).join(", ")})`;
  return [
    `${result.cameras} cameras lived ${result.virtualHours} h in ${result.wallSeconds} s`,
    `${result.made} observations made, ${result.stored} stored; ` +
      `${result.picturesStored} of ${result.pictures} pictures arrived`,
    `peak memory of a camera: ${result.jsvarsPeak} JsVars`,
    ...(result.serverRestarts ? [`the server died ${result.serverRestarts} times`] : []),
    verdict,
  ];
}

async function keepOpen(demo: RunningDemo, io: Io): Promise<void> {
  io.note(`the dashboard stays open at ${demo.url}/#token=${demo.token}`);
  io.note("press Ctrl-C to stop");
  if (io.signal.aborted) return;
  await new Promise<void>((resolve) => io.signal.addEventListener("abort", () => resolve()));
}
