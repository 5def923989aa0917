/**
 * How the emulated interpreter represents what a program can hold. Nothing of the host's object model leaks in:
 * scopes, objects and strings are ours, so that JsVars can be counted and Espruino's quirks reproduced.
 *
 * Strings are byte strings: host strings whose char codes are 0..255.
 */
import type { Frame, FunctionCode } from "./scope.ts";

/** Text outside the ordinary string chain: one contiguous run ("flat") or a window on flash or native memory. */
export class MemoryString {
  readonly kind: "flat" | "native";
  /** Memory of a native module that it is a window on; parts of it are windows on the same. */
  readonly loan: Loan | undefined;
  private readonly text: string;

  constructor(bytes: string, kind: "flat" | "native", loan?: Loan) {
    this.text = bytes;
    this.kind = kind;
    this.loan = loan;
  }

  get bytes(): string {
    return this.loan?.isOver ? "" : this.text;
  }
}

/** Over when the module has written to that memory. Then a board has null where the string was; here it is empty. */
export interface Loan {
  isOver: boolean;
}

export type Value = undefined | null | boolean | number | string | MemoryString | EspObject;

export type NativeFunction = (self: Value, args: Value[]) => Value;

/** Where a property lives when it is not a plain value: getter/setter or a read-only flag. */
export interface Accessor {
  get: EspObject | undefined;
  set: EspObject | undefined;
}

/** A built-in as the symbol tables hold it: a function, or a value made when it is read. */
export type Builtin = { fn: EspFunction } | { get: (self: Value) => Value };
export type BuiltinTable = Map<string, Builtin>;

export const PLAIN = 0;
export const FUNCTION = 1;
export const ARRAY = 2;
export const BUFFER = 3;
export const VIEW = 4;
export const PIN = 5;

/**
 * An object: named properties in insertion order (integer-like keys are not moved first).
 * `proto` is the explicit `__proto__`; without one, lookups continue at Object.prototype.
 */
export class EspObject {
  readonly kind: number;
  proto: EspObject | null;
  /** Created on first write; most objects are small. */
  props: Map<string, Value> | undefined = undefined;
  /** Present only when a property has a getter, a setter or is read-only. */
  accessors: Map<string, Accessor | "readonly"> | undefined = undefined;
  /** Set on built-in libraries: an unknown property is then reported under this name. */
  library: string | undefined = undefined;
  /** JsVars beyond what the properties show, for objects whose insides are the host's. */
  hiddenVars = 0;
  /** Set while the object is being printed, to stop at cycles. */
  isVisited = false;

  constructor(proto: EspObject | null, kind: number = PLAIN) {
    this.kind = kind;
    this.proto = proto;
  }
}

/** An array; holes are host holes, so `index in items` tells whether an element exists. */
export class EspArray extends EspObject {
  items: Value[];

  constructor(items: Value[]) {
    super(null, ARRAY);
    this.items = items;
  }
}

export class EspFunction extends EspObject {
  /** Script functions have code, native ones a host function; `replaceWith` may turn one into the other. */
  code: FunctionCode | undefined = undefined;
  scope: Frame | null = null;
  native: NativeFunction | undefined = undefined;
  name = "";
  /** Name a function expression gives itself. */
  innerName: string | undefined = undefined;
  hasThis = false;
  boundThis: Value = undefined;
  boundArgs: Value[] | undefined = undefined;
  /** Static members and instance members of a built-in class. */
  statics: BuiltinTable | undefined = undefined;
  methods: BuiltinTable | undefined = undefined;
  length = 0;

  constructor() {
    super(null, FUNCTION);
  }
}

/** The bytes behind ArrayBuffers; shared by every view on them. */
export class EspBuffer extends EspObject {
  bytes: Uint8Array;
  /** How the real one would store them: in one run, in a string chain, or outside the JsVars. */
  storage: "flat" | "chain" | "native";

  constructor(bytes: Uint8Array, storage: "flat" | "chain" | "native") {
    super(null, BUFFER);
    this.bytes = bytes;
    this.storage = storage;
  }
}

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

/** Reads and writes elements of one kind at a byte offset. */
export interface ElementType {
  readonly name: TypedArrayKind;
  readonly size: number;
  readonly isFloat: boolean;
  read(data: DataView, at: number): number;
  write(data: DataView, at: number, value: number): void;
}

/** A typed array: a window on a buffer. */
export class EspView extends EspObject {
  readonly type: ElementType;
  readonly buffer: EspBuffer;
  readonly byteOffset: number;
  readonly length: number;
  readonly data: DataView;

  constructor(type: ElementType, buffer: EspBuffer, byteOffset: number, length: number) {
    super(null, VIEW);
    this.type = type;
    this.buffer = buffer;
    this.byteOffset = byteOffset;
    this.length = length;
    this.data = new DataView(buffer.bytes.buffer, buffer.bytes.byteOffset, buffer.bytes.byteLength);
  }
}

/** A pin of the board: a number to typeof and arithmetic, shown by its name. */
export class EspPin extends EspObject {
  readonly pin: number;

  constructor(pin: number) {
    super(null, PIN);
    this.pin = pin;
  }

  get name(): string {
    return `D${this.pin}`;
  }
}

/** What a throw statement throws. Host code that fails on the program's behalf throws this too. */
export class EspThrow {
  readonly value: Value;
  /** The text whose syntax is at fault. */
  mistakeIn: object | undefined;

  constructor(value: Value) {
    this.value = value;
  }
}

/** Out of memory or Ctrl-C: stops the running code and no try/catch of the program sees it. */
export class EspInterrupt {
  readonly reason: string;
  /** What the console reports besides `Execution Interrupted`. */
  readonly thrown: EspThrow | undefined;

  constructor(reason: string, thrown?: EspThrow) {
    this.reason = reason;
    this.thrown = thrown;
  }
}

export const isString = (value: Value): value is string | MemoryString =>
  typeof value === "string" || value instanceof MemoryString;

/** Bytes of a string of either kind. */
export const bytesText = (value: string | MemoryString): string =>
  typeof value === "string" ? value : value.bytes;
