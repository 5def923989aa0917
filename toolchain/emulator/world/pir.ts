/** The heat sensor (PIR) of a camera in the world: a pulse on its pin for each event. */
import { WIRING } from "../wiring.ts";
import { PIR_HOLD_MS, type WorldEvent } from "./schedule.ts";

/** The part of an emulator that is needed here. */
export interface Pins {
  drive(pin: string, level: 0 | 1): void;
  at(ms: number, run: () => void): void;
}

/** Schedule the pulses of all events, virtual UTC. */
export function drivePir(
  pins: Pins,
  events: Pick<WorldEvent, "atMs">[],
  pin: string = WIRING.esp32s3.motionPin,
): void {
  for (const { atMs } of events) {
    pins.at(atMs, () => pins.drive(pin, 1));
    pins.at(atMs + PIR_HOLD_MS, () => pins.drive(pin, 0));
  }
}

/** Somebody walks past again and again: the sensor notices; the scene stays what it is. */
export function walkPast(
  board: { pins: Pins; readonly nowMs: number },
  pin: string,
  everyMs: number,
): void {
  const pass = (): void => {
    drivePir(board.pins, [{ atMs: board.nowMs }], pin);
    board.pins.at(board.nowMs + everyMs, pass);
  };
  board.pins.at(board.nowMs + everyMs, pass);
}
