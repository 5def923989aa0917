/** All built-ins of the language (as measured on Espruino 2v29). Hardware ones are the board's. */
import type { Engine } from "../engine.ts";
import { installArray } from "./array.ts";
import { installConsole } from "./console.ts";
import { installDataView } from "./dataview.ts";
import { installDate } from "./date.ts";
import { installErrors } from "./errors.ts";
import { installE } from "./espruino.ts";
import { installEvents } from "./events.ts";
import { installFunction } from "./function.ts";
import { installGlobals } from "./globals.ts";
import { installJson } from "./json.ts";
import { installMath } from "./math.ts";
import { installNumber } from "./number.ts";
import { installObject } from "./object.ts";
import { installPromise } from "./promise.ts";
import { installRegExp } from "./regexp.ts";
import { installString } from "./string.ts";
import { installTyped } from "./typed.ts";

export function installBuiltins(e: Engine): void {
  installObject(e);
  installEvents(e);
  installFunction(e);
  installArray(e);
  installString(e);
  installNumber(e);
  installMath(e);
  installTyped(e);
  installDataView(e);
  installDate(e);
  installErrors(e);
  installJson(e);
  installRegExp(e);
  installPromise(e);
  installConsole(e);
  installGlobals(e);
  installE(e);
}
