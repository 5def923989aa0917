/** HTTP heads as the firmware writes and reads them, oddities included. Source: socketserver.c, Espruino 2v29. */
import type { Engine } from "../../engine/engine.ts";
import { EspObject, type Value } from "../../engine/value.ts";
import { VERSION } from "../boards.ts";

/** A value by a name in any case. */
export function headerOf(headers: Value, name: string): Value {
  if (!(headers instanceof EspObject)) return undefined;
  for (const [key, value] of headers.props ?? []) {
    if (key.toLowerCase() === name.toLowerCase()) return value;
  }
  return undefined;
}

export const isChunked = (engine: Engine, encoding: Value): boolean =>
  encoding !== undefined && engine.text(encoding).toLowerCase() === "chunked";

function headerLines(engine: Engine, headers: EspObject): string {
  return engine
    .keys(headers)
    .map((name) => `${name}: ${engine.text(engine.get(headers, name))}\r\n`)
    .join("");
}

export function requestHead(engine: Engine, options: EspObject): string {
  const option = (name: string) => engine.text(options.props?.get(name));
  const headers = options.props?.get("headers");
  let text = `${option("method")} ${option("path")} HTTP/1.1\r\n`;
  text += `User-Agent: Espruino ${VERSION}\r\nConnection: close\r\n`;
  if (headers instanceof EspObject) text += headerLines(engine, headers);
  if (headerOf(headers, "Host") === undefined) {
    const port = engine.int(options.props?.get("port"));
    text += `Host: ${option("host")}${port > 0 && port !== 80 ? `:${port}` : ""}\r\n`;
  }
  return `${text}\r\n`;
}

export function responseHead(engine: Engine, status: number, headers: EspObject): string {
  const lines = headerLines(engine, headers);
  return `HTTP/1.1 ${status} OK\r\nServer: Espruino ${VERSION}\r\n${lines}\r\n`;
}

export interface Head {
  headers: Map<string, string>;
  /** First line, cut at its first two spaces as the firmware finds them. */
  parts: [string, string, string];
  /** What follows the head. */
  rest: string;
}

/** Undefined while the head is not complete. */
export function parseHead(received: string): Head | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const headers = new Map<string, string>();
  for (const line of received.slice(0, end).split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    const value = colon < 0 ? "" : line.slice(colon + 1).trimStart();
    const name = line.slice(0, Math.max(0, colon));
    // Of a header that comes twice a lookup finds the first.
    if (name !== "" && value !== "" && !headers.has(name)) headers.set(name, value);
  }
  return { headers, parts: firstLine(received), rest: received.slice(end + 4) };
}

/** It looks for spaces or line ends in all that was received, and takes a negative length for "all". */
function firstLine(text: string): [string, string, string] {
  const first = text.search(/[ \r]/);
  const second = first + 1 + text.slice(first + 1).search(/[ \r]/);
  const lineEnd = text.indexOf("\r");
  const part = (from: number, length: number) => text.substr(from, length < 0 ? undefined : length);
  return [
    part(0, first),
    part(first + 1, second - first - 1),
    part(second + 1, lineEnd - second - 1),
  ];
}
