/**
 * How the board adds its functions to the engine: globals, libraries for require(), classes of the objects it hands
 * out. They go into the symbol tables of built-ins, because what is built in costs a program no JsVars.
 */
import type { Engine, NativeFunction, Value } from "../engine/engine.ts";
import { type BuiltinTable, EspFunction, EspObject } from "../engine/value.ts";

export type Functions = Record<string, NativeFunction>;
export type Getters = Record<string, () => Value>;

export function native(engine: Engine, name: string, run: NativeFunction): EspFunction {
  return engine.nativeFunction(name, run) as EspFunction;
}

export function defineGlobals(engine: Engine, functions: Functions): void {
  for (const [name, run] of Object.entries(functions)) {
    engine.builtins.set(name, { kind: "function", fn: native(engine, name, run) });
  }
}

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
  const make = () => library(engine, name, functions, getters);
  engine.builtins.set(name, { kind: "class", make });
}

/** More members for a built-in object of the engine; its table is shared by all objects it makes. */
export function addMembers(engine: Engine, name: string, functions: Functions): void {
  const builtin = engine.builtins.get(name);
  const object = builtin?.kind === "class" ? builtin.make() : undefined;
  if (!(object instanceof EspFunction) || !object.statics) throw new Error(`no built-in ${name}`);
  fillTable(engine, object.statics, functions, {});
}

/** A library: an unknown property of it is reported under its name. */
export function library(
  engine: Engine,
  name: string,
  functions: Functions,
  getters: Getters = {},
): EspFunction {
  const object = native(engine, name, () => undefined);
  object.statics = new Map();
  fillTable(engine, object.statics, functions, getters);
  return object;
}

/** Methods shared by objects that the board hands out; use as their `proto`. */
export function prototype(engine: Engine, name: string, methods: Functions): EspObject {
  const maker = native(engine, name, () => undefined);
  maker.methods = new Map();
  fillTable(engine, maker.methods, methods, {});
  const proto = new EspObject(null);
  engine.set(proto, "constructor", maker);
  return proto;
}

function fillTable(
  engine: Engine,
  table: BuiltinTable,
  functions: Functions,
  getters: Getters,
): void {
  for (const [name, run] of Object.entries(functions)) {
    table.set(name, { fn: native(engine, name, run) });
  }
  for (const [name, get] of Object.entries(getters)) table.set(name, { get });
}
