/** The heat sensor (PIR) of a camera in the world: a pulse on its pin for each event. */
import { PIR_HOLD_MS, type WorldEvent } from "./schedule.ts";

/** Where the camera's program expects the sensor (device/espruino/board.ts). */
export const MOTION_PIN = { esp32s3: "D14", esp32: "D13" } as const;

/** The part of an emulator that is needed here. */
export interface Pins {
  drive(pin: string, level: 0 | 1): void;
  at(ms: number, run: () => void): void;
}

/** Schedule the pulses of all events, virtual UTC. */
export function drivePir(
  pins: Pins,
  events: Pick<WorldEvent, "atMs">[],
  pin: string = MOTION_PIN.esp32s3,
): void {
  for (const { atMs } of events) {
    pins.at(atMs, () => pins.drive(pin, 1));
    pins.at(atMs + PIR_HOLD_MS, () => pins.drive(pin, 0));
  }
}
