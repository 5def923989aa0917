/** Text in double quotes, as messages, E.toJS and JSON show it. */

const NAMED: Record<number, string> = {
  10: "\\n",
  9: "\\t",
  8: "\\b",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  92: "\\\\",
  34: '\\"',
};

/** In double quotes with escapes; JSON allows only `\u00XX` for the rest. */
export function quote(text: string, isJson: boolean): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const named = NAMED[c];
    if (named && !(isJson && c === 11)) out += named;
    else if (c < 8 && !isJson && !isOctal(text.charCodeAt(i + 1))) out += `\\${c}`;
    else if (c < 32 || c >= 127) {
      const hex = c.toString(16).toUpperCase().padStart(2, "0");
      out += isJson ? `\\u00${hex}` : `\\x${hex}`;
    } else out += text[i];
  }
  return `${out}"`;
}

const isOctal = (c: number): boolean => c >= 48 && c <= 55;
