/**
 * Running code: globals, calls, program text, the event queue, budgets. Engine adds the conveniences on top.
 */
import { compileFunction, compileProgram, createContext } from "./compile/compiler.ts";

import { typeName } from "./convert.ts";
import type { Engine } from "./engine.ts";
import { makeThrow } from "./errors.ts";
import type { Layout } from "./layout.ts";
import { checkMemory } from "./memory.ts";
import { define, ensurePrototype } from "./properties.ts";
import {
  type CompiledFunction,
  EMPTY,
  Frame,
  innerFrame,
  NO_SOURCE,
  ScopeInfo,
  type Slot,
  type SourceText,
} from "./scope.ts";
import {
  type BuiltinTable,
  EspArray,
  EspFunction,
  EspInterrupt,
  EspObject,
  EspThrow,
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
  /** The text lies in flash: functions keep windows on it instead of copies, positions name the file. */
  isNative?: boolean;
  /** Number of the first line, 1 if absent. */
  line?: number;
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

export class Runtime {
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
  nextCheck = CHECK_EVERY;
  /** Called about every 1000 operations; may throw EspInterrupt. */
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

  private readonly windows = new WeakMap<
    MemoryString,
    { file: string; fileText: string; fileOffset: number }
  >();
  private readonly jobs: { run: () => void; event: EspObject }[] = [];
  protected rejections: Value[] = [];
  private readonly context = createContext(this as unknown as Engine);

  constructor(options: EngineOptions) {
    this.host = options.host;
    this.layout = options.layout;
    this.strict = options.strict ?? true;
    this.depthMax = options.depthMax ?? DEPTH_MAX;
    this.global.props = new Map();
    this.hidden.props = new Map();
  }

  private get engine(): Engine {
    return this as unknown as Engine;
  }

  // ---- globals

  hasGlobal(name: string): boolean {
    return this.global.props!.has(name) || this.builtins.has(name);
  }

  /** A variable no scope has: a global, a built-in, or a ReferenceError at `pos`. */
  readGlobal(name: string, f: Frame, pos: number): Value {
    const props = this.global.props!;
    const own = props.get(name);
    if (own !== undefined) return own;
    if (props.has(name)) {
      const accessor = this.global.accessors?.get(name);
      if (accessor && accessor !== "readonly")
        return accessor.get && this.call(accessor.get, this.global, []);
      return undefined;
    }
    f.pos = pos;
    this.frame = f;
    const builtin = this.builtins.get(name);
    if (!builtin) throw makeThrow(this.engine, "ReferenceError", `"${name}" is not defined`, f);
    if (builtin.kind === "function") return builtin.fn;
    if (builtin.kind === "value") return builtin.get();
    return this.touchObject(name);
  }

  /** A built-in class or object, entered into the globals when first touched. */
  touchObject(name: string): Value {
    const props = this.global.props!;
    const own = props.get(name);
    if (own !== undefined) return own;
    const builtin = this.builtins.get(name);
    if (builtin?.kind !== "class") return undefined;
    const object = builtin.make();
    props.set(name, object);
    return object;
  }

  /** The prototype of a built-in class, both entered into the globals when first touched. */
  touchClass(name: string): EspObject | undefined {
    const object = this.touchObject(name);
    if (!(object instanceof EspFunction)) return undefined;
    const proto = object.props?.get("prototype");
    return proto instanceof EspObject ? proto : ensurePrototype(this.engine, object);
  }

  /** The prototype of a class if the program has touched it. */
  userPrototype(name: string): EspObject | undefined {
    const object = this.global.props!.get(name);
    if (!(object instanceof EspObject)) return undefined;
    const proto = object.props?.get("prototype");
    return proto instanceof EspObject ? proto : undefined;
  }

  writeGlobal(name: string, value: Value, f: Frame, pos: number): void {
    const props = this.global.props!;
    const accessor = this.global.accessors?.get(name);
    if (accessor) {
      f.pos = pos;
      if (accessor === "readonly")
        throw makeThrow(this.engine, "TypeError", "Assignment to a constant", f);
      if (accessor.set) this.call(accessor.set, this.global, [value]);
      return;
    }
    if (!props.has(name)) {
      const builtin = this.builtins.get(name);
      if (builtin && builtin.kind !== "class") {
        f.pos = pos;
        this.frame = f;
        const kind = typeName(builtin.kind === "function" ? builtin.fn : builtin.get());
        throw makeThrow(this.engine, "Error", `Unable to assign value to non-reference ${kind}`, f);
      }
      this.allocated += 2;
    }
    props.set(name, value);
  }

  declareGlobal(
    name: string,
    value: Value,
    hasValue: boolean,
    isConst: boolean,
    f: Frame,
    pos: number,
  ): boolean {
    const props = this.global.props!;
    const isNew = !props.has(name);
    if (isNew) {
      props.set(name, value);
      this.allocated += 2;
    } else if (hasValue) this.writeGlobal(name, value, f, pos);
    if (isConst && hasValue) {
      this.global.accessors ??= new Map();
      this.global.accessors.set(name, "readonly");
    }
    return isNew;
  }

  // ---- calls

  compiled(fn: EspFunction): CompiledFunction {
    const code = fn.code;
    if (!code) return EMPTY_FUNCTION;
    const outer = fn.scope ? fn.scope.info : null;
    if (code.compiled && code.compiledFor === outer && code.compiledName === fn.innerName)
      return code.compiled;
    const compiled = compileFunction(this.context, code, outer, fn.innerName);
    code.compiled = compiled;
    code.compiledFor = outer;
    code.compiledName = fn.innerName;
    return compiled;
  }

  /** Run a prepared frame. */
  enter(frame: Frame, compiled: CompiledFunction, caller: Frame | null): Value {
    if (frame.depth > this.depthMax) this.tooDeep(frame);
    this.allocated += 2 + compiled.paramCount;
    if (++this.operations >= this.nextCheck) this.check(frame);
    this.frame = frame;
    const value = compiled.run(frame);
    this.frame = caller;
    return value;
  }

  private tooDeep(frame: Frame): never {
    const message = "Too much recursion - the stack is about to overflow";
    const thrown = makeThrow(this.engine, "Error", message, frame);
    throw new EspInterrupt(message, thrown);
  }

  /** Call a function from host code. */
  call(fn: Value, self: Value, args: Value[]): Value {
    const caller = this.frame;
    if (!(fn instanceof EspFunction)) {
      const message =
        fn === undefined ? "Function not found!" : `Expecting function, got ${typeName(fn)}`;
      throw makeThrow(this.engine, "Error", message, caller);
    }
    const all = fn.boundArgs ? [...fn.boundArgs, ...args] : args;
    const target = fn.hasThis ? fn.boundThis : self;
    if (fn.native) {
      const value = fn.native(target, all);
      this.frame = caller;
      return value;
    }
    const compiled = this.compiled(fn);
    const slots = compiled.template.slice();
    const count = Math.min(all.length, compiled.paramCount);
    for (let i = 0; i < count; i++) slots[i] = all[i];
    if (compiled.selfSlot >= 0) slots[compiled.selfSlot] = fn;
    const source = fn.code?.source ?? NO_SOURCE;
    const frame = new Frame(
      slots,
      fn.scope,
      compiled.info,
      target === undefined ? this.global : target,
      fn,
      source,
      undefined,
      caller,
    );
    if (all.length > count) frame.extra = all.slice(count);
    return this.enter(frame, compiled, caller);
  }

  // ---- strings in flash

  /** A part of a native string is a window on it; where it lies is kept for positions and functions. */
  windowOn(whole: MemoryString, from: number, text: string): MemoryString {
    const window = new MemoryString(text, "native");
    const place = this.windows.get(whole);
    if (place) this.windows.set(window, { ...place, fileOffset: place.fileOffset + from });
    return window;
  }

  /** Tell where a native string lies, so that what is evaluated from it names its file. */
  placeNative(
    text: MemoryString,
    file: string,
    fileText = text.bytes,
    fileOffset = 0,
  ): MemoryString {
    this.windows.set(text, { file, fileText, fileOffset });
    return text;
  }

  /** Text of a native string as a source in flash; undefined for other strings. */
  nativeSource(value: Value): SourceText | undefined {
    if (!(value instanceof MemoryString) || value.kind !== "native") return undefined;
    const place = this.windows.get(value);
    return {
      text: value.bytes,
      file: place?.file ?? "",
      fileOffset: place?.fileOffset ?? 0,
      fileText: place?.fileText ?? value.bytes,
      isNative: true,
      line: 1,
    };
  }

  // ---- program text

  /** Run program text at the top level; answers the value of its last statement. */
  evaluate(source: string, where: Where): Value {
    const text = sourceText(source, where);
    const caller = this.frame;
    const program = compileProgram(this.context, text, null);
    const frame = new Frame(
      [],
      null,
      program.info,
      this.global,
      undefined,
      text,
      labelOf(where),
      caller,
    );
    return this.runProgram(frame, program.run, caller);
  }

  /** `eval`: text in the scope of the code that calls it. */
  evaluateHere(source: string, native: SourceText | undefined): Value {
    const caller = this.frame;
    const text = native ?? sourceText(source, { file: "" });
    const program = compileProgram(this.context, text, caller);
    const frame = caller
      ? innerFrame(caller, program.info, [])
      : new Frame([], null, program.info, this.global, undefined, text, "eval", null);
    frame.source = text;
    frame.label = "eval";
    frame.caller = caller;
    return this.runProgram(frame, program.run, caller);
  }

  /** A module's text: its variables are its own, its exports are the result. */
  evaluateModule(source: string, where: Where): Value {
    const text = sourceText(source, where);
    const caller = this.frame;
    const exported = new EspObject(null);
    const module = new EspObject(null);
    define(module, "exports", exported);
    const info = new ScopeInfo(null, true);
    info.isDynamic = true;
    const frame = new Frame([], null, info, exported, undefined, text, "module", caller);
    frame.dynamic = new Map<string, Value>([
      ["exports", exported],
      ["module", module],
    ]);
    const program = compileProgram(this.context, text, frame);
    const inner = innerFrame(frame, program.info, []);
    this.runProgram(inner, program.run, caller);
    const replaced = module.props!.get("exports");
    return replaced !== exported ? replaced : frame.dynamic.get("exports");
  }

  private runProgram(frame: Frame, run: (f: Frame) => Value, caller: Frame | null): Value {
    this.frame = frame;
    try {
      return run(frame);
    } catch (thrown) {
      throw this.caught(thrown);
    } finally {
      this.frame = caller;
    }
  }

  // ---- budgets and faults

  /** Look at the budgets: the board's hook, and memory when enough may have been used. */
  check(f: Frame): void {
    this.nextCheck = this.operations + CHECK_EVERY;
    this.frame = f;
    this.operationHook?.(this.operations);
    if (this.allocated > this.memoryLimit) checkMemory(this.engine, f);
  }

  /** About to make this many JsVars: refused at once when they can never fit. */
  reserve(vars: number): void {
    this.allocated += vars;
    if (this.allocated > this.memoryLimit && this.frame) {
      checkMemory(this.engine, this.frame, vars);
    }
  }

  /** What was caught, if a program may see it; interrupts and host bugs go on. */
  caught(thrown: unknown): EspThrow {
    if (thrown instanceof EspThrow) return thrown;
    if (thrown instanceof RangeError && /call stack/.test(thrown.message)) {
      throw new EspInterrupt("Too much recursion - the stack is about to overflow");
    }
    throw thrown;
  }

  // ---- events

  /** Call later, after the current code (`run` instead of the plain call, if given): emitted events and promise reactions, in one order. */
  enqueue(fn: EspFunction, self: Value, args: Value[], run?: () => void): void {
    const job = run ?? (() => void this.call(fn, self, args));
    if (this.queueEvent) {
      this.queueEvent(job);
      return;
    }
    // What the queue holds is an object like any other, and counted like one.
    const event = new EspObject(null);
    define(event, "func", fn);
    if (args.length > 0) define(event, "args", new EspArray(args));
    if (self !== undefined) define(event, "this", self);
    this.allocated += 8;
    this.jobs.push({ run: job, event });
  }

  queuedEvents(): EspObject[] {
    return this.jobs.map((job) => job.event);
  }

  reject(value: Value): void {
    this.rejections.push(value);
  }

  /** Run queued jobs until none is left; an exception in one does not stop the others. */
  runMicrotasks(): void {
    let first: EspThrow | undefined;
    for (let job = this.jobs.shift(); job; job = this.jobs.shift()) {
      try {
        job.run();
      } catch (thrown) {
        const caught = this.caught(thrown);
        this.frame = null;
        if (this.onUncaught) this.onUncaught(caught);
        else first ??= caught;
      }
    }
    if (first) throw first;
  }

  /** Rejections nobody handled since the last call. */
  unhandledRejections(): Value[] {
    const taken = this.rejections;
    this.rejections = [];
    return taken;
  }

  /** `arguments` of the function running now; made once and kept as a variable there. */
  argumentsArray(make: (values: Value[]) => EspObject): Value {
    let at = this.frame;
    while (at && !at.info.isFunction) at = at.parent;
    if (!at?.fn)
      throw makeThrow(
        this.engine,
        "Error",
        "Can only use 'arguments' variable inside a function",
        this.frame,
      );
    const { paramCount } = this.compiled(at.fn);
    const named: Slot[] = at.slots.slice(0, paramCount);
    const list = make([
      ...named.map((v) => (v === EMPTY ? undefined : (v as Value))),
      ...(at.extra ?? []),
    ]);
    const slot = at.info.names.get("arguments");
    if (slot !== undefined) at.slots[slot] = list;
    return list;
  }
}

const EMPTY_FUNCTION: CompiledFunction = {
  info: new ScopeInfo(null, true),
  template: [],
  paramCount: 0,
  selfSlot: -1,
  run: () => undefined,
};

/** An empty label: the text has no name in stack traces. */
const labelOf = (where: Where): string | undefined =>
  (where.label ?? (where.file === "" ? "REPL" : where.file)) || undefined;

function sourceText(text: string, where: Where): SourceText {
  return {
    text,
    file: where.file,
    fileOffset: 0,
    fileText: where.isNative ? text : "",
    isNative: where.isNative ?? false,
    line: where.line ?? 1,
  };
}
