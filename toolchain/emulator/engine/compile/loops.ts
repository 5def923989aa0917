/** Loops. Each turn is an operation; long ones let the engine look at its budget. */
import type { Node, Statement } from "../ast.ts";
import { elements, truthy, typeName, viewGet } from "../convert.ts";
import { makeThrow } from "../errors.ts";
import { ownKeys } from "../properties.ts";
import type { Frame } from "../scope.ts";
import { EspArray, EspObject, EspView, isString, PLAIN, type Value } from "../value.ts";
import { set, setIndexed } from "../writing.ts";
import { BREAK, type Context, NORMAL, RETURN, type St } from "./context.ts";
import { declareVariable, type Write, writeVariable } from "./identifiers.ts";
import type { Region } from "./scope.ts";

const body = (c: Context, node: Statement | undefined, region: Region): St =>
  node ? c.st(node, region) : () => NORMAL;

export function whileLoop(
  c: Context,
  node: Extract<Statement, { t: "while" }>,
  region: Region,
): St {
  const { e } = c;
  const test = c.test(node.test, region);
  const run = body(c, node.body, region);
  return (f) => {
    while (truthy(test(f))) {
      if (++e.operations >= e.nextCheck) e.check(f);
      const end = run(f);
      if (end === BREAK) break;
      if (end === RETURN) return end;
    }
    return NORMAL;
  };
}

export function doLoop(c: Context, node: Extract<Statement, { t: "do" }>, region: Region): St {
  const { e } = c;
  const test = c.test(node.test, region);
  const run = body(c, node.body, region);
  return (f) => {
    do {
      if (++e.operations >= e.nextCheck) e.check(f);
      const end = run(f);
      if (end === BREAK) break;
      if (end === RETURN) return end;
    } while (truthy(test(f)));
    return NORMAL;
  };
}

export function forLoop(c: Context, node: Extract<Statement, { t: "for" }>, region: Region): St {
  const { e } = c;
  const init = body(c, node.init, region);
  const test = node.test && c.test(node.test, region);
  const update = node.update && c.ex(node.update, region);
  const run = body(c, node.body, region);
  return (f) => {
    init(f);
    while (!test || truthy(test(f))) {
      if (++e.operations >= e.nextCheck) e.check(f);
      const end = run(f);
      if (end === BREAK) break;
      if (end === RETURN) return end;
      if (update) update(f);
    }
    return NORMAL;
  };
}

/** How each turn stores its value: the declared variable, a variable, or a member. */
function target(c: Context, init: Statement, isOf: boolean, region: Region): Write {
  const { e } = c;
  if (init.t === "var") {
    const item = init.items.at(-1);
    if (item) {
      const declare = declareVariable(c, item.name, init.kind, item.pos, region);
      const places = init.kind !== "const" ? undefined : region.names.get(item.name);
      if (places) {
        return (f, value) => {
          f.slots[places.slot] = value;
        };
      }
      return (f, value) => void declare(f, value, true, true);
    }
  }
  if (init.t === "expression") {
    const node: Node = init.value;
    if (node.t === "id") return writeVariable(c, node.name, node.pos, region);
    if (node.t === "dot") {
      const object = c.ex(node.object, region);
      return (f, value) => set(e, object(f), node.name, value);
    }
    if (node.t === "index") {
      const object = c.ex(node.object, region);
      const key = c.ex(node.index, region);
      return (f, value) => setIndexed(e, object(f), key(f), value);
    }
    const value = c.ex(node, region);
    return (f) => {
      const kind = typeName(value(f));
      const word = isOf ? "of" : "in";
      throw makeThrow(e, "Error", `for(a ${word} b) - 'a' must be a variable name, not ${kind}`, f);
    };
  }
  return () => undefined;
}

export function eachLoop(c: Context, node: Extract<Statement, { t: "each" }>, region: Region): St {
  const { e } = c;
  const declares = node.init.t === "var" ? c.st(node.init, region) : undefined;
  const write = target(c, node.init, node.isOf, region);
  const list = c.ex(node.list, region);
  const run = body(c, node.body, region);
  const turn = (f: Frame, value: Value): number => {
    if (++e.operations >= e.nextCheck) e.check(f);
    write(f, value);
    return run(f);
  };
  return (f) => {
    declares?.(f);
    const over = list(f);
    if (over === undefined) return NORMAL;
    if (!isString(over) && !(over instanceof EspObject)) {
      f.pos = node.pos;
      throw makeThrow(
        e,
        "Error",
        `FOR loop can only iterate over Arrays, Strings or Objects, not ${typeName(over)}`,
        f,
      );
    }
    return node.isOf ? eachValue(over, f, turn) : eachKey(c, over, f, turn);
  };
}

type Turn = (f: Frame, value: Value) => number;

/** Elements pushed while the loop runs are visited too. */
function eachValue(over: Value, f: Frame, turn: Turn): number {
  if (over instanceof EspArray) {
    for (let i = 0; i < over.items.length; i++) {
      const end = turn(f, over.items[i]);
      if (end === BREAK) break;
      if (end === RETURN) return end;
    }
    return NORMAL;
  }
  if (over instanceof EspView) {
    for (let i = 0; i < over.length; i++) {
      const end = turn(f, viewGet(over, i));
      if (end === BREAK) break;
      if (end === RETURN) return end;
    }
    return NORMAL;
  }
  const values =
    over instanceof EspObject && over.kind <= 1
      ? ownKeys(over, true).map((key) => over.props!.get(key))
      : elements(over);
  for (const value of values) {
    const end = turn(f, value);
    if (end === BREAK) break;
    if (end === RETURN) return end;
  }
  return NORMAL;
}

/** Own names first, then those of the prototypes. */
function eachKey(c: Context, over: Value, f: Frame, turn: Turn): number {
  const { e } = c;
  let at: Value = over;
  while (at !== undefined && at !== null) {
    for (const key of ownKeys(at, true)) {
      if (at instanceof EspObject && at.kind <= 1 && !at.props?.has(key)) continue;
      const end = turn(f, key);
      if (end === BREAK) return NORMAL;
      if (end === RETURN) return end;
    }
    at = nextPrototype(e, at);
  }
  return NORMAL;
}

function nextPrototype(e: Context["e"], at: Value): EspObject | undefined {
  if (!(at instanceof EspObject)) return undefined;
  if (at instanceof EspArray) return e.userPrototype("Array") ?? e.userPrototype("Object");
  if (at.kind !== PLAIN) return undefined;
  const next = at.proto ?? e.userPrototype("Object");
  return next === at ? undefined : next;
}
