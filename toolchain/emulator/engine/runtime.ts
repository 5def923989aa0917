/**
 * Running code: calls, program text, the event queue, budgets. Engine adds the conveniences on top.
 */
import { compileFunction, compileProgram, createContext } from "./compile/compiler.ts";
import { typeName } from "./convert.ts";
import { makeThrow } from "./errors.ts";
import { Globals } from "./globals.ts";
import { checkMemory } from "./memory.ts";
import { define } from "./properties.ts";
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
import type { Where } from "./state.ts";
import { EspArray, EspFunction, EspInterrupt, EspObject, EspThrow, type Value } from "./value.ts";

export class Runtime extends Globals {
  private readonly jobs: (() => void)[] = [];
  /** Queued events, here or in the queue of the board. */
  private readonly waiting = new Set<EspObject>();
  private rejections: Value[] = [];
  private readonly context = createContext(this.engine);

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
    const value = this.costs === undefined ? compiled.run(frame) : this.counted(frame, compiled);
    this.frame = caller;
    return value;
  }

  private counted(frame: Frame, compiled: CompiledFunction): Value {
    const run = () => compiled.run(frame);
    return this.costs!.during(frame.fn?.code, () => this.operations, run);
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
    // The module object is the scope itself: `module.exports = x` and `exports = x` are the same variable.
    const module = new EspObject(null);
    define(module, "exports", exported);
    define(module, "module", module);
    const info = new ScopeInfo(null, true);
    info.isDynamic = true;
    const frame = new Frame([], null, info, exported, undefined, text, "module", caller);
    frame.object = module;
    frame.dynamic = module.props;
    const program = compileProgram(this.context, text, frame);
    const inner = innerFrame(frame, program.info, []);
    this.runProgram(inner, program.run, caller);
    return module.props!.get("exports");
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
    this.nextCheck = this.operations + this.checkEvery;
    this.frame = f;
    this.operationHook?.(this.operations);
    if (this.isWatchingMemory || this.allocated > this.memoryLimit) checkMemory(this.engine, f);
  }

  /** A turn of a loop inside a built-in, with the JsVars it makes: endless ones must be stoppable. */
  countWork(vars: number): void {
    this.operations++;
    this.allocated += vars;
    if (this.operations >= this.nextCheck && this.frame) this.check(this.frame);
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

  /** Call later, after the current code: emitted events and promise reactions, in one order. */
  enqueue(fn: EspFunction, self: Value, args: Value[]): void {
    // What the queue holds is an object like any other, and counted like one.
    const event = new EspObject(null);
    define(event, "func", fn);
    if (args.length > 0) define(event, "args", new EspArray(args));
    if (self !== undefined) define(event, "this", self);
    this.allocated += 8;
    this.waiting.add(event);
    const job = (): void => {
      this.waiting.delete(event);
      this.call(fn, self, args);
    };
    if (this.queueEvent) this.queueEvent(job);
    else this.jobs.push(job);
  }

  queuedEvents(): Iterable<EspObject> {
    return this.waiting;
  }

  reject(value: Value): void {
    this.rejections.push(value);
  }

  /** Run queued jobs until none is left; an exception in one does not stop the others. */
  runMicrotasks(): void {
    let first: EspThrow | undefined;
    for (let job = this.jobs.shift(); job; job = this.jobs.shift()) {
      try {
        job();
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

const sourceText = (text: string, where: Where): SourceText => ({
  text,
  isNative: where.isNative ?? false,
  file: where.file,
  fileOffset: 0,
});
