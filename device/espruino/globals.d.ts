/** The part of Espruino's global environment that the adapters in this folder use (Espruino 2v29 reference). */

/** Throws when the firmware has no such module. */
// biome-ignore lint/suspicious/noExplicitAny: a module has the type its adapter says it has
declare function require(module: string): any;
declare function print(text: string): void;
declare function btoa(text: string): string;
declare function setTimeout(run: () => void, ms: number): number;
declare function clearTimeout(timer: number): void;
declare function setWatch(
  run: () => void,
  pin: Pin,
  options: { repeat: boolean; edge: "rising" | "falling" | "both"; debounce?: number },
): number;
declare function clearWatch(watch: number): void;
/** UTC seconds. */
declare function getTime(): number;
declare function setTime(utcSeconds: number): void;
/** 0..1 */
declare function analogRead(pin: Pin): number;
declare function pinMode(pin: Pin, mode: string): void;

declare class Pin {
  constructor(name: string);
  getInfo(): { analog?: object } | undefined;
}

declare const process: {
  env: { BOARD: string };
  memory(): { free: number; total: number };
};

declare const E: {
  /** CRC-32 of a string, 0..4294967295. */
  CRC32(text: string): number;
  /** Degrees Celsius, NaN where the chip cannot say. */
  getTemperature(): number;
  reboot(): void;
  /** Restarts the chip; isAuto: coming back to idle is enough to hold it off. */
  enableWatchdog(seconds: number, isAuto: boolean): void;
  on(event: "kill", run: () => void): void;
  setConsole(device: string): void;
};

/** A serial port; a stream of byte strings, in pieces of 64 bytes at most. */
interface Serial {
  on(event: "data", run: (bytes: string) => void): void;
  removeAllListeners(event: "data"): void;
  write(bytes: string): void;
  /** As if the bytes had come in. */
  inject(bytes: string): void;
}

/** The port that the console is on after power-on, on every ESP32, be it a UART or USB. */
declare const Serial1: Serial;
/** What is written to LoopbackB comes in at LoopbackA, and the other way round. */
declare const LoopbackB: Serial;
declare function echo(isOn: boolean): void;
declare function getSerial(): string;

/** Only on ESP32 boards. */
declare const ESP32: { getWakeupCause(): number } | undefined;

declare const global: { thicket: unknown; boot: unknown; bootSlot: unknown };
