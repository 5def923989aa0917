/**
 * Boards as data: what differs between chips is read from here. Sources: Espruino 2v29;
 * Espruino's board files ESP32S3_IDF4, ESP32_IDF4 and ESP32C3_IDF4 and its partition table; ESP-IDF 4.4 for wake pins.
 * Flash maps of the boards that carry a camera are those of native/boards; a test holds them to it.
 */
import { LAYOUTS, type Layout } from "../engine/engine.ts";

export type BoardName = "esp32s3" | "esp32" | "esp32c3";

export interface Board {
  name: BoardName;
  /** process.env.BOARD. */
  id: string;
  cpuMhz: number;
  /** Geometry and number of JsVars. */
  layout: Layout;
  pinCount: number;
  /** Pins whose level is read inverted. */
  negatedPins: readonly number[];
  /** Pins with an analog input that this firmware can read. */
  analogPins: readonly number[];
  /** Pins on a digital-to-analog converter: analogWrite gives a voltage there. */
  dacPins: readonly number[];
  /** Pins that can wake the chip from deep sleep. */
  wakePins: readonly number[];
  /** Has the parallel interface that a camera needs. */
  hasCamera: boolean;
  /** Has the wake-up sources EXT0 and EXT1; without them any pin's level wakes, as cause 7. */
  hasExtWakeup: boolean;
  led: number;
  button: number;
  buttonMode: string;
  /** Ports and buses with the pins that the board file gives them; undefined where the program must name them. */
  serial: Readonly<Record<string, BusPins>>;
  spi: Readonly<Record<string, BusPins>>;
  i2c: Readonly<Record<string, BusPins>>;
  ramBytes: number;
  /** System heap that the firmware keeps free of JsVars. */
  heapReserveBytes: number;
  stackBytes: number;
  flashBytes: number;
  partitions: readonly Partition[];
  storageAddress: number;
  storageBytes: number;
  /** process.env.CONSOLE. */
  console: string;
  modules: readonly string[];
  /**
   * Virtual time per simple operation. An estimate, not a measurement: 15 000 operations a second, of the
   * 10 to 20 thousand that are expected, at 240 MHz; the C3's in proportion to its clock.
   */
  microsecondsPerOperation: number;
}

/** Signal to pin. */
export type BusPins = Readonly<Record<string, number>>;

export interface Partition {
  name: string;
  address: number;
  bytes: number;
}

export const VERSION = "2v29.277";
export const GIT_COMMIT = "c5ff787b1";

const KB = 1024;
const STORAGE_ADDRESS = 0x320000;
const STORAGE_BYTES = 224 * 4096;
const OPERATION_US_AT_240_MHZ = 1e6 / 15000;

/** Espruino's own partitions.csv of the IDF4 boards; the bootloader and this table lie before the first. */
const PARTITIONS_STOCK: readonly Partition[] = [
  { name: "nvs", address: 0x9000, bytes: 24 * KB },
  { name: "phy_init", address: 0xf000, bytes: 4 * KB },
  { name: "factory", address: 0x10000, bytes: 2000 * KB },
  { name: "flash", address: 0x310000, bytes: 64 * KB },
  { name: "storage", address: STORAGE_ADDRESS, bytes: STORAGE_BYTES },
];

/** native/boards/partitions-8mb.csv: Storage where Espruino has it. */
const PARTITIONS_8MB: readonly Partition[] = [
  { name: "nvs", address: 0x9000, bytes: 24 * KB },
  { name: "otadata", address: 0xf000, bytes: 8 * KB },
  { name: "phy_init", address: 0x11000, bytes: 4 * KB },
  { name: "ota_0", address: 0x20000, bytes: 2048 * KB },
  { name: "storage", address: STORAGE_ADDRESS, bytes: STORAGE_BYTES },
  { name: "ota_1", address: 0x400000, bytes: 2048 * KB },
  { name: "vault", address: 0x600000, bytes: 2048 * KB },
];

/** native/boards/partitions-4mb.csv: Storage has room for the program and the default model, no more. */
const PARTITIONS_4MB: readonly Partition[] = [
  { name: "nvs", address: 0x9000, bytes: 16 * KB },
  { name: "otadata", address: 0xd000, bytes: 8 * KB },
  { name: "phy_init", address: 0xf000, bytes: 4 * KB },
  { name: "ota_0", address: 0x10000, bytes: 1472 * KB },
  { name: "ota_1", address: 0x180000, bytes: 1472 * KB },
  { name: "storage", address: 0x2f0000, bytes: 320 * KB },
  { name: "vault", address: 0x340000, bytes: 768 * KB },
];

const STORAGE_4MB = {
  partitions: PARTITIONS_4MB,
  storageAddress: 0x2f0000,
  storageBytes: 320 * KB,
};

const COMMON = {
  led: 2,
  button: 0,
  heapReserveBytes: 40000,
  stackBytes: 25000,
  flashBytes: 4 * KB * KB,
  partitions: PARTITIONS_STOCK,
  storageAddress: STORAGE_ADDRESS,
  storageBytes: STORAGE_BYTES,
  console: "Serial1",
} as const;

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

export const ESP32S3: Board = {
  ...COMMON,
  name: "esp32s3",
  id: "ESP32S3",
  cpuMhz: 240,
  layout: LAYOUTS.esp32,
  pinCount: 49,
  negatedPins: [],
  analogPins: [],
  dacPins: [],
  wakePins: range(0, 21),
  hasCamera: true,
  hasExtWakeup: true,
  buttonMode: "input_pullup",
  serial: { Serial1: { tx: 43, rx: 44 }, Serial2: { tx: 17, rx: 18 }, Serial3: {} },
  spi: { SPI1: { sck: 12, miso: 13, mosi: 11 }, SPI2: { sck: 4, miso: 6, mosi: 7 } },
  i2c: { I2C1: { scl: 9, sda: 8 }, I2C2: { scl: 19, sda: 18 } },
  ramBytes: 512 * KB,
  flashBytes: 8 * KB * KB,
  partitions: PARTITIONS_8MB,
  modules: [
    ...["timer", "Flash", "Storage", "heatshrink", "fs", "net", "dgram", "tls", "http", "Wifi"],
    ...["TelnetServer", "crypto", "neopixel", "ESP32", "BLE"],
  ],
  microsecondsPerOperation: OPERATION_US_AT_240_MHZ,
};

export const ESP32: Board = {
  ...COMMON,
  name: "esp32",
  id: "ESP32",
  cpuMhz: 240,
  layout: LAYOUTS.esp32,
  pinCount: 40,
  negatedPins: [0],
  analogPins: range(32, 39),
  dacPins: [25, 26],
  wakePins: [0, 2, 4, ...range(12, 15), ...range(25, 27), ...range(32, 39)],
  hasCamera: true,
  hasExtWakeup: true,
  buttonMode: "input",
  serial: { Serial1: { tx: 10, rx: 32 }, Serial2: {}, Serial3: { tx: 17, rx: 16 } },
  spi: { SPI1: { sck: 14, miso: 12, mosi: 13 }, SPI2: { sck: 18, miso: 19, mosi: 23 } },
  i2c: { I2C1: { scl: 22, sda: 21 }, I2C2: { scl: 16, sda: 17 } },
  ramBytes: 512 * KB,
  ...STORAGE_4MB,
  modules: [
    ...["timer", "Flash", "Storage", "heatshrink", "net", "dgram", "http", "Wifi"],
    ...["neopixel", "ESP32", "BLE"],
  ],
  microsecondsPerOperation: OPERATION_US_AT_240_MHZ,
};

export const ESP32C3: Board = {
  ...COMMON,
  name: "esp32c3",
  id: "ESP32C3",
  cpuMhz: 160,
  layout: LAYOUTS.c3,
  pinCount: 22,
  negatedPins: [],
  analogPins: range(0, 4),
  dacPins: [],
  wakePins: range(0, 5),
  hasCamera: false,
  hasExtWakeup: false,
  buttonMode: "input_pullup",
  serial: { Serial1: { tx: 21, rx: 20 }, Serial2: {} },
  spi: { SPI1: { sck: 6, miso: 2, mosi: 7 } },
  i2c: { I2C1: { scl: 9, sda: 8 } },
  ramBytes: 400 * KB,
  ...STORAGE_4MB,
  heapReserveBytes: 70000,
  stackBytes: 15000,
  modules: [
    ...["timer", "Flash", "Storage", "heatshrink", "fs", "net", "dgram", "tls", "http", "Wifi"],
    ...["crypto", "neopixel", "ESP32", "BLE"],
  ],
  microsecondsPerOperation: (OPERATION_US_AT_240_MHZ * 240) / 160,
};

/** The vault's partition; undefined on a board whose flash map has none. */
export const vaultOf = (board: Board): Partition | undefined =>
  board.partitions.find(({ name }) => name === "vault");

export const BOARDS: Readonly<Record<BoardName, Board>> = {
  esp32s3: ESP32S3,
  esp32: ESP32,
  esp32c3: ESP32C3,
};
