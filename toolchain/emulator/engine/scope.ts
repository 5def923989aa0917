/**
 * Activation frames and function code. A frame holds the variables of one function call or of one block that needs
 * a scope of its own. A slot that is EMPTY has not been declared yet at run time: reads then go outward, which is how
 * the missing hoisting of Espruino comes about.
 */
import type { EspFunction, EspObject, Value } from "./value.ts";

export const EMPTY: unique symbol = Symbol("not declared");
export type Slot = Value | typeof EMPTY;

/** Names of the variables a frame may hold, known when its function or block is compiled. */
export class ScopeInfo {
  readonly parent: ScopeInfo | null;
  readonly names = new Map<string, number>();
  /** True for frames that take `var` and function declarations. */
  readonly isFunction: boolean;
  /** Names that may not be assigned once declared. */
  readonly constants = new Set<string>();
  /** The frame of a program text at the top level: its variables are the global object's. */
  isTop = false;
  /** Code in or below may declare names at run time (eval): look up by name. */
  isDynamic = false;
  /** Slots assigned so far, named ones and those lent to blocks without a frame of their own. */
  size = 0;

  constructor(parent: ScopeInfo | null, isFunction: boolean) {
    this.parent = parent;
    this.isFunction = isFunction;
  }

  add(name: string): number {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    this.names.set(name, this.size);
    return this.size++;
  }
}

/** Text being run. */
export interface SourceText {
  text: string;
  /** It lies in flash: what is cut out of it is a window on it. */
  isNative: boolean;
  /** File it was read from and where in it, for reports about memory and time; stack traces do not name it. */
  file: string;
  fileOffset: number;
}

export const NO_SOURCE: SourceText = { text: "", isNative: false, file: "", fileOffset: 0 };

export type Run = (frame: Frame) => Value;

export interface CompiledFunction {
  info: ScopeInfo;
  /** One EMPTY or undefined per slot, copied for each call. */
  template: Slot[];
  paramCount: number;
  /** Slot of the function expression's own name, or -1. */
  selfSlot: number;
  run: Run;
}

/** What a function does: shared by all functions created from one place in the source. */
export class FunctionCode {
  readonly params: string[];
  readonly source: SourceText;
  /** The body is one expression (`return` was dropped or it is an arrow's). */
  readonly isReturn: boolean;
  compiled: CompiledFunction | undefined = undefined;
  compiledFor: ScopeInfo | null | undefined = undefined;
  compiledName: string | undefined = undefined;

  constructor(params: string[], source: SourceText, isReturn: boolean) {
    this.params = params;
    this.source = source;
    this.isReturn = isReturn;
  }
}

export class Frame {
  slots: Slot[];
  readonly parent: Frame | null;
  readonly info: ScopeInfo;
  self: Value;
  fn: EspFunction | undefined;
  /** Arguments beyond the named parameters. */
  extra: Value[] | undefined = undefined;
  /** Variables declared by eval. */
  dynamic: Map<string, Value> | undefined = undefined;
  /** This scope as an object of the program: a module's. Its properties are `dynamic`. */
  object: EspObject | undefined = undefined;
  source: SourceText;
  /** Name shown in stack traces; undefined prints no name. */
  label: string | undefined;
  caller: Frame | null;
  /** Offset in source of the token being executed, for stack traces. */
  pos = 0;
  depth: number;

  constructor(
    slots: Slot[],
    parent: Frame | null,
    info: ScopeInfo,
    self: Value,
    fn: EspFunction | undefined,
    source: SourceText,
    label: string | undefined,
    caller: Frame | null,
  ) {
    this.slots = slots;
    this.parent = parent;
    this.info = info;
    this.self = self;
    this.fn = fn;
    this.source = source;
    this.label = label;
    this.caller = caller;
    this.depth = caller === null ? 0 : caller.depth + 1;
  }
}

/** A frame for a block or template expression inside `outer`, with variables of its own. */
export function innerFrame(outer: Frame, info: ScopeInfo, slots: Slot[]): Frame {
  const frame = new Frame(
    slots,
    outer,
    info,
    outer.self,
    outer.fn,
    outer.source,
    outer.label,
    outer.caller,
  );
  frame.extra = outer.extra;
  frame.depth = outer.depth;
  return frame;
}

/** The frame that takes `var`, function declarations and `arguments`; null at the top level. */
export function baseFrame(frame: Frame | null): Frame | null {
  let at = frame;
  while (at !== null && !at.info.isFunction) at = at.parent;
  return at;
}
