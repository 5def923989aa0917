/**
 * The Improv SDK of browsers as it comes from the registry, and the browser's SerialPort for it on an emulated console.
 */
import { createRequire } from "node:module";
import type { Emulator } from "../../toolchain/emulator/emulator.ts";

interface Info {
  firmware: string;
  version: string;
  chipFamily: string;
  name: string;
}

interface Sdk {
  state: number | undefined;
  error: number;
  nextUrl: string | undefined;
  initialize(timeoutMs?: number): Promise<Info>;
  requestCurrentState(): Promise<void>;
  scan(): Promise<{ name: string; rssi: number; secured: boolean }[]>;
  provision(ssid: string, password: string): Promise<void>;
  setHostname(name: string): Promise<string>;
  setDeviceName(name: string): Promise<string>;
  close(): Promise<void>;
}

type Say = (...what: unknown[]) => void;

/** Its files are ES modules without saying so; the loader of the tests takes them as they are. */
export const { ImprovSerial } = createRequire(import.meta.url)(
  "improv-wifi-serial-sdk/dist/serial.js",
) as { ImprovSerial: new (port: unknown, logger: { log: Say; debug: Say; error: Say }) => Sdk };

export function webPort(emulator: Emulator) {
  const readable = new ReadableStream<Uint8Array>({
    start: (controller) => {
      emulator.console.onData((bytes) => controller.enqueue(Buffer.from(bytes, "latin1")));
    },
  });
  const writable = new WritableStream<Uint8Array>({
    write: (bytes) => emulator.console.write(Buffer.from(bytes).toString("latin1")),
  });
  return { readable, writable };
}
