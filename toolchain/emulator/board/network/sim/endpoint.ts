/** What boards and hosts of a simulated network have in common: ports that listen, and ways to connect and send. */
import type { Datagram, Stream } from "../carrier.ts";
import { PairEnd } from "../pair.ts";
import type { Medium, Node } from "./medium.ts";
import type { Segment } from "./segment.ts";

/** Who takes connections to a port. */
export interface Acceptor {
  isTls: boolean;
  accept(stream: Stream): void;
}

export interface Receiver {
  port: number;
  groups: string[];
  receive(datagram: Datagram): void;
}

export interface Endpoint extends Node {
  /** Powered and in reach. */
  readonly isReachable: boolean;
  readonly acceptors: Map<number, Acceptor>;
  readonly receivers: Set<Receiver>;
  /** Answers SNTP. */
  readonly servesTime: boolean;
}

export class Wires {
  readonly segments = new Set<Segment>();
  private readonly medium: () => Medium;

  constructor(medium: () => Medium) {
    this.medium = medium;
  }

  /** May packets go from one to the other now? */
  isJoined(from: Node, to: Node): boolean {
    if (!(from as Endpoint).isReachable || !(to as Endpoint).isReachable) return false;
    for (const segment of this.segments) if (segment.has(from) && segment.has(to)) return true;
    return false;
  }

  /** Who has an address, seen from a node, and the node's own address there. */
  route(from: Node, address: string): { to: Endpoint; own: string } | undefined {
    for (const segment of this.segments) {
      const own = segment.addressOf(from);
      const to = segment.members.get(address);
      if (own !== undefined && to) return { to: to as Endpoint, own };
    }
    return undefined;
  }

  /** Both ends of a connection; the far one is given to `accept` when the news has crossed. */
  connect(from: Endpoint, to: Endpoint, accept: (stream: Stream) => void): PairEnd {
    const medium = this.medium();
    const there = medium.line(from, to);
    const [near, far] = PairEnd.pair(there, medium.line(to, from));
    there.carry(
      0,
      () => accept(far),
      () => near.abort(),
    );
    return near;
  }

  /** To one address, a broadcast or a multicast group. */
  send(from: Endpoint, fromPort: number, { data, address, port }: Datagram): void {
    const first = Number(address.split(".")[0]);
    const isGroup = first >= 224 && first < 240;
    for (const segment of this.segments) {
      const own = segment.addressOf(from);
      if (own === undefined) continue;
      const toAll = isGroup || segment.isBroadcast(address);
      const targets = toAll ? new Set(segment.members.values()) : [segment.members.get(address)];
      for (const target of targets) {
        if (!target || (toAll && target === from)) continue;
        const to = target as Endpoint;
        this.medium().datagram(from, to, data.length, () => {
          for (const receiver of to.receivers) {
            const isMember = !isGroup || receiver.groups.includes(address);
            if (receiver.port !== port || !isMember) continue;
            receiver.receive({ data, address: own, port: fromPort });
            if (!toAll) return;
          }
        });
      }
    }
  }
}
