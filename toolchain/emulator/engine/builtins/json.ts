/** JSON: a liberal parser on the language's own lexer, and stringify. Source: Espruino 2v29, measured. */
import { toInt } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { makeThrow } from "../errors.ts";
import { stringify } from "../inspect.ts";
import { Lexer, RESERVED, tokenTitle } from "../lexer.ts";
import { literalNumber } from "../parser/numbers.ts";
import { define, keyText } from "../properties.ts";
import { Frame, NO_SOURCE, ScopeInfo } from "../scope.ts";
import { toText } from "../text.ts";
import { EspObject, type EspThrow, type Value } from "../value.ts";
import { libraryOf } from "./define.ts";

const INDENT_MAX = 10;
const NOTHING = Symbol("no value");

export function installJson(e: Engine): void {
  libraryOf(e, "JSON", {
    parse: (_self, [text]) => parseJson(e, toText(e, text), false),
    stringify: (_self, [value, _replacer, space]) => {
      let indent = "";
      if (typeof space === "number" || typeof space === "boolean") {
        indent = " ".repeat(Math.max(0, Math.min(INDENT_MAX, toInt(e, space))));
      } else if (space !== undefined && space !== null) {
        indent = toText(e, space).substring(0, INDENT_MAX - 1);
      }
      const text = stringify(e, value, indent);
      e.reserve(1 + text.length / 10);
      return text;
    },
  });
}

export function parseJson(e: Engine, text: string, isLiberal: boolean): Value {
  const value = new JsonParser(e, text, isLiberal).value();
  return value === NOTHING ? undefined : value;
}

class JsonParser {
  private readonly e: Engine;
  private readonly lex: Lexer;
  private readonly isLiberal: boolean;

  constructor(e: Engine, text: string, isLiberal: boolean) {
    this.e = e;
    this.lex = new Lexer(text);
    this.isLiberal = isLiberal;
  }

  value(): Value | typeof NOTHING {
    const { lex } = this;
    if (lex.fault) throw this.fault("Error", lex.fault);
    switch (lex.tk) {
      case "true":
        return this.take(true);
      case "false":
        return this.take(false);
      case "null":
        return this.take(null);
      case "-": {
        lex.next();
        if (!this.isNumber()) return Number.NaN;
        const v = this.value();
        return typeof v === "number" ? 0 - v : Number.NaN;
      }
      case "INT":
      case "FLOAT":
        return this.take(literalNumber(lex.value, lex.tk === "FLOAT"));
      case "STR":
        return this.take(lex.value);
      case "[":
        return this.array();
      case "{":
        return this.object();
    }
    throw this.fault("SyntaxError", `Expecting valid value, got ${tokenTitle(lex.tk)}`);
  }

  /** The stack shows the JSON text alone. */
  private fault(type: "Error" | "SyntaxError", message: string): EspThrow {
    const { lex } = this;
    const source = { ...NO_SOURCE, text: lex.text };
    const info = new ScopeInfo(null, false);
    const frame = new Frame([], null, info, undefined, undefined, source, undefined, null);
    frame.pos = message.startsWith("Got") ? lex.start : lex.lastStart;
    return makeThrow(this.e, type, message, frame);
  }

  private take(value: Value): Value {
    this.lex.next();
    return value;
  }

  private isNumber(): boolean {
    return this.lex.tk === "INT" || this.lex.tk === "FLOAT";
  }

  private match(token: string): void {
    const { lex } = this;
    if (lex.tk === token) {
      lex.next();
      return;
    }
    let got = tokenTitle(lex.tk);
    if (lex.tk === "ID") got = `ID:${lex.value}`.substring(0, 29);
    if (lex.tk === "STR") got = `String:'${lex.value}'`.substring(0, 29);
    throw this.fault("SyntaxError", `Got ${got} expected ${tokenTitle(token)}`);
  }

  private array(): Value {
    const items: Value[] = [];
    this.lex.next();
    while (this.lex.tk !== "]") {
      items.push(this.value() as Value);
      if (this.lex.tk !== "]") this.match(",");
    }
    this.match("]");
    return this.e.array(items);
  }

  private object(): Value {
    const { lex } = this;
    const object = new EspObject(null);
    lex.next();
    while (lex.tk === "STR" || lex.tk === "INT" || lex.tk === "ID" || RESERVED.has(lex.tk)) {
      if (!this.isLiberal && lex.tk !== "STR") this.match("STR");
      const key =
        lex.tk === "STR" || lex.tk === "ID"
          ? lex.value
          : lex.tk === "INT"
            ? keyText(this.e, literalNumber(lex.value, false))
            : lex.tk;
      lex.next();
      this.match(":");
      define(object, key, this.value() as Value);
      if (lex.tk !== "}") this.match(",");
    }
    this.match("}");
    this.e.allocated += 1 + 2 * (object.props?.size ?? 0);
    return object;
  }
}
