/** Calls: finding the function, evaluating arguments straight into the callee's slots, `new` and `super`. */
import type { CallNode, Node } from "../ast.ts";
import { typeName } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { makeThrow } from "../errors.ts";
import { ensurePrototype, get, getIndexed, keyText } from "../properties.ts";
import { quote } from "../quote.ts";
import { Frame, NO_SOURCE } from "../scope.ts";
import { EspFunction, EspObject, PLAIN, type Value } from "../value.ts";
import type { Context, Ex } from "./context.ts";
import type { Region } from "./scope.ts";

/** The callee, the object it was found on, and the name messages use. */
interface Callee {
  /** Leaves the function in `e.callee` and answers `this`. */
  find: (f: Frame) => Value;
  /** undefined: the expression has no name. */
  name: string | undefined;
  /** The name is an index, known when it runs. */
  isIndex: boolean;
}

function callee(c: Context, node: Node, region: Region): Callee {
  const { e } = c;
  if (node.t === "dot" || node.t === "index") {
    const isSuper = node.object.t === "super";
    const object = c.ex(node.object, region);
    if (node.t === "dot") {
      const { name, pos } = node;
      return {
        name,
        isIndex: false,
        find: (f) => {
          const o = object(f);
          let fn = o instanceof EspObject && o.props !== undefined ? o.props.get(name) : undefined;
          if (fn === undefined) {
            f.pos = pos;
            e.frame = f;
            fn = get(e, o, name);
          }
          e.callee = fn;
          return isSuper ? f.self : o;
        },
      };
    }
    const key = c.ex(node.index, region);
    return {
      name: "",
      isIndex: true,
      find: (f) => {
        const o = object(f);
        const k = key(f);
        f.pos = node.pos;
        e.frame = f;
        e.callee = getIndexed(e, o, k);
        e.calleeKey = keyText(e, k);
        return isSuper ? f.self : o;
      },
    };
  }
  const fn = c.ex(node, region);
  const isSuper = node.t === "super";
  return {
    name: node.t === "id" ? node.name : undefined,
    isIndex: false,
    find: (f) => {
      e.callee = fn(f);
      return isSuper ? f.self : undefined;
    },
  };
}

export function callExpression(c: Context, node: CallNode, region: Region): Ex {
  const { e } = c;
  const { find, name, isIndex } = callee(c, node.callee, region);
  const args = node.args.map((arg) => c.ex(arg, region));
  const isSuper = node.callee.t === "super";
  const { pos, calleePos } = node;
  return (f) => {
    const self = find(f);
    const fn = e.callee;
    if (!(fn instanceof EspFunction)) {
      f.pos = calleePos;
      throw notCallable(e, f, fn, isIndex ? e.calleeKey : name);
    }
    const result =
      fn.native !== undefined
        ? callNative(e, fn, self, args, f, pos)
        : callScript(e, fn, self, args, f, pos, isIndex ? e.calleeKey : (name ?? labelOf(e, fn)));
    if (isSuper) e.currentClass = undefined;
    return result;
  };
}

/** Stack traces show a function without a name as its text. */
const labelOf = (e: Engine, fn: EspFunction): string => e.text(fn).substring(0, 63);

function notCallable(e: Engine, f: Frame, fn: Value, name: string | undefined) {
  if (fn === undefined) {
    const what = name === undefined ? "" : ` ${quote(name, false)}`;
    return makeThrow(e, "Error", `Function${what} not found!`, f);
  }
  return makeThrow(e, "Error", `Expecting function, got ${typeName(fn)}`, f);
}

function callNative(
  e: Engine,
  fn: EspFunction,
  self: Value,
  args: Ex[],
  f: Frame,
  pos: number,
): Value {
  const values: Value[] = fn.boundArgs ? fn.boundArgs.slice() : [];
  for (let i = 0; i < args.length; i++) values.push(args[i]!(f));
  f.pos = pos;
  e.frame = f;
  e.operations++;
  const result = fn.native!(fn.hasThis ? fn.boundThis : self, values);
  e.frame = f;
  return result;
}

function callScript(
  e: Engine,
  fn: EspFunction,
  self: Value,
  args: Ex[],
  f: Frame,
  pos: number,
  label: string | undefined,
): Value {
  const compiled = e.compiled(fn);
  const slots = compiled.template.slice();
  const { paramCount } = compiled;
  const extra: Value[] = [];
  let at = 0;
  if (fn.boundArgs) {
    for (const value of fn.boundArgs) {
      if (at < paramCount) slots[at++] = value;
      else extra.push(value);
    }
  }
  for (let i = 0; i < args.length; i++) {
    const value = args[i]!(f);
    if (at < paramCount) slots[at++] = value;
    else extra.push(value);
  }
  if (compiled.selfSlot >= 0) slots[compiled.selfSlot] = fn;
  f.pos = pos;
  const target = fn.hasThis ? fn.boundThis : self;
  const frame = new Frame(
    slots,
    fn.scope,
    compiled.info,
    target === undefined ? e.global : target,
    fn,
    fn.code ? fn.code.source : NO_SOURCE,
    label,
    f,
  );
  if (extra.length > 0) frame.extra = extra;
  return e.enter(frame, compiled, f);
}

export function newExpression(c: Context, node: CallNode, region: Region): Ex {
  const { e } = c;
  const { find, name, isIndex } = callee(c, node.callee, region);
  const args = node.args.map((arg) => c.ex(arg, region));
  const { pos, calleePos } = node;
  return (f) => {
    find(f);
    const fn = e.callee;
    if (!(fn instanceof EspFunction)) {
      f.pos = calleePos;
      throw makeThrow(e, "Error", `Constructor should be a function, but is ${typeName(fn)}`, f);
    }
    f.pos = calleePos;
    e.frame = f;
    const object = new EspObject(ensurePrototype(e, fn));
    e.allocated += 3;
    const result =
      fn.native !== undefined
        ? callNative(e, fn, object, args, f, pos)
        : callScript(e, fn, object, args, f, pos, isIndex ? e.calleeKey : (name ?? labelOf(e, fn)));
    return result === undefined ? object : result;
  };
}

/** What `super` means depends on `this`: an object's class, or a class function in a static method. */
export function superObject(e: Engine, f: Frame, isCall: boolean, pos: number): Value {
  const { self } = f;
  let proto: Value;
  if (self instanceof EspObject && self.kind === PLAIN) {
    proto = isCall && e.currentClass ? e.currentClass.props?.get("prototype") : self.proto;
  } else if (self instanceof EspFunction) proto = self.props?.get("prototype");
  const parent = proto instanceof EspObject ? proto.proto : null;
  if (!parent) {
    f.pos = pos;
    throw makeThrow(e, "SyntaxError", "Calling 'super' outside of class", f);
  }
  if (self instanceof EspFunction) return parent.props?.get("constructor");
  if (!isCall) return parent;
  const maker = parent.props?.get("constructor");
  e.currentClass = maker instanceof EspFunction ? maker : undefined;
  return maker;
}
