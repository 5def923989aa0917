/**
 * A serial line that loses and doubles bytes, delivers in pieces with pauses, and carries log lines beside Improv frames;
 * drawn from dice, so that a failure can be replayed.
 */
import { listeners, type Transport } from "../../toolchain/link/transport.ts";
import type { Dice } from "../fuzz/dice.ts";

export interface WireFaults {
  /** Of 1000 bytes, each way. */
  lostPermille: number;
  doubledPermille: number;
  /** Of 100 writes of the camera, how many have a log line before them. */
  logPct: number;
  /** Bytes in a piece; 0: all at once. */
  pieceBytes: number;
  pieceGapMs: number;
}

export const CLEAN: WireFaults = {
  ...{ lostPermille: 0, doubledPermille: 0, logPct: 0, pieceBytes: 0, pieceGapMs: 0 },
};

export const drawFaults = (dice: Dice): WireFaults => ({
  lostPermille: dice.pick([0, 0, 2, 10, 30]),
  doubledPermille: dice.pick([0, 0, 2, 10, 30]),
  logPct: dice.pick([0, 20, 60]),
  pieceBytes: dice.pick([0, 1, 5, 20]),
  pieceGapMs: dice.pick([0, 1, 10, 40, 120]),
});

export class FaultyWire implements Transport {
  readonly name = "faulty wire";
  faults: WireFaults = CLEAN;
  readonly #dice: Dice;
  readonly #toCamera: (bytes: string) => void;
  readonly #heard = listeners();
  #queue: { atMs: number; bytes: string }[] = [];
  #nowMs = 0;
  #lastAtMs = 0;

  constructor(dice: Dice, toCamera: (bytes: string) => void) {
    this.#dice = dice;
    this.#toCamera = toCamera;
  }

  onData = this.#heard.onData;
  onClose = this.#heard.onClose;
  async close(): Promise<void> {}

  async write(bytes: string): Promise<void> {
    const { pieceBytes, pieceGapMs } = this.faults;
    const arriving = this.#spoil(bytes);
    this.#lastAtMs = Math.max(this.#lastAtMs, this.#nowMs);
    for (let at = 0; at < arriving.length; ) {
      const end = pieceBytes ? at + 1 + this.#dice.below(pieceBytes) : arriving.length;
      this.#queue.push({ atMs: this.#lastAtMs, bytes: arriving.slice(at, end) });
      if (pieceGapMs) this.#lastAtMs += this.#dice.below(pieceGapMs);
      at = end;
    }
  }

  /** The camera says something. */
  said(bytes: string): void {
    const log = this.#dice.chance(this.faults.logPct) ? "check-in failed: no \x00 Wi-Fi\r\nIM" : "";
    this.#heard.data(this.#spoil(log + bytes));
  }

  /** Time goes on; what has arrived is given to the camera. */
  advance(ms: number): void {
    this.#nowMs += ms;
    while (this.#queue[0] && this.#queue[0].atMs <= this.#nowMs) {
      this.#toCamera((this.#queue.shift() as { bytes: string }).bytes);
    }
  }

  /** The client goes away: what it has not sent yet is never sent. */
  cutOff(): void {
    this.#queue = [];
    this.#lastAtMs = this.#nowMs;
  }

  #spoil(bytes: string): string {
    const { lostPermille, doubledPermille } = this.faults;
    if (!lostPermille && !doubledPermille) return bytes;
    return [...bytes]
      .map((byte) => {
        const drawn = this.#dice.below(1000);
        if (drawn < lostPermille) return "";
        return drawn < lostPermille + doubledPermille ? byte + byte : byte;
      })
      .join("");
  }
}
