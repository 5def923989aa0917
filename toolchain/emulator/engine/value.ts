/**
 * How the emulated interpreter represents what a program can hold. Nothing of the host's object model leaks in:
 * scopes, objects and strings are ours, so that JsVars can be counted and Espruino's quirks reproduced.
 *
 * Strings are byte strings: host strings whose char codes are 0..255.
 */

/** Text outside the ordinary string chain: one contiguous run ("flat") or a window on flash or native memory. */
export class MemoryString {
  readonly bytes: string;
  readonly kind: "flat" | "native";

  constructor(bytes: string, kind: "flat" | "native") {
    this.bytes = bytes;
    this.kind = kind;
  }
}

export type Value = undefined | null | boolean | number | string | MemoryString | EspObject;

/** Where a property lives when it is not a plain value: getter/setter or a read-only flag. */
export interface Accessor {
  get: EspObject | undefined;
  set: EspObject | undefined;
}

/**
 * An object: named properties in insertion order (integer-like keys are not moved first).
 * `kind` names what the interpreter would say ("Object", "Array", "Function", "Error" ...).
 */
export class EspObject {
  proto: EspObject | null;
  /** Created on first write; most objects are small. */
  props: Map<string, Value> | undefined = undefined;
  /** Present only when a property has a getter, a setter or is read-only. */
  accessors: Map<string, Accessor | "readonly"> | undefined = undefined;

  constructor(proto: EspObject | null) {
    this.proto = proto;
  }
}

/** What a throw statement throws. Host code that fails on the program's behalf throws this too. */
export class EspThrow {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** Out of memory or Ctrl-C: stops the running code and no try/catch of the program sees it. */
export class EspInterrupt {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}
