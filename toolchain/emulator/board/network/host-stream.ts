/**
 * A TCP or TLS connection over a real socket of the host. While an answer is due virtual time waits for it: for the
 * whole answer to an HTTP request, else for what the peer says within a moment of each write. Then it arrives a
 * fixed virtual time later, so that the same answers give the same run.
 */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Machine } from "../machine.ts";
import type { ConnectOptions, Stream, TlsOptions } from "./carrier.ts";
import { isComplete } from "./complete.ts";
import { parsePrivateKey } from "./tls-options.ts";

/** From the last byte out to the first byte in. An estimate for a server on the same network. */
export const ANSWER_MS = 60;
/** How long the host may think about a write before virtual time goes on without it. */
export const QUIET_MS = 100;
/** How long what belongs together may take on the host. */
const SETTLE_MS = 5;
/** How long it may think about an HTTP request. */
const WALL_LIMIT_MS = 10_000;
const CONNECT_MS = 2;
const SEND_WINDOW_BYTES = 5744;
/** The firmware asks for this name whatever the host is called. */
const TLS_NAME = "mbed TLS Server 1";

export class HostStream implements Stream {
  onChange: () => void = () => {};
  private readonly machine: Machine;
  private readonly isHttp: boolean;
  private socket: Socket | undefined;
  private phase: "connecting" | "open" | "ended" = "connecting";
  /** Arrived at the host, not yet at the board. */
  private arrived = "";
  private hasArrivedEnd = false;
  private incoming = "";
  private isWaiting = false;
  private hasSentMore = false;
  private isFinished = false;
  private isClosed = false;
  private onArrival: () => void = () => {};
  /** Ends a wait under way. */
  private release: () => void = () => {};

  private constructor(machine: Machine, isHttp: boolean) {
    this.machine = machine;
    this.isHttp = isHttp;
  }

  static connect(machine: Machine, host: string, port: number, options: ConnectOptions): Stream {
    const stream = new HostStream(machine, options.isHttp);
    const before = machine.options.network?.before?.() ?? Promise.resolve();
    const connected = before.then(() => stream.dial(host, port, options.tls));
    machine.hostOperations.pending(connected, CONNECT_MS, () => {
      stream.phase = stream.socket ? "open" : "ended";
      if (!options.isHttp || stream.hasArrivedEnd) stream.takeArrived();
      stream.onChange();
    });
    return stream;
  }

  /** A connection that came to a listening board. */
  static accepted(machine: Machine, socket: Socket): Stream {
    const stream = new HostStream(machine, false);
    stream.listen(socket);
    stream.phase = "open";
    return stream;
  }

  get state(): "connecting" | "open" | "closed" {
    if (this.phase === "ended" && this.incoming === "") return "closed";
    return this.phase === "connecting" ? "connecting" : "open";
  }

  send(bytes: string): number {
    if (!this.socket || this.phase === "ended") return bytes.length;
    if (this.socket.writableLength > SEND_WINDOW_BYTES) return 0;
    this.socket.write(bytes, "latin1", () => this.machine.hostOperations.onEvent());
    if (!this.isHttp) this.await(() => this.arrived !== "", QUIET_MS);
    return bytes.length;
  }

  recv(max: number): string {
    const piece = this.incoming.slice(0, max);
    this.incoming = this.incoming.slice(piece.length);
    return piece;
  }

  finish(): void {
    if (this.isFinished || this.phase !== "open") return;
    this.isFinished = true;
    this.await(() => isComplete(this.arrived), WALL_LIMIT_MS);
  }

  close(): void {
    this.isClosed = true;
    this.release();
    // What was written still leaves; whatever comes is nobody's.
    if (this.phase === "open") this.socket?.destroySoon();
    else this.socket?.destroy();
  }

  private dial(host: string, port: number, tls: TlsOptions | undefined): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const to = { host, port };
      const socket = tls ? connectTls({ ...to, ...secure(tls) }) : connect(to);
      socket.on(tls ? "secureConnect" : "connect", () => resolve());
      socket.on("close", () => resolve());
      this.listen(socket);
    });
  }

  private listen(socket: Socket): void {
    this.socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (data: string) => {
      this.arrived += data;
      this.arrival();
    });
    const end = () => {
      this.hasArrivedEnd = true;
      this.arrival();
    };
    socket.on("end", end);
    socket.on("close", end);
    socket.on("error", end);
  }

  /** Something came from the host: for whoever waits for it, else for the board at once. */
  private arrival(): void {
    this.onArrival();
    if (this.isWaiting || this.phase === "connecting") return;
    // What comes before an HTTP request is complete belongs to the answer, too.
    if (this.isHttp && !this.isFinished && !this.hasArrivedEnd) return;
    this.takeArrived();
    this.machine.hostOperations.onEvent();
  }

  private takeArrived(): void {
    if (this.isClosed) return;
    this.incoming += this.arrived;
    this.arrived = "";
    if (this.hasArrivedEnd) this.phase = "ended";
    this.onChange();
  }

  /** Hold virtual time until the host has what is due, the peer ends, or the wall time is over. */
  private await(isThere: () => boolean, wallMs: number): void {
    if (this.isWaiting) {
      this.hasSentMore = true;
      return;
    }
    this.isWaiting = true;
    this.hasSentMore = false;
    const due = new Promise<void>((resolve) => {
      const limit = setTimeout(() => {
        // An HTTP answer that never ends is cut off.
        if (this.isHttp) this.hasArrivedEnd = true;
        resolve();
      }, wallMs);
      this.release = () => {
        clearTimeout(limit);
        resolve();
      };
      this.onArrival = () => {
        if (this.hasArrivedEnd || (this.isHttp && isThere())) this.release();
        // Of anything else more may follow at once, and the end.
        else if (isThere()) setTimeout(this.release, SETTLE_MS);
      };
      this.onArrival();
    });
    this.machine.hostOperations.pending(due, ANSWER_MS, () => {
      this.isWaiting = false;
      this.onArrival = () => {};
      this.takeArrived();
      // What was written meanwhile may be answered, too.
      if (this.hasSentMore) this.await(isThere, wallMs);
    });
  }
}

/** As mbedTLS is set up by the firmware: TLS 1.2, the peer's certificate is not verified. */
function secure({ ca, cert, key }: TlsOptions): object {
  const pem = (der: Uint8Array | undefined) =>
    der &&
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString("base64")}\n-----END CERTIFICATE-----\n`;
  return {
    ca: pem(ca),
    cert: key && pem(cert),
    key: key && parsePrivateKey(Buffer.from(key)).export({ type: "pkcs8", format: "pem" }),
    rejectUnauthorized: false,
    maxVersion: "TLSv1.2",
    servername: TLS_NAME,
  };
}
