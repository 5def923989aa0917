/**
 * Everything a program holds, as a text and back: objects, functions with the scopes they captured, buffers. Built-ins are
 * named, not copied. For save(): the original writes its JsVars as they lie in memory, which these are not.
 */
import { ELEMENT_TYPES } from "./builtins/typed.ts";
import type { Engine } from "./engine.ts";
import { EMPTY, Frame, FunctionCode, NO_SOURCE, ScopeInfo } from "./scope.ts";
import {
  EspArray,
  EspBuffer,
  EspFunction,
  EspObject,
  EspPin,
  EspView,
  MemoryString,
  type TypedArrayKind,
} from "./value.ts";

/** Names for what the board adds: libraries that require() gives. */
export interface KnownObjects {
  nameOf(object: EspObject): string | undefined;
  byName(name: string): EspObject | undefined;
}

/** Kept by their names' sake; their order is part of the format. */
const KINDS = [
  EspObject,
  EspArray,
  EspFunction,
  EspBuffer,
  EspView,
  EspPin,
  MemoryString,
  Frame,
  FunctionCode,
  ScopeInfo,
] as const;
/** What is made anew: compiled code, the way back to callers, tables of built-ins. */
const LEFT_OUT = new Set([
  ...["compiled", "compiledFor", "compiledName", "caller", "data", "isVisited"],
  ...["statics", "methods", "native", "type"],
]);

type Encoded = null | boolean | number | string | [tag: string, ...rest: unknown[]];
type Entry =
  | [kind: number, fields: [string, Encoded][]]
  | [known: string, fields: [string, Encoded][]];

interface Saved {
  roots: Encoded;
  entries: Entry[];
}

/** What a program holds in its globals and in `roots`. Throws an Error of the program for what cannot be saved. */
export function freeze(e: Engine, roots: unknown, known: KnownObjects): string {
  const writer = new Writer(e, known);
  const saved: Saved = { roots: writer.encode([e.global, roots]), entries: writer.entries };
  return JSON.stringify(saved);
}

/** Fills the globals of a fresh engine; returns the roots that were saved with them. */
export function thaw(e: Engine, text: string, known: KnownObjects): unknown {
  const { roots, entries } = JSON.parse(text) as Saved;
  return (new Reader(e, known, entries).decode(roots) as unknown[])[1];
}

/** `global`, a function of the firmware, or one of its classes and objects. */
function builtinNames(e: Engine): Map<unknown, string> {
  const names = new Map<unknown, string>([[e.global, "global"]]);
  const member = (path: string, table: EspFunction["statics"]) => {
    for (const [name, entry] of table ?? []) if ("fn" in entry) names.set(entry.fn, path + name);
  };
  for (const [name, builtin] of e.builtins) {
    if (builtin.kind === "function") names.set(builtin.fn, `function ${name}`);
    if (builtin.kind !== "class") continue;
    const touched = e.global.props?.get(name);
    if (touched !== undefined) names.set(touched, `object ${name}`);
    if (touched instanceof EspFunction) member(`static ${name} `, touched.statics);
  }
  for (const [name, table] of e.methodTables) member(`method ${name} `, table);
  return names;
}

class Writer {
  readonly entries: Entry[] = [];
  private readonly e: Engine;
  private readonly known: KnownObjects;
  private readonly builtins: Map<unknown, string>;
  private readonly ids = new Map<object, number>();

  constructor(e: Engine, known: KnownObjects) {
    this.e = e;
    this.known = known;
    this.builtins = builtinNames(e);
  }

  encode(value: unknown): Encoded {
    switch (typeof value) {
      case "boolean":
      case "string":
        return value;
      case "number":
        return Number.isFinite(value) ? value : ["number", String(value)];
      case "undefined":
        return ["undefined"];
      case "symbol":
        return ["empty"];
    }
    if (value === null) return null;
    if (value === NO_SOURCE) return ["none"];
    if (value instanceof Uint8Array) return ["bytes", Buffer.from(value).toString("base64")];
    if (value instanceof Map) {
      return ["map", ...[...value].map(([key, item]) => [key, this.encode(item)])];
    }
    if (value instanceof Set) return ["set", ...[...value].map((item) => this.encode(item))];
    if (Array.isArray(value)) {
      const items = Object.entries(value).map(([index, item]) => [+index, this.encode(item)]);
      return ["array", value.length, ...items];
    }
    const kind = (KINDS as readonly unknown[]).indexOf((value as object).constructor);
    if (kind >= 0) return ["to", this.entry(value as object, kind)];
    return ["plain", ...Object.entries(value as object).map(([k, v]) => [k, this.encode(v)])];
  }

  private entry(object: object, kind: number): number {
    const seen = this.ids.get(object);
    if (seen !== undefined) return seen;
    const id = this.entries.length;
    this.ids.set(object, id);
    const name =
      this.builtins.get(object) ??
      (object instanceof EspObject ? this.known.nameOf(object) : undefined);
    const entry: Entry = [name ?? kind, []] as unknown as Entry;
    this.entries.push(entry);
    if (!name && object instanceof EspFunction && object.native) {
      throw this.e.error(
        "Error",
        `save() cannot keep ${object.name || "a function of the firmware"}`,
      );
    }
    for (const [field, value] of Object.entries(object)) {
      // Of what the firmware has, only what the program added is kept.
      const isKept = name ? field === "props" || field === "accessors" : !LEFT_OUT.has(field);
      if (isKept && value !== undefined) entry[1].push([field, this.encode(value)]);
    }
    if (object instanceof EspView) entry[1].push(["type", object.type.name]);
    return id;
  }
}

class Reader {
  private readonly e: Engine;
  private readonly known: KnownObjects;
  private readonly entries: Entry[];
  private readonly made = new Map<number, object>();

  constructor(e: Engine, known: KnownObjects, entries: Entry[]) {
    this.e = e;
    this.known = known;
    this.entries = entries;
  }

  decode(code: Encoded): unknown {
    if (!Array.isArray(code)) return code;
    const [tag, ...rest] = code;
    switch (tag) {
      case "number":
        return Number(rest[0]);
      case "undefined":
        return undefined;
      case "empty":
        return EMPTY;
      case "none":
        return NO_SOURCE;
      case "bytes":
        return Uint8Array.from(Buffer.from(String(rest[0]), "base64"));
      case "map":
        return new Map((rest as [string, Encoded][]).map(([k, v]) => [k, this.decode(v)]));
      case "set":
        return new Set((rest as Encoded[]).map((item) => this.decode(item)));
      case "array": {
        const [length, ...items] = rest as [number, ...[number, Encoded][]];
        const list: unknown[] = new Array(length);
        for (const [index, item] of items) list[index] = this.decode(item);
        return list;
      }
      case "to":
        return this.object(rest[0] as number);
    }
    return Object.fromEntries((rest as [string, Encoded][]).map(([k, v]) => [k, this.decode(v)]));
  }

  private object(id: number): object {
    const seen = this.made.get(id);
    if (seen) return seen;
    const [kind, fields] = this.entries[id]!;
    const isKnown = typeof kind === "string";
    const object = isKnown ? this.builtin(kind) : Object.create(KINDS[kind]!.prototype);
    this.made.set(id, object);
    if (!isKnown) Object.assign(object, blankOf(kind));
    for (const [field, code] of fields) {
      const value = this.decode(code);
      // The map of the globals is the one that compiled code reads.
      if (isKnown && field === "props" && object.props) {
        for (const [key, item] of value as Map<string, unknown>) object.props.set(key, item);
      } else object[field] = value;
    }
    if (object instanceof EspView) this.view(object, String(fields.at(-1)![1]) as TypedArrayKind);
    if (!isKnown && object.accessors) this.e.hasAccessors = true;
    return object;
  }

  private view(view: EspView, type: TypedArrayKind): void {
    const { bytes } = view.buffer;
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    Object.assign(view, { type: ELEMENT_TYPES[type], data });
  }

  private builtin(path: string) {
    const [kind, name = "", member = ""] = path.split(" ");
    const { e } = this;
    if (kind === "global") return e.global;
    const entry = e.builtins.get(name);
    let found: unknown;
    if (kind === "function" && entry?.kind === "function") found = entry.fn;
    else if (kind === "object") found = e.touchObject(name);
    else if (kind === "static")
      found = memberOf((e.touchObject(name) as EspFunction).statics, member);
    else if (kind === "method") found = memberOf(e.methodTables.get(name), member);
    else found = this.known.byName(path);
    if (!(found instanceof EspObject)) throw e.error("Error", `${path} is not there any more`);
    // biome-ignore lint/suspicious/noExplicitAny: fields are set by name
    return found as any;
  }
}

function memberOf(table: EspFunction["statics"], name: string): EspFunction | undefined {
  const entry = table?.get(name);
  return entry && "fn" in entry ? entry.fn : undefined;
}

/** Fields that were undefined or left out, so that all objects of a kind have the same ones. */
function blankOf(kind: number): object {
  if (KINDS[kind] === Frame) return { caller: null, fn: undefined, extra: undefined };
  if (KINDS[kind] === FunctionCode) return { compiled: undefined, compiledFor: undefined };
  return KINDS[kind]!.prototype instanceof EspObject || KINDS[kind] === EspObject
    ? { props: undefined, accessors: undefined, isVisited: false, proto: null }
    : {};
}
