/** Function: apply, bind, call, replaceWith, and functions made from text. */
import { replaceFunction } from "../compile/closures.ts";
import { elements, typeName } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { FunctionCode, NO_SOURCE } from "../scope.ts";
import { toText } from "../text.ts";
import { EspFunction, EspObject, isString, MemoryString, type Value } from "../value.ts";
import { classOf, methods } from "./define.ts";

const ARGS_MAX = 256;

export function installFunction(e: Engine): void {
  methods(e, "Function", {
    call: (self, [target, ...args]) => e.call(self, target, args),
    apply: (self, [target, list]) => {
      if (list === undefined) return e.call(self, target, []);
      if (!(list instanceof EspObject) && !isString(list)) {
        throw e.error(
          "Error",
          `Second argument to Function.apply must be iterable, got ${typeName(list)}`,
        );
      }
      const args = elements(list);
      if (args.length > ARGS_MAX) {
        throw e.error(
          "Error",
          `Array passed to Function.apply is too big! Maximum ${ARGS_MAX} arguments, got ${args.length}`,
        );
      }
      return e.call(self, target, args);
    },
    bind: (self, [target, ...args]) => {
      if (!(self instanceof EspFunction)) {
        throw e.error(
          "TypeError",
          `Function.bind expects to be called on function, got ${typeName(self)}`,
        );
      }
      return bind(e, self, target, args);
    },
    replaceWith: (self, [by]) => {
      if (!(self instanceof EspFunction) || !(by instanceof EspFunction)) {
        throw e.error("TypeError", "Argument should be a function");
      }
      replaceFunction(self, by);
      return undefined;
    },
  });
  classOf(e, "Function", (_self, args) => {
    const text = args.at(-1);
    if (!isString(text)) {
      throw e.error("TypeError", `Function code must be a String, got '${typeName(text)}'`);
    }
    const params = args.slice(0, -1).map((arg) => toText(e, arg));
    const isNative = text instanceof MemoryString && text.kind === "native";
    const source = { ...NO_SOURCE, text: toText(e, text), isNative };
    const fn = new EspFunction();
    fn.code = new FunctionCode(params, source, false);
    fn.length = params.length;
    return fn;
  });
}

function bind(e: Engine, fn: EspFunction, target: Value, args: Value[]): EspFunction {
  const bound = new EspFunction();
  replaceFunction(bound, fn);
  bound.scope = fn.scope;
  bound.boundArgs = [...(fn.boundArgs ?? []), ...args];
  if (bound.boundArgs.length === 0) bound.boundArgs = undefined;
  bound.hasThis = target !== undefined;
  bound.boundThis = target;
  e.allocated += 4 + args.length;
  return bound;
}
