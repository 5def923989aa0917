/**
 * Which pin does what. A board of your own: put a file `board.json` into the camera's Storage with the keys of Board
 * that differ, for example {"motionPin":"D27","batteryPin":"D34"}.
 */
import type { StorageModule } from "./storage.ts";

export interface Board {
  /** High while the motion sensor (PIR) sees something; "" on a board without a pin for one. */
  motionPin: string;
  /** "" when the battery cannot be measured. */
  batteryPin: string;
  /** Millivolts of the battery at full scale of the pin: 3300 times the divider. */
  batteryMvMax: number;
  /** Of the network that the camera opens to be set up, 8 to 63 characters; "": open. */
  accessPointPassword: string;
}

type Pins = Omit<Board, "accessPointPassword">;

const FILE = "board.json";

/** By how process.env.BOARD begins; the last row is for every other. THICKET_*: as native/boards/boards.json. */
const BOARDS: [string, Pins][] = [
  ["THICKET_XIAO", { motionPin: "D1", batteryPin: "D2", batteryMvMax: 6600 }],
  ["THICKET_ESP32S3_EYE", { motionPin: "", batteryPin: "", batteryMvMax: 6600 }],
  ["THICKET_FREENOVE", { motionPin: "D14", batteryPin: "D1", batteryMvMax: 6600 }],
  ["ESP32S3", { motionPin: "D14", batteryPin: "D4", batteryMvMax: 6600 }],
  ["ESP32C3", { motionPin: "D5", batteryPin: "D4", batteryMvMax: 6600 }],
  ["ESP32", { motionPin: "D13", batteryPin: "D34", batteryMvMax: 6600 }],
  ["", { motionPin: "D13", batteryPin: "", batteryMvMax: 6600 }],
];

export function boardOf(name: string, storage: StorageModule): Board {
  const row = BOARDS.filter((candidate) => name.indexOf(candidate[0]) === 0)[0] as [string, Pins];
  const own = JSON.parse(storage.read(FILE) || "{}") as Partial<Board>;
  return {
    motionPin: own.motionPin || row[1].motionPin,
    batteryPin: own.batteryPin === undefined ? row[1].batteryPin : own.batteryPin,
    batteryMvMax: own.batteryMvMax || row[1].batteryMvMax,
    accessPointPassword: own.accessPointPassword || "",
  };
}
