/**
 * A network without sockets of the host: boards, hosts that a test describes, access points, names. Everything that
 * happens on it happens in the virtual time of its boards and is drawn from one seed.
 */
import type { Machine } from "../../machine.ts";
import type { AccessPoint } from "../radio.ts";
import { BoardNode } from "./board-node.ts";
import { type Endpoint, Wires } from "./endpoint.ts";
import { SimulatedHost } from "./host.ts";
import { InStep, type Stepped } from "./in-step.ts";
import { type Conditions, Medium } from "./medium.ts";
import { Segment } from "./segment.ts";

export interface SimulatedNetworkOptions extends Partial<Conditions> {
  /** Default 1. */
  seed?: number;
}

/** What a test says of an access point; the rest has plain values. */
export type AccessPointOptions = { ssid: string } & Partial<AccessPoint>;

const WIRED = "192.168.1";
const PLAIN = { channel: 6, rssiDbm: -60 };

export class SimulatedNetwork {
  /** Of the inside. */
  readonly wires: Wires;
  readonly medium: Medium;
  readonly nameServer: SimulatedHost;
  private readonly wired = new Segment(WIRED);
  private readonly boards = new Set<BoardNode>();
  private readonly accessPoints = new Set<AccessPoint>();
  private readonly names = new Map<string, string>();
  private readonly inStep = new InStep();
  /** Whose virtual time hosts live in: the board that last did something. */
  private leader: BoardNode | undefined;
  private nextHost = 1;
  /** Access points that there were. */
  private described = 0;

  constructor({ seed = 1, ...conditions }: SimulatedNetworkOptions = {}) {
    this.wires = new Wires(() => this.medium);
    this.medium = new Medium(seed, (from, to) => {
      for (const node of [from, to]) if (node instanceof BoardNode) this.leader = node;
      return this.wires.isJoined(from, to);
    });
    this.set(conditions);
    this.wires.segments.add(this.wired);
    this.nameServer = this.host("gateway", `${WIRED}.1`);
  }

  /** Change conditions from now on. */
  set(conditions: Partial<Conditions>): void {
    this.medium.conditions = { ...this.medium.conditions, ...conditions };
  }

  /** A host with a name and an address on the wired side; by default 10.0.0.1, 10.0.0.2 ... */
  host(name: string, ip = `10.0.0.${this.nextHost++}`): SimulatedHost {
    const host = new SimulatedHost(this, name, ip);
    this.wired.members.set(ip, host);
    this.names.set(name, ip);
    return host;
  }

  /** Let a name lead to an address. */
  name(name: string, ip: string): void {
    this.names.set(name, ip);
  }

  /** Forget a name. */
  unname(name: string): void {
    this.names.delete(name);
  }

  /** An access point in reach of every board. Without any, boards are let in under any name. */
  accessPoint(options: AccessPointOptions): { remove(): void } {
    this.described++;
    const bssid = `02:00:5e:00:53:${this.described.toString(16).padStart(2, "0")}`;
    const authMode = options.password === undefined ? "open" : "wpa2";
    const accessPoint: AccessPoint = { ...PLAIN, bssid, authMode, ...options };
    this.accessPoints.add(accessPoint);
    return {
      remove: () => {
        this.accessPoints.delete(accessPoint);
        this.silence(accessPoint);
      },
    };
  }

  /** Advance the emulators on this network together; as Emulator.run does one of them. */
  run(until: { ms?: number; untilMs?: number; until?: () => boolean }): Promise<void> {
    return this.inStep.run(until, Math.max(1, this.medium.conditions.latencyMs));
  }

  /** Virtual UTC of the board that hosts go by. */
  get nowMs(): number {
    return this.guide().nowMs();
  }

  // What follows is for the emulator itself.

  attach(machine: Machine): BoardNode {
    const node = new BoardNode(this, machine);
    this.boards.add(node);
    this.leader ??= node;
    return node;
  }

  join(emulator: Stepped): () => void {
    return this.inStep.add(emulator);
  }

  at(ms: number, run: () => void): void {
    const guide = this.guide();
    guide.at(ms, () => {
      this.leader = guide;
      run();
    });
  }

  /** Hosts live in this board's time from now on. */
  follow(node: Endpoint): void {
    if (node instanceof BoardNode) this.leader = node;
  }

  lookup(from: BoardNode, name: string): string | undefined {
    const known = this.names.get(name);
    if (known !== undefined || !name.endsWith(".local")) return known;
    for (const segment of this.wires.segments) {
      if (!segment.has(from)) continue;
      for (const [address, member] of segment.members) {
        if (`${member.name}.local` === name) return address;
      }
    }
    return undefined;
  }

  /** Access points that a board hears, its own excepted. */
  heardBy(board: BoardNode): AccessPoint[] {
    const others = [...this.wires.segments].filter(
      ({ owner, accessPoint }) => accessPoint && owner !== board && (owner as Endpoint).isReachable,
    );
    return [...this.accessPoints, ...others.map(({ accessPoint }) => accessPoint as AccessPoint)];
  }

  /** On a network without access points of its own every name is one. */
  anyName(ssid: string): AccessPoint | undefined {
    if (this.described > 0) return undefined;
    return { ...PLAIN, ssid, bssid: "02:00:5e:00:53:01", authMode: "wpa2" };
  }

  segmentOf(accessPoint: AccessPoint): Segment {
    for (const segment of this.wires.segments) {
      if (segment.accessPoint === accessPoint) return segment;
    }
    return this.wired;
  }

  /** An access point is no longer heard. */
  silence(accessPoint: AccessPoint): void {
    for (const board of this.boards) {
      if (!board.isOn(accessPoint)) continue;
      board.machine.network.wifi.station.missBeacons(() => board.isOn(accessPoint));
    }
  }

  private guide(): BoardNode {
    if (!this.leader) throw new Error("boot an emulator on this network first");
    return this.leader;
  }
}
