/**
 * How the board adds functions to the engine: globals, libraries for require(), classes of objects it hands out.
 * All in one place, because the engine accounts built-ins differently from what a program defines.
 */
import type { Engine, EspObject, NativeFunction, Value } from "../engine/engine.ts";

export type Functions = Record<string, NativeFunction>;
export type Getters = Record<string, () => Value>;

export function defineGlobals(engine: Engine, functions: Functions): void {
  addFunctions(engine, engine.global, functions);
}

export function addFunctions(engine: Engine, object: EspObject, functions: Functions): void {
  for (const [name, run] of Object.entries(functions)) {
    engine.set(object, name, engine.nativeFunction(name, run));
  }
}

/** A library: an unknown property of it is reported under its name. */
export function library(engine: Engine, name: string, functions: Functions): EspObject {
  const object = engine.object();
  object.library = name;
  addFunctions(engine, object, functions);
  return object;
}

/** Methods shared by objects that the board hands out; use as their `proto`. */
export function prototype(engine: Engine, name: string, methods: Functions): EspObject {
  const object = engine.object();
  object.library = name;
  addFunctions(engine, object, methods);
  return object;
}

export const isGiven = (value: Value): boolean => value !== undefined && value !== null;
