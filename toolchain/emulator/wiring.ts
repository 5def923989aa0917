/** What is wired to which pin of a camera: where its program expects it without a board.json (device/espruino/board.ts). */
import type { BoardName } from "./board/boards.ts";

export interface Wiring {
  /** The heat sensor (PIR). */
  motionPin: string;
  /** The battery behind a divider by two. On the ESP32-S3 stock Espruino cannot read it. */
  batteryPin: string;
}

export const WIRING: Readonly<Record<BoardName, Wiring>> = {
  esp32s3: { motionPin: "D14", batteryPin: "D4" },
  esp32: { motionPin: "D13", batteryPin: "D34" },
  esp32c3: { motionPin: "D5", batteryPin: "D4" },
};
