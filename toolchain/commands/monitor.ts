/** `toolchain monitor`: the camera's console in this terminal. Ctrl-C goes to the camera, Ctrl-] leaves. */
import { type CommandFunction, textOption } from "../command-line.ts";
import { noDeviceError } from "../errors.ts";
import { openPort } from "../link/open.ts";

const CTRL_RIGHT_BRACKET = "\x1d";

export const run: CommandFunction = async (input, io) => {
  const transport = await openPort(textOption(input, "port"));
  const { stdin, stdout } = process;
  io.note(`${transport.name}: Ctrl-C interrupts the camera, Ctrl-] leaves`);
  transport.onData((bytes) => stdout.write(bytes, "latin1"));
  try {
    const reason = await new Promise<string | undefined>((resolve) => {
      transport.onClose(resolve);
      io.signal.addEventListener("abort", () => resolve(undefined));
      if (stdin.isTTY) stdin.setRawMode(true);
      stdin.setEncoding("latin1");
      stdin.on("data", (typed) => {
        if (String(typed).includes(CTRL_RIGHT_BRACKET)) resolve(undefined);
        else void transport.write(String(typed));
      });
      stdin.resume();
    });
    if (reason) throw noDeviceError("PORT_LOST", reason, "plug the camera in and start again");
  } finally {
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
    await transport.close();
  }
  return 0;
};
