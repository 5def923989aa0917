/**
 * Tokens of Espruino's dialect, one at a time, with its oddities: a token's text is cut at 63 characters, a newline
 * ends a string, regular expressions are told from division by the token before, bytes above 127 are pretokenised
 * keywords. Source: measured behaviour of Espruino 2v29.
 */

/** ID, INT, FLOAT, STR, TEMPLATE, REGEX, EOF and UNFINISHED_*; everything else is its own text. */
export type Token = string;

const RESERVED_LIST =
  "if else do while for break continue function return var let const this throw try catch finally true false null undefined new in instanceof switch case default delete typeof void debugger class extends super static of".split(
    " ",
  );
const OPERATOR_LIST =
  "== === != !== <= << <<= >= >> >>> >>= >>>= += -= ++ -- *= /= %= &= && |= || ^= =>".split(" ");
export const RESERVED = new Set(RESERVED_LIST);
const VALUES = new Set(["true", "false", "null", "undefined"]);
/** Single characters and words after which a slash starts a regular expression. */
const REGEX_AFTER = new Set(["EOF", "??", ...OPERATOR_LIST, ..."!%&*+-/<=>?[{}(,;:"]);
for (const word of RESERVED_LIST) if (!VALUES.has(word)) REGEX_AFTER.add(word);

/** Operators by first character, longest first. */
const OPERATORS = new Map<string, string[]>();
for (const op of [...OPERATOR_LIST, "??"].sort((a, b) => b.length - a.length)) {
  OPERATORS.set(op[0]!, [...(OPERATORS.get(op[0]!) ?? []), op]);
}

/** Names of tokens in messages. */
const TITLES: Record<string, string> = {
  STR: "STRING",
  "\xff": "[ERASED]",
  TEMPLATE: "TEMPLATE LITERAL",
  UNFINISHED_STR: "UNFINISHED STRING",
  UNFINISHED_TEMPLATE: "UNFINISHED TEMPLATE LITERAL",
  UNFINISHED_REGEX: "UNFINISHED REGEX",
  UNFINISHED_COMMENT: "UNFINISHED COMMENT",
};
const TOKEN_CHARS_MAX = 63;
/** Byte of the first pretokenised word or operator: LEX types of the real lexer start at 128. */
const PRETOKEN_FIRST = 138;
export const PRETOKENS = [...OPERATOR_LIST, ...RESERVED_LIST];
export const PRETOKEN_BASE = PRETOKEN_FIRST;

export const isSpace = (c: number): boolean =>
  c === 32 || c === 10 || c === 13 || c === 9 || c === 11 || c === 12;
export const isDigit = (c: number): boolean => c >= 48 && c <= 57;
export const isAlpha = (c: number): boolean =>
  (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95;
const isHex = (c: number): boolean => isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70);

export const tokenTitle = (token: Token): string =>
  TITLES[token] ?? (token.length === 1 && !isAlpha(token.charCodeAt(0)) ? `'${token}'` : token);

export class Lexer {
  readonly text: string;
  at: number;
  tk: Token = "EOF";
  /** Text of an identifier or number, contents of a string. */
  value = "";
  start = 0;
  /** Start of the token before: what error positions show. */
  lastStart = 0;
  /** `this` was seen since the flag was cleared. */
  hadThis = false;
  /** Message of a bad escape met in the current token. */
  fault: string | undefined;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
    this.next();
    this.lastStart = 0;
  }

  /** Continue at an earlier or later place. */
  seek(at: number): void {
    this.at = at;
    this.tk = "EOF";
    this.start = 0;
    this.next();
    this.lastStart = 0;
  }

  is(token: Token): boolean {
    return this.tk === token;
  }

  isWord(): boolean {
    return this.tk === "ID" || RESERVED.has(this.tk);
  }

  /** The text of the token as a property name. */
  word(): string {
    return this.tk === "ID" ? this.value : this.tk;
  }

  next(): void {
    const last = this.tk;
    this.lastStart = this.start;
    this.fault = undefined;
    const lastEnd = this.at;
    const isOpen = this.skipSpace();
    this.start = this.at;
    const c = this.text.charCodeAt(this.at);
    if (!isOpen) this.tk = "UNFINISHED_COMMENT";
    else if (this.at >= this.text.length || c === 0) {
      this.tk = "EOF";
      this.start = Math.min(lastEnd, this.text.length);
    } else if (isAlpha(c) || c === 36) this.identifier();
    else if (isDigit(c)) this.number();
    else if (c === 46) this.dot();
    else if (c === 34 || c === 39 || c === 96) this.string(c);
    else if (c >= 128) this.pretoken(c);
    else if (c === 47 && REGEX_AFTER.has(last)) this.regex();
    else this.operator();
    if (this.tk === "this") this.hadThis = true;
  }

  /** False when a block comment never ends. */
  skipSpace(): boolean {
    const text = this.text;
    for (;;) {
      let c = text.charCodeAt(this.at);
      while (isSpace(c)) c = text.charCodeAt(++this.at);
      if (c !== 47) return true;
      const d = text.charCodeAt(this.at + 1);
      if (d === 47) {
        const end = text.indexOf("\n", this.at);
        this.at = end < 0 ? text.length : end + 1;
      } else if (d === 42) {
        const end = text.indexOf("*/", this.at + 2);
        if (end < 0) {
          this.at = text.length;
          return false;
        }
        this.at = end + 2;
      } else return true;
    }
  }

  private identifier(): void {
    const text = this.text;
    const from = this.at;
    let c = text.charCodeAt(this.at);
    while (isAlpha(c) || isDigit(c) || c === 36) c = text.charCodeAt(++this.at);
    const word = text.substring(from, Math.min(this.at, from + TOKEN_CHARS_MAX));
    this.tk = RESERVED.has(word) ? word : "ID";
    this.value = word;
  }

  private digits(test: (c: number) => boolean): void {
    for (let c = this.text.charCodeAt(this.at); test(c) || c === 95; ) {
      c = this.text.charCodeAt(++this.at);
    }
  }

  private dot(): void {
    if (!isDigit(this.text.charCodeAt(this.at + 1))) {
      this.at++;
      this.tk = ".";
      return;
    }
    this.number();
  }

  private number(): void {
    const text = this.text;
    const from = this.at;
    this.tk = "INT";
    const prefix = text.charCodeAt(this.at + 1) | 32;
    const isZero = text.charCodeAt(this.at) === 48;
    if (isZero && (prefix === 120 || prefix === 98 || prefix === 111)) {
      this.at += 2;
      this.digits(isHex);
    } else {
      this.digits(isDigit);
      if (text.charCodeAt(this.at) === 46) {
        this.tk = "FLOAT";
        this.at++;
        this.digits(isDigit);
      }
      if ((text.charCodeAt(this.at) | 32) === 101) {
        this.tk = "FLOAT";
        this.at++;
        const sign = text.charCodeAt(this.at);
        if (sign === 43 || sign === 45) this.at++;
        this.digits(isDigit);
      }
    }
    this.value = text.substring(from, this.at).replaceAll("_", "").substring(0, TOKEN_CHARS_MAX);
  }

  private string(quote: number): void {
    const text = this.text;
    let out = "";
    let nesting = 0;
    let hasExpression = false;
    let last = quote;
    let c = text.charCodeAt(++this.at);
    // biome-ignore lint/suspicious/noSelfCompare: NaN at the end of the text
    while (c === c && c !== 0 && (c !== quote || nesting > 0)) {
      if (quote === 96) {
        if ((last === 36 || nesting > 0) && c === 123) {
          nesting++;
          hasExpression = true;
        } else if (nesting > 0 && c === 125) nesting--;
      }
      if (nesting === 0 && c === 92) {
        const unescaped = this.escape();
        out += unescaped;
        last = unescaped.charCodeAt(0);
      } else if (c === 10 && quote !== 96) break;
      else {
        out += text[this.at];
        last = c;
        this.at++;
      }
      c = text.charCodeAt(this.at);
    }
    const isTemplate = quote === 96 && hasExpression;
    this.tk = isTemplate ? "TEMPLATE" : "STR";
    if (c !== quote) this.tk = quote === 96 ? "UNFINISHED_TEMPLATE" : "UNFINISHED_STR";
    this.at++;
    this.value = out;
  }

  private escape(): string {
    const text = this.text;
    const c = text[++this.at] ?? "\0";
    this.at++;
    const simple = { n: "\n", b: "\b", f: "\f", r: "\r", t: "\t", v: "\v" }[c];
    if (simple !== undefined) return simple;
    if (c === "u" || c === "x") {
      let hex = "";
      while (hex.length < (c === "u" ? 4 : 2)) {
        if (!isHex(text.charCodeAt(this.at))) {
          this.fault ??= "Invalid escape sequence";
          break;
        }
        hex += text[this.at++];
      }
      return String.fromCharCode((Number.parseInt(hex, 16) || 0) & 255);
    }
    if (c >= "0" && c <= "7") {
      let octal = c;
      while (octal.length < 3 && /[0-7]/.test(text[this.at] ?? "")) octal += text[this.at++];
      return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    }
    return c;
  }

  private regex(): void {
    const text = this.text;
    const from = this.at++;
    for (let c = text[this.at]; c !== undefined && c !== "/" && c !== "\n"; c = text[this.at]) {
      this.at += c === "\\" ? 2 : 1;
    }
    this.tk = "REGEX";
    if (text[this.at] !== "/") this.tk = "UNFINISHED_REGEX";
    else {
      this.at++;
      while (/[gimyu]/.test(text[this.at] ?? "")) this.at++;
    }
    this.value = text.substring(from, this.at);
  }

  private operator(): void {
    const first = this.text[this.at]!;
    const op = OPERATORS.get(first)?.find((it) => this.text.startsWith(it, this.at)) ?? first;
    this.at += op.length;
    this.tk = op;
  }

  /** Pretokenised code: words and operators are single bytes, strings and integers are raw. */
  private pretoken(c: number): void {
    const text = this.text;
    const byte = (): number => text.charCodeAt(this.at++) & 255;
    this.at++;
    const word = PRETOKENS[c - PRETOKEN_FIRST];
    if (word !== undefined) {
      this.tk = word;
      this.value = word;
    } else if (c === RAW.string8 || c === RAW.string16) {
      const length = c === RAW.string8 ? byte() : byte() | (byte() << 8);
      this.tk = "STR";
      this.value = text.substr(this.at, length);
      this.at += length;
    } else if (c === RAW.int0 || c === RAW.int8 || c === RAW.int16) {
      this.tk = "INT";
      let value = 0;
      if (c === RAW.int8) value = (byte() << 24) >> 24;
      if (c === RAW.int16) value = ((byte() | (byte() << 8)) << 16) >> 16;
      this.value = String(value);
    } else if (c === RAW.nullish) this.tk = "??";
    else this.tk = text[this.at - 1]!;
  }
}

/** Bytes of pretokenised code that are not words: see the token list of the real lexer. */
export const RAW = { nullish: 208, string8: 209, string16: 210, int0: 211, int8: 212, int16: 213 };
