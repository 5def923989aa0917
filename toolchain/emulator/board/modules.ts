/**
 * require() and the Modules object: libraries of the firmware, modules cached by name, files of Storage.
 * Source: jswrap_modules.c.
 */
import type { Value } from "../engine/engine.ts";
import { type BuiltinTable, EspFunction, EspObject, isString } from "../engine/value.ts";
import type { Machine } from "./machine.ts";
import { defineGlobalObject, defineGlobals } from "./natives.ts";

const MAX_NAME_CHARS = 127;
const MAX_STORAGE_NAME_CHARS = 28;

/** Members of a library. */
const membersOf = (library: EspObject | undefined): BuiltinTable =>
  (library instanceof EspFunction && library.statics) || new Map();

export class Modules {
  private readonly machine: Machine;
  private readonly builtIn = new Map<string, () => EspObject>();
  /** The firmware's hidden object of modules; made with the first of them. */
  private readonly cached = new Map<string, Value>();

  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** Make a library of the firmware known; it is built when a program first asks for it. */
  define(name: string, make: () => EspObject): void {
    this.builtIn.set(name, make);
  }

  /** The same for one whose name the firmware may have already: the older one's members stay beside the new ones. */
  extend(name: string, make: () => EspObject): void {
    const before = this.builtIn.get(name);
    this.define(name, () => {
      const older = before?.();
      const newer = make();
      const own = membersOf(newer);
      for (const [key, member] of membersOf(older)) if (!own.has(key)) own.set(key, member);
      return newer;
    });
  }

  install(): void {
    const { engine } = this.machine;
    defineGlobals(engine, { require: (_self, [name]) => this.require(name) });
    defineGlobalObject(engine, "Modules", {
      getCached: () => engine.array([...this.cached.keys()]),
      removeCached: (_self, [name]) => this.remove(name),
      removeAllCached: () => {
        this.cached.clear();
        return undefined;
      },
      addCached: (_self, [name, code]) => this.add(name, code),
    });
  }

  require(name: Value): Value {
    const { engine, store } = this.machine;
    if (!isString(name)) {
      const found = engine.typeName(name);
      throw engine.error("TypeError", `Expecting module name as a string, got ${found}`);
    }
    const key = engine.text(name);
    if (key.length > MAX_NAME_CHARS) {
      throw engine.error("TypeError", "Module name too long (max 128 chars)");
    }
    const known = this.cached.get(key);
    if (known !== undefined) return known;
    const make = this.builtIn.get(key);
    if (make) return this.keep(key, make());
    const text = key.length <= MAX_STORAGE_NAME_CHARS ? store.read(key) : undefined;
    if (text !== undefined) return this.keep(key, this.evaluate(text, key));
    if (this.machine.board.modules.includes(key)) {
      this.machine.missing.add(`require("${key}")`);
      throw this.machine.error(`Module "${key}" is not modelled by the emulator`);
    }
    throw this.machine.error(`Module "${key}" not found`);
  }

  private add(name: Value, code: Value): Value {
    const { engine } = this.machine;
    if (!isString(name) || !(isString(code) || engine.isFunction(code))) {
      throw this.machine.error("args must be addCached(string, string|function)");
    }
    // Of a function only its body counts: it is run as a module's text.
    const text = code instanceof EspFunction ? (code.code?.source.text ?? "") : engine.text(code);
    this.keep(engine.text(name), this.evaluate(text, ""));
    return undefined;
  }

  private remove(name: Value): Value {
    const { engine } = this.machine;
    if (!isString(name)) throw this.machine.error("First argument must be String");
    const key = engine.text(name);
    if (!this.cached.has(key)) throw this.machine.error(`Module "${key}" not found`);
    this.cached.delete(key);
    return undefined;
  }

  isBuiltIn(name: string): boolean {
    return this.builtIn.has(name);
  }

  /** Those that require() gives without making them again. */
  entries(): [name: string, value: Value][] {
    return [...this.cached];
  }

  /** From now on require() gives this. */
  keep(key: string, value: Value): Value {
    if (this.cached.size === 0) {
      const list = new EspObject(null);
      list.props = this.cached;
      this.machine.engine.hidden.props?.set("modules", list);
    }
    this.cached.set(key, value);
    return value;
  }

  private evaluate(code: string, file: string): Value {
    return this.machine.engine.evaluateModule(code, { file, isNative: file !== "" });
  }
}
