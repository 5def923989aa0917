/** `toolchain upload`: write the camera's bundle, a script or any file to a camera and restart it. */
import { basename, extname } from "node:path";
import { bundle } from "../bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../bundle/device-program.ts";
import { type CommandFunction, textOption } from "../command-line.ts";
import { readInput } from "../files.ts";
import { openConsole } from "../link/console.ts";
import { openPort } from "../link/open.ts";
import { restart, uploadFile } from "../link/upload.ts";

const SCRIPTS = [".ts", ".js"];
const BOOT_FILE = ".bootcde";

export const run: CommandFunction = async (input, io) => {
  const file = input.positionals[0];
  const isProgram = file === undefined || SCRIPTS.includes(extname(file));
  const name = textOption(input, "name") ?? (isProgram ? BOOT_FILE : basename(file));

  // Everything that can be wrong on this side is found before the camera is touched.
  io.progress("building");
  const bytes = await contents(file, isProgram, textOption(input, "board"));
  const console = await openConsole(await openPort(textOption(input, "port")));
  try {
    await uploadFile(console, name, bytes, (sent) =>
      io.progress(`${name}: ${sent} of ${bytes.length} bytes`),
    );
    if (name.startsWith(".boot")) {
      io.progress("restarting the camera");
      await restart(console);
    }
    if (input.options.json) io.out(JSON.stringify({ name, bytes: bytes.length }));
    else io.out(`${name}: ${bytes.length} bytes written and verified`);
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
