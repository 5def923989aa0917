/** Reading members. The common cases are taken without a look-up through the tables. */
import type { DotNode, IndexNode, Node } from "../ast.ts";
import { viewGet } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { isInt32 } from "../format.ts";
import { get, getIndexed, keyText } from "../properties.ts";
import { ARRAY, EspArray, EspObject, EspView } from "../value.ts";
import type { Context, Ex } from "./context.ts";
import type { Region } from "./scope.ts";

/** An expression whose value nobody takes: a member is found, but its getter does not run. */
export function mention(c: Context, node: Node, region: Region): Ex {
  if (node.t !== "dot" && node.t !== "index") return c.ex(node, region);
  const { e } = c;
  const object = c.ex(node.object, region);
  const key = node.t === "index" ? c.ex(node.index, region) : undefined;
  const name = node.t === "dot" ? node.name : "";
  const isName = node.object.t === "id";
  return (f) => {
    const early = isName ? undefined : object(f);
    const k = key ? key(f) : name;
    const o = isName ? object(f) : early;
    f.pos = node.pos;
    e.frame = f;
    if (o instanceof EspObject && e.hasAccessors && hasGetter(e, o, keyText(e, k))) return;
    return key ? getIndexed(e, o, k) : get(e, o, name);
  };
}

function hasGetter(e: Engine, object: EspObject, key: string): boolean {
  let at: EspObject | null | undefined = object;
  while (at && !at.props?.has(key)) at = at.proto;
  at ??= e.userPrototype("Object");
  return at?.accessors?.has(key) ?? false;
}

export function dot(c: Context, node: DotNode, region: Region, isLenient: boolean): Ex {
  const { e } = c;
  const { name, pos } = node;
  const object = c.ex(node.object, region);
  if (name === "length") {
    return (f) => {
      const o = object(f);
      if (typeof o === "string") return o.length;
      if (o instanceof EspObject) {
        if (o.kind === ARRAY) return (o as EspArray).items.length;
        if (o instanceof EspView) return o.length;
      }
      f.pos = pos;
      e.frame = f;
      return get(e, o, name, isLenient);
    };
  }
  return (f) => {
    const o = object(f);
    if (o instanceof EspObject && o.props !== undefined) {
      const own = o.props.get(name);
      if (own !== undefined) return own;
    }
    f.pos = pos;
    e.frame = f;
    return get(e, o, name, isLenient);
  };
}

export function index(c: Context, node: IndexNode, region: Region, isLenient: boolean): Ex {
  const { e } = c;
  const { pos } = node;
  const object = c.ex(node.object, region);
  const key = c.ex(node.index, region);
  // A name is looked up only when the index is known.
  const isName = node.object.t === "id";
  return (f) => {
    const early = isName ? undefined : object(f);
    const k = key(f);
    const o = isName ? object(f) : early;
    if (typeof k === "number" && isInt32(k) && k >= 0) {
      if (o instanceof EspArray) {
        const item = o.items[k];
        if (item !== undefined) return item;
      } else if (o instanceof EspView) return viewGet(o, k);
    }
    f.pos = pos;
    e.frame = f;
    return getIndexed(e, o, k, isLenient);
  };
}
