/**
 * What carries a board's bytes: the seam between its sockets and the outside. There are two carriers: real sockets
 * of the host (host-carrier.ts) and a simulated network (sim/). What a board sends to itself needs neither.
 */

/** One end of a TCP connection. Byte strings in and out; nothing blocks. */
export interface Stream {
  /** "closed": nothing comes after what is buffered, and nothing can be sent. */
  readonly state: "connecting" | "open" | "closed";
  /** Takes what there is room for; how many bytes that was, or -1 when the connection broke. */
  send(bytes: string): number;
  /** At most `max` bytes of what came in; "" when there is nothing. */
  recv(max: number): string;
  close(): void;
  /** The program has said all it will say on an HTTP request: now the answer is due. */
  finish?(): void;
  /** Called when there is something to receive, room to send, or the state changed. */
  onChange: () => void;
}

/** A port that waits for connections or takes datagrams. */
export interface OpenPort {
  close(): void;
}

export interface DatagramPort extends OpenPort {
  send(data: string, address: string, port: number): void;
}

export interface Datagram {
  data: string;
  address: string;
  port: number;
}

/** Why a connection does not come about: an errno of the chip's C library. */
export interface Refusal {
  errno: number;
}

/** errno values of the ESP32's newlib that lwIP gives connect(). */
export const ERRNO = { ENFILE: 23, ECONNRESET: 104, ECONNABORTED: 113, EHOSTUNREACH: 118 } as const;

export interface TlsOptions {
  ca: Uint8Array | undefined;
  cert: Uint8Array | undefined;
  key: Uint8Array | undefined;
}

export interface ConnectOptions {
  tls: TlsOptions | undefined;
  /** The answer is an HTTP response to one request. */
  isHttp: boolean;
}

export interface Carrier {
  /** IPv4 address of a name; undefined when nobody knows it. */
  resolve(name: string): string | undefined;
  connect(address: string, port: number, options: ConnectOptions): Stream | Refusal;
  /** Listen for connections from outside; undefined when nothing outside can reach the board. */
  listen(port: number, accept: (stream: Stream) => void): OpenPort | undefined;
  /** Open a UDP port. `groups`: multicast groups to join. */
  bind(port: number, groups: string[], receive: (datagram: Datagram) => void): DatagramPort;
}
