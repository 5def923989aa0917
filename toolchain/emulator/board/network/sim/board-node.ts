/** A board on a simulated network: its carrier and its radio. The chip waits for connections as lwIP lets it. */
import type { Machine } from "../../machine.ts";
import {
  type ConnectOptions,
  type Datagram,
  type DatagramPort,
  ERRNO,
  type OpenPort,
  type Refusal,
  type Stream,
} from "../carrier.ts";
import { type AccessPoint, type Lease, type Radio, REASON } from "../radio.ts";
import type { Acceptor, Endpoint, Receiver } from "./endpoint.ts";
import { Segment } from "./segment.ts";
import type { SimulatedNetwork } from "./simulated-network.ts";

/** lwIP gives a connection up after that long without an answer. An estimate. */
const CONNECT_LIMIT_MS = 18_000;
const CONNECT_AGAIN_MS = 3000;
const DNS_LIMIT_MS = 8000;
const MASK = "255.255.255.0";

export class BoardNode implements Endpoint, Radio {
  readonly servesTime = false;
  readonly acceptors = new Map<number, Acceptor>();
  readonly receivers = new Set<Receiver>();
  readonly machine: Machine;
  private readonly network: SimulatedNetwork;
  /** Where it is a station. */
  private joined: { segment: Segment; accessPoint: AccessPoint } | undefined;
  private own: Segment | undefined;

  constructor(network: SimulatedNetwork, machine: Machine) {
    this.network = network;
    this.machine = machine;
  }

  get name(): string {
    return this.machine.network.wifi.name;
  }

  get isReachable(): boolean {
    const { chip, network } = this.machine;
    return chip.isPowered() && network.wifi.station.hasReach;
  }

  nowMs(): number {
    return this.machine.clock.trueMs;
  }

  at(ms: number, run: () => void): void {
    const { clock, schedule } = this.machine;
    schedule.at(Math.max(clock.upUsAt(ms), clock.upUs), run, true);
  }

  /** The access point that it is joined to, if that is the one. */
  isOn(accessPoint: AccessPoint): boolean {
    return this.joined?.accessPoint === accessPoint;
  }

  resolve(name: string): string | undefined {
    const address = this.network.lookup(this, name);
    const tookMs = this.roundTrip(undefined);
    this.block(tookMs ?? DNS_LIMIT_MS);
    return tookMs === undefined ? undefined : address;
  }

  connect(address: string, port: number, options: ConnectOptions): Stream | Refusal {
    const found = this.network.wires.route(this, address);
    let waitedMs = 0;
    for (; waitedMs < CONNECT_LIMIT_MS; waitedMs += CONNECT_AGAIN_MS) {
      const tookMs = found && this.roundTrip(found.to);
      if (tookMs === undefined) continue;
      this.block(waitedMs + tookMs);
      const acceptor = found?.to.acceptors.get(port);
      if (!found || !acceptor) return { errno: ERRNO.ECONNRESET };
      if (!options.tls !== !acceptor.isTls) return { errno: ERRNO.ECONNRESET };
      return this.network.wires.connect(this, found.to, (stream) => acceptor.accept(stream));
    }
    this.block(CONNECT_LIMIT_MS);
    return { errno: found ? ERRNO.ECONNABORTED : ERRNO.EHOSTUNREACH };
  }

  listen(port: number, accept: (stream: Stream) => void): OpenPort {
    this.acceptors.set(port, { isTls: false, accept });
    return { close: () => void this.acceptors.delete(port) };
  }

  bind(port: number, groups: string[], receive: (datagram: Datagram) => void): DatagramPort {
    const receiver: Receiver = { port, groups, receive };
    this.receivers.add(receiver);
    return {
      send: (data, address, to) => this.network.wires.send(this, port, { data, address, port: to }),
      close: () => void this.receivers.delete(receiver),
    };
  }

  scan(): AccessPoint[] {
    return this.machine.network.wifi.station.hasReach ? this.network.heardBy(this) : [];
  }

  find(ssid: string, password: string): AccessPoint | number {
    const heard = this.network.heardBy(this);
    const named = heard.filter((each) => each.ssid === ssid);
    const best = named.sort((a, b) => b.rssiDbm - a.rssiDbm)[0];
    if (!best) return this.network.anyName(ssid) ?? REASON.noApFound;
    const isRight = best.authMode === "open" || (best.password ?? password) === password;
    return isRight ? best : REASON.handshakeTimeout;
  }

  join(accessPoint: AccessPoint): Lease {
    const segment = this.network.segmentOf(accessPoint);
    const ip = segment.lease(this);
    segment.members.set(ip, this);
    this.joined = { segment, accessPoint };
    this.tellOwner("sta_joined");
    return { ip, netmask: MASK, gw: `${segment.prefix}.1` };
  }

  leave(): void {
    if (!this.joined) return;
    this.joined.segment.remove(this);
    this.tellOwner("sta_left");
    this.joined = undefined;
  }

  setAddress(ip: string): void {
    if (!this.joined) return;
    this.joined.segment.remove(this);
    this.joined.segment.members.set(ip, this);
  }

  startAccessPoint(accessPoint: AccessPoint, ip: string): void {
    this.stopAccessPoint();
    this.own = new Segment(ip.split(".").slice(0, 3).join("."));
    this.own.owner = this;
    this.own.accessPoint = accessPoint;
    this.own.members.set(ip, this);
    this.network.wires.segments.add(this.own);
  }

  stopAccessPoint(): void {
    const { own } = this;
    this.own = undefined;
    if (!own) return;
    this.network.wires.segments.delete(own);
    if (own.accessPoint) this.network.silence(own.accessPoint);
  }

  ping(address: string): number | undefined {
    const found = this.network.wires.route(this, address);
    return found && this.roundTrip(found.to);
  }

  lookupMs(): number {
    return this.roundTrip(undefined) ?? DNS_LIMIT_MS;
  }

  timeMs(server: string): number | undefined {
    const address = this.network.lookup(this, server) ?? server;
    const found = this.network.wires.route(this, address);
    return found?.to.servesTime ? this.roundTrip(found.to) : undefined;
  }

  /** Milliseconds there and back, undefined when either way fails; without a node, to the network's name server. */
  private roundTrip(to: Endpoint | undefined): number | undefined {
    const { medium, nameServer } = this.network;
    const far = to ?? nameServer;
    const there = medium.crossing(this, far, 0);
    const back = there === undefined ? undefined : medium.crossing(far, this, 0);
    return there === undefined || back === undefined ? undefined : there + back;
  }

  /** The interpreter stands still; the chip's hardware does not. */
  private block(ms: number): void {
    const { clock, schedule } = this.machine;
    const untilUs = clock.upUs + Math.round(ms * 1000);
    while (schedule.nextHardwareUs() <= untilUs) {
      clock.jumpTo(schedule.nextHardwareUs());
      schedule.runHardware(clock.upUs);
    }
    clock.jumpTo(untilUs);
  }

  private tellOwner(event: "sta_joined" | "sta_left"): void {
    const owner = this.joined?.segment.owner;
    if (!(owner instanceof BoardNode)) return;
    const mac = this.machine.network.wifi.mac();
    owner.report(event, mac, this.nowMs());
  }

  /** A station came to or left this board's network. */
  report(event: "sta_joined" | "sta_left", mac: string, ms: number): void {
    const { machine } = this;
    machine.schedule.at(Math.max(machine.clock.upUsAt(ms), machine.clock.upUs), () => {
      if (!machine.chip.isDown) machine.network.wifi.stationEvent(event, mac);
    });
  }
}
