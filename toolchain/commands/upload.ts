/**
 * `toolchain upload`: without a file the camera's own program, into its slot of the vault; a script or any other file into
 * Storage, where a script wins over the slot until it is erased. Firmware without a vault has Storage only. A model takes
 * its labels along: the camera looks for both by fixed names.
 */
import { basename, dirname, extname, join } from "node:path";
import { bundle } from "../bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../bundle/device-program.ts";
import { type CommandFunction, textOption } from "../command-line.ts";
import { readInput } from "../files.ts";
import { openConsole } from "../link/console.ts";
import { hasSlots, installProgram } from "../link/install.ts";
import { openPort } from "../link/open.ts";
import { restart, uploadFile } from "../link/upload.ts";

const SCRIPTS = [".ts", ".js"];
const BOOT_FILE = ".bootcde";
/** Where the camera's program looks for a model that a person put there (device/espruino/native-ports.ts). */
const MODEL_FILE = "model.tflite";
const LABELS_FILE = "labels.txt";

export const run: CommandFunction = async (input, io) => {
  const file = input.positionals[0];
  const isProgram = file === undefined || SCRIPTS.includes(extname(file));
  const isModel = extname(file ?? "") === ".tflite" && textOption(input, "name") === undefined;
  const name = isModel
    ? MODEL_FILE
    : (textOption(input, "name") ?? (isProgram ? BOOT_FILE : basename(file)));

  // Everything that can be wrong on this side is found before the camera is touched.
  io.progress("building");
  const bytes = await contents(file, isProgram, textOption(input, "board"));
  const labels =
    file !== undefined && isModel
      ? readInput(
          textOption(input, "labels") ?? join(dirname(file), LABELS_FILE),
          "a model needs its labels, one a line: --labels FILE, or labels.txt beside it",
        )
      : undefined;
  const console = await openConsole(await openPort(textOption(input, "port")));
  try {
    if (file === undefined && name === BOOT_FILE && (await hasSlots(console))) {
      const progress = (sent: number) => io.progress(`program: ${sent} of ${bytes.length} bytes`);
      await installProgram(console, bytes, progress);
      if (input.options.json) io.out(JSON.stringify({ slot: "app", bytes: bytes.length }));
      else io.out(`program: ${bytes.length} bytes written, verified and running`);
      return 0;
    }
    // The labels first: with the model alone the camera would start it and fail.
    if (labels) await uploadFile(console, LABELS_FILE, labels, () => {});
    await uploadFile(console, name, bytes, (sent) =>
      io.progress(`${name}: ${sent} of ${bytes.length} bytes`),
    );
    // A program that runs holds a model by its place in the flash, where another one may lie now.
    if (name.startsWith(".boot") || isModel) {
      io.progress("restarting the camera");
      await restart(console);
    }
    if (input.options.json) io.out(JSON.stringify({ name, bytes: bytes.length }));
    else
      io.out(
        `${name}: ${bytes.length} bytes written and verified${isModel ? ", the camera starts with it" : ""}`,
      );
  } finally {
    await console.close();
  }
  return 0;
};

async function contents(
  file: string | undefined,
  isProgram: boolean,
  board: string | undefined,
): Promise<Uint8Array> {
  if (file !== undefined) {
    const bytes = readInput(file, "without a file, upload writes the camera's own program");
    if (!isProgram) return bytes;
  }
  const { code } = await bundle({ entry: file ?? DEVICE_PROGRAM, board });
  return Buffer.from(code, "latin1");
}
