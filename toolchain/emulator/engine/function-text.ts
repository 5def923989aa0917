/** A function's text as it is shown, with pretokenised words spelled out. */
import { PRETOKEN_BASE, PRETOKENS, RAW } from "./lexer.ts";
import type { EspFunction } from "./value.ts";

const TEXT_CUT = " ... ";

/** `(a,b) {...}`: parameters and body; what was a leading `return` is put back. */
export function functionText(fn: EspFunction, isLimited: boolean): string {
  const params = fn.code?.params ?? [];
  const head = `(${params.join(",")}) `;
  if (fn.native) return `${head}{ [native code] }`;
  const text = fn.code?.source.text ?? "";
  if (!fn.code || text === "") return `${head}{}`;
  if (isLimited) return `${head}{${TEXT_CUT}}`;
  const hasLine = text.includes("\n");
  let body = fn.code.isReturn ? "return " : "";
  let last = 0;
  for (let i = 0; i < text.length; ) {
    const piece = sourcePiece(text, i, last);
    body += piece.text;
    last = text.charCodeAt(i);
    i += piece.length;
  }
  return `${head}${hasLine ? "{\n  " : "{"}${body}${hasLine ? "\n}" : "}"}`;
}

/** One character of program text, with pretokenised ones spelled out. */
export function sourcePiece(
  text: string,
  at: number,
  last: number,
): { text: string; length: number } {
  const c = text.charCodeAt(at);
  if (c < 128) return { text: needsSpace(last, c) ? ` ${text[at]}` : text[at]!, length: 1 };
  if (c === RAW.string8 || c === RAW.string16) {
    const head = c === RAW.string8 ? 2 : 3;
    const length =
      text.charCodeAt(at + 1) | (c === RAW.string16 ? text.charCodeAt(at + 2) << 8 : 0);
    return { text: JSON.stringify(text.substr(at + head, length)), length: head + length };
  }
  if (c === RAW.int0) return { text: "0", length: 1 };
  if (c === RAW.int8) return { text: String((text.charCodeAt(at + 1) << 24) >> 24), length: 2 };
  if (c === RAW.int16) {
    const value = text.charCodeAt(at + 1) | (text.charCodeAt(at + 2) << 8);
    return { text: String((value << 16) >> 16), length: 3 };
  }
  const word = PRETOKENS[c - PRETOKEN_BASE] ?? text[at]!;
  return { text: needsSpace(last, c) ? ` ${word}` : word, length: 1 };
}

const WORD_FIRST = PRETOKEN_BASE + 25;

const WORD_LAST = PRETOKEN_BASE + PRETOKENS.length - 1;

const isWordByte = (c: number): boolean => c >= WORD_FIRST && c <= WORD_LAST;

const isPlain = (c: number): boolean => /[A-Za-z0-9_]/.test(String.fromCharCode(c)) && c < 128;

function needsSpace(last: number, c: number): boolean {
  return (
    (isWordByte(last) || isWordByte(c)) &&
    (last >= WORD_FIRST || isPlain(last)) &&
    (c >= WORD_FIRST || isPlain(c))
  );
}
