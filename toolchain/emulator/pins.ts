/** The board's pins as the world around it has them. */
import type { Machine } from "./board/machine.ts";
import type { Pwm } from "./board/pins.ts";

export interface EmulatorPins {
  /** Apply a level to a pin ("D5", "BTN1") now. */
  drive(pin: string, level: 0 | 1): void;
  /** Do something at a virtual UTC time, even while code runs. */
  at(ms: number, run: () => void): void;
  /** What analogWrite gives at a pin; undefined while it does not drive the pin. */
  pwm(pin: string): Pwm | undefined;
}

export function createPins(machine: Machine): EmulatorPins {
  const { pins, schedule, clock } = machine;
  return {
    pwm: (pin) => pins.pwm(pinNumber(machine, pin)),
    drive: (pin, level) => pins.drive(pinNumber(machine, pin), level === 1),
    at: (ms, run) => schedule.at(Math.max(clock.upUsAt(ms), 0), run, true),
  };
}

/** Throws when the board has no pin of that name. */
export function pinNumber(machine: Machine, name: string): number {
  const pin = machine.pins.number(name);
  if (pin === undefined) throw new Error(`no pin named "${name}" on this board`);
  return pin;
}
