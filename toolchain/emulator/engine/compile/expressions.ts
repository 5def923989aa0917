/** Expressions to host closures; calls, members and assignments have files of their own. */
import type { Node } from "../ast.ts";
import { asNumber, toInt, truthy, typeOf } from "../convert.ts";
import { makeThrow } from "../errors.ts";
import { negate } from "../operators.ts";
import { get, getIndexed, keyText } from "../properties.ts";
import { primitive } from "../text.ts";
import { EspArray, type EspFunction, EspObject, type Value } from "../value.ts";
import { addAccessor, remove } from "../writing.ts";
import { assign, update } from "./assignments.ts";
import { binary } from "./binary.ts";
import { callExpression, newExpression, superObject } from "./calls.ts";
import { classValue, functionValue } from "./closures.ts";
import type { Context, Ex } from "./context.ts";
import { isDeclared, readVariable } from "./identifiers.ts";
import { dot, index } from "./members.ts";
import type { Region } from "./scope.ts";
import { template } from "./templates.ts";

export function compileExpression(c: Context, node: Node, region: Region): Ex {
  const { e } = c;
  switch (node.t) {
    case "const": {
      const { value } = node;
      return () => value;
    }
    case "id":
      return readVariable(c, node.name, node.pos, region);
    case "this":
      return (f) => f.self;
    case "dot":
      return dot(c, node, region, false);
    case "index":
      return index(c, node, region, false);
    case "call":
      return callExpression(c, node, region);
    case "new":
      return newExpression(c, node, region);
    case "super":
      return (f) => superObject(e, f, node.isCall, node.pos);
    case "function":
      return functionValue(c, node);
    case "class":
      return classValue(c, node, region);
    case "error":
      return (f) => {
        f.pos = node.pos;
        const thrown = makeThrow(e, node.type, node.message, f);
        thrown.mistakeIn = f.source;
        throw thrown;
      };
    case "broken": {
      const before = node.before.map((part) => c.ex(part, region));
      const fail = c.ex(node.error, region);
      return (f) => {
        try {
          for (const part of before) part(f);
        } catch (thrown) {
          const caught = e.caught(thrown);
          caught.mistakeIn = f.source;
          throw caught;
        }
        return fail(f);
      };
    }
    case "array":
      return arrayValue(c, node.items, region);
    case "object":
      return objectValue(c, node, region);
    case "unary":
      return unary(c, node, region);
    case "binary":
      return binary(c, node, region);
    case "logical":
      return logical(c, node, region);
    case "conditional": {
      const test = c.test(node.test, region);
      const yes = c.ex(node.yes, region);
      const no = c.ex(node.no, region);
      return (f) => (truthy(primitive(e, test(f))) ? yes(f) : no(f));
    }
    case "assign":
      return assign(c, node, region);
    case "update":
      return update(c, node, region);
    case "typeof":
    case "delete":
    case "void":
      return wordOperator(c, node, region);
    case "comma": {
      const items = node.items.map((item) => c.ex(item, region));
      return (f) => {
        let last: Value;
        for (const item of items) last = item(f);
        return last;
      };
    }
    case "template":
      return template(c, node, region);
    case "regex":
      return (f) => {
        f.pos = node.pos;
        e.frame = f;
        return e.makeRegExp(node.source, node.flags);
      };
  }
}

/** As compileExpression, but members may be unknown. */
export function compileTest(c: Context, node: Node, region: Region): Ex {
  if (node.t === "dot") return dot(c, node, region, true);
  if (node.t === "index") return index(c, node, region, true);
  return c.ex(node, region);
}

function arrayValue(c: Context, nodes: (Node | undefined)[], region: Region): Ex {
  const { e } = c;
  const items = nodes.map((item) => item && c.ex(item, region));
  const { length } = items;
  return (f) => {
    const values: Value[] = new Array(length);
    for (let i = 0; i < length; i++) {
      const item = items[i];
      if (item) values[i] = item(f);
    }
    e.allocated += 1 + 2 * length;
    return new EspArray(values);
  };
}

function objectValue(c: Context, node: Extract<Node, { t: "object" }>, region: Region): Ex {
  const { e } = c;
  const entries = node.entries.map((entry) => ({ ...entry, run: c.ex(entry.value, region) }));
  const { length } = entries;
  return (f) => {
    const object = new EspObject(null);
    e.allocated += 1 + 2 * length;
    if (length === 0) return object;
    const props = new Map<string, Value>();
    object.props = props;
    for (let i = 0; i < length; i++) {
      const { kind, key, run } = entries[i]!;
      if (kind === "value") {
        if (key === "__proto__") {
          const proto = run(f);
          object.proto = proto instanceof EspObject ? proto : null;
        } else {
          props.set(key, run(f));
          object.accessors?.delete(key);
        }
      } else addAccessor(e, object, key, kind, run(f) as EspFunction);
    }
    return object;
  };
}

function unary(c: Context, node: Extract<Node, { t: "unary" }>, region: Region): Ex {
  const { e } = c;
  const { pos, op } = node;
  if (op === "!") {
    const a = c.test(node.a, region);
    return (f) => !truthy(a(f));
  }
  const a = c.ex(node.a, region);
  const convert = {
    "~": (v: Value) => ~toInt(e, v),
    "-": (v: Value) => negate(e, v),
    "+": (v: Value) => asNumber(e, v),
  }[op]!;
  return (f) => {
    const value = a(f);
    if (typeof value === "number") {
      if (op === "-") return 0 - value;
      if (op === "+") return value;
    }
    f.pos = pos;
    e.frame = f;
    return convert(primitive(e, value));
  };
}

function logical(c: Context, node: Extract<Node, { t: "logical" }>, region: Region): Ex {
  const a = node.op === "??" ? c.ex(node.a, region) : c.test(node.a, region);
  const b = c.test(node.b, region);
  switch (node.op) {
    case "&&":
      return (f) => {
        const value = a(f);
        return truthy(value) ? b(f) : value;
      };
    case "||":
      return (f) => {
        const value = a(f);
        return truthy(value) ? value : b(f);
      };
    default:
      return (f) => {
        const value = a(f);
        return value === undefined || value === null ? b(f) : value;
      };
  }
}

function wordOperator(
  c: Context,
  node: Extract<Node, { t: "typeof" | "delete" | "void" }>,
  region: Region,
): Ex {
  const { e } = c;
  const target = node.a;
  if (node.t === "void") {
    const a = c.ex(target, region);
    return (f) => {
      a(f);
      return undefined;
    };
  }
  if (node.t === "typeof") {
    const a = c.test(target, region);
    if (target.t !== "id") return (f) => typeOf(a(f));
    const exists = isDeclared(c, target.name, region);
    return (f) => (exists(f) ? typeOf(a(f)) : "undefined");
  }
  if (target.t === "dot" || target.t === "index") {
    const object = c.ex(target.object, region);
    const key: Ex = target.t === "dot" ? () => target.name : c.ex(target.index, region);
    const { pos } = target;
    return (f) => {
      const value = object(f);
      const name = key(f);
      if (!(value instanceof EspObject)) {
        f.pos = pos;
        e.frame = f;
        if (target.t === "dot") get(e, value, target.name, true);
        else getIndexed(e, value, name, true);
      }
      return remove(value, keyText(e, name));
    };
  }
  if (target.t === "id") return () => remove(e.global, target.name);
  return () => false;
}
