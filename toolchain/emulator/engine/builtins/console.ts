/** print and console. Each call is one line; `%d` and friends are not known. */
import type { Engine } from "../engine.ts";
import { stackTrace } from "../errors.ts";
import { inspect } from "../inspect.ts";
import type { NativeFunction } from "../value.ts";
import { globals, libraryOf } from "./define.ts";

export function installConsole(e: Engine): void {
  const print: NativeFunction = (_self, args) => {
    e.host.output(`${args.map((arg) => inspect(e, arg)).join(" ")}\n`);
    return undefined;
  };
  const trace: NativeFunction = () => {
    if (e.frame) e.host.output(stackTrace(e.frame));
    return undefined;
  };
  globals(e, {
    print,
    // The real one lists blocks by their addresses, which mean nothing here.
    trace: (_self, [value]) => {
      e.host.output(`${inspect(e, value === undefined ? e.global : value)}\n`);
      return undefined;
    },
  });
  libraryOf(e, "console", {
    debug: print,
    error: print,
    info: print,
    log: print,
    trace,
    warn: print,
  });
}
