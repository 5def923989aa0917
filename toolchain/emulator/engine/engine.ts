/**
 * The Espruino language engine: runs program text with the dialect, built-ins, error texts and memory accounting of
 * Espruino 2v29 on an ESP32 (facts/espruino.md sections 1 and 2). It knows no hardware, no clock and no console:
 * those are reached through EngineHost and added by the board. This file is the public face; the work is in the folder.
 */
import { EspInterrupt, EspObject, EspThrow, MemoryString, type Value } from "./value.ts";

export type { Value };
export { EspInterrupt, EspObject, EspThrow, MemoryString };

export interface EngineHost {
  /** Milliseconds since 1970, virtual. */
  nowMs(): number;
  /** Text of print and console.log with its trailing newline, as a byte string. */
  output(text: string): void;
  /** Seeded, 0 <= x < 1. */
  random(): number;
  /** A property that the real built-in lacks was touched; the engine throws next when strict. */
  missing(what: string): void;
}

/** Geometry of a JsVar (facts 2.1). */
export interface Layout {
  name: "esp32" | "c3";
  variables: number;
  bytesPerVar: number;
  /** Characters held by a string's first block, by a name's first block and by each further block. */
  stringChars: number;
  nameChars: number;
  stringExtChars: number;
  inlineIntMin: number;
  inlineIntMax: number;
  /** Shortest data that becomes one contiguous run. */
  flatMin: number;
}

export const LAYOUTS: Record<"esp32" | "c3", Layout> = {
  esp32: {
    name: "esp32",
    variables: 16383,
    bytesPerVar: 14,
    stringChars: 9,
    nameChars: 4,
    stringExtChars: 10,
    inlineIntMin: -8192,
    inlineIntMax: 8191,
    flatMin: 20,
  },
  c3: {
    name: "c3",
    variables: 4095,
    bytesPerVar: 13,
    stringChars: 8,
    nameChars: 4,
    stringExtChars: 9,
    inlineIntMin: -2048,
    inlineIntMax: 2047,
    flatMin: 18,
  },
};

export type NativeFunction = (self: Value, args: Value[]) => Value;

export type TypedArrayKind =
  | "Uint8Array"
  | "Uint8ClampedArray"
  | "Int8Array"
  | "Uint16Array"
  | "Int16Array"
  | "Uint24Array"
  | "Uint32Array"
  | "Int32Array"
  | "Float32Array"
  | "Float64Array";

export interface Where {
  /** Shown in stack traces; "" for the console. */
  file: string;
  /** The text lies in flash: functions keep windows on it instead of copies. */
  isNative?: boolean;
  /** Number of the first line, 1 if absent. */
  line?: number;
}

export interface EngineOptions {
  host: EngineHost;
  layout: Layout;
  /** Default true: touching what the real built-ins lack throws, naming it. */
  strict?: boolean;
}

export interface MemoryUse {
  usage: number;
  free: number;
  total: number;
  peak: number;
}

const todo = (): never => {
  throw new Error("engine: being written");
};

export class Engine {
  readonly host: EngineHost;
  readonly layout: Layout;
  readonly strict: boolean;
  readonly global: EspObject = new EspObject(null);
  /** Simple operations so far: statements, loop turns, calls. */
  operations = 0;
  /** Called about every 1000 operations; may throw EspInterrupt. */
  operationHook: ((operations: number) => void) | undefined;
  /** Set by the board: `emit` and promise jobs of events run through here, after the current code. */
  queueEvent: ((run: () => void) => void) | undefined;
  /** What the board keeps alive: timers, watches, listeners. */
  readonly roots = new Set<Value>();
  readonly errorFlags = new Set<string>();

  constructor(options: EngineOptions) {
    this.host = options.host;
    this.layout = options.layout;
    this.strict = options.strict ?? true;
  }

  evaluate(_source: string, _where: Where): Value {
    return todo();
  }
  call(_fn: Value, _self: Value, _args: Value[]): Value {
    return todo();
  }
  nativeFunction(_name: string, _run: NativeFunction, _length?: number): EspObject {
    return todo();
  }
  object(_entries?: Record<string, Value>): EspObject {
    return todo();
  }
  array(_values?: Value[]): EspObject {
    return todo();
  }
  arrayBuffer(_bytes: Uint8Array): EspObject {
    return todo();
  }
  typedArray(_kind: TypedArrayKind, _bytes: Uint8Array): EspObject {
    return todo();
  }
  /** Bytes of a string, MemoryString, ArrayBuffer, typed array or array of numbers. A typed array answers its live bytes. */
  bytesOf(_value: Value): Uint8Array | undefined {
    return todo();
  }
  get(_object: Value, _key: string): Value {
    return todo();
  }
  set(_object: Value, _key: string, _value: Value): void {
    return todo();
  }
  has(_object: Value, _key: string): boolean {
    return todo();
  }
  remove(_object: Value, _key: string): boolean {
    return todo();
  }
  keys(_object: Value): string[] {
    return todo();
  }
  isFunction(_value: Value): _value is EspObject {
    return todo();
  }
  isArray(_value: Value): _value is EspObject {
    return todo();
  }
  arrayValues(_value: Value): Value[] {
    return todo();
  }
  text(_value: Value): string {
    return todo();
  }
  number(_value: Value): number {
    return todo();
  }
  int(_value: Value): number {
    return todo();
  }
  truthy(_value: Value): boolean {
    return todo();
  }
  /** What the interpreter calls the type in messages: "Number", "Object", "Function" ... */
  typeName(_value: Value): string {
    return todo();
  }
  error(
    _type: "Error" | "TypeError" | "SyntaxError" | "ReferenceError" | "InternalError",
    _message: string,
  ): EspThrow {
    return todo();
  }
  inspect(_value: Value): string {
    return todo();
  }
  toJS(_value: Value): string {
    return todo();
  }
  stringify(_value: Value): string {
    return todo();
  }
  parse(_json: string): Value {
    return todo();
  }
  describeThrow(_thrown: EspThrow): string {
    return todo();
  }
  runMicrotasks(): void {
    todo();
  }
  /** Rejections nobody handled since the last call. */
  unhandledRejections(): Value[] {
    return todo();
  }
  memory(): MemoryUse {
    return todo();
  }
}
