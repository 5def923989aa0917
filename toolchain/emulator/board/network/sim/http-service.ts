/** HTTP/1.1 for hosts of a simulated network: one request to a connection, answered whole. */
import type { HostConnection } from "./host.ts";

export interface HttpAsked {
  method: string;
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Byte string. */
  body: string;
}

export interface HttpAnswer {
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  /** Byte string. */
  body?: string;
  /** Milliseconds that the host takes for it; default 0. */
  afterMs?: number;
}

export function serveHttp(
  connection: HostConnection,
  answer: (request: HttpAsked) => HttpAnswer,
): void {
  let received = "";
  let isAnswered = false;
  connection.onData = (data) => {
    received += data;
    const request = isAnswered ? undefined : parseRequest(received);
    if (!request) return;
    isAnswered = true;
    const given = answer(request);
    connection.after(given.afterMs ?? 0, () => connection.end(answerText(given)));
  };
}

/** Undefined while it is not complete. */
function parseRequest(text: string): HttpAsked | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const rest = text.slice(end + 4);
  if (/chunked/i.test(headers["transfer-encoding"] ?? "")) {
    const body = dechunk(rest);
    return body === undefined ? undefined : { method, path, headers, body };
  }
  const length = Number(headers["content-length"] ?? 0);
  return rest.length < length ? undefined : { method, path, headers, body: rest.slice(0, length) };
}

function dechunk(text: string): string | undefined {
  let body = "";
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (size === 0) return body;
    at = lineEnd + 2 + size + 2;
    if (text.length < at) return undefined;
    body += text.substr(lineEnd + 2, size);
  }
}

function answerText({ status = 200, headers = {}, body = "" }: HttpAnswer): string {
  const all = { "Content-Length": String(body.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${REASONS[status] ?? "Status"}\r\n${lines.join("")}\r\n${body}`;
}

const REASONS: Record<number, string> = { 200: "OK", 201: "Created", 204: "No Content" };
