/** What the bus objects I2C1, SPI1, Serial2 ... have in common. */
import { classOf } from "../../engine/builtins/define.ts";
import type { Value } from "../../engine/engine.ts";
import { EspObject, isString } from "../../engine/value.ts";
import { notModelled } from "../interactive.ts";
import type { Machine } from "../machine.ts";
import { type Functions, prototype } from "../natives.ts";

/** The class of software buses, which is not modelled. */
export function busClass(machine: Machine, name: string): void {
  classOf(machine.engine, name, () => notModelled(machine, `new ${name}()`), {
    find: () => notModelled(machine, `${name}.find()`),
  });
}

/** A global object of the firmware; it enters the globals when it is touched. Returns it. */
export function busObject(
  machine: Machine,
  className: string,
  name: string,
  methods: Functions,
): () => EspObject {
  const { engine } = machine;
  const make = () => {
    const object = engine.object();
    object.proto = prototype(engine, className, methods);
    // What the program adds to the class's prototype reaches this object, too.
    object.proto.proto = engine.touchClass(className) ?? null;
    return object;
  };
  engine.builtins.set(name, { kind: "class", make });
  return () => engine.touchObject(name) as EspObject;
}

/** Bytes of arguments as write functions take them: numbers, strings, arrays, typed arrays. */
export function bytesOfAll(machine: Machine, values: Value[]): Uint8Array {
  const parts = values.map((value) => bytesOfOne(machine, value));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function bytesOfOne(machine: Machine, value: Value): Uint8Array {
  const { engine } = machine;
  if (engine.isArray(value)) return bytesOfAll(machine, engine.arrayValues(value));
  if (value instanceof EspObject || isString(value)) {
    const bytes = engine.bytesOf(value);
    if (bytes) return bytes;
    return notModelled(machine, `${engine.typeName(value)} as data of a bus`);
  }
  return Uint8Array.of(engine.int(value));
}

/** An option that is a number above zero, else the default. */
export function numberOption(
  machine: Machine,
  options: Value,
  name: string,
  normally: number,
): number {
  if (!(options instanceof EspObject)) return normally;
  const value = machine.engine.number(options.props?.get(name));
  return value > 0 ? value : normally;
}

/** The bus is busy: virtual time passes. */
export function spendBits(machine: Machine, bits: number, bitsPerSecond: number): void {
  const { clock } = machine;
  clock.jumpTo(clock.upUs + Math.ceil((bits / bitsPerSecond) * 1e6));
}

/** As many bytes as were asked for: lines that nobody pulls down read as ones. */
export function padded(bytes: ArrayLike<number>, count: number): Uint8Array {
  const full = new Uint8Array(count).fill(255);
  full.set(Array.from(bytes).slice(0, count));
  return full;
}

/** Nothing is connected there, and nothing is made up. */
export function nothingAttached(machine: Machine, what: string): never {
  machine.missing.add(what);
  throw machine.error(`${what}: nothing is attached to it in this emulator`);
}
