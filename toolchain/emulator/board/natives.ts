/**
 * How the board adds its functions to the engine: globals, libraries for require(), classes of the objects it hands
 * out. They go into the symbol tables of built-ins, because what is built in costs a program no JsVars.
 */
import { globals, libraryOf, native, table } from "../engine/builtins/define.ts";
import type { Engine, NativeFunction, Value } from "../engine/engine.ts";
import { EspFunction, EspObject } from "../engine/value.ts";

export type Functions = Record<string, NativeFunction>;
export type Getters = Record<string, () => Value>;

export const defineGlobals: (engine: Engine, functions: Functions) => void = globals;

/** A global made anew each time it is read. */
export function defineGlobalValue(engine: Engine, name: string, get: () => Value): void {
  engine.builtins.set(name, { kind: "value", get });
}

/** A global object of built-in members, such as process. */
export function defineGlobalObject(
  engine: Engine,
  name: string,
  functions: Functions,
  getters: Getters = {},
): void {
  libraryOf(engine, name, { ...functions, ...members(getters) });
}

/** More members for a built-in object of the engine; its table is shared by all objects it makes. */
export function addMembers(engine: Engine, name: string, functions: Functions): void {
  const builtin = engine.builtins.get(name);
  const object = builtin?.kind === "class" ? builtin.make() : undefined;
  if (!(object instanceof EspFunction) || !object.statics) throw new Error(`no built-in ${name}`);
  for (const [key, member] of table(functions)) object.statics.set(key, member);
}

/** A library: an unknown property of it is reported under its name. */
export function library(name: string, functions: Functions): EspFunction {
  const object = native(name, () => undefined);
  object.statics = table(functions);
  return object;
}

/** Methods shared by objects that the board hands out; use as their `proto`. */
export function prototype(engine: Engine, name: string, methods: Functions): EspObject {
  const maker = native(name, () => undefined);
  maker.methods = table(methods);
  const proto = new EspObject(null);
  engine.set(proto, "constructor", maker);
  return proto;
}

const members = (getters: Getters) =>
  Object.fromEntries(Object.entries(getters).map(([name, get]) => [name, { get }]));
