/**
 * One HTTP client connection: what the program writes leaves in pieces; when it called end() and all is out, the
 * request goes over a host socket; the answer comes back in pieces, headers first. Source: socketserver.c.
 */
import type { EspObject, Value } from "../../engine/engine.ts";
import { VERSION } from "../boards.ts";
import { queueCall, queueListeners } from "../listeners.ts";
import type { Machine } from "../machine.ts";
import { Dechunker } from "./dechunker.ts";
import { type Answer, exchange, type SocketFault } from "./exchange.ts";
import { pushData } from "./stream.ts";

const CHUNK_BYTES = 536;
const CLOSE_NOW_KEY = "clsNow";
/** Virtual pace of the radio: 536 bytes every 4 ms is about 1 Mbit/s. An estimate. */
const CHUNK_US = 4000;
/** From the last byte out to the first byte in. An estimate for a server on the same network. */
const ANSWER_MS = 60;

const ERRORS: Record<SocketFault | "denied" | "no response", { code: number; message: string }> = {
  timeout: { code: -3, message: "timeout" },
  denied: { code: -4, message: "no route" },
  refused: { code: -9, message: "connection reset" },
  reset: { code: -9, message: "connection reset" },
  "no response": { code: -15, message: "no response" },
};

export interface ConnectionParts {
  request: EspObject;
  response: EspObject;
  options: EspObject;
  callback: Value;
  /** Throws the program's error when there is no way to the host. */
  checkRoute: (host: string) => void;
  onClosed: () => void;
}

export class HttpConnection {
  readonly request: EspObject;
  private readonly machine: Machine;
  private readonly parts: ConnectionParts;
  /** Waiting to leave; undefined before the first write. */
  private toSend: string | undefined;
  private sent = "";
  private isSending = false;
  private isEnded = false;
  private isChunked = false;
  private isClosed = false;
  private received = "";
  private hasHeaders = false;
  private dechunker: Dechunker | undefined;
  private fault: keyof typeof ERRORS | undefined;

  constructor(machine: Machine, parts: ConnectionParts) {
    this.machine = machine;
    this.parts = parts;
    this.request = parts.request;
    machine.engine.roots.add(parts.request);
    machine.engine.roots.add(parts.response);
  }

  write(data: string): void {
    if (this.isEnded || this.isClosed) throw this.machine.error("This socket is closed");
    this.append(data);
  }

  end(): void {
    if (this.isEnded || this.isClosed) throw this.machine.error("This socket is closed");
    this.append(this.isChunked ? "" : undefined);
    this.isEnded = true;
  }

  /** The program that asked is gone. */
  abandon(): void {
    this.isClosed = true;
  }

  private append(data: string | undefined): void {
    if (this.toSend === undefined) {
      this.parts.checkRoute(this.host());
      this.toSend = this.head();
    }
    if (data !== undefined) {
      this.toSend += this.isChunked ? `${data.length.toString(16)}\r\n${data}\r\n` : data;
    }
    if (!this.isSending) {
      this.isSending = true;
      this.later(() => this.sendPiece());
    }
  }

  private host(): string {
    const { engine } = this.machine;
    const host = engine.get(this.parts.options, "host");
    return host === undefined ? "127.0.0.1" : engine.text(host);
  }

  private port(): number {
    return this.machine.engine.int(this.machine.engine.get(this.parts.options, "port")) || 80;
  }

  private option(name: string): string {
    return this.machine.engine.text(this.machine.engine.get(this.parts.options, name));
  }

  private head(): string {
    const { engine } = this.machine;
    let text = `${this.option("method")} ${this.option("path")} HTTP/1.1\r\n`;
    text += `User-Agent: Espruino ${VERSION}\r\nConnection: close\r\n`;
    const headers = engine.get(this.parts.options, "headers");
    let hasHost = false;
    for (const name of headers === undefined ? [] : engine.keys(headers)) {
      const value = engine.text(engine.get(headers, name));
      text += `${name}: ${value}\r\n`;
      if (name.toLowerCase() === "host") hasHost = true;
      if (name === "Transfer-Encoding" && value.toLowerCase() === "chunked") this.isChunked = true;
    }
    const port = this.port();
    if (!hasHost) text += `Host: ${this.host()}${port === 80 ? "" : `:${port}`}\r\n`;
    return `${text}\r\n`;
  }

  private sendPiece(): void {
    const waiting = this.toSend ?? "";
    this.sent += waiting.slice(0, CHUNK_BYTES);
    this.toSend = waiting.slice(CHUNK_BYTES);
    if (this.toSend !== "") {
      this.later(() => this.sendPiece());
    } else if (this.isEnded) {
      this.startExchange();
    } else {
      this.isSending = false;
      queueListeners(this.machine, this.request, "drain", [this.request]);
    }
  }

  private startExchange(): void {
    const { machine } = this;
    const { network } = machine.options;
    const host = this.host();
    const port = this.port();
    const isAllowed = network?.allow(host, port) ?? false;
    const answer: Promise<Answer | "denied"> = isAllowed
      ? (network?.before?.() ?? Promise.resolve()).then(() => exchange(host, port, this.sent))
      : Promise.resolve("denied");
    machine.hostOperations.pending(answer, ANSWER_MS, ({ value, error }) => {
      if (this.isClosed) return;
      if (value === undefined) throw error;
      if (this.isAborted()) {
        this.close();
        return;
      }
      if (value === "denied") this.fault = "denied";
      else {
        this.received = value.bytes;
        this.fault = value.fault;
      }
      this.receivePiece(0);
    });
  }

  private receivePiece(at: number): void {
    const piece = this.received.slice(at, at + CHUNK_BYTES);
    if (!this.hasHeaders) {
      const end = this.received.slice(0, at + CHUNK_BYTES).indexOf("\r\n\r\n");
      if (end >= 0) {
        this.parseHead(this.received.slice(0, end));
        this.hasHeaders = true;
        const rest = this.received.slice(end + 4, at + CHUNK_BYTES);
        // Data waits for the next round, when the callback has had its turn.
        this.later(() => this.deliver(rest));
      }
    } else if (piece !== "") {
      this.deliver(piece);
    }
    if (at + CHUNK_BYTES < this.received.length)
      this.later(() => this.receivePiece(at + CHUNK_BYTES));
    else this.later(() => this.close());
  }

  private deliver(bytes: string): void {
    const parts = this.dechunker ? this.dechunker.push(bytes) : [bytes];
    for (const part of parts) if (part !== "") pushData(this.machine, this.parts.response, part);
  }

  private parseHead(head: string): void {
    const { machine, parts } = this;
    const { engine } = machine;
    const [first = "", ...lines] = head.split("\r\n");
    const [, version = "", status = "", message = ""] =
      /^HTTP\/(\S*) (\S*) ?(.*)$/.exec(first) ?? [];
    const headers = engine.object();
    for (const line of lines) {
      const colon = line.indexOf(":");
      if (colon < 0) continue;
      const name = line.slice(0, colon);
      const value = line.slice(colon + 1).trimStart();
      engine.set(headers, name, value);
      if (/^transfer-encoding$/i.test(name) && value.toLowerCase() === "chunked") {
        this.dechunker = new Dechunker();
      }
    }
    engine.set(parts.response, "headers", headers);
    machine.options.network?.after?.({
      method: this.option("method"),
      path: this.option("path"),
      status: Number(status),
    });
    engine.set(parts.response, "httpVersion", version);
    engine.set(parts.response, "statusCode", status);
    engine.set(parts.response, "statusMessage", message);
    if (parts.callback !== undefined) queueCall(machine, parts.callback, [parts.response]);
  }

  /** A program may set the firmware's own mark for "close this now" on its request. */
  private isAborted(): boolean {
    return this.machine.engine.truthy(this.request.props?.get(CLOSE_NOW_KEY));
  }

  private close(): void {
    const { machine, parts } = this;
    this.isClosed = true;
    const isQuiet = this.hasHeaders || this.isAborted();
    const fault = this.fault ?? (isQuiet ? undefined : "no response");
    if (fault) {
      queueListeners(machine, this.request, "error", [machine.engine.object(ERRORS[fault])]);
    }
    queueListeners(machine, parts.response, "end", []);
    queueListeners(machine, parts.response, "close", [fault !== undefined]);
    machine.engine.roots.delete(parts.request);
    machine.engine.roots.delete(parts.response);
    parts.onClosed();
  }

  private later(run: () => void): void {
    this.machine.schedule.at(this.machine.clock.upUs + CHUNK_US, () => {
      if (this.isClosed) return;
      if (this.isAborted()) this.close();
      else run();
    });
  }
}
