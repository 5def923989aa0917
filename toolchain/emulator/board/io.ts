/** Pins as JavaScript sees them: digitalRead, setWatch and their kin, and the Pin objects D0, D1 ... Source: jswrap_io.c. */

import { classOf, methods } from "../engine/builtins/define.ts";
import { EspObject, type Value } from "../engine/engine.ts";
import { EspPin, isString } from "../engine/value.ts";
import { runCallback } from "./evaluating.ts";
import type { Machine } from "./machine.ts";
import { defineGlobals, defineGlobalValue, type Functions } from "./natives.ts";
import { PIN_MODES, type PinMode } from "./pins.ts";
import type { Watch, WatchEvent } from "./watches.ts";

const BUTTON_DEBOUNCE_US = 25000;
const ALL_BITS = 0xffffffff;

export function installIo(machine: Machine): void {
  const { engine } = machine;
  methods(engine, "Pin", pinMethods(machine));
  classOf(engine, "Pin", (_self, [pin]) => {
    const number = findPin(machine, pin);
    return number === undefined ? undefined : new EspPin(number);
  });
  const numbers = Array.from({ length: machine.board.pinCount }, (_, pin) => `D${pin}`);
  for (const name of [...numbers, "LED1", "LED", "BTN1", "BTN"]) {
    const value = new EspPin(machine.pins.number(name) as number);
    defineGlobalValue(engine, name, () => value);
  }
  defineGlobals(engine, {
    digitalRead: (_self, [pin]) => digitalRead(machine, pin),
    digitalWrite: (_self, [pin, value]) => digitalWrite(machine, pin, value),
    digitalPulse: (_self, [pin, value, times]) => pulse(machine, pin, value, times),
    pinMode: (_self, [pin, mode, automatic]) => pinMode(machine, pin, mode, automatic),
    getPinMode: (_self, [pin]) => machine.pins.mode(pinNumber(machine, pin)),
    analogRead: (_self, [pin]) => analogRead(machine, pin),
    setWatch: (_self, [callback, pin, options]) => setWatch(machine, callback, pin, options),
    clearWatch: (_self, args) => clearWatch(machine, args),
  });
}

/** Number of a pin given as a Pin, a number or a name; throws when it is none. */
export function pinNumber(machine: Machine, value: Value): number {
  const pin = findPin(machine, value);
  if (pin === undefined) throw machine.error("Invalid pin");
  return pin;
}

function findPin({ engine, pins }: Machine, value: Value): number | undefined {
  let pin: number | undefined;
  if (value instanceof EspPin) pin = value.pin;
  else if (typeof value === "number") pin = value;
  else if (isString(value)) pin = pins.number(engine.text(value));
  return pin !== undefined && pins.isValid(pin) ? pin : undefined;
}

function pinMethods(machine: Machine): Functions {
  const { engine, pins } = machine;
  const write = (self: Value, isHigh: boolean) => {
    pins.write(pinNumber(machine, self), isHigh);
    return undefined;
  };
  return {
    read: (self) => pins.read(pinNumber(machine, self)),
    set: (self) => write(self, true),
    reset: (self) => write(self, false),
    write: (self, [value]) => write(self, engine.truthy(value)),
    toggle: (self) => {
      const isHigh = !pins.isOn(pinNumber(machine, self));
      write(self, isHigh);
      return isHigh;
    },
    getMode: (self) => pins.mode(pinNumber(machine, self)),
    mode: (self, [mode]) => pinMode(machine, self, mode, undefined),
    pulse: (self, [value, times]) => pulse(machine, self, value, times),
    analog: (self) => analogRead(machine, self),
    getInfo: (self) => {
      const pin = pinNumber(machine, self);
      const info = engine.object({ port: "D", num: pin });
      if (machine.board.negatedPins.includes(pin)) engine.set(info, "negated", true);
      engine.set(info, "mode", pins.mode(pin));
      engine.set(info, "output", pins.isOn(pin) ? 1 : 0);
      const channel = machine.board.analogPins.indexOf(pin);
      if (channel >= 0) {
        engine.set(info, "channel", channel);
        engine.set(info, "analog", engine.object({ ADCs: engine.array([1]), channel }));
      }
      engine.set(info, "functions", engine.object());
      return info;
    },
  };
}

function digitalRead(machine: Machine, pin: Value): Value {
  const { engine } = machine;
  if (pin instanceof EspObject && engine.isArray(pin)) {
    const bits = engine.arrayValues(pin);
    return bits.reduce<number>(
      (value, bit) => (value << 1) | (machine.pins.read(pinNumber(machine, bit)) ? 1 : 0),
      0,
    );
  }
  if (pin instanceof EspObject && !(pin instanceof EspPin)) {
    return engine.int(engine.call(methodOf(machine, pin, "read"), pin, []));
  }
  return machine.pins.read(pinNumber(machine, pin)) ? 1 : 0;
}

function digitalWrite(machine: Machine, pin: Value, value: Value): Value {
  const { engine } = machine;
  let bits = typeof value === "boolean" ? (value ? ALL_BITS : 0) : engine.int(value);
  if (engine.isArray(pin)) {
    for (const each of engine.arrayValues(pin).reverse()) {
      machine.pins.write(pinNumber(machine, each), (bits & 1) === 1);
      bits >>= 1;
    }
  } else if (pin instanceof EspObject && !(pin instanceof EspPin)) {
    engine.call(methodOf(machine, pin, "write"), pin, [bits]);
  } else {
    machine.pins.write(pinNumber(machine, pin), bits !== 0);
  }
  return undefined;
}

function methodOf(machine: Machine, object: EspObject, name: string): Value {
  const method = machine.engine.get(object, name);
  if (!machine.engine.isFunction(method)) throw machine.error("Invalid pin");
  return method;
}

function pulse(machine: Machine, pinValue: Value, value: Value, times: Value): Value {
  const { engine, pins, clock } = machine;
  const pin = pinNumber(machine, pinValue);
  let isHigh = engine.truthy(value);
  const list = engine.isArray(times) ? engine.arrayValues(times) : [times];
  let atUs = clock.upUs;
  pins.write(pin, isHigh);
  for (const time of list) {
    const ms = engine.number(time);
    if (Number.isNaN(ms) || ms < 0) {
      throw machine.error("Pulse Time is less than 0 or not a number");
    }
    atUs += Math.round(ms * 1000);
    isHigh = !isHigh;
    const level = isHigh;
    const next = () => {
      // A restart lets go of the pin.
      if (machine.engine === engine) pins.write(pin, level);
    };
    machine.schedule.at(atUs, next, true);
  }
  return undefined;
}

function pinMode(machine: Machine, pinValue: Value, mode: Value, automatic: Value): Value {
  const pin = pinNumber(machine, pinValue);
  const text = isString(mode) ? machine.engine.text(mode) : mode;
  if (PIN_MODES.includes(text as PinMode)) {
    machine.pins.setMode(pin, text as PinMode, !machine.engine.truthy(automatic));
  } else {
    machine.pins.setAutomatic(pin);
    if (text !== undefined && text !== "auto") throw machine.error("Unknown pin mode");
  }
  return undefined;
}

function analogRead(machine: Machine, pinValue: Value): Value {
  const pin = pinNumber(machine, pinValue);
  if (!machine.board.analogPins.includes(pin)) return Number.NaN;
  const applied = machine.options.analog?.(`D${pin}`, machine.clock.trueMs);
  if (applied === undefined) {
    machine.missing.add(`analogRead(D${pin})`);
    throw machine.error(`analogRead(D${pin}): nothing is connected to it in this emulator`);
  }
  const level = Math.min(Math.max(applied, 0), 4095 / 4096);
  return Math.floor(level * 4096) / 4096;
}

function setWatch(machine: Machine, callback: Value, pinValue: Value, options: Value): Value {
  const { engine, pins } = machine;
  const pin = pinNumber(machine, pinValue);
  const isButton = pin === machine.board.button;
  const watch: Watch = {
    pin,
    callback,
    isRepeating: false,
    edge: isButton ? 1 : 0,
    debounceUs: isButton ? BUTTON_DEBOUNCE_US : 0,
    isHigh: false,
    lastUs: undefined,
    timer: undefined,
    timerIsHigh: false,
  };
  if (options instanceof EspObject && !engine.isFunction(options)) {
    watch.isRepeating = engine.truthy(option(options, "repeat"));
    const debounce = option(options, "debounce");
    if (debounce !== undefined) watch.debounceUs = debounceUs(engine.number(debounce));
    const edge = option(options, "edge");
    if (edge !== undefined) watch.edge = edgeOf(machine, edge);
    for (const name of ["irq", "data"]) {
      if (engine.truthy(option(options, name))) {
        machine.missing.add(`setWatch ${name}`);
        throw machine.error(`setWatch: option "${name}" is not modelled by the emulator`);
      }
    }
  } else watch.isRepeating = engine.truthy(options);
  if (!engine.isFunction(callback) && !isString(callback)) {
    throw machine.error("Function or String not supplied!");
  }
  watch.isHigh = pins.read(pin);
  return machine.watches.add(watch);
}

const option = (options: EspObject, name: string): Value => options.props?.get(name);

const debounceUs = (ms: number): number => (ms > 0 ? Math.round(ms * 1000) : 0);

function edgeOf(machine: Machine, edge: Value): number {
  if (typeof edge === "number") return Math.sign(edge);
  const named = { rising: 1, falling: -1, both: 0 }[
    isString(edge) ? machine.engine.text(edge) : ""
  ];
  if (named === undefined) {
    throw machine.engine.error(
      "TypeError",
      "'edge' in setWatch should be 1, -1, 0, 'rising', 'falling' or 'both'",
    );
  }
  return named;
}

function clearWatch(machine: Machine, args: Value[]): Value {
  if (args.length === 0) {
    machine.watches.clear();
  } else if (args[0] === undefined) {
    throw machine.error("clearWatch(undefined) not allowed. Use clearWatch() instead");
  } else if (!machine.watches.remove(machine.engine.int(args[0]))) {
    throw machine.error(`Unknown Watch ${machine.engine.text(args[0])}`);
  }
  return undefined;
}

/** Call the function of a watch; false when it was interrupted. */
export function runWatch(machine: Machine, watch: Watch, event: WatchEvent): boolean {
  const { engine, clock } = machine;
  const seconds = (us: number | undefined) =>
    us === undefined ? undefined : clock.wallMsAt(us) / 1000;
  const data = engine.object({
    state: event.isHigh,
    lastTime: seconds(event.lastUs),
    time: seconds(event.timeUs),
    pin: new EspPin(event.pin),
  });
  return machine.faults.protectEvent(() => runCallback(machine, watch.callback, undefined, [data]));
}
