/** Reading and writing variables: slots where the place is known, by name where eval may have added some. */
import type { Engine } from "../engine.ts";
import { makeThrow } from "../errors.ts";
import { EMPTY, type Frame } from "../scope.ts";
import type { Value } from "../value.ts";
import type { Context, Ex } from "./context.ts";
import type { Place, Region } from "./scope.ts";

export type Write = (f: Frame, value: Value) => void;

function outward(f: Frame, depth: number): Frame {
  let at = f;
  for (let i = depth; i > 0; i--) at = at.parent!;
  return at;
}

export function readVariable(c: Context, name: string, pos: number, region: Region): Ex {
  const { e } = c;
  const places = region.resolve(name);
  if (!places) return (f) => readByName(e, f, name, pos);
  const [first, second] = places;
  if (!first) return globalRead(e, name, pos);
  if (second) return manyRead(e, places, name, pos);
  const { slot, depth } = first;
  if (depth === 0) {
    return (f) => {
      const v = f.slots[slot];
      return v !== EMPTY ? (v as Value) : e.readGlobal(name, f, pos);
    };
  }
  if (depth === 1) {
    return (f) => {
      const v = f.parent!.slots[slot];
      return v !== EMPTY ? (v as Value) : e.readGlobal(name, f, pos);
    };
  }
  return (f) => {
    const v = outward(f, depth).slots[slot];
    return v !== EMPTY ? (v as Value) : e.readGlobal(name, f, pos);
  };
}

function globalRead(e: Engine, name: string, pos: number): Ex {
  const props = e.global.props!;
  return (f) => {
    const v = props.get(name);
    return v !== undefined ? v : e.readGlobal(name, f, pos);
  };
}

function manyRead(e: Engine, places: Place[], name: string, pos: number): Ex {
  return (f) => {
    for (const { slot, depth } of places) {
      const v = outward(f, depth).slots[slot];
      if (v !== EMPTY) return v as Value;
    }
    return e.readGlobal(name, f, pos);
  };
}

/** The frame that has the name now, searching outward. */
function holder(f: Frame, name: string): Frame | undefined {
  for (let at: Frame | null = f; at; at = at.parent) {
    const slot = at.info.names.get(name);
    if ((slot !== undefined && at.slots[slot] !== EMPTY) || at.dynamic?.has(name)) return at;
  }
  return undefined;
}

function readByName(e: Engine, f: Frame, name: string, pos: number): Value {
  const frame = holder(f, name);
  if (!frame) return e.readGlobal(name, f, pos);
  const slot = frame.info.names.get(name);
  if (slot !== undefined && frame.slots[slot] !== EMPTY) return frame.slots[slot] as Value;
  return frame.dynamic!.get(name);
}

/** Is there such a variable (for typeof)? */
export function isDeclared(c: Context, name: string, region: Region): (f: Frame) => boolean {
  const places = region.resolve(name);
  if (!places) return (f) => holder(f, name) !== undefined || c.e.hasGlobal(name);
  return (f) =>
    places.some(({ slot, depth }) => outward(f, depth).slots[slot] !== EMPTY) ||
    c.e.hasGlobal(name);
}

const refuse = (e: Engine, f: Frame, pos: number): never => {
  f.pos = pos;
  throw makeThrow(e, "TypeError", "Assignment to a constant", f);
};

export function writeVariable(c: Context, name: string, pos: number, region: Region): Write {
  const { e } = c;
  const places = region.resolve(name);
  if (!places) return (f, value) => writeByName(e, f, name, value, pos);
  const [first] = places;
  if (places.length === 1 && first!.depth === 0 && !first!.isConst) {
    const { slot } = first!;
    return (f, value) => {
      if (f.slots[slot] !== EMPTY) f.slots[slot] = value;
      else e.writeGlobal(name, value, f, pos);
    };
  }
  return (f, value) => {
    for (const { slot, depth, isConst } of places) {
      const frame = outward(f, depth);
      if (frame.slots[slot] === EMPTY) continue;
      if (isConst) refuse(e, f, pos);
      frame.slots[slot] = value;
      return;
    }
    e.writeGlobal(name, value, f, pos);
  };
}

function writeByName(e: Engine, f: Frame, name: string, value: Value, pos: number): void {
  const frame = holder(f, name);
  if (!frame) {
    e.writeGlobal(name, value, f, pos);
    return;
  }
  if (frame.info.constants.has(name)) refuse(e, f, pos);
  const slot = frame.info.names.get(name);
  if (slot !== undefined && frame.slots[slot] !== EMPTY) frame.slots[slot] = value;
  else frame.dynamic!.set(name, value);
}

/** Create the name if it is not there (answering whether it was not), or give it its value. */
export type Declare = (f: Frame, value: Value, hasValue: boolean, isNew: boolean) => boolean;

/**
 * Declaring: the name comes into being now, in the region's own scope. Without a value an existing variable is left.
 */
export function declareVariable(
  c: Context,
  name: string,
  kind: "var" | "let" | "const",
  pos: number,
  region: Region,
): Declare {
  const { e } = c;
  const isConst = kind === "const";
  const target = kind === "var" || !region.isBlock ? region.base() : region;
  if (!target)
    return (f, value, hasValue) => e.declareGlobal(name, value, hasValue, isConst, f, pos);
  const depth = region.depthTo(target);
  const binding = target.names.get(name);
  if (!binding) {
    return (f, value, hasValue) => {
      const frame = outward(f, depth);
      frame.dynamic ??= new Map();
      const isNew = !frame.dynamic.has(name);
      if (hasValue || isNew) frame.dynamic.set(name, value);
      if (isConst) frame.info.constants.add(name);
      return isNew;
    };
  }
  const { slot } = binding;
  return (f, value, hasValue, isNew) => {
    const { slots } = depth === 0 ? f : outward(f, depth);
    if (slots[slot] === EMPTY) {
      slots[slot] = value;
      e.allocated += 2;
      return true;
    }
    if (hasValue) {
      if (binding.isConst && !isNew) refuse(e, f, pos);
      slots[slot] = value;
    }
    return false;
  };
}
