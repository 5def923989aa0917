/**
 * Console of an emulated camera in this process: the same bytes as a serial port. Each write is served at once,
 * without moving the camera's clock.
 */
import type { Emulator } from "../emulator/emulator.ts";
import { listeners, type Transport } from "./transport.ts";

export function openEmulated(emulator: Emulator): Transport {
  const heard = listeners();
  const stop = emulator.console.onData(heard.data);
  return {
    name: "emulated camera",
    onData: heard.onData,
    onClose: heard.onClose,
    async write(bytes) {
      emulator.console.write(bytes);
      await emulator.idle();
    },
    async close() {
      stop();
    },
  };
}
