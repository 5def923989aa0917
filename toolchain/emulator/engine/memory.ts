/**
 * JsVar accounting: what is in use, found by walking everything reachable with the cost rules measured on Espruino 2v29, and what
 * happens when it is too much. Long strings of equal text are taken for one string with several names: programs hand the
 * same one on, and rarely make it twice. Not modelled: two variables sharing one short string or double (each is counted),
 * doubles with whole values (counted as integers).
 */
import { isIndexKey } from "./convert.ts";
import type { Engine } from "./engine.ts";
import { stackTrace } from "./errors.ts";
import { isInt32 } from "./format.ts";
import type { Layout } from "./layout.ts";
import { EMPTY, type Frame } from "./scope.ts";
import {
  EspArray,
  EspBuffer,
  EspFunction,
  EspInterrupt,
  EspObject,
  EspView,
  MemoryString,
  type Value,
} from "./value.ts";

export interface MemoryUse {
  usage: number;
  free: number;
  total: number;
  peak: number;
}

/** Root, hidden root and what boot leaves behind: measured on the 32-bit build of the interpreter, without its `quit`. */
const BOOT_VARS = 21;
/** A new walk is due after this share of the last usage was allocated again. */
const RECHECK_SHARE = 0.5;
const RECHECK_MIN = 500;
/** Strings from this length on are counted once for all names that they have. */
const SHARED_CHARS = 64;

export class Walk {
  vars = 0;
  protected readonly layout: Layout;
  private readonly seen = new Set<object>();
  /** Long strings counted so far. */
  private readonly texts = new Set<string>();
  protected readonly pending: object[] = [];

  constructor(layout: Layout) {
    this.layout = layout;
  }

  run(): number {
    for (let next = this.pending.pop(); next; next = this.pending.pop()) this.visit(next);
    return this.vars;
  }

  /** What is reached next is kept by this part of the interpreter. */
  part(_name: string): void {}

  protected visit(target: object): void {
    if (target instanceof EspObject) this.object(target);
    else this.frame(target as Frame);
  }

  /** Blocks of a name's text. */
  name(length: number): void {
    const { nameChars, stringExtChars } = this.layout;
    this.vars += length <= nameChars ? 1 : 1 + Math.ceil((length - nameChars) / stringExtChars);
  }

  private chain(length: number): number {
    const { stringChars, stringExtChars } = this.layout;
    return length <= stringChars ? 1 : 1 + Math.ceil((length - stringChars) / stringExtChars);
  }

  private flat(length: number): number {
    return 1 + Math.ceil(length / this.layout.bytesPerVar);
  }

  /** Text of code: in one run when long enough. */
  private code(length: number, isNative: boolean): number {
    if (isNative) return 1;
    return length >= this.layout.flatMin ? this.flat(length) : this.chain(length);
  }

  /** What a name points at; small integers (and booleans under an index) lie in the name itself. */
  value(value: Value, isIndexed: boolean): void {
    switch (typeof value) {
      case "undefined":
        return;
      case "boolean":
        if (!isIndexed) this.vars++;
        return;
      case "number": {
        const { inlineIntMin, inlineIntMax } = this.layout;
        const isInline = isInt32(value) && value >= inlineIntMin && value <= inlineIntMax;
        if (!isInline) this.vars++;
        return;
      }
      case "string":
        if (value.length >= SHARED_CHARS && this.texts.size === this.texts.add(value).size) return;
        this.vars += this.chain(value.length);
        return;
    }
    if (value === null) this.vars++;
    else if (value instanceof MemoryString) this.memoryString(value);
    else this.reach(value);
  }

  reach(target: object): void {
    if (this.seen.has(target)) return;
    this.seen.add(target);
    this.pending.push(target);
  }

  private memoryString(value: MemoryString): void {
    if (this.seen.has(value)) return;
    this.seen.add(value);
    this.vars += value.kind === "native" ? 1 : this.flat(value.bytes.length);
  }

  protected property(key: string, value: Value): void {
    if (isIndexKey(key)) {
      this.vars++;
      this.value(value, true);
    } else {
      this.name(key.length);
      this.value(value, false);
    }
  }

  private object(object: EspObject): void {
    this.vars += 1 + object.hiddenVars;
    if (object instanceof EspArray) {
      object.items.forEach((item) => {
        this.vars++;
        this.value(item, true);
      });
    } else if (object instanceof EspView) this.reach(object.buffer);
    else if (object instanceof EspBuffer) this.buffer(object);
    else if (object instanceof EspFunction) this.fn(object);
    if (object.proto) {
      this.name("__proto__".length);
      this.reach(object.proto);
    }
    if (!object.props) return;
    for (const [key, value] of object.props) {
      this.property(key, value);
      const accessor = object.accessors?.get(key);
      if (!accessor || accessor === "readonly") continue;
      this.vars++;
      for (const half of [accessor.get, accessor.set]) {
        if (!half) continue;
        this.vars++;
        this.reach(half);
      }
    }
  }

  private buffer(buffer: EspBuffer): void {
    const { length } = buffer.bytes;
    if (buffer.storage === "native") this.vars++;
    else this.vars += buffer.storage === "flat" ? this.flat(length) : this.chain(length);
  }

  private fn(fn: EspFunction): void {
    const params = fn.code?.params ?? [];
    const bound = fn.boundArgs ?? [];
    for (let i = 0; i < Math.max(params.length, bound.length); i++) {
      this.name(1 + (params[i]?.length ?? 0));
      if (i < bound.length) this.value(bound[i], false);
    }
    const { code } = fn;
    if (code && code.source.text.length > 0) {
      this.vars += 1 + this.code(code.source.text.length, code.source.isNative);
    }
    if (fn.hasThis) {
      this.vars++;
      this.value(fn.boundThis, false);
    }
    if (fn.innerName !== undefined) this.vars += 1 + this.chain(fn.innerName.length);
    if (fn.scope) this.scopes(fn.scope);
  }

  /** One captured scope is referred to; of several a list is made. */
  private scopes(scope: Frame): void {
    let count = 0;
    for (let at: Frame | null = scope; at; at = at.parent) {
      if (!isScope(at)) continue;
      count++;
      this.reach(at);
    }
    if (count > 0) this.vars += count === 1 ? 1 : 2 + count;
  }

  /** A scope object with its variables. */
  private frame(frame: Frame): void {
    if (frame.object) {
      this.reach(frame.object);
      return;
    }
    this.vars++;
    for (const [name, slot] of frame.info.names) {
      const value = frame.slots[slot];
      if (value === EMPTY || value === undefined) {
        if (value === undefined) this.name(name.length);
        continue;
      }
      this.property(name, value as Value);
    }
    for (const [name, value] of frame.dynamic ?? []) this.property(name, value);
    for (const value of frame.extra ?? []) {
      this.vars++;
      this.value(value, false);
    }
  }

  /** A call in progress: its scope, the list of scopes, the place for its result. */
  call(frame: Frame): void {
    let count = 0;
    for (let at: Frame | null = frame; at; at = at.parent) {
      if (!isScope(at)) continue;
      count++;
      this.reach(at);
    }
    if (count > 0) this.vars += 1 + count;
    if (frame.fn?.code && !frame.fn.code.isReturn) this.vars++;
    if (frame.fn) this.reach(frame.fn);
    this.value(frame.self, false);
  }
}

/** Does the real interpreter have a scope object for this frame? */
function isScope(frame: Frame): boolean {
  if (frame.info.isTop) return false;
  if (frame.info.isFunction || frame.dynamic) return true;
  for (const slot of frame.info.names.values()) if (frame.slots[slot] !== EMPTY) return true;
  return false;
}

/** Walk everything that the engine keeps alive. */
export function walkAll(e: Engine, walk: Walk): number {
  walk.vars = BOOT_VARS - 2;
  walk.reach(e.global);
  walk.reach(e.hidden);
  walk.part("timers and watches");
  for (const root of e.roots) walk.value(root, false);
  walk.part("events");
  for (const event of e.queuedEvents()) {
    walk.vars++;
    walk.reach(event);
  }
  walk.part("calls");
  for (let frame = e.frame; frame; frame = frame.caller) walk.call(frame);
  return walk.run();
}

/** Walk now; remembers the peak and when to look again. */
function measure(e: Engine): number {
  const usage = walkAll(e, new Walk(e.layout));
  e.allocated = 0;
  if (usage > e.memoryPeak) {
    e.memoryPeak = usage;
    e.onMemoryPeak?.();
  }
  const room = e.layout.variables - usage;
  e.memoryLimit = Math.max(RECHECK_MIN, Math.min(room, Math.ceil(usage * RECHECK_SHARE)));
  return usage;
}

export function memoryUse(e: Engine): MemoryUse {
  const usage = measure(e);
  const total = e.layout.variables;
  return { usage, free: Math.max(0, total - usage), total, peak: e.memoryPeak };
}

/** Everything reachable from a value, shared prototypes once. */
export function sizeOf(e: Engine, value: Value): number {
  const walk = new Walk(e.layout);
  if (value === undefined) return 0;
  if (typeof value === "boolean" || typeof value === "number" || value === null) return 1;
  walk.value(value, false);
  return walk.run();
}

/**
 * Called when enough was allocated that memory may be full. If it is, the running code stops and no try sees it
 * (as measured on Espruino 2v29): what is unreachable by then is freed, the rest stays.
 */
export function checkMemory(e: Engine, frame: Frame, requested = 0): void {
  const usage = measure(e);
  const total = e.layout.variables;
  const isFull = usage + requested >= total;
  if (usage > total * 0.95) e.errorFlags.add("LOW_MEMORY");
  if (!isFull) return;
  e.errorFlags.add("LOW_MEMORY");
  e.errorFlags.add("MEMORY");
  e.host.output(`OUT OF MEMORY\n${stackTrace(frame)}`);
  throw new EspInterrupt("out of memory");
}
