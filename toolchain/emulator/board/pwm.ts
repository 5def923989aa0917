/** analogWrite: pulse-width modulation by the LED controller, or a voltage on the ESP32's converters. Source: jshardware.c. */
import type { Value } from "../engine/engine.ts";
import { EspObject } from "../engine/value.ts";
import { notModelled } from "./interactive.ts";
import { pinNumber } from "./io.ts";
import type { Machine } from "./machine.ts";
import { defineGlobals } from "./natives.ts";

const DEFAULT_HZ = 5000;
const SOFTWARE_DEFAULT_HZ = 50;
/** Of the LED controller. */
const CHANNELS = 8;

export function installPwm(machine: Machine): void {
  defineGlobals(machine.engine, {
    analogWrite: (_self, [pin, value, options]) => {
      analogWrite(machine, pinNumber(machine, pin), machine.engine.number(value), options);
      return undefined;
    },
  });
}

function analogWrite(machine: Machine, pin: number, value: number, options: Value): void {
  const { engine, pins, board } = machine;
  const option = (name: string): Value =>
    options instanceof EspObject ? options.props?.get(name) : undefined;
  const isSoftware = engine.truthy(option("soft")) && !engine.truthy(option("forceSoft"));
  const wanted = board.negatedPins.includes(pin) ? 1 - value : value;
  const duty = Math.min(Math.max(Number.isNaN(wanted) ? 0 : wanted, 0), 1);
  if (board.dacPins.includes(pin)) {
    pins.setPwm(pin, { duty, frequencyHz: 0 });
    return;
  }
  const frequencyHz = engine.number(option("freq"));
  const normally = isSoftware ? SOFTWARE_DEFAULT_HZ : DEFAULT_HZ;
  if (!pins.pwm(pin) && pins.pwmCount >= CHANNELS) notModelled(machine, "PWM on a ninth pin");
  pins.setPwm(pin, { duty, frequencyHz: frequencyHz > 0 ? frequencyHz : normally });
}
