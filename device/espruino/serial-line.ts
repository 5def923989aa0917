/**
 * The console's serial line in this program's hands. The console is put behind the firmware's loopback device, so that
 * the program reads the port; what it writes to the other end arrives at the console as typed. Sources: Espruino
 * jsdevices.c (jshPushIOCharEvents), jsinteractive.c (jsiSetConsoleDevice), targets/esp32/jshardwareUart.c.
 */
import type { SerialLine } from "../ports.ts";
import { guarded } from "./program.ts";

/** undefined on an interpreter for a PC, whose console is no Serial1. */
export function createSerialLine(): SerialLine | undefined {
  if (typeof ESP32 === "undefined") return undefined;

  function move(device: string): void {
    // Both ends would be told on the screen.
    echo(false);
    E.setConsole(device);
    echo(true);
  }

  /** The console would stay behind the loopback of a program that has gone. */
  function home(): void {
    E.setConsole("Serial1");
  }

  /** Ctrl-C would stop the code that hands it on; this takes the typed line off, as it does. */
  function keys(text: string): string {
    return text.split("\x03").join("\x1b[2H");
  }

  return {
    open: (onData) => {
      Serial1.on("data", (bytes) => guarded(() => onData(bytes))());
      LoopbackB.on("data", (bytes) => Serial1.write(bytes));
      E.on("kill", home);
      move("LoopbackA");
    },
    write: (bytes) => Serial1.write(bytes),
    pass: (text) => LoopbackB.write(keys(text)),
    handOver: (text) => {
      move("Serial1");
      Serial1.inject(keys(text));
    },
    takeBack: () => move("LoopbackA"),
    close: () => {
      move("Serial1");
      Serial1.removeAllListeners("data");
      LoopbackB.removeAllListeners("data");
    },
  };
}
