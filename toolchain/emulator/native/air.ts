/**
 * The air between emulated boards: frames of ESP-NOW with loss, signal strength by distance, and the time they take.
 * Give one Air to several emulators, each with its place, and run them in short turns: a frame arrives at its virtual
 * time, or at once at a board that is ahead of it. The same seed and turns give the same losses.
 * The model is ours: log-distance path loss with the numbers below, no walls, no fading, no collisions.
 */
import { Random } from "../board/random.ts";

export interface Place {
  /** Metres. */
  x: number;
  y: number;
}

export interface AirOptions {
  /** Default 1. */
  seed?: number;
  /** Of frames that would have arrived, 0..1; default 0. */
  loss?: number;
}

export interface AirFrame {
  from: string;
  to: string;
  data: Uint8Array;
  /** True virtual UTC at which the sender began. */
  atMs: number;
  /** Whoever has another one for the sender, or none, does not understand it. Absent: plain. */
  key?: string | undefined;
}

export interface AirStation {
  address: string;
  place: Place;
  /** 0: off. */
  channel: () => number;
  /** Returns whether it understood the frame, which ended at `endMs`: then its radio acknowledges. */
  hear: (frame: AirFrame, rssiDbm: number, endMs: number) => boolean;
}

/** Transmission power and the loss over the first metre of 2.4 GHz in the open (20 log10 of 4 pi d / wavelength). */
const POWER_DBM = 20;
const FIRST_METRE_DB = 40;
/** Between free space (2) and a wood (about 4). */
const PATH_LOSS_EXPONENT = 3;
/** Below it nothing is received: the ESP32's sensitivity at 1 Mbit/s 802.11b, -98 dBm by its data sheet. */
const SENSITIVITY_DBM = -98;
/** 1 Mbit/s: preamble and PLCP header take 192 us, then a frame's bytes with 43 of headers around the payload. */
const PREAMBLE_US = 192;
const HEADER_BYTES = 43;
const US_PER_BYTE = 8;
/** The radio sends again what was not acknowledged. */
const ATTEMPTS = 4;

export const EVERYBODY = "ff:ff:ff:ff:ff:ff";

export class Air {
  private readonly random: Random;
  private readonly loss: number;
  private readonly stations = new Set<AirStation>();

  constructor({ seed = 1, loss = 0 }: AirOptions = {}) {
    this.random = new Random(seed);
    this.loss = loss;
  }

  join(station: AirStation): void {
    this.stations.add(station);
  }

  leave(station: AirStation): void {
    this.stations.delete(station);
  }

  /** Milliseconds on the air of one attempt with that payload. */
  static frameMs(bytes: number): number {
    return (PREAMBLE_US + US_PER_BYTE * (HEADER_BYTES + bytes)) / 1000;
  }

  /** dBm at `to` of what is sent at `from`. */
  static rssiDbm(from: Place, to: Place): number {
    const metres = Math.max(1, Math.hypot(from.x - to.x, from.y - to.y));
    return Math.round(POWER_DBM - FIRST_METRE_DB - 10 * PATH_LOSS_EXPONENT * Math.log10(metres));
  }

  /**
   * Send a frame now. To one board: again until it acknowledges, at most four times.
   * @returns whether it was acknowledged (to everybody: true) and how often it was on the air
   */
  send(sender: AirStation, frame: AirFrame): { isDelivered: boolean; attempts: number } {
    const isForAll = frame.to === EVERYBODY;
    for (let attempts = 1; ; attempts++) {
      const endMs = frame.atMs + attempts * Air.frameMs(frame.data.length);
      const isDelivered = this.attempt(sender, frame, endMs) || isForAll;
      if (isDelivered || attempts === ATTEMPTS) return { isDelivered, attempts };
    }
  }

  private attempt(sender: AirStation, frame: AirFrame, endMs: number): boolean {
    let isAcknowledged = false;
    for (const station of this.stations) {
      if (station === sender || station.channel() !== sender.channel()) continue;
      if (frame.to !== EVERYBODY && frame.to !== station.address) continue;
      const rssiDbm = Air.rssiDbm(sender.place, station.place);
      if (rssiDbm < SENSITIVITY_DBM || this.random.next() < this.loss) continue;
      if (station.hear(frame, rssiDbm, endMs)) isAcknowledged = true;
    }
    return isAcknowledged;
  }
}
