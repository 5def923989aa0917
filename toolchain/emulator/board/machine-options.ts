/** What an emulated board is made of. */

import type { Air, Place } from "../native/air.ts";
import type { Board } from "./boards.ts";
import type { Attachments } from "./bus/attachments.ts";
import type { Flash } from "./flash.ts";
import type { Machine } from "./machine.ts";
import type { Carrier } from "./network/carrier.ts";
import type { Radio } from "./network/radio.ts";

export interface NetworkPolicy {
  /** May the board reach this host? */
  allow: (host: string, port: number) => boolean;
  /** Awaited before each connection is made. */
  before?: () => Promise<void>;
  /**
   * The port of this machine (on 127.0.0.1; 0: any free one) that leads to a port on which the board listens;
   * undefined: nobody outside reaches it, which is so for all ports by default.
   */
  listen?: (port: number) => number | undefined;
  /** Told of each answered request. */
  after?: (request: { method: string; path: string; status: number }) => void;
  /** The only network there is; without it any name and password is let in. */
  wifi?: { ssid: string; password?: string };
}

/** The network a board is on. */
export type Link = Carrier & Radio;

export interface MachineOptions {
  board: Board;
  flash: Flash;
  startMs: number;
  seed: number;
  /** What of the host's network the board may use; without it, and without a link, nothing. */
  network?: NetworkPolicy;
  /** Puts the board on another network than the host's. */
  link?: (machine: Machine) => Link;
  /** Level 0..1 at an analog pin; undefined: nothing is connected to it. */
  analog?: (pin: string, nowMs: number) => number | undefined;
  /** What is connected to its buses; nothing by default. */
  attached?: Attachments;
  /** How much faster than true time the board's clock runs. */
  clockDriftPpm?: number;
  /** Where the board's radio is; default: an air of its own. */
  radio?: { air: Air; place: Place };
  /** Whether the firmware image in a partition starts; otherwise it crashes at once. Default: all start. */
  firmwareStarts?: (image: Uint8Array, partition: string) => boolean;
  /** Touching what a built-in lacks throws; default true. */
  isStrict?: boolean;
  /** Adds the native modules to a fresh program. */
  natives?: (machine: Machine) => void;
  /** The firmware's boot guard runs before a program starts. Needs the vault among the native modules. */
  hasBootGuard?: boolean;
}
