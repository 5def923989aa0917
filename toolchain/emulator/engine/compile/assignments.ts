/** Assignments, compound ones and ++/--. The right side is evaluated before the old value is read. */
import type { Node } from "../ast.ts";
import { asNumber, toInt, toNumber, truthy, typeName, viewSet } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { makeThrow } from "../errors.ts";
import { isInt32 } from "../format.ts";
import { OPERATORS } from "../operators.ts";
import { get, getIndexed } from "../properties.ts";
import type { Frame } from "../scope.ts";
import { ARRAY, EspArray, EspObject, EspView, type Value } from "../value.ts";
import { set, setIndexed } from "../writing.ts";
import type { Context, Ex } from "./context.ts";
import { writeVariable } from "./identifiers.ts";
import type { Region } from "./scope.ts";

type Assign = Extract<Node, { t: "assign" }>;
type Update = Extract<Node, { t: "update" }>;

export function assign(c: Context, node: Assign, region: Region): Ex {
  if (node.target.t === "logical") return intoLogical(c, node, node.target, region);
  const value = c.ex(node.value, region);
  if (node.op === "=") return simple(c, node, value, region);
  const operator = OPERATORS[node.op.slice(0, -1)]!;
  return modify(
    c,
    node.target,
    node.pos,
    region,
    value,
    (e, old, by) => operator(e, old, by),
    false,
  );
}

function simple(c: Context, node: Assign, value: Ex, region: Region): Ex {
  const { e } = c;
  const { target, pos } = node;
  if (target.t === "id") {
    const write = writeVariable(c, target.name, pos, region);
    return (f) => {
      const v = value(f);
      write(f, v);
      return v;
    };
  }
  if (target.t === "dot") {
    const object = c.ex(target.object, region);
    const { name } = target;
    return (f) => {
      const o = object(f);
      if (o === undefined || o === null) {
        f.pos = target.pos;
        throw makeThrow(e, "Error", `Can't read property '${name}' of ${o}`, f);
      }
      const v = value(f);
      f.pos = pos;
      e.frame = f;
      set(e, o, name, v);
      return v;
    };
  }
  if (target.t === "index") {
    const object = c.ex(target.object, region);
    const index = c.ex(target.index, region);
    const isName = target.object.t === "id";
    return (f) => {
      const early = isName ? undefined : object(f);
      const k = index(f);
      const o = isName ? object(f) : early;
      if (!(o instanceof EspObject) || o.kind > ARRAY) {
        f.pos = target.pos;
        e.frame = f;
        getIndexed(e, o, k, true);
      }
      const v = value(f);
      if (typeof k === "number" && isInt32(k) && k >= 0 && quickSet(e, o, k, v)) return v;
      f.pos = pos;
      e.frame = f;
      setIndexed(e, o, k, v);
      return v;
    };
  }
  return intoNothing(c, target, pos, region, value);
}

function quickSet(e: Engine, o: Value, k: number, v: Value): boolean {
  if (o instanceof EspArray) {
    if (k < o.items.length && o.accessors === undefined) {
      o.items[k] = v;
      return true;
    }
    return false;
  }
  if (o instanceof EspView) {
    if (typeof v === "number") viewSet(o, k, v);
    else viewSet(o, k, o.type.isFloat ? toNumber(e, v) : toInt(e, v));
    return true;
  }
  return false;
}

/** Not a reference: `5 = x`, `f() = x`. Only undefined may be assigned to. */
function intoNothing(c: Context, target: Node, pos: number, region: Region, value: Ex): Ex {
  const { e } = c;
  const a = c.ex(target, region);
  return (f) => {
    const old = a(f);
    const v = value(f);
    if (old === undefined) return v;
    f.pos = pos;
    throw makeThrow(e, "Error", `Unable to assign value to non-reference ${typeName(old)}`, f);
  };
}

/** `a && b = c`: what && leaves is a reference, so b is assigned when it is reached. */
function intoLogical(
  c: Context,
  node: Assign,
  target: Extract<Node, { t: "logical" }>,
  region: Region,
): Ex {
  const left = c.ex(target.a, region);
  const inner = assign(c, { ...node, target: target.b }, region);
  const value = c.ex(node.value, region);
  const isAnd = target.op === "&&";
  return (f) => {
    const a = left(f);
    const reaches = target.op === "??" ? a === undefined || a === null : truthy(a) === isAnd;
    if (reaches) return inner(f);
    value(f);
    f.pos = node.pos;
    throw makeThrow(c.e, "Error", `Unable to assign value to non-reference ${typeName(a)}`, f);
  };
}

type Change = (e: Engine, old: Value, by: Value) => Value;

/** Read, change, write back; the old value is the result when `givesOld`. */
function modify(
  c: Context,
  target: Node,
  pos: number,
  region: Region,
  by: Ex,
  change: Change,
  givesOld: boolean,
): Ex {
  const { e } = c;
  const at = (f: Frame): void => {
    f.pos = pos;
    e.frame = f;
  };
  if (target.t === "id") {
    const read = c.ex(target, region);
    const write = writeVariable(c, target.name, pos, region);
    return (f) => {
      const amount = by(f);
      const old = read(f);
      at(f);
      const v = change(e, old, amount);
      write(f, v);
      return givesOld ? asNumber(e, old) : v;
    };
  }
  if (target.t === "dot") {
    const object = c.ex(target.object, region);
    const { name } = target;
    return (f) => {
      const o = object(f);
      const amount = by(f);
      at(f);
      const old = get(e, o, name, true);
      const v = change(e, old, amount);
      set(e, o, name, v);
      return givesOld ? asNumber(e, old) : v;
    };
  }
  if (target.t === "index") {
    const object = c.ex(target.object, region);
    const index = c.ex(target.index, region);
    const isName = target.object.t === "id";
    return (f) => {
      const early = isName ? undefined : object(f);
      const k = index(f);
      const o = isName ? object(f) : early;
      if (!(o instanceof EspObject) || o.kind > ARRAY) {
        f.pos = target.pos;
        e.frame = f;
        getIndexed(e, o, k, true);
      }
      const amount = by(f);
      at(f);
      const old = getIndexed(e, o, k, true);
      const v = change(e, old, amount);
      setIndexed(e, o, k, v);
      return givesOld ? asNumber(e, old) : v;
    };
  }
  const a = c.ex(target, region);
  return intoNothing(c, target, pos, region, (f) => change(e, a(f), by(f)));
}

const ONE: Ex = () => 1;

export function update(c: Context, node: Update, region: Region): Ex {
  const { e } = c;
  const step = node.op === "++" ? 1 : -1;
  const operator = OPERATORS[node.op === "++" ? "+" : "-"]!;
  const { target, isPrefix } = node;
  const change: Change = (_, old) => {
    if (typeof old === "number") return old + step;
    return isPrefix ? operator(e, old, 1) : asNumber(e, old) + step;
  };
  if (target.t === "id") {
    const read = c.ex(target, region);
    const write = writeVariable(c, target.name, node.pos, region);
    return (f) => {
      const old = read(f);
      if (typeof old === "number") {
        write(f, old + step);
        return isPrefix ? old + step : old;
      }
      f.pos = node.pos;
      e.frame = f;
      const v = change(e, old, 1);
      write(f, v);
      return isPrefix ? v : asNumber(e, old);
    };
  }
  return modify(c, target, node.pos, region, ONE, change, !isPrefix);
}
