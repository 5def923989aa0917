/** What the running engine remembers, and what it is given: host, layout, options. No behaviour of the language. */
import type { FunctionCosts } from "./function-costs.ts";
import type { Layout } from "./layout.ts";
import type { Frame, SourceText } from "./scope.ts";
import {
  type BuiltinTable,
  type EspFunction,
  EspObject,
  type EspThrow,
  MemoryString,
  type Value,
} from "./value.ts";

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

export interface Where {
  /** File the text came from, "" for the console. */
  file: string;
  /** The text lies in flash: functions keep windows on it instead of copies. */
  isNative?: boolean;
  /** What stack traces call this text; the file's name if absent. */
  label?: string;
}

export interface EngineOptions {
  host: EngineHost;
  layout: Layout;
  /** Default true: touching what the real built-ins lack throws, naming it. */
  strict?: boolean;
  /** Nested calls before "Too much recursion"; a stand-in for the size of the C stack. */
  depthMax?: number;
}

/** A global of the built-in tables: a class (kept once touched), a function, or a value made when read. */
export type GlobalBuiltin =
  | { kind: "class"; make: () => EspObject }
  | { kind: "function"; fn: EspFunction }
  | { kind: "value"; get: () => Value };

const CHECK_EVERY = 1000;
const DEPTH_MAX = 1200;

export class State {
  readonly host: EngineHost;
  readonly layout: Layout;
  readonly strict: boolean;
  readonly depthMax: number;
  readonly global = new EspObject(null);
  /** Kept alive like the global object but out of programs' sight (`hiddenRoot`). */
  readonly hidden = new EspObject(null);
  readonly builtins = new Map<string, GlobalBuiltin>();
  readonly methodTables = new Map<string, BuiltinTable>();

  /** Simple operations so far: statements, loop turns, calls. */
  operations = 0;
  /** Operations between two looks at the budgets. */
  checkEvery = CHECK_EVERY;
  nextCheck = CHECK_EVERY;
  /** Set while the operations of each function are counted. */
  costs: FunctionCosts | undefined;
  /** Called at each look at the budgets; may throw EspInterrupt. */
  operationHook: ((operations: number) => void) | undefined;
  /** Queued events run here if set; otherwise runMicrotasks takes them in order with promise jobs. */
  queueEvent: ((run: () => void) => void) | undefined;
  /** Reports an exception of a queued job; without it the first one is thrown by runMicrotasks. */
  onUncaught: ((thrown: EspThrow) => void) | undefined;

  /** The frame running now. */
  frame: Frame | null = null;
  returnValue: Value;
  caughtValue: Value;
  /** The function a call has just looked up, and the index it was found under. */
  callee: Value;
  calleeKey = "";
  currentClass: EspFunction | undefined;
  hasAccessors = false;
  /** A listener asked that no further one hears of the event. */
  isEventStopped = false;
  isInEvent = false;
  objectToString: EspFunction | undefined;
  objectValueOf: EspFunction | undefined;

  /** JsVars made since memory was last walked, roughly; a new walk is due at the limit. */
  allocated = 0;
  memoryLimit = 1000;
  memoryPeak = 0;
  /** Walk at every look at the budgets, not only when much was made. */
  isWatchingMemory = false;
  /** Told of a new peak, at the moment it is seen. */
  onMemoryPeak: (() => void) | undefined;

  constructor(options: EngineOptions) {
    this.host = options.host;
    this.layout = options.layout;
    this.strict = options.strict ?? true;
    this.depthMax = options.depthMax ?? DEPTH_MAX;
    this.global.props = new Map();
    this.hidden.props = new Map();
  }

  /** Text of a native string as a source in flash; undefined for other strings. */
  nativeSource(value: Value): SourceText | undefined {
    if (!(value instanceof MemoryString) || value.kind !== "native") return undefined;
    return { text: value.bytes, isNative: true, file: "", fileOffset: 0 };
  }
}
