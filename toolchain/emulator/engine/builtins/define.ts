/** Putting built-ins into the engine's tables, where they cost no JsVars until they are touched. */
import type { Engine } from "../engine.ts";
import { type BuiltinTable, EspFunction, type NativeFunction, type Value } from "../value.ts";

/** A function, or a value made when the member is read. */
export type Member = NativeFunction | { get: (self: Value) => Value };
export type Members = Record<string, Member>;

export function native(name: string, run: NativeFunction): EspFunction {
  const fn = new EspFunction();
  fn.native = run;
  fn.name = name;
  return fn;
}

export function table(members: Members): BuiltinTable {
  const entries: BuiltinTable = new Map();
  for (const [name, member] of Object.entries(members)) {
    entries.set(name, typeof member === "function" ? { fn: native(name, member) } : member);
  }
  return entries;
}

/** Methods of a basic type, or of objects made by a constructor of that name. */
export function methods(e: Engine, className: string, members: Members): void {
  const known = e.methodTables.get(className) ?? new Map();
  for (const [name, entry] of table(members)) known.set(name, entry);
  e.methodTables.set(className, known);
}

/** A class: its constructor, static members, and the methods already given for its name. */
export function classOf(
  e: Engine,
  name: string,
  construct: NativeFunction,
  statics: Members = {},
): void {
  const members = table(statics);
  const shared = native(name, construct);
  e.builtins.set(name, {
    kind: "class",
    make: () => {
      const fn = native(name, shared.native!);
      fn.statics = members;
      fn.methods = e.methodTables.get(name);
      return fn;
    },
  });
}

/** An object such as Math: the real interpreter makes it a native function too. */
export function libraryOf(e: Engine, name: string, members: Members): void {
  classOf(e, name, () => undefined, members);
}

export function globals(e: Engine, members: Members): void {
  for (const [name, member] of Object.entries(members)) {
    if (typeof member === "function")
      e.builtins.set(name, { kind: "function", fn: native(name, member) });
    else e.builtins.set(name, { kind: "value", get: () => member.get(undefined) });
  }
}
