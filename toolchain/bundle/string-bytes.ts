/**
 * Strings on the camera hold bytes. Characters beyond ASCII, typed or written as \u, become their UTF-8 bytes;
 * \xNN stays the one byte it names. This has to happen on the source, where the two can still be told apart.
 */
import ts from "typescript";

export const literalsAsBytes: ts.TransformerFactory<ts.SourceFile> = (context) => {
  const { factory } = context;
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      const text = bytesOf(node.getText().slice(1, -1), node.text);
      if (text === node.text) return node;
      return ts.isStringLiteral(node)
        ? factory.createStringLiteral(text)
        : factory.createNoSubstitutionTemplateLiteral(text, text);
    }
    if (ts.isTemplateHead(node)) {
      const text = bytesOf(node.getText().slice(1, -2), node.text);
      return text === node.text ? node : factory.createTemplateHead(text, rawOf(text));
    }
    if (ts.isTemplateMiddle(node)) {
      const text = bytesOf(node.getText().slice(1, -2), node.text);
      return text === node.text ? node : factory.createTemplateMiddle(text, rawOf(text));
    }
    if (ts.isTemplateTail(node)) {
      const text = bytesOf(node.getText().slice(1, -1), node.text);
      return text === node.text ? node : factory.createTemplateTail(text, rawOf(text));
    }
    return ts.visitEachChild(node, visit, context);
  };
  return (file) => ts.visitNode(file, visit, ts.isSourceFile);
};

const rawOf = (text: string) => text.replace(/[\\`$]/g, "\\$&");

/** `raw` is the text between the quotes, `text` what it means to JavaScript. */
function bytesOf(raw: string, text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text;
  if (!/\\x[89a-fA-F]/.test(raw)) return toUtf8(text);
  // Both kinds in one literal: walk the raw text so that each keeps its meaning.
  return raw.replace(
    /\\x([0-9a-fA-F]{2})|\\u\{([0-9a-fA-F]+)\}|((?:\\u[0-9a-fA-F]{4})+)|\\(\r\n|[\s\S])|([^\0-\x7f]+)/g,
    (_match, byte, point, units, escaped, characters) => {
      if (byte) return String.fromCharCode(Number.parseInt(byte, 16));
      if (point) return toUtf8(String.fromCodePoint(Number.parseInt(point, 16)));
      if (units) return toUtf8(JSON.parse(`"${units}"`));
      if (characters) return toUtf8(characters);
      return SIMPLE_ESCAPES[escaped] ?? escaped;
    },
  );
}

const SIMPLE_ESCAPES: Record<string, string> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  v: "\v",
  "0": "\0",
  "\n": "",
  "\r\n": "",
};

const toUtf8 = (text: string) => Buffer.from(text, "utf8").toString("latin1");
