/** Error objects and stack traces as the real interpreter words them. Source: Espruino 2v29, measured. */
import type { ErrorType } from "./ast.ts";
import type { Engine } from "./engine.ts";
import { sourcePiece } from "./function-text.ts";
import { define } from "./properties.ts";
import type { Frame, SourceText } from "./scope.ts";
import { toText } from "./text.ts";
import { EspObject, EspThrow, type Value } from "./value.ts";

const LINE_CHARS_MAX = 60;
const IGNORED_LINE = "Modules.addCached";

/** An error object of a built-in class with its stack; `frame` is where it happens. */
export function makeError(
  e: Engine,
  type: ErrorType,
  message: Value,
  frame: Frame | null,
): EspObject {
  const object = new EspObject(e.touchClass(type) ?? null);
  if (message !== undefined) define(object, "message", toText(e, message));
  define(object, "type", type);
  if (frame) define(object, "stack", stackTrace(frame));
  e.allocated += 30;
  return object;
}

export function makeThrow(
  e: Engine,
  type: ErrorType,
  message: string,
  frame: Frame | null,
): EspThrow {
  return new EspThrow(makeError(e, type, message, frame));
}

export function stackTrace(frame: Frame): string {
  let out = "";
  for (let at: Frame | null = frame; at; at = at.caller) {
    const where = position(at.source, at.pos);
    const label = at.label;
    out += `    at ${label === undefined ? where : `${label} (${where})`}\n${marker(at.source, at.pos)}`;
  }
  return out;
}

/**
 * `:line:column` in the text of the function, or of the whole program. The file is not named: the interpreter looks for
 * it by flash address, but an ESP32 runs code where flash is mapped. Lines that only add modules at the very start
 * are not counted.
 */
function position(source: SourceText, pos: number): string {
  const { text } = source;
  const before = text.substring(0, pos);
  const line = before.split("\n").length;
  let ignored = 0;
  for (const row of text.split("\n", line)) {
    if (!row.startsWith(IGNORED_LINE)) break;
    ignored++;
  }
  const column = pos - (before.lastIndexOf("\n") + 1) + 1;
  return `:${line - ignored}:${column}`;
}

/** The source line, cropped around the place, and a pointer below it. */
function marker(source: SourceText, pos: number): string {
  const { text } = source;
  const from = text.lastIndexOf("\n", pos - 1) + 1;
  const end = text.indexOf("\n", pos);
  const length = (end < 0 ? text.length : end) - from;
  let column = pos - from + 1;
  let out = "";
  let skip = 0;
  if (length > LINE_CHARS_MAX && pos - from > 30) {
    out = "...";
    column += 3;
    skip = pos - 30 - from;
  }
  let shown = -skip;
  let last = 0;
  for (let i = from; i < text.length && shown < LINE_CHARS_MAX && text[i] !== "\n"; ) {
    const piece = sourcePiece(text, i, last);
    last = text.charCodeAt(i);
    if (skip > 0) {
      skip = Math.max(0, skip - piece.length);
      column -= piece.length;
    } else out += piece.text;
    shown += piece.length;
    i += piece.length;
  }
  if (shown >= LINE_CHARS_MAX) out += "...";
  return `${out}\n${" ".repeat(Math.max(0, column - 1))}^\n`;
}

/** What the console prints for an exception nobody caught. */
export function describeThrow(e: Engine, thrown: EspThrow): string {
  const { value } = thrown;
  let out = `Uncaught ${toText(e, value)}\n`;
  if (value instanceof EspObject && value.kind === 0) {
    const stack = value.props?.get("stack");
    if (stack !== undefined) out += toText(e, stack);
  }
  return out;
}
