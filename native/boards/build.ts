/**
 * Writes pins.h from boards.json, so that C and Espruino's board files tell one truth; a test compares.
 * Run: npx tsx native/boards/build.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface BoardRow {
  title: string;
  /** As esptool names it. */
  chip: "ESP32" | "ESP32-S3";
  flashMb: number;
  psramMb: number;
  /** File beside this one. */
  partitions: string;
  /** GPIO numbers; -1 where the board has no such line. data: D0..D7, which vendors call Y2..Y9. */
  camera: {
    pwdn: number;
    reset: number;
    xclk: number;
    siod: number;
    sioc: number;
    data: number[];
    vsync: number;
    href: number;
    pclk: number;
  };
  /** Where a motion sensor (PIR) goes: can wake the chip. -1: none is free. */
  motionPin: number;
  /** Battery through a divider of two equal resistors, on ADC1 (ADC2 does not work beside Wi-Fi). -1: none is free. */
  batteryPin: number;
  led: number;
  source: string;
}

const FOLDER = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
export const PINS_FILE = join(FOLDER, "pins.h");

export const readBoards = (): Record<string, BoardRow> =>
  JSON.parse(readFileSync(join(FOLDER, "boards.json"), "utf8"));

export function pinsHeader(boards: Record<string, BoardRow>): string {
  const blocks = Object.entries(boards).map(([name, row], i) => {
    const { camera } = row;
    const lines = [
      `#${i === 0 ? "if" : "elif"} defined(${name})  // ${row.title}; ${row.source}`,
      `#define THICKET_PIN_PWDN  ${camera.pwdn}`,
      `#define THICKET_PIN_RESET ${camera.reset}`,
      `#define THICKET_PIN_XCLK  ${camera.xclk}`,
      `#define THICKET_PIN_SIOD  ${camera.siod}`,
      `#define THICKET_PIN_SIOC  ${camera.sioc}`,
      ...camera.data.map((pin, bit) => `#define THICKET_PIN_D${bit}    ${pin}`),
      `#define THICKET_PIN_VSYNC ${camera.vsync}`,
      `#define THICKET_PIN_HREF  ${camera.href}`,
      `#define THICKET_PIN_PCLK  ${camera.pclk}`,
    ];
    return lines.join("\n");
  });
  return `// Camera pins by board. Made from boards.json by build.ts: change it there. -1: no such line.
#ifndef THICKET_PINS_H
#define THICKET_PINS_H

${blocks.join("\n\n")}

#else
#error "name the board: -DTHICKET_XIAO_ESP32S3_SENSE or another one of boards.json"
#endif

#endif
`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(PINS_FILE, pinsHeader(readBoards()));
}
