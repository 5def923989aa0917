/**
 * The board's sockets by number, as lwIP gives them to the interpreter: TCP and UDP, the board's own loopback, and
 * the carrier for everything else. Nothing here is JavaScript of the program. Source: network_esp32.c, Espruino 2v29.
 */
import type { Machine } from "../machine.ts";
import {
  type Carrier,
  type ConnectOptions,
  type Datagram,
  type DatagramPort,
  ERRNO,
  type OpenPort,
  type Refusal,
  type Stream,
} from "./carrier.ts";
import { NO_LINE, PairEnd } from "./pair.ts";

export const CLOSED = -1;
export const NOT_CONNECTED = -11;
const EPHEMERAL_PORT = 49152;
/** lwIP's numbers begin behind those of the chip's own files. */
const FIRST_SOCKET = 54;
/** CONFIG_LWIP_MAX_SOCKETS of ESP-IDF. */
const MAX_SOCKETS = 10;

interface Listener {
  kind: "listener";
  port: number;
  waiting: Stream[];
  outside: OpenPort | undefined;
}

interface Connection {
  kind: "connection";
  stream: Stream;
  remote: string;
  isTls: boolean;
  /** Over the carrier, not the board's own loopback. */
  isOutside: boolean;
}

interface Udp {
  kind: "udp";
  port: number;
  canShare: boolean;
  waiting: Datagram[];
  outside: DatagramPort | undefined;
}

type Socket = Listener | Connection | Udp;

export interface SocketInfo {
  kind: "listener" | "connection" | "udp";
  /** Local port of a listener or UDP socket; 0 of a connection. */
  port: number;
  /** "address:port" of a connection. */
  remote: string;
}

export class Stack {
  /** Called when a pass over the sockets may find something. */
  onChange: () => void = () => {};
  /** Payload bytes over the carrier since power-on. */
  sentBytes = 0;
  receivedBytes = 0;
  private readonly machine: Machine;
  private readonly carrier: Carrier;
  private readonly sockets = new Map<number, Socket>();
  private nextPort = EPHEMERAL_PORT;

  constructor(machine: Machine, carrier: Carrier) {
    this.machine = machine;
    this.carrier = carrier;
  }

  list(): SocketInfo[] {
    return [...this.sockets.values()].map((socket) => ({
      kind: socket.kind,
      port: socket.kind === "connection" ? 0 : socket.port,
      remote: socket.kind === "connection" ? socket.remote : "",
    }));
  }

  /** IPv4 address of a name or of an address in text; undefined: not found. */
  resolve(name: string): string | undefined {
    if (name === "localhost") return "127.0.0.1";
    if (/^[\d.]+$/.test(name)) return name;
    return this.machine.network.wifi.isUp ? this.carrier.resolve(name) : undefined;
  }

  /** Open a connection. The chip waits until it stands; what it waits is virtual time. */
  connect(address: string, port: number, options: ConnectOptions): number | Refusal {
    const number = this.free();
    if (number === undefined) return { errno: ERRNO.ENFILE };
    const own = this.isOwn(address) && !options.tls ? this.connectOwn(port) : undefined;
    const stream = own ?? this.connectOutside(address, port, options);
    if ("errno" in stream) return stream;
    stream.onChange = () => this.onChange();
    return this.keep(number, {
      kind: "connection",
      stream,
      remote: `${address}:${port}`,
      isTls: options.tls !== undefined,
      isOutside: own === undefined,
    });
  }

  listen(port: number): number | undefined {
    const number = this.free();
    if (number === undefined) return undefined;
    const listener: Listener = { kind: "listener", port, waiting: [], outside: undefined };
    listener.outside = this.carrier.listen(port, (stream) => {
      listener.waiting.push(stream);
      this.onChange();
    });
    return this.keep(number, listener);
  }

  /** A UDP socket; without a port it gets one. Undefined when the port is taken. */
  bind(port: number | undefined, canShare: boolean, groups: string[]): number | undefined {
    const number = this.free();
    if (number === undefined) return undefined;
    const others = [...this.sockets.values()].filter(
      (other) => other.kind === "udp" && other.port === port,
    ) as Udp[];
    if (others.some((other) => !canShare || !other.canShare)) return undefined;
    const udp: Udp = {
      kind: "udp",
      port: port ?? this.nextPort++,
      canShare,
      waiting: [],
      outside: undefined,
    };
    udp.outside = this.carrier.bind(udp.port, groups, (datagram) => {
      this.receivedBytes += datagram.data.length;
      this.take(udp, datagram);
    });
    return this.keep(number, udp);
  }

  accept(number: number): number | undefined {
    const listener = this.sockets.get(number);
    if (listener?.kind !== "listener") return undefined;
    const free = this.free();
    const stream = free === undefined ? undefined : listener.waiting.shift();
    if (free === undefined || !stream) return undefined;
    stream.onChange = () => this.onChange();
    return this.keep(free, {
      kind: "connection",
      stream,
      remote: "",
      isTls: false,
      isOutside: true,
    });
  }

  /** What came in, "" for nothing yet, or a negative error. */
  recv(number: number, max: number): string | number {
    const socket = this.sockets.get(number);
    if (socket?.kind !== "connection") return CLOSED;
    const { stream } = socket;
    const piece = stream.recv(max);
    if (socket.isOutside) this.receivedBytes += piece.length;
    if (piece !== "") return piece;
    if (stream.state === "closed") return CLOSED;
    // While TLS shakes hands the firmware already takes the socket for connected.
    return stream.state === "connecting" && !socket.isTls ? NOT_CONNECTED : "";
  }

  receiveDatagram(number: number): Datagram | number | undefined {
    const socket = this.sockets.get(number);
    return socket?.kind === "udp" ? socket.waiting.shift() : CLOSED;
  }

  /** How many bytes left, or a negative error. */
  send(number: number, bytes: string): number {
    const socket = this.sockets.get(number);
    if (socket?.kind !== "connection") return CLOSED;
    if (socket.stream.state === "connecting") return 0;
    const sent = socket.stream.send(bytes);
    if (socket.isOutside && sent > 0) this.sentBytes += sent;
    return sent;
  }

  sendDatagram(number: number, data: string, address: string, port: number): void {
    const socket = this.sockets.get(number);
    if (socket?.kind !== "udp") return;
    if (!this.isOwn(address)) {
      this.sentBytes += data.length;
      socket.outside?.send(data, address, port);
      return;
    }
    const [target] = [...this.sockets.values()].filter(
      (other) => other.kind === "udp" && other.port === port,
    ) as Udp[];
    if (target) this.take(target, { data, address, port: socket.port });
    else if (!this.machine.network.wifi.isOwnAddress(address))
      socket.outside?.send(data, address, port);
  }

  /** Nothing more will be written on an HTTP request. */
  finish(number: number): void {
    const socket = this.sockets.get(number);
    if (socket?.kind === "connection") socket.stream.finish?.();
  }

  close(number: number): void {
    const socket = this.sockets.get(number);
    this.sockets.delete(number);
    if (socket?.kind === "connection") socket.stream.close();
    else if (socket) {
      if (socket.kind === "listener") for (const stream of socket.waiting) stream.close();
      socket.outside?.close();
    }
  }

  closeAll(): void {
    for (const number of [...this.sockets.keys()]) this.close(number);
  }

  /** A listener of this very board. */
  private connectOwn(port: number): Stream | undefined {
    for (const socket of this.sockets.values()) {
      if (socket.kind !== "listener" || socket.port !== port) continue;
      const [near, far] = PairEnd.pair(NO_LINE, NO_LINE);
      socket.waiting.push(far);
      return near;
    }
    return undefined;
  }

  private connectOutside(address: string, port: number, options: ConnectOptions): Stream | Refusal {
    const isHere = address.startsWith("127.");
    if (!isHere && !this.machine.network.wifi.isUp) return { errno: ERRNO.EHOSTUNREACH };
    return this.carrier.connect(address, port, options);
  }

  private isOwn(address: string): boolean {
    return address.startsWith("127.") || this.machine.network.wifi.isOwnAddress(address);
  }

  private take(udp: Udp, datagram: Datagram): void {
    udp.waiting.push(datagram);
    this.onChange();
  }

  private free(): number | undefined {
    for (let number = FIRST_SOCKET; number < FIRST_SOCKET + MAX_SOCKETS; number++) {
      if (!this.sockets.has(number)) return number;
    }
    return undefined;
  }

  private keep(number: number, socket: Socket): number {
    this.sockets.set(number, socket);
    this.onChange();
    return number;
  }
}
