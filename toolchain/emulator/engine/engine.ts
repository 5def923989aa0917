/**
 * The Espruino language engine: runs program text with the dialect, built-ins, error texts and memory accounting of
 * Espruino 2v29 on an ESP32. It knows no hardware, no clock and no console:
 * those are reached through EngineHost and added by the board. This file is the public face; the work is in the folder.
 */
import type { ErrorType } from "./ast.ts";
import { installBuiltins } from "./builtins/install.ts";
import { parseJson } from "./builtins/json.ts";
import { makeRegExp } from "./builtins/regexp.ts";
import { bufferOf, bytesOf, ELEMENT_TYPES } from "./builtins/typed.ts";
import { toInt, toNumber, truthy, typeName } from "./convert.ts";
import { describeThrow, makeError, makeThrow } from "./errors.ts";
import { inspect, inspectResult, stringify, toJS } from "./inspect.ts";
import { LAYOUTS, type Layout } from "./layout.ts";
import { type MemoryUse, memoryUse, sizeOf } from "./memory.ts";
import { get, has, ownKeys } from "./properties.ts";
import { Runtime } from "./runtime.ts";
import type { EngineOptions } from "./state.ts";
import { toText } from "./text.ts";
import {
  EspArray,
  EspFunction,
  EspInterrupt,
  EspObject,
  EspThrow,
  EspView,
  MemoryString,
  type NativeFunction,
  type TypedArrayKind,
  type Value,
} from "./value.ts";
import { remove, set } from "./writing.ts";

export type { EngineHost, EngineOptions, Where } from "./state.ts";
export type { Loan } from "./value.ts";
export type { Layout, MemoryUse, NativeFunction, TypedArrayKind, Value };
export { EspInterrupt, EspObject, EspThrow, LAYOUTS, MemoryString };

export class Engine extends Runtime {
  /** What the board keeps alive: timers, watches, listeners. */
  readonly roots = new Set<Value>();
  readonly errorFlags = new Set<string>();

  constructor(options: EngineOptions) {
    super(options);
    installBuiltins(this);
  }

  nativeFunction(name: string, run: NativeFunction, length = 0): EspFunction {
    const fn = new EspFunction();
    fn.native = run;
    fn.name = name;
    fn.length = length;
    return fn;
  }

  object(entries: Record<string, Value> = {}): EspObject {
    const object = new EspObject(null);
    for (const [key, value] of Object.entries(entries)) this.set(object, key, value);
    this.allocated++;
    return object;
  }

  /** An object of which unknown members are refused in strict mode: a module or a device. */
  library(name: string, entries: Record<string, Value> = {}): EspObject {
    const object = this.object(entries);
    object.library = name;
    return object;
  }

  array(values: Value[] = []): EspObject {
    this.allocated += 1 + 2 * values.length;
    return new EspArray(values);
  }

  arrayBuffer(bytes: Uint8Array, storage: "flat" | "native" = "flat"): EspObject {
    return bufferOf(this, bytes, storage);
  }

  typedArray(
    kind: TypedArrayKind,
    bytes: Uint8Array,
    storage: "flat" | "native" = "flat",
  ): EspObject {
    const type = ELEMENT_TYPES[kind];
    return new EspView(
      type,
      bufferOf(this, bytes, storage),
      0,
      Math.floor(bytes.length / type.size),
    );
  }

  /** Bytes of a string, ArrayBuffer, typed array or array of numbers; those of buffers are live. */
  bytesOf(value: Value): Uint8Array | undefined {
    return bytesOf(this, value);
  }

  get(object: Value, key: string): Value {
    return get(this, object, key, true);
  }

  set(object: Value, key: string, value: Value): void {
    set(this, object, key, value);
  }

  has(object: Value, key: string): boolean {
    return has(this, object, key);
  }

  remove(object: Value, key: string): boolean {
    return remove(object, key);
  }

  keys(object: Value): string[] {
    return ownKeys(object, true);
  }

  isFunction(value: Value): value is EspFunction {
    return value instanceof EspFunction;
  }

  isArray(value: Value): value is EspArray {
    return value instanceof EspArray;
  }

  arrayValues(value: Value): Value[] {
    return value instanceof EspArray ? Array.from(value.items) : [];
  }

  text(value: Value): string {
    return toText(this, value);
  }

  number(value: Value): number {
    return toNumber(this, value);
  }

  int(value: Value): number {
    return toInt(this, value);
  }

  truthy(value: Value): boolean {
    return truthy(value);
  }

  /** What the interpreter calls the type in messages: "Number", "Object", "Function" ... */
  typeName(value: Value): string {
    return typeName(value);
  }

  /** An exception to throw, with the stack of what runs now. */
  error(type: ErrorType, message: string): EspThrow {
    return makeThrow(this, type, message, this.frame);
  }

  errorObject(type: ErrorType, message: Value): EspObject {
    return makeError(this, type, message, this.frame);
  }

  /** What print shows. */
  inspect(value: Value): string {
    return inspect(this, value);
  }

  /** What the console echoes as a result: strings quoted, long things shortened. */
  inspectResult(value: Value): string {
    return inspectResult(this, value);
  }

  toJS(value: Value): string {
    return toJS(this, value);
  }

  stringify(value: Value): string {
    return stringify(this, value);
  }

  /** @param isLiberal accept keys without quotes, as Storage.readJSON does */
  parse(json: string, isLiberal = false): Value {
    return parseJson(this, json, isLiberal);
  }

  makeRegExp(source: string, flags: string | undefined): EspObject {
    return makeRegExp(this, source, flags);
  }

  /** `Uncaught ...` with the stack, as the console prints it. */
  describeThrow(thrown: EspThrow): string {
    return describeThrow(this, thrown);
  }

  /** JsVars in use, by walking everything reachable. */
  memory(): MemoryUse {
    return memoryUse(this);
  }

  /** E.getSizeOf: everything reachable from a value. */
  sizeOf(value: Value): number {
    return sizeOf(this, value);
  }
}
