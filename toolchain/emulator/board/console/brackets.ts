/**
 * Decides whether a typed line is complete: counts open brackets outside strings, comments, templates and regular
 * expressions, as the console does before it runs a line. Source: Espruino 2v29, jsinteractive.c.
 */

/** After these words a `/` starts a regular expression. */
const BEFORE_REGEX = new Set(["return", "typeof", "case", "in", "of", "void", "delete", "throw"]);
/** An unfinished comment or template keeps the line open whatever the brackets say. */
const IN_THE_MIDDLE = 1000;

/** Brackets still open; 0 or less means: run it. An unfinished string runs at once, so that its error shows. */
export function openBrackets(source: string): number {
  let depth = 0;
  let canStartRegex = true;
  let at = 0;
  while (at < source.length) {
    const rest = source[at] as string;
    const two = source.slice(at, at + 2);
    if (two === "//") {
      at = endOf(source, "\n", at);
    } else if (two === "/*") {
      const end = source.indexOf("*/", at + 2);
      if (end < 0) return IN_THE_MIDDLE;
      at = end + 2;
    } else if (rest === '"' || rest === "'") {
      at = skipQuoted(source, at, rest);
      if (at < 0) return 0;
      canStartRegex = false;
    } else if (rest === "`") {
      at = skipTemplate(source, at);
      if (at < 0) return IN_THE_MIDDLE;
      canStartRegex = false;
    } else if (rest === "/" && canStartRegex) {
      at = skipRegex(source, at);
      canStartRegex = false;
    } else if (/[\w$]/.test(rest)) {
      const word = /^[\w$]+/.exec(source.slice(at))?.[0] ?? rest;
      canStartRegex = BEFORE_REGEX.has(word);
      at += word.length;
    } else {
      if (rest === "{" || rest === "[" || rest === "(") depth++;
      if (rest === "}" || rest === "]" || rest === ")") depth--;
      if (depth < 0) return depth;
      if (!/\s/.test(rest)) canStartRegex = rest !== ")" && rest !== "]" && rest !== "}";
      at++;
    }
  }
  return depth;
}

function endOf(source: string, mark: string, at: number): number {
  const end = source.indexOf(mark, at);
  return end < 0 ? source.length : end;
}

/** Position after the closing quote, or -1 when the string is not finished. */
function skipQuoted(source: string, at: number, quote: string): number {
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === "\\") i++;
    else if (source[i] === quote) return i + 1;
    else if (source[i] === "\n") return -1;
  }
  return -1;
}

function skipTemplate(source: string, at: number): number {
  let depth = 0;
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === "\\") i++;
    else if (depth === 0 && source[i] === "`") return i + 1;
    else if (source[i] === "$" && source[i + 1] === "{") depth++;
    else if (depth > 0 && source[i] === "}") depth--;
  }
  return -1;
}

function skipRegex(source: string, at: number): number {
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === "\\") i++;
    else if (source[i] === "/") return i + 1;
    else if (source[i] === "\n") return i;
  }
  return source.length;
}
