/**
 * What lies between the nodes of a simulated network: latency, jitter, loss, duplicates, bandwidth, all drawn from one
 * seed. TCP sends what is lost again, datagrams are gone.
 */
import { Random } from "../../random.ts";
import type { Line } from "../pair.ts";

/** Of the way between any two nodes, each direction. */
export interface Conditions {
  /** Milliseconds, at least 1. */
  latencyMs: number;
  /** Up to so much more, drawn evenly for each packet; datagrams may overtake each other. */
  jitterMs: number;
  /** Share of packets that are lost, 0..100. */
  lossPct: number;
  /** Share of datagrams that come twice, 0..100. */
  duplicatePct: number;
  /** Of each node's sending, kilobits a second; 0: not limited. */
  kbps: number;
}

export const GOOD: Conditions = {
  latencyMs: 5,
  jitterMs: 0,
  lossPct: 0,
  duplicatePct: 0,
  kbps: 0,
};

const HEADER_BYTES = 40;
/** TCP: first wait before a segment is sent again; it doubles each time. An estimate. */
const RETRANSMIT_MS = 300;
/** TCP_MAXRTX of ESP-IDF: how often a segment is sent again before the connection is given up. */
const RETRANSMIT_MAX = 12;
const RETRANSMIT_MS_MAX = 60_000;

/** A board or a host. */
export interface Node {
  readonly name: string;
  nowMs(): number;
  /** Do something at a virtual UTC time; at once when that has passed. */
  at(ms: number, run: () => void): void;
}

export class Medium {
  conditions: Conditions;
  private readonly random: Random;
  /** When each node has finished sending what it has begun. */
  private readonly sentMs = new Map<Node, number>();
  /** Is there a way from one to the other now? */
  private readonly isJoined: (from: Node, to: Node) => boolean;

  constructor(seed: number, isJoined: (from: Node, to: Node) => boolean) {
    this.random = new Random(seed);
    this.conditions = { ...GOOD };
    this.isJoined = isJoined;
  }

  /** Milliseconds that a packet takes; undefined when it does not arrive. */
  crossing(from: Node, to: Node, bytes: number): number | undefined {
    const { latencyMs, jitterMs, lossPct, kbps } = this.conditions;
    const nowMs = from.nowMs();
    const sendMs = kbps > 0 ? ((bytes + HEADER_BYTES) * 8) / kbps : 0;
    const doneMs = Math.max(nowMs, this.sentMs.get(from) ?? 0) + sendMs;
    this.sentMs.set(from, doneMs);
    if (this.hits(lossPct) || !this.isJoined(from, to)) return undefined;
    const jitter = jitterMs > 0 ? this.random.next() * jitterMs : 0;
    return doneMs - nowMs + Math.max(1, latencyMs) + jitter;
  }

  datagram(from: Node, to: Node, bytes: number, arrive: () => void): void {
    const copies = this.hits(this.conditions.duplicatePct) ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const tookMs = this.crossing(from, to, bytes);
      if (tookMs !== undefined) to.at(from.nowMs() + tookMs, arrive);
    }
  }

  /** One direction of a TCP connection: in order, sent again when lost. */
  line(from: Node, to: Node): Line {
    const queue: { bytes: number; arrive: () => void; lost: () => void }[] = [];
    let lastMs = 0;
    let tries = 0;
    let isWaiting = false;
    const send = (): void => {
      for (let [head] = queue; head && !isWaiting; [head] = queue) {
        const tookMs = this.crossing(from, to, head.bytes);
        if (tookMs !== undefined) {
          tries = 0;
          queue.shift();
          lastMs = Math.max(lastMs, from.nowMs() + tookMs);
          to.at(lastMs, head.arrive);
        } else if (++tries > RETRANSMIT_MAX) {
          queue.length = 0;
          head.lost();
        } else {
          isWaiting = true;
          from.at(from.nowMs() + waitMs(tries), () => {
            isWaiting = false;
            send();
          });
        }
      }
    };
    return {
      carry: (bytes, arrive, lost) => {
        queue.push({ bytes, arrive, lost });
        if (queue.length === 1) send();
      },
    };
  }

  private hits(percent: number): boolean {
    return percent > 0 && this.random.next() * 100 < percent;
  }
}

const waitMs = (tries: number): number =>
  Math.min(RETRANSMIT_MS_MAX, RETRANSMIT_MS * 2 ** (tries - 1));
