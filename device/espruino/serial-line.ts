/**
 * The console's serial line in this program's hands. The console is put behind the firmware's loopback device, so that
 * the program reads the port; what it writes to the other end arrives at the console as typed. Sources: Espruino
 * jsdevices.c (jshPushIOCharEvents), jsinteractive.c (jsiSetConsoleDevice), targets/esp32/jshardwareUart.c.
 */
import type { SerialLine } from "../ports.ts";
import { guarded, onProgramEnd } from "./program.ts";

/** Takes the typed line off, as Ctrl-C does; Ctrl-C itself would stop the code that hands it on. */
const CLEAR_LINE = "\x1b[2H";

/** undefined on an interpreter for a PC, whose console is no Serial1. */
export function createSerialLine(): SerialLine | undefined {
  if (typeof ESP32 === "undefined") return undefined;
  let onData = (_bytes: string): void => {};
  const hear = (bytes: string): void => guarded(() => onData(bytes))();
  const tell = (bytes: string): void => Serial1.write(bytes);

  function move(device: string): void {
    // Both ends would be told on the screen.
    echo(false);
    E.setConsole(device);
    echo(true);
  }

  function close(): void {
    move("Serial1");
    Serial1.removeListener("data", hear);
    LoopbackB.removeListener("data", tell);
  }

  return {
    open: (run) => {
      onData = run;
      Serial1.on("data", hear);
      LoopbackB.on("data", tell);
      move("LoopbackA");
      // The console would stay behind the loopback of a program that has gone.
      onProgramEnd(close);
    },
    write: tell,
    pass: (text) => LoopbackB.write(text.split("\x03").join(CLEAR_LINE)),
    handOver: (text) => {
      move("Serial1");
      Serial1.inject(text.split("\x03").join(CLEAR_LINE));
    },
    takeBack: () => move("LoopbackA"),
    close: close,
  };
}
