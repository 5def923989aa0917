/**
 * From bytes that came in to events: heads of requests and responses, bodies with and without chunks, datagrams.
 * Source: socketserver.c (socketReceived, socketPushReceiveData), Espruino 2v29.
 */
import type { EspObject, Value } from "../../engine/value.ts";
import { queueListeners } from "../listeners.ts";
import type { Machine } from "../machine.ts";
import type { Datagram } from "./carrier.ts";
import { headerOf, isChunked, parseHead } from "./http-head.ts";
import { KEY, type SocketVars } from "./socket-vars.ts";
import { pushData } from "./stream.ts";

/** Shorter than any last chunk with its line ends. */
const CHUNK_MIN_BYTES = 5;

export class Receiving {
  private readonly machine: Machine;
  private readonly vars: SocketVars;

  constructor(machine: Machine, vars: SocketVars) {
    this.machine = machine;
    this.vars = vars;
  }

  /**
   * Give data to the reader of a connection. Returns what stays for later: undefined when all was taken, and also
   * when nothing more is to come.
   */
  push(reader: EspObject, data: Value, isHttp: boolean, isForced: boolean): Value {
    if (typeof data !== "string" || data === "") return data;
    if (!isHttp) return pushData(this.machine, reader, data, isForced) ? undefined : data;
    if (this.vars.isSet(reader, KEY.chunked)) return this.pushChunk(reader, data, isForced);
    const left = this.vars.int(reader, KEY.receiveCount) - data.length;
    this.vars.set(reader, KEY.receiveCount, left);
    return pushData(this.machine, reader, data, isForced) ? undefined : data;
  }

  private pushChunk(reader: EspObject, data: string, isForced: boolean): Value {
    if (data.length < CHUNK_MIN_BYTES) return data;
    const size = Number.parseInt(data, 16) || 0;
    this.vars.set(reader, KEY.receiveCount, size > 0 ? 1 : 0);
    if (size === 0) return undefined;
    const start = data.indexOf("\r\n") + 2;
    const next = start + size + 2;
    const missing = next - data.length;
    // Only the line end is still to come.
    if (missing === 1 || missing === 2) return data;
    const body = data.substr(start, size);
    // A part of a chunk becomes a smaller chunk, for which a new size is written in front of what will come.
    const rest = missing > 0 ? `${(missing - 2).toString(16)}\r\n` : data.slice(next);
    if (body !== "" && !pushData(this.machine, reader, body, isForced)) return body;
    if (missing > 0) return rest;
    return rest === "" ? undefined : this.push(reader, rest, true, isForced);
  }

  /** New bytes of a TCP or HTTP connection; returns what stays for later. */
  take(connection: EspObject, reader: EspObject, data: string, isServer: boolean): Value {
    const { vars } = this;
    const isHttp = vars.type(connection) === 1;
    let rest: Value = data;
    if (!vars.isSet(reader, KEY.hadHeaders)) {
      if (isHttp) {
        const after = this.takeHead(connection, reader, data, isServer);
        vars.set(reader, KEY.hadHeaders, after !== undefined);
        if (after === undefined) return data;
        rest = after;
      } else vars.set(reader, KEY.hadHeaders, true);
    }
    return this.push(reader, rest, isHttp, false);
  }

  /** The head went into the reader's properties and the callback waits; returns what follows the head. */
  private takeHead(
    connection: EspObject,
    reader: EspObject,
    data: string,
    isServer: boolean,
  ): string | undefined {
    const { machine, vars } = this;
    const { engine } = machine;
    const head = parseHead(data);
    if (!head) return undefined;
    const headers = engine.object();
    for (const [name, value] of head.headers) engine.set(headers, name, value);
    vars.set(reader, KEY.headers, headers);
    const isInChunks = isChunked(engine, headerOf(headers, "Transfer-Encoding"));
    if (isInChunks) vars.set(reader, KEY.chunked, true);
    const length = engine.int(headerOf(headers, "Content-Length"));
    vars.set(reader, KEY.receiveCount, isInChunks ? 1 : length);
    const [first, second, third] = head.parts;
    if (isServer) {
      vars.set(reader, "method", first);
      vars.set(reader, "url", second);
      const server = vars.get(connection, KEY.server);
      queueListeners(machine, server, "connect", [connection, vars.get(connection, KEY.response)]);
    } else {
      vars.set(reader, "httpVersion", first.slice(5));
      vars.set(reader, "statusCode", second);
      vars.set(reader, "statusMessage", third);
      this.report(connection, second);
      queueListeners(machine, connection, "connect", [reader]);
    }
    return head.rest;
  }

  private report(connection: EspObject, status: string): void {
    const options = this.vars.get(connection, KEY.options);
    const { engine } = this.machine;
    this.machine.options.network?.after?.({
      method: engine.text(engine.get(options, "method")),
      path: engine.text(engine.get(options, "path")),
      status: Number(status),
    });
  }

  datagram(connection: EspObject, { data, address, port }: Datagram, maxBytes: number): void {
    const { machine } = this;
    const message = data.slice(0, maxBytes);
    const info = machine.engine.object({ address, port, size: message.length });
    queueListeners(machine, connection, "message", [message, info]);
  }
}
