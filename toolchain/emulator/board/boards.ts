/**
 * Boards as data: what differs between chips is read from here. Sources: facts/espruino.md 2.1, 3.5 and 5;
 * Espruino's board files for ESP32S3_IDF4 and ESP32_IDF4.
 */
import { LAYOUTS, type Layout } from "../engine/engine.ts";

export type BoardName = "esp32s3" | "esp32";

export interface Board {
  name: BoardName;
  /** process.env.BOARD. */
  id: string;
  layout: Layout;
  pinCount: number;
  /** Pins whose level is read inverted. */
  negatedPins: readonly number[];
  /** Pins with an analog input that this firmware can read. */
  analogPins: readonly number[];
  led: number;
  button: number;
  buttonMode: string;
  ramBytes: number;
  storageAddress: number;
  storageBytes: number;
  /** process.env.CONSOLE. */
  console: string;
  modules: readonly string[];
  /**
   * Virtual time per simple operation. An estimate, not a measurement: 15 000 operations a second (DESIGN D1 says
   * 10 to 20 thousand).
   */
  microsecondsPerOperation: number;
}

export const VERSION = "2v29.277";
export const GIT_COMMIT = "c5ff787b1";

const COMMON = {
  layout: LAYOUTS.esp32,
  led: 2,
  button: 0,
  ramBytes: 512 * 1024,
  storageAddress: 0x320000,
  storageBytes: 224 * 4096,
  console: "Serial1",
  microsecondsPerOperation: 1e6 / 15000,
} as const;

const ESP32_MODULES = ["timer", "Flash", "Storage", "heatshrink", "net", "dgram"];

export const BOARDS: Record<BoardName, Board> = {
  esp32s3: {
    ...COMMON,
    name: "esp32s3",
    id: "ESP32S3",
    pinCount: 49,
    negatedPins: [],
    analogPins: [],
    buttonMode: "input_pullup",
    modules: [
      ...ESP32_MODULES.slice(0, 4),
      "fs",
      ...ESP32_MODULES.slice(4),
      ...["tls", "http", "Wifi", "TelnetServer", "crypto", "neopixel", "ESP32", "BLE"],
    ],
  },
  esp32: {
    ...COMMON,
    name: "esp32",
    id: "ESP32",
    pinCount: 40,
    negatedPins: [0],
    analogPins: [32, 33, 34, 35, 36, 37, 38, 39],
    buttonMode: "input",
    modules: [...ESP32_MODULES, "http", "Wifi", "neopixel", "ESP32", "BLE"],
  },
};
