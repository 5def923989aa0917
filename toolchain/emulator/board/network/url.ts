/** url.parse as the firmware does it. Source: jswrap_net.c. */
import type { Engine, EspObject } from "../../engine/engine.ts";

const URL_PARTS = /^(?:([^/]*?:)\/\/)?([^:/?]*)(?::(\d*))?([^?]*)(\?.*)?$/s;

export function parseUrl(engine: Engine, url: string, isQueryParsed: boolean): EspObject {
  const [, protocol, host = "", port, path = "", search] = URL_PARTS.exec(url) ?? [];
  const portNumber = Number(port ?? 0);
  const parsed = engine.object();
  if (protocol !== undefined) engine.set(parsed, "protocol", protocol);
  engine.set(parsed, "method", "GET");
  engine.set(parsed, "host", host);
  engine.set(parsed, "path", path + (search ?? "") || "/");
  engine.set(parsed, "pathname", path || "/");
  engine.set(parsed, "search", search ?? null);
  engine.set(parsed, "port", portNumber > 0 && portNumber <= 65535 ? portNumber : null);
  const query = search === undefined ? null : search.slice(1);
  engine.set(parsed, "query", isQueryParsed && query !== null ? parseQuery(engine, query) : query);
  return parsed;
}

function parseQuery(engine: Engine, query: string): EspObject {
  const object = engine.object();
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const key = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? "" : pair.slice(equals + 1);
    if (key !== "" || value !== "") engine.set(object, unescapeBytes(key), unescapeBytes(value));
  }
  return object;
}

const unescapeBytes = (text: string): string =>
  text.replace(/%([\da-f]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
