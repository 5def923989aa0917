/** Function and class values made when their text is executed, and `replaceWith` for declarations of a known name. */
import type { ClassNode, FunctionNode } from "../ast.ts";
import { typeName } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { makeThrow } from "../errors.ts";
import { define, ensurePrototype } from "../properties.ts";
import type { Frame } from "../scope.ts";
import { EspFunction, EspObject, type Value } from "../value.ts";
import { addAccessor } from "../writing.ts";
import type { Context, Ex } from "./context.ts";
import { readVariable } from "./identifiers.ts";
import type { Region } from "./scope.ts";

export function functionValue(c: Context, node: FunctionNode): Ex {
  const { e } = c;
  const { code, isArrow, hasThis, innerName, hasCode } = node;
  const cost = 3 + node.params.length + code.source.text.length / 14;
  return (f) => {
    const fn = new EspFunction();
    fn.code = code;
    fn.length = code.params.length;
    // A function without code keeps no scope either.
    fn.scope = f.info.isTop || !hasCode ? null : f;
    fn.innerName = innerName;
    if (isArrow && hasThis) {
      fn.hasThis = true;
      fn.boundThis = f.self;
    }
    e.allocated += cost;
    return fn;
  };
}

export function classValue(c: Context, node: ClassNode, region: Region): Ex {
  const { e } = c;
  const parent = node.parent && readVariable(c, node.parent.name, node.parent.pos, region);
  const members = node.members.map((member) => ({ ...member, run: c.ex(member.value, region) }));
  const fail = node.error && c.ex(node.error, region);
  return (f) => {
    const fn = new EspFunction();
    fn.scope = f.info.isTop ? null : f;
    e.allocated += 8;
    const proto = ensurePrototype(e, fn);
    if (parent) inherit(e, f, fn, proto, parent(f), node);
    const statics = new EspObject(null);
    if (node.innerName !== undefined) fn.innerName = node.innerName;
    for (const { isStatic, kind, key, run } of members) {
      const value = run(f);
      const target = isStatic ? statics : proto;
      if (kind === "constructor") replaceFunction(fn, value as EspFunction);
      else if (kind === "get" || kind === "set") {
        addAccessor(e, target, key, kind, value as EspFunction);
      } else define(target, key, value);
    }
    for (const [key, value] of statics.props ?? []) {
      define(fn, key, value);
      const accessor = statics.accessors?.get(key);
      if (accessor) {
        fn.accessors ??= new Map();
        fn.accessors.set(key, accessor);
      }
    }
    fail?.(f);
    return fn;
  };
}

function inherit(
  e: Engine,
  f: Frame,
  fn: EspFunction,
  proto: EspObject,
  parent: Value,
  node: ClassNode,
): void {
  if (!(parent instanceof EspFunction)) {
    f.pos = node.pos;
    throw makeThrow(
      e,
      "SyntaxError",
      `'extends' argument "${node.parent!.name}" should be a function, got ${typeName(parent)}`,
      f,
    );
  }
  const parentProto = parent.props?.get("prototype");
  if (!(parentProto instanceof EspObject)) return;
  proto.proto = parentProto;
  fn.code = node.inherited;
}

/** Take over another function's code and fields, keeping the own scope and prototype. */
export function replaceFunction(old: EspFunction, by: EspFunction): void {
  const proto = old.props?.get("prototype");
  old.code = by.code;
  old.native = by.native;
  old.name = by.name;
  old.length = by.length;
  old.statics = by.statics;
  old.methods = by.methods;
  old.innerName = by.innerName;
  old.hasThis = by.hasThis;
  old.boundThis = by.boundThis;
  old.boundArgs = by.boundArgs;
  old.props = undefined;
  for (const [key, value] of by.props ?? []) if (key !== "prototype") define(old, key, value);
  if (proto !== undefined) define(old, "prototype", proto);
}
