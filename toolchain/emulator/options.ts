/** What a user of the emulator can ask for. */
import type { BoardName } from "./board/boards.ts";
import type { NetworkPolicy } from "./board/machine-options.ts";
import type { FrameSource } from "./native/frame-source.ts";

export interface EmulatorOptions {
  /** Default esp32s3. */
  board?: BoardName;
  /** Default 1. */
  seed?: number;
  /** Virtual UTC milliseconds at power-on; default 2026-06-01T06:00:00Z. */
  startMs?: number;
  /** Image of the Storage region; default erased. */
  flash?: Uint8Array;
  /** Files written to Storage before the first boot. */
  files?: Record<string, string | Uint8Array>;
  /** What the camera sees; without one the board is a stock Espruino without native modules. */
  camera?: FrameSource;
  /** Awaited before virtual time jumps to `nextMs`; default: never waits. */
  pace?: (nextMs: number) => Promise<void>;
  /** Which hosts HTTP requests reach; without one there is no network. */
  network?: NetworkPolicy;
  /** Level 0..1 at an analog pin. */
  analog?: (pin: string, nowMs: number) => number;
  /** How much faster than true time the board's clock runs, in parts per million; default 0. */
  clockDriftPpm?: number;
  /** Console bytes, as a byte string. */
  onConsole?: (bytes: string) => void;
}

export interface RunUntil {
  /** Milliseconds of virtual time from now. */
  ms?: number;
  /** Virtual UTC milliseconds. */
  untilMs?: number;
  /** Asked after each turn; stops when true. */
  until?: () => boolean;
}
