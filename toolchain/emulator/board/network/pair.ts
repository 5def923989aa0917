/**
 * A TCP connection whose both ends live in this process: a window of bytes in flight, segments, an orderly end and a
 * reset. What lies between the ends is a Line: nothing at all (a board talking to itself) or a simulated network.
 */
import type { Stream } from "./carrier.ts";

/** lwIP as ESP-IDF configures it: maximum segment, send and receive window. */
const SEGMENT_BYTES = 1436;
const WINDOW_BYTES = 5744;

export interface Line {
  /** Run `arrive` when a segment of that size has come across, or `lost` when it never will. */
  carry(bytes: number, arrive: () => void, lost: () => void): void;
}

/** Crosses nothing. */
export const NO_LINE: Line = { carry: (_bytes, arrive) => arrive() };

export class PairEnd implements Stream {
  onChange: () => void = () => {};
  private readonly line: Line;
  private peer!: PairEnd;
  private incoming = "";
  private outgoing = "";
  private inFlight = 0;
  private isClosing = false;
  private hasSentEnd = false;
  /** The other side has ended, or the connection broke. */
  private isOver = false;
  private isReset = false;

  constructor(line: Line) {
    this.line = line;
  }

  /** Both ends of a connection; each sends over its own line. */
  static pair(there: Line, back: Line): [PairEnd, PairEnd] {
    const near = new PairEnd(there);
    const far = new PairEnd(back);
    near.peer = far;
    far.peer = near;
    return [near, far];
  }

  get state(): "open" | "closed" {
    return this.isOver || this.isClosing ? "closed" : "open";
  }

  send(bytes: string): number {
    // The peer's end does not stop the first bytes after it; they come to nothing.
    if (this.isOver) return this.isReset ? -1 : bytes.length;
    const room = Math.max(0, WINDOW_BYTES - this.outgoing.length - this.inFlight);
    const taken = bytes.slice(0, room);
    this.outgoing += taken;
    this.pump();
    return taken.length;
  }

  recv(max: number): string {
    const piece = this.incoming.slice(0, max);
    this.incoming = this.incoming.slice(piece.length);
    if (piece !== "") this.acknowledge();
    return piece;
  }

  close(): void {
    if (this.isClosing) return;
    this.isClosing = true;
    // Bytes that nobody read: TCP answers them with a reset.
    if (this.incoming !== "") this.abort();
    else this.pump();
  }

  /** Break the connection at both ends. */
  abort(): void {
    this.fail();
    this.line.carry(
      0,
      () => this.peer.fail(),
      () => this.peer.fail(),
    );
  }

  private fail(): void {
    if (this.isReset) return;
    this.isReset = true;
    this.isOver = true;
    this.hasSentEnd = true;
    this.outgoing = "";
    this.onChange();
  }

  private pump(): void {
    const { peer } = this;
    while (this.outgoing !== "" && this.inFlight + peer.incoming.length < WINDOW_BYTES) {
      const segment = this.outgoing.slice(0, SEGMENT_BYTES);
      this.outgoing = this.outgoing.slice(segment.length);
      this.inFlight += segment.length;
      this.carry(segment.length, () => {
        this.inFlight -= segment.length;
        peer.arrive(segment);
      });
    }
    if (this.isClosing && this.outgoing === "" && !this.hasSentEnd) {
      this.hasSentEnd = true;
      this.carry(0, () => peer.ended());
    }
  }

  private carry(bytes: number, arrive: () => void): void {
    this.line.carry(bytes, arrive, () => this.abort());
  }

  private arrive(segment: string): void {
    if (this.isOver) return;
    if (this.isClosing) {
      this.abort();
      return;
    }
    this.incoming += segment;
    this.onChange();
    this.acknowledge();
  }

  private ended(): void {
    this.isOver = true;
    this.onChange();
  }

  /** The other side may go on sending. */
  private acknowledge(): void {
    const { peer } = this;
    this.line.carry(
      0,
      () => {
        peer.pump();
        if (!peer.isOver) peer.onChange();
      },
      () => this.abort(),
    );
  }
}
