/** What an emulated board is made of. */
import type { Board } from "./boards.ts";
import type { Attachments } from "./bus/attachments.ts";
import type { Flash } from "./flash.ts";
import type { Machine } from "./machine.ts";

export interface NetworkPolicy {
  /** May the board reach this host? */
  allow: (host: string, port: number) => boolean;
  /** Awaited before each request leaves. */
  before?: () => Promise<void>;
  /** Told of each answered request. */
  after?: (request: { method: string; path: string; status: number }) => void;
  /** The only network there is; without it any name and password is let in. */
  wifi?: { ssid: string; password?: string };
}

export interface MachineOptions {
  board: Board;
  flash: Flash;
  startMs: number;
  seed: number;
  network?: NetworkPolicy;
  /** Level 0..1 at an analog pin; undefined: nothing is connected to it. */
  analog?: (pin: string, nowMs: number) => number | undefined;
  /** What is connected to its buses; nothing by default. */
  attached?: Attachments;
  /** How much faster than true time the board's clock runs. */
  clockDriftPpm?: number;
  /** Adds the native modules to a fresh program. */
  natives?: (machine: Machine) => void;
}
