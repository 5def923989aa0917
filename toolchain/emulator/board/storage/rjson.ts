/**
 * Relaxed JSON as Storage.readJSON and packets take it: unquoted keys, single quotes, `\x` escapes, trailing commas,
 * anything after the value ignored. Source: jswrap_json.c (jswrap_json_parse_liberal).
 */
import type { Engine, Value } from "../../engine/engine.ts";

/** Parse one value; throws the program's SyntaxError. */
export function parseRelaxed(engine: Engine, text: string): Value {
  return new RelaxedParser(engine, text).value();
}

const SIMPLE_ESCAPES: Record<string, string> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  v: "\v",
  a: "\x07",
};

class RelaxedParser {
  private readonly engine: Engine;
  private readonly text: string;
  private at = 0;

  constructor(engine: Engine, text: string) {
    this.engine = engine;
    this.text = text;
  }

  value(): Value {
    const char = this.peek();
    if (char === "{") return this.object();
    if (char === "[") return this.array();
    if (char === '"' || char === "'") return this.string(char);
    const word = /^(true|false|null)(?![\w$])/.exec(this.text.slice(this.at))?.[1];
    if (word) {
      this.at += word.length;
      return word === "null" ? null : word === "true";
    }
    return this.number();
  }

  private number(): Value {
    const found =
      /^-?\s*(0x[\da-f]+|0b[01]+|0o[0-7]+|\d+\.?\d*(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?)/i.exec(
        this.text.slice(this.at, this.at + 400),
      )?.[0];
    if (found === undefined) return this.fail("Expecting valid value");
    this.at += found.length;
    const isNegative = found.startsWith("-");
    const magnitude = Number(found.replace(/^-\s*/, ""));
    return isNegative ? 0 - magnitude : magnitude;
  }

  private object(): Value {
    const object = this.engine.object();
    this.take("{");
    while (this.peek() !== "}") {
      const key = this.key();
      this.take(":");
      this.engine.set(object, key, this.value());
      if (this.peek() !== "}") this.take(",");
    }
    this.take("}");
    return object;
  }

  private array(): Value {
    const values: Value[] = [];
    this.take("[");
    while (this.peek() !== "]") {
      values.push(this.value());
      if (this.peek() !== "]") this.take(",");
    }
    this.take("]");
    return this.engine.array(values);
  }

  private key(): string {
    const char = this.peek();
    if (char === '"' || char === "'") return this.string(char);
    const word = /^[\w$]+/.exec(this.text.slice(this.at))?.[0];
    if (!word) return this.fail("Expecting key");
    this.at += word.length;
    return word;
  }

  private string(quote: string): string {
    let out = "";
    for (this.at++; this.at < this.text.length; this.at++) {
      const char = this.text[this.at] as string;
      if (char === quote) {
        this.at++;
        return out;
      }
      out += char === "\\" ? this.escape() : char;
    }
    return this.fail("Got UNFINISHED STRING");
  }

  /** At the backslash; leaves `at` on the last character of the escape. */
  private escape(): string {
    this.at++;
    const rest = this.text.slice(this.at, this.at + 5);
    const hex = /^(?:x([\da-f]{2})|u([\da-f]{4}))/i.exec(rest);
    if (hex) {
      this.at += hex[0].length - 1;
      return String.fromCharCode(Number.parseInt(hex[1] ?? hex[2] ?? "0", 16) & 0xff);
    }
    const octal = /^[0-7]{1,3}/.exec(rest)?.[0];
    if (octal) {
      this.at += octal.length - 1;
      return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    }
    const char = rest[0] ?? "";
    return SIMPLE_ESCAPES[char] ?? char;
  }

  private peek(): string | undefined {
    while (/\s/.test(this.text[this.at] ?? "")) this.at++;
    return this.text[this.at];
  }

  private take(char: string): void {
    const found = this.peek();
    if (found !== char)
      this.fail(`Got ${found === undefined ? "EOF" : `'${found}'`} expected '${char}'`);
    this.at++;
  }

  private fail(message: string): never {
    throw this.engine.error("SyntaxError", message);
  }
}
