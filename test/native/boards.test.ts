/** The boards: pins that exist, are free and can do their work; flash maps that fit; one truth for C, Espruino and JavaScript. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { boardOf } from "../../device/espruino/board.ts";
import { PINS_FILE, pinsHeader, readBoards } from "../../native/boards/build.ts";
import { BOARDS } from "../../toolchain/emulator/board/boards.ts";
import { parsePartitionCsv } from "../../toolchain/link/flash/partition-table.ts";

const boards = Object.entries(readBoards());
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** GPIOs. Sources: ESP32 and ESP32-S3 data sheets; octal PSRAM takes 33 to 37 of the S3, quad PSRAM 16 and 17 of the ESP32. */
const CHIPS = {
  "ESP32-S3": { pins: [...range(0, 21), ...range(38, 48)], wake: range(0, 21), adc1: range(1, 10) },
  ESP32: {
    pins: [
      ...range(0, 5),
      ...range(12, 15),
      ...range(18, 19),
      ...range(21, 23),
      ...range(25, 27),
      ...range(32, 39),
    ],
    wake: [0, 2, 4, 12, 13, 14, 15, 25, 26, 27, ...range(32, 39)],
    adc1: range(32, 39),
  },
};

test("every pin of a board exists, is free, and serves one purpose", () => {
  assert.ok(boards.length >= 4);
  for (const [name, row] of boards) {
    const { pwdn, reset, xclk, siod, sioc, data, vsync, href, pclk } = row.camera;
    const camera = [pwdn, reset, xclk, siod, sioc, ...data, vsync, href, pclk].filter(
      (pin) => pin >= 0,
    );
    const chip = CHIPS[row.chip];
    assert.is(data.length, 8, name);
    for (const pin of camera) assert.ok(chip.pins.includes(pin), `${name}: GPIO ${pin}`);
    const all = [...camera, row.motionPin, row.batteryPin, row.led].filter((pin) => pin >= 0);
    assert.is(new Set(all).size, all.length, `${name}: a pin has two purposes`);
    if (row.motionPin >= 0) assert.ok(chip.wake.includes(row.motionPin), `${name}: cannot wake`);
    if (row.batteryPin >= 0) assert.ok(chip.adc1.includes(row.batteryPin), `${name}: no ADC1`);
  }
});

test("pins.h is what boards.json says", () => {
  assert.is(readFileSync(PINS_FILE, "utf8"), pinsHeader(readBoards()));
});

test("the camera's program uses the pins of the board it runs on", () => {
  const storage = { read: () => undefined };
  const pinOf = (pin: number) => (pin < 0 ? "" : `D${pin}`);
  for (const [name, row] of boards) {
    const board = boardOf(name, storage as never);
    assert.is(board.motionPin, pinOf(row.motionPin), name);
    assert.is(board.batteryPin, pinOf(row.batteryPin), name);
  }
});

test("flash maps fit their boards, with equal firmware slots, Storage and a vault", () => {
  for (const [name, row] of boards) {
    const file = join("native/boards", row.partitions);
    const parts = parsePartitionCsv(readFileSync(file, "utf8"), file);
    const named = (part: string) => parts.find((one) => one.name === part);
    const end = Math.max(...parts.map((part) => part.address + part.bytes));
    assert.is(end, row.flashMb << 20, `${name}: ${file} ends at 0x${end.toString(16)}`);
    assert.is(named("ota_0")?.bytes, named("ota_1")?.bytes, name);
    for (const part of ["nvs", "otadata", "storage", "vault"])
      assert.ok(named(part), `${name}: no ${part}`);
  }
});

test("the emulated boards have the flash maps of the real ones", () => {
  for (const [emulated, size] of [
    [BOARDS.esp32s3, "8mb"],
    [BOARDS.esp32, "4mb"],
  ] as const) {
    const file = join("native/boards", `partitions-${size}.csv`);
    const parts = parsePartitionCsv(readFileSync(file, "utf8"), file);
    const map = parts.map(({ name, address, bytes }) => ({ name, address, bytes }));
    assert.equal([...emulated.partitions], map, emulated.name);
  }
});

test.run();
