/**
 * The host's own network as a board sees it: TCP, TLS and UDP over real sockets, as far as the caller allows; one
 * access point; nothing else of a radio. Time waits for the host where an answer is due.
 */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { createServer } from "node:net";
import { notModelled } from "../interactive.ts";
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
import { ANSWER_MS, HostStream, QUIET_MS } from "./host-stream.ts";
import { type AccessPoint, type Lease, type Radio, REASON } from "./radio.ts";

const ADDRESS: Lease = { ip: "192.168.4.2", netmask: "255.255.255.0", gw: "192.168.4.1" };
const LOOPBACK = "127.0.0.1";

export class HostLink implements Carrier, Radio {
  private readonly machine: Machine;
  /** Names are resolved by the host when it connects; until then each has an address of its own. */
  private readonly names = new Map<string, string>();
  private readonly ports = new Map<number, number>();

  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** The port of the host behind a port that the board listens on. */
  hostPort(port: number): number | undefined {
    return this.ports.get(port);
  }

  get isListening(): boolean {
    return this.ports.size > 0;
  }

  resolve(name: string): string {
    for (const [address, known] of this.names) if (known === name) return address;
    // The block for benchmarks (RFC 2544): nobody's address.
    const index = this.names.size + 1;
    const address = `198.18.${index >> 8}.${index & 255}`;
    this.names.set(address, name);
    return address;
  }

  connect(address: string, port: number, options: ConnectOptions): Stream | Refusal {
    const { network } = this.machine.options;
    const host = this.names.get(address) ?? address;
    if (!network?.allow(host, port)) return { errno: ERRNO.EHOSTUNREACH };
    return HostStream.connect(this.machine, host, port, options);
  }

  listen(port: number, accept: (stream: Stream) => void): OpenPort | undefined {
    const wanted = this.machine.options.network?.listen?.(port);
    if (wanted === undefined) return undefined;
    const server = createServer((socket) => {
      accept(HostStream.accepted(this.machine, socket));
      this.machine.hostOperations.onEvent();
    });
    const opened = new Promise<void>((resolve, reject) => {
      server.on("error", reject);
      server.listen(wanted, LOOPBACK, () => resolve());
    });
    this.machine.hostOperations.pending(opened, 0, ({ error }) => {
      if (error) throw error;
      const address = server.address();
      if (address && typeof address === "object") this.ports.set(port, address.port);
    });
    return {
      close: () => {
        this.ports.delete(port);
        server.close();
      },
    };
  }

  bind(port: number, groups: string[], receive: (datagram: Datagram) => void): DatagramPort {
    if (groups.length > 0) notModelled(this.machine, "multicast on the host's network");
    const { machine } = this;
    const wanted = machine.options.network?.listen?.(port);
    let socket: UdpSocket | undefined;
    let arrived: (() => void) | undefined;
    const open = (): UdpSocket => {
      const opened = createSocket("udp4");
      opened.on("error", () => {});
      opened.on("message", (message, from) => {
        receive({ data: message.toString("latin1"), address: from.address, port: from.port });
        arrived?.();
        machine.hostOperations.onEvent();
      });
      opened.bind(wanted ?? 0, LOOPBACK, () => {
        if (wanted !== undefined) this.ports.set(port, opened.address().port);
      });
      return opened;
    };
    if (wanted !== undefined) socket = open();
    return {
      send: (data, address, to) => {
        const host = this.names.get(address) ?? address;
        if (!machine.options.network?.allow(host, to)) return;
        socket ??= open();
        socket.send(Buffer.from(data, "latin1"), to, host);
        const answered = new Promise<void>((resolve) => {
          arrived = resolve;
          setTimeout(resolve, QUIET_MS);
        });
        machine.hostOperations.pending(answered, ANSWER_MS, () => {});
      },
      close: () => socket?.close(),
    };
  }

  scan(): AccessPoint[] {
    return this.radioless("scan");
  }

  find(ssid: string, password: string): AccessPoint | number {
    const { network } = this.machine.options;
    const { wifi } = network ?? {};
    if (!network || (wifi && wifi.ssid !== ssid)) return REASON.noApFound;
    if (wifi?.password !== undefined && wifi.password !== password) return REASON.handshakeTimeout;
    const seen = { bssid: "02:00:5e:00:53:01", channel: 6, rssiDbm: -60 };
    return { ssid, ...seen, authMode: "wpa2" };
  }

  join(): Lease {
    return ADDRESS;
  }

  leave(): void {}

  setAddress(): void {
    this.radioless("setIP");
  }

  /** Nobody is near to join it. */
  startAccessPoint(): void {}

  stopAccessPoint(): void {}

  ping(): undefined {
    return this.radioless("ping");
  }

  lookupMs(): number {
    return this.radioless("getHostByName");
  }

  timeMs(): undefined {
    return this.radioless("setSNTP");
  }

  private radioless(what: string): never {
    return notModelled(this.machine, `Wifi.${what}() without a simulated network`);
  }
}
