/** RegExp objects: exec, test, and the state strings' methods need. The matching is in regexp-match.ts. */
import { toInt, typeName } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { define } from "../properties.ts";
import { toText } from "../text.ts";
import { EspArray, EspObject, isString, type Value } from "../value.ts";
import { classOf, methods } from "./define.ts";
import { matchRegExp } from "./regexp-match.ts";

export interface Match {
  index: number;
  text: string;
  input: string;
  result: EspArray;
}

export function installRegExp(e: Engine): void {
  methods(e, "RegExp", {
    exec: (self, [text]) => {
      if (!(self instanceof EspObject)) return undefined;
      const found = execRegExp(e, self, toText(e, text));
      return found ? found.result : found;
    },
    test: (self, [text]) => {
      if (!(self instanceof EspObject)) return false;
      return !!execRegExp(e, self, toText(e, text));
    },
  });
  classOf(e, "RegExp", (_self, [source, flags]) => {
    if (!isString(source)) {
      throw e.error("TypeError", `Expecting String as first argument, got ${typeName(source)}`);
    }
    if (flags !== undefined && !isString(flags)) {
      throw e.error("TypeError", `Expecting String as first argument, got ${typeName(source)}`);
    }
    return makeRegExp(e, toText(e, source), flags === undefined ? undefined : toText(e, flags));
  });
}

export function makeRegExp(e: Engine, source: string, flags: string | undefined): EspObject {
  const object = new EspObject(e.touchClass("RegExp") ?? null);
  define(object, "source", source);
  if (flags !== undefined) define(object, "flags", flags);
  define(object, "lastIndex", 0);
  const ending = literalEnding(source);
  if (ending !== undefined) define(object, "endsWith", ending);
  e.allocated += 10;
  return object;
}

/** `/literal$/` is matched by comparing the end of the text, and shows a property for it. */
function literalEnding(source: string): string | undefined {
  if (!source.endsWith("$") || source.length > 30) return undefined;
  const body = source.slice(0, -1);
  if (!/^(?:[^.[\]()|^*+$\\]|\\[.\\])*$/.test(body)) return undefined;
  return body.replace(/\\(.)/g, "$1");
}

export function isRegExp(e: Engine, value: Value): value is EspObject {
  if (!(value instanceof EspObject) || !value.proto) return false;
  const maker = value.proto.props?.get("constructor");
  return maker !== undefined && maker === e.global.props!.get("RegExp");
}

export function hasFlag(e: Engine, regexp: EspObject, flag: string): boolean {
  const flags = regexp.props?.get("flags");
  return flags !== undefined && toText(e, flags).includes(flag);
}

export const setLastIndex = (regexp: EspObject, index: number): void =>
  define(regexp, "lastIndex", index);

/** The next match from lastIndex; null if there is none, undefined if lastIndex is past the end. */
export function execRegExp(e: Engine, regexp: EspObject, text: string): Match | null | undefined {
  const from = toInt(e, regexp.props?.get("lastIndex"));
  const ending = regexp.props?.get("endsWith");
  if (typeof ending === "string") {
    const index = text.length - ending.length;
    if (from <= index && text.endsWith(ending)) return matchOf(e, text, index, ending, []);
  }
  const source = regexp.props?.get("source");
  if (!isString(source) || from > text.length) return undefined;
  const found = matchRegExp(e, toText(e, source), text, from, hasFlag(e, regexp, "i"));
  if (!found) {
    setLastIndex(regexp, 0);
    return null;
  }
  setLastIndex(regexp, hasFlag(e, regexp, "g") ? found.end : 0);
  const groups = found.groups.map(([start, end]) => text.substring(start, end));
  return matchOf(e, text, found.start, text.substring(found.start, found.end), groups);
}

function matchOf(e: Engine, input: string, index: number, text: string, groups: string[]): Match {
  const result = new EspArray([text, ...groups]);
  define(result, "index", index);
  define(result, "input", input);
  e.allocated += 8 + 2 * groups.length;
  return { index, text, input, result };
}
