/** Error classes. They are unrelated: a TypeError is no instance of Error. */

import type { Engine } from "../engine.ts";
import { toText } from "../text.ts";
import { EspObject, type Value } from "../value.ts";
import { classOf, methods } from "./define.ts";

export function installErrors(e: Engine): void {
  for (const type of [
    "Error",
    "SyntaxError",
    "TypeError",
    "InternalError",
    "ReferenceError",
  ] as const) {
    methods(e, type, {
      toString: (self: Value) => {
        const kind = self instanceof EspObject ? self.props?.get("type") : undefined;
        const message = self instanceof EspObject ? self.props?.get("message") : undefined;
        const name = kind === undefined ? "Error" : toText(e, kind);
        return message === undefined ? name : `${name}: ${toText(e, message)}`;
      },
    });
    classOf(e, type, (_self, [message]) => e.errorObject(type, message));
  }
}
