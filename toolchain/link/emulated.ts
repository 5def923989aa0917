/**
 * Console of an emulated camera in this process: the same bytes as a serial port. Each write is served at once, without
 * moving the camera's clock; only a camera that says nothing to it is given the moment in which it finds out whether an
 * Improv client or a person is at the line.
 */
import type { Emulator } from "../emulator/emulator.ts";
import { listeners, type Transport } from "./transport.ts";

const MOMENT_MS = 100;

export function openEmulated(emulator: Emulator): Transport {
  const heard = listeners();
  let answers = 0;
  const stop = emulator.console.onData((bytes) => {
    answers += 1;
    heard.data(bytes);
  });
  return {
    name: "emulated camera",
    onData: heard.onData,
    onClose: heard.onClose,
    async write(bytes) {
      const before = answers;
      emulator.console.write(bytes);
      await emulator.idle();
      if (answers === before) await emulator.run({ ms: MOMENT_MS });
    },
    async close() {
      stop();
    },
  };
}
