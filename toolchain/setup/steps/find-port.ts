/** Step 1: which port is the camera at? */
import { noDeviceError } from "../../errors.ts";
import { serialPorts } from "../../link/serial.ts";
import type { Asker } from "../asker.ts";
import { passed, type Step } from "../step.ts";

/** The one serial port there is, or the one that is chosen. **Errors:** NO_PORT, NO_ANSWER, INTERRUPTED */
export async function findPort(ask: Asker, say: (line: string) => void): Promise<string> {
  if (ask.has("port")) return ask.text("port");
  const ports = await serialPorts();
  const [only, more] = ports;
  if (!only && !ask.isAttended) {
    throw noDeviceError(
      "NO_PORT",
      "no serial port was found: is the camera plugged in?",
      "--port PORT names one, for example tcp://127.0.0.1:2323",
    );
  }
  if (only && !more) return only.path;
  for (const { path, words } of ports) say(`  ${path}${words && `  ${words}`}`);
  if (!only) say("no serial port was found: plug the camera in, or type a tcp:// address");
  return ask.text("port", only?.path);
}

export const port: Step = {
  name: "port",
  title: "find the camera",
  isNeeded: true,
  run: async (setup) => {
    const name = await setup.port();
    await setup.console();
    return passed(name);
  },
};
